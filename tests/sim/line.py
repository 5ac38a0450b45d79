"""The bot's line to a site: the Platform port, as the adapters fill it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from bot import ports
from bot.errors import PlatformTrouble, StoreTrouble
from bot.markup import Content
from bot.ports import (
    Heard,
    HeardGap,
    Intake,
    Lack,
    PostKey,
    Receipt,
    Reply,
    RoomId,
)
from tests.fakes.platform import CAPABILITIES
from tests.sim.clock import SimClock
from tests.sim.loop import NODE, Process
from tests.sim.wire import POST_FATES, SMALL_FATES, Fate, Request, fate_of
from tests.sim.world import Said

if TYPE_CHECKING:
    from tests.sim.platforms import SimSite

T = TypeVar("T")

SHORT = 700
"""Longest post, in code points: a summary takes several."""
PAUSE_AFTER_TROUBLE = 2.0


@dataclass(slots=True, eq=False)
class Told:
    """Something heard on its way in. *done* is called with the reply once it is durable."""

    heard: Heard
    done: Callable[[Reply], object] = lambda reply: None


class Line:
    """One process's connection: a `bot.ports.Platform`."""

    def __init__(self, site: "SimSite", clock: SimClock, window: float | None) -> None:
        process = NODE.get()
        if process is None:
            raise LookupError("a line belongs to a process")
        self.name = site.name
        self.capabilities = replace(CAPABILITIES, idempotency_window=window, post_length=SHORT)
        self.process: Process = process
        self.site, self.clock = site, clock
        self.expected: set[PostKey] = set()
        self.cut = False
        self.session = 0
        self.missed: list[Told] = []
        self.ready_at = 0.0
        self._inbox: asyncio.Queue[Told] = asyncio.Queue()

    # --- in ---

    async def run(self, intake: Intake) -> None:
        """Connect, and hand on what is heard in waves, as the adapters do."""
        while self.site.world.weather.outage:  # noqa: ASYNC110  # it tries to connect, again and again
            await asyncio.sleep(1.0)
        await asyncio.sleep(self.site.world.net.uniform(0.05, 0.4))
        self.site.lines.append(self)
        self.say_gap(None)
        while True:
            wave = [await self._inbox.get()]
            while not self._inbox.empty():
                wave.append(self._inbox.get_nowait())
            await self._hear(wave, intake)

    async def _hear(self, wave: list[Told], intake: Intake) -> None:
        while wave:
            replies = await asyncio.gather(*(self._try(told.heard, intake) for told in wave))
            for told, reply in zip(wave, replies, strict=True):
                if reply is not None:
                    self.site.world.oracles.answered(told.heard, reply)
                    told.done(reply)
            wave = [told for told, reply in zip(wave, replies, strict=True) if reply is None]
            if wave:
                await self.clock.sleep(PAUSE_AFTER_TROUBLE)

    @staticmethod
    async def _try(heard: Heard, intake: Intake) -> Reply | None:
        try:
            return await intake.hear(heard)
        except StoreTrouble:
            return None

    def take(self, told: Told) -> None:
        """Let something wait its turn."""
        self._inbox.put_nowait(told)

    def say_gap(self, since: datetime | None) -> None:
        """Tell that nobody told us what was said since then."""
        if not hasattr(ports, "Look"):
            return
        for room in self.site.rooms:
            gap = HeardGap(room=room, since=since, until=self.clock.now(), quiet=since is None)
            self.take(Told(gap))

    # --- out ---

    async def post(
        self, key: PostKey, room: RoomId, content: Content, reply_to: str | None = None
    ) -> Receipt:
        """Post once, as far as this platform knows the key."""
        self.expected.add(key)
        self.site.world.oracles.asked(key, room, content)
        fate = self._fate(room, POST_FATES)

        def post() -> Receipt:
            said, again = self.site.post(key, room, content)
            if said is None:
                raise PlatformTrouble("it was posted, and somebody deleted it at once", permanent=True)
            return Receipt(id=said.id, at=said.at, via="dedupe" if again else "response")

        return await self._request(fate, post)

    async def edit(self, key: PostKey, room: RoomId, id: str, content: Content) -> None:
        """Replace what a post says."""
        self.site.world.oracles.asked(key, room, content, edits=True)

        def edit() -> None:
            self._standing(id).content = content

        await self._request(self._fate(room, SMALL_FATES), edit)

    async def delete(self, key: PostKey, room: RoomId, id: str) -> None:
        """Take a message out."""
        await self._request(
            self._fate(room, SMALL_FATES), lambda: self.site.take_out(self.site.by_id[id], by_us=True)
        )

    def _standing(self, id: str) -> Said:
        said = self.site.by_id.get(id)
        if said is None or not said.stands:
            raise PlatformTrouble("no such message", permanent=True)
        return said

    async def private(self, key: PostKey, room: RoomId, person: str, content: Content) -> None:
        """Tell one person."""
        await self._request(self._fate(room, SMALL_FATES), lambda: None)

    # --- looking back ---

    async def look_up(self, key: PostKey, room: RoomId, since: datetime) -> Any:
        """Return how a post stands in what history shows."""
        if not await self._look(room, lambda: True, empty=False):
            return _look([], shows=False)
        copies = await self._look(room, lambda: self.site.copies(key, room, since))
        return _look(copies, shows=any(said.stands for said in self.site.rooms[room]))

    async def history(self, room: RoomId, since: datetime) -> AsyncIterator[Heard]:
        """Give what people said, as it stands now."""
        for heard in await self._look(room, lambda: self.site.told_again(room, since)):
            yield heard

    async def stands(self, room: RoomId, id: str, thread: str | None) -> bool:
        """Return whether a message stands."""
        said = self.site.by_id.get(id)
        return await self._look(room, lambda: said is not None and said.stands)

    async def _look(self, room: RoomId, read: Callable[[], T], empty: T | None = None) -> T:
        """Return what is read; *empty* is what is shown to whom nothing is shown, None: it says so."""
        weather = self.site.world.weather
        if weather.strikes("history-error"):
            return await self._request(Fate(False, 0, 0.1, PlatformTrouble("history cannot be read")), read)
        if room in weather.hidden or weather.strikes("history-empty"):
            if empty is None or not self.site.shows_emptiness:
                trouble = PlatformTrouble("history is hidden", unknown=True)
                return await self._request(Fate(False, 0, 0.1, trouble), read)
            return await self._request(Fate(), lambda: empty)
        return await self._request(self._fate(room, ()), read)

    async def _request(self, fate: Fate, do: Callable[[], T]) -> T:
        return await Request(self.site.world, self.process, fate, do).answer()

    def _fate(self, room: RoomId, kinds: tuple[str, ...]) -> Fate:
        return fate_of(self.site.world.weather, room, kinds)

    # --- the rest of the port ---

    def asking(self) -> AbstractAsyncContextManager[None]:
        """Give nothing: nobody asks."""
        return nullcontext()

    async def invitation(self) -> str:
        """Return nothing: the rooms are ours."""
        return ""

    async def lacks(self, room: RoomId) -> tuple[Lack, ...]:
        """Return nothing: the rooms are ours."""
        return ()

    def refresh(self, room: RoomId, person: str | None = None) -> None:
        """Draw nothing: nobody looks."""


def _look(copies: list[Said], *, shows: bool) -> Any:
    receipts = tuple(Receipt(id=said.id, at=said.at, via="history") for said in copies)
    if hasattr(ports, "Look"):
        return ports.Look(copies=receipts, shows=shows)
    return receipts[0] if receipts else None
