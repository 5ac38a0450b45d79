"""Carries one running chat: the only writer of its log.

Everything that happens to a chat waits in one queue; the facilitator takes what has gathered, decides and applies it,
and stores all that follows as one batch. Nothing leaves before that: not an acknowledgement, a post or a reply.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from traceback import extract_tb

import structlog

from bot.core.apply import replay
from bot.core.chat import Chat
from bot.core.commands import Command, PlanChat, Tick
from bot.core.decide.hearing import revision_of
from bot.core.due import due
from bot.core.names import ChatId, RoomId, WordKey
from bot.core.plan import Plan
from bot.errors import Conflict, Refused, StoreTrouble, TweetchatError
from bot.ports import (
    Batch,
    Clock,
    Heard,
    HeardDeletion,
    HeardEdit,
    HeardMessage,
    HeardReaction,
    Ids,
    Mark,
    Reply,
    Sighting,
    Store,
)
from bot.runtime.directory import Ledger, People
from bot.runtime.draft import Draft
from bot.runtime.hearing import people_in, take

log = structlog.get_logger(__name__)

MOST_WAITING = 5_000
"""Inputs that may wait for one chat; when full, the next one waits its turn at the door and is not acknowledged."""
MOST_IN_BATCH = 500
"""More gains nothing: at this size the sync to disk is a small part of what a message costs."""
MOST_CONFLICTS = 5
PAUSE_AFTER_TROUBLE = 2.0
"""Seconds between attempts to store while the disk is full or locked."""
GATHER = 0.04
"""Seconds for which messages gather while several come at once: a commit costs as much as twenty messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The outbox's own input: what became of a post. Its mark and its event are stored together."""

    room: RoomId
    command: Callable[[Draft], Command | None]
    mark: Mark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """An edited plan: what the log keeps of it, and the words that changed."""

    plan: Plan
    words: Mapping[WordKey, str]


Input = Heard | Command | Delivery | PlanChange

_PATIENT = (HeardMessage, HeardEdit, HeardDeletion, HeardReaction)
"""What may wait until more of it has gathered; nobody waits for an answer to it."""


@dataclass(slots=True)
class Waiting:
    """One input in the queue and whoever waits for it to be durable."""

    what: Input
    done: asyncio.Future[Reply]


@dataclass(slots=True, kw_only=True)
class Facilitator:
    """One chat, live. *on_commit* hears of every batch that became durable; *on_trouble* of trouble with the store.

    *on_reload* is awaited whenever the log was read anew because memory could not be trusted any more.

    behind: rooms that are being read back. gather: seconds for which the messages of a busy room gather.
    """

    id: ChatId
    store: Store
    clock: Clock
    ids: Ids
    people: People
    epoch: int
    gather: float = 0.0
    on_commit: Callable[["Facilitator", Batch], None]
    on_trouble: Callable[["Facilitator", str | None], None]
    on_reload: Callable[["Facilitator"], Awaitable[None]]
    source: str | None = None
    behind: Set[RoomId] = frozenset()
    _chat: Chat | None = None
    _is_stale: bool = False
    _ledger: Ledger = field(default_factory=Ledger)
    _inbox: asyncio.Queue[Waiting] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    _urgent: asyncio.Event = field(default_factory=asyncio.Event)
    _busy_until: float = 0.0
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _wanted: datetime | None = None
    _troubled: bool = False

    @property
    def chat(self) -> Chat:
        """Return the live chat, for reading only. Raises: LookupError before it was loaded."""
        if self._chat is None:
            raise LookupError(f"chat {self.id} is not loaded")
        return self._chat

    @property
    def ledger(self) -> Ledger:
        """Return which platform message is which of ours."""
        return self._ledger

    async def load(self) -> Chat:
        """Return the chat, read from its log where memory doesn't hold it or ran ahead of it."""
        if self._chat is not None and not self._is_stale:
            return self._chat
        loaded = await self.store.load(self.id)
        self._ledger = Ledger()
        for sighting in loaded.sightings:
            self._ledger.note(sighting)
        self._chat = replay(loaded.events)
        if self._is_stale:
            # A batch may have been stored although we were told that it was not.
            self.people.doubt()
            await self.on_reload(self)
            self._is_stale = False
        return self._chat

    def adopt(self, chat: Chat) -> None:
        """Take over a chat that was begun in memory and stored a moment ago."""
        self._chat = chat

    async def put(self, what: Input) -> Reply:
        """Return once *what* is durable or refused. Raises: StoreTrouble when it could not be stored."""
        done: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        await self._inbox.put(Waiting(what, done))
        if not isinstance(what, _PATIENT) or self._inbox.qsize() >= MOST_IN_BATCH:
            self._urgent.set()
        return await done

    async def run(self) -> None:
        """Carry the chat until cancelled."""
        await self.load()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch_clock(), name=f"clock of {self.id}")
            while True:
                first = await self._inbox.get()
                await self._gathering()
                waiting = [first, *self._gathered()]
                if len(waiting) > 1:
                    self._busy_until = self.clock.monotonic() + self.gather
                await self._carry(waiting)
                if self._next_wake() != self._wanted:
                    self._woken.set()

    async def _gathering(self) -> None:
        """Return at once while nobody else speaks; in a busy room when enough time has passed, or somebody waits."""
        left = self._busy_until - self.clock.monotonic()
        if left > 0:
            # The bell rings after that time, whatever comes; or as soon as something comes that may not wait.
            bell = asyncio.get_running_loop().call_later(left, self._urgent.set)
            await self._urgent.wait()
            bell.cancel()
        self._urgent.clear()

    def _gathered(self) -> list[Waiting]:
        gathered: list[Waiting] = []
        while len(gathered) < MOST_IN_BATCH and not self._inbox.empty():
            gathered.append(self._inbox.get_nowait())
        return gathered

    async def _watch_clock(self) -> None:
        """Put a tick into the queue whenever the chat wants waking."""
        while True:
            self._woken.clear()
            self._wanted = wanted = self._next_wake()
            if wanted is not None and wanted <= self.clock.now():
                await self._tick()
            else:
                await self._wait(wanted)

    def _next_wake(self) -> datetime | None:
        # Memory that ran ahead of the log thinks that what failed was done.
        return due(self._chat) if self._chat and not self._is_stale else self.clock.now()

    async def _tick(self) -> None:
        try:
            reply = await self.put(Tick(at=self.clock.now()))
        except StoreTrouble:
            await self.clock.sleep(PAUSE_AFTER_TROUBLE)
        else:
            if reply.refused:  # a bug is in the way, and will be there again
                await self.clock.sleep(PAUSE_AFTER_TROUBLE)

    async def _wait(self, until: datetime | None) -> None:
        """Return at *until*, or earlier when something happened that may have moved it."""
        if until is None:
            await self._woken.wait()
            return
        async with asyncio.TaskGroup() as race:
            alarm = race.create_task(self._wake_at(until))
            await self._woken.wait()
            alarm.cancel()

    async def _wake_at(self, at: datetime) -> None:
        await self.clock.sleep_until(at)
        self._woken.set()

    async def _carry(self, waiting: list[Waiting]) -> None:
        """Decide, store and answer everything in *waiting*."""
        for _ in range(MOST_CONFLICTS):
            try:
                replies, batch = await self._attempt(waiting)
            except Conflict:
                self._is_stale = True  # somebody wrote first: read what they wrote and decide again
                continue
            except StoreTrouble as trouble:
                self._is_stale = True  # memory ran ahead of the log
                self._fail(waiting, trouble)
                return
            except TweetchatError:
                raise
            except Exception as bug:  # noqa: BLE001  # one chat's, or one wish's: the others go on
                self._is_stale = True
                await self._isolate(waiting, bug)
                return
            self._settle(waiting, replies, batch)
            return
        self._fail(waiting, StoreTrouble("the log keeps moving under this chat"))

    async def _attempt(self, waiting: list[Waiting]) -> tuple[list[Reply], Batch | None]:
        chat = await self.load()
        await self.people.look_up(
            person for one in waiting if isinstance(one.what, Heard) for person in people_in(one.what)
        )
        draft = Draft(chat=chat, ledger=self._ledger, people=self.people, ids=self.ids, behind=self.behind)
        self._catch_up(draft)
        replies = [self._decide(one.what, draft) for one in waiting]
        if draft.is_empty():
            return replies, None
        batch = draft.batch(self.id, self.epoch, self.source)
        await self.store.append(batch)
        return replies, batch

    def _decide(self, what: Input, draft: Draft) -> Reply:
        seen = len(draft.sightings)
        try:
            if isinstance(what, Heard):
                return take(what, draft, self.clock.now())
            if isinstance(what, Delivery):
                return self._deliver(what, draft)
            if isinstance(what, PlanChange):
                return self._change_plan(what, draft)
            draft.carry(what)
            return Reply()
        except Refused as refused:
            self._unsee(draft, draft.sightings[seen:])
            del draft.sightings[seen:]
            return Reply(text=refused.reason, refused=True, arguments=refused.arguments)

    def _change_plan(self, what: PlanChange, draft: Draft) -> Reply:
        if what.words and draft.chat.is_over:
            raise Refused(
                "refused.plan-is-history"
            )  # a published summary quotes its questions as they were asked
        draft.carry(PlanChat(at=self.clock.now(), plan=what.plan))
        for key, text in what.words.items():
            draft.keep_words(key, text, None, revision_of(self.clock.now()))
        return Reply()

    def _deliver(self, what: Delivery, draft: Draft) -> Reply:
        command = what.command(draft)
        if command is not None:
            draft.carry(command)
        if what.mark is not None:
            draft.marks.append(what.mark)
        return Reply()

    def _unsee(self, draft: Draft, sightings: Iterable[Sighting]) -> None:
        # What was refused may not leave names behind: anybody could fill the store with invented ids.
        for sighting in sightings:
            if sighting.message not in draft.chat.messages:
                self._ledger.drop(sighting.message)

    def _catch_up(self, draft: Draft) -> None:
        """Do everything that is due by now: who writes at the stroke of the hour finds the room open."""
        now = self.clock.now()
        while (wanted := due(draft.chat)) is not None and wanted <= now:
            if not draft.carry(Tick(at=now)):
                break

    async def _isolate(self, waiting: list[Waiting], bug: Exception) -> None:
        """Find out which of *waiting* it is that cannot be carried: it is told no, the others don't notice."""
        if len(waiting) > 1:
            for one in waiting:
                await self._carry([one])
            return
        [frame] = extract_tb(bug.__traceback__)[-1:]
        kind = type(bug).__name__  # what a bug says may hold words
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        log.error("bug", chat=self.id, version=self.chat.version, kind=kind, place=place)
        self._begin_trouble(f"{kind}, {place}")
        self._answer(waiting, [Reply(text="refused.not-now", refused=True)])

    def _settle(self, waiting: list[Waiting], replies: list[Reply], batch: Batch | None) -> None:
        if batch is not None:
            self._remember(batch)
            self.on_commit(self, batch)
            self._end_trouble()
        self._answer(waiting, replies)

    def _answer(self, waiting: list[Waiting], replies: list[Reply]) -> None:
        for one, reply in zip(waiting, replies, strict=True):
            if not one.done.done():
                one.done.set_result(reply)

    def _begin_trouble(self, reason: str) -> None:
        if not self._troubled:
            self._troubled = True
            self.on_trouble(self, reason)

    def _end_trouble(self) -> None:
        # Only what was stored proves that the store takes writes again.
        if self._troubled:
            self._troubled = False
            self.on_trouble(self, None)

    def _remember(self, batch: Batch) -> None:
        for somebody in batch.people:
            self.people.remember(somebody)
        for erasure in batch.erasures:
            if erasure.person is not None:
                self.people.forget(erasure.person)
                self._is_stale = True  # the ledger holds platform ids that are erased now

    def _fail(self, waiting: list[Waiting], trouble: StoreTrouble) -> None:
        log.warning("not stored", chat=self.id, inputs=len(waiting), reason=type(trouble).__name__)
        self._begin_trouble(str(trouble))
        for one in waiting:
            if not one.done.done():
                one.done.set_exception(trouble)
