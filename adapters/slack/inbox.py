"""The one way in: everything heard waits here in the order of its arrival and is handed on in that order."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from bot.errors import StoreTrouble
from bot.ports import Clock, Heard, HeardCommand, Intake, Reply

log = structlog.get_logger(__name__)

MOST_WAITING = 2_000
"""Envelopes that may wait. When full, the next one is not acknowledged: Slack keeps it and delivers it again."""
MOST_AT_ONCE = 256
PAUSE_AFTER_TROUBLE = 2.0
"""Seconds between attempts while nothing can be stored; what waits is kept, in order, and not acknowledged."""


class Full(Exception):
    """There is no room to wait in."""


Told = Sequence[Heard]


@dataclass(slots=True, eq=False)
class Waiting:
    """Something that arrived: what it says, once people are looked up, and who waits for it to be durable."""

    heard: Told | asyncio.Task[Told]
    stored: asyncio.Future[Reply] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    async def told(self) -> Told:
        """Return what it says."""
        return await self.heard if isinstance(self.heard, asyncio.Task) else self.heard


class Inbox:
    """What was heard, on its way to the core."""

    def __init__(self, intake: Intake, clock: Clock, tasks: asyncio.TaskGroup) -> None:
        self._intake, self._clock, self._tasks = intake, clock, tasks
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue(MOST_WAITING)
        self._open: set[Waiting] = set()
        self.closed = False

    def put(self, heard: Told | asyncio.Task[Told]) -> Waiting:
        """Put something at the end of the line; its ``stored`` tells when it is durable. Raises: Full."""
        waiting = Waiting(heard)
        try:
            self._queue.put_nowait(waiting)
        except asyncio.QueueFull:
            raise Full from None
        self._open.add(waiting)
        return waiting

    async def put_patiently(self, heard: Told) -> None:
        """Put something at the end of the line, once there is room."""
        await self._queue.put(Waiting(heard))

    def _done(self, waiting: Waiting, reply: Reply) -> None:
        self._open.discard(waiting)
        if not waiting.stored.done():
            waiting.stored.set_result(reply)

    async def run(self) -> None:
        """Hand on until cancelled; then nobody waits any more, and nothing that waited is acknowledged."""
        try:
            await self._hand_on()
        finally:
            self.closed = True
            for waiting in self._open:
                waiting.stored.cancel()

    async def _hand_on(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < MOST_AT_ONCE and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._carry(batch)

    async def _carry(self, batch: list[Waiting]) -> None:
        """Have everything in *batch* heard, in order; commands may take their time and hold up nobody."""
        facts: list[tuple[Waiting, Heard]] = []
        for waiting in batch:
            heard = await waiting.told()
            for one in heard:
                if isinstance(one, HeardCommand):
                    await self._store(facts)  # what was said before it is heard before it
                    facts = []
                    self._tasks.create_task(self._obey(waiting, one))
                else:
                    facts.append((waiting, one))
            if not heard:
                self._done(waiting, Reply())
        await self._store(facts)

    async def _store(self, facts: list[tuple[Waiting, Heard]]) -> None:
        """Return when all *facts* are durable; those that could not be stored are tried again before anything else."""
        while facts:
            # Every call begins before the first one ends: the core stores them together.
            replies = await asyncio.gather(*(self._try(heard) for _, heard in facts))
            left = [fact for fact, reply in zip(facts, replies, strict=True) if reply is None]
            kept = {id(waiting) for waiting, _ in left}
            for (waiting, _), reply in zip(facts, replies, strict=True):
                if reply is not None and id(waiting) not in kept:
                    self._done(waiting, reply)
            facts = left
            if facts:
                log.warning("not stored yet", waiting=len(facts))
                await self._clock.sleep(PAUSE_AFTER_TROUBLE)

    async def _try(self, heard: Heard) -> Reply | None:
        try:
            return await self._intake.hear(heard)
        except StoreTrouble:
            return None

    async def _obey(self, waiting: Waiting, heard: Heard) -> None:
        while (reply := await self._try(heard)) is None:
            await self._clock.sleep(PAUSE_AFTER_TROUBLE)
        self._done(waiting, reply)
