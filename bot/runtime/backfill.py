"""Reads rooms back: what was said, changed and taken back while nobody told us.

An adapter says when it may have missed something (`HeardGap`); beside that the newest minutes of every open room are
looked through once a minute, because a platform may lose an event without either side noticing.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.core.chat import Chat, Message
from bot.core.names import MessageId, RoomId
from bot.core.phases import Phase
from bot.errors import PlatformTrouble, StoreTrouble, TweetchatError
from bot.insights import tags
from bot.ports import (
    Clock,
    Heard,
    HeardDeletion,
    HeardEcho,
    HeardEdit,
    HeardGap,
    HeardMessage,
    HeardReaction,
    Platform,
    Reply,
    Store,
)
from bot.runtime.directory import platform_of
from bot.runtime.facilitator import Facilitator
from bot.runtime.roster import Roster

log = structlog.get_logger(__name__)

MARGIN = timedelta(minutes=2)
"""How much further back is read than must be: a line may have been deaf before anybody noticed."""
REACH = timedelta(hours=3)
"""How far back a gap is looked into: what was said earlier in the hour may have been changed or taken back in it."""
FURTHEST = timedelta(days=1)
"""How long after its end a chat still hears what was taken back while nobody listened."""
FRESH = timedelta(seconds=5)
"""What came just now is not in every history yet, and is not missed in it."""
SWEEP = 60.0
"""Seconds between looks at the newest messages of open rooms."""
PAUSE = 10.0
"""Seconds before a room that could not be read is tried again; longer where the platform asks for it."""
MOST_AT_ONCE = 256

Hear = Callable[[Heard], Awaitable[Reply]]


@dataclass(slots=True, kw_only=True)
class Backfill:
    """Knows which rooms have to be read back, and reads them.

    behind: the rooms that are not read back yet. Their checkpoints stay where they are, so that a crash forgets
    nothing; facilitators look into it.
    """

    clock: Clock
    roster: Roster
    platforms: dict[str, Platform]
    hear: Hear
    behind: set[RoomId] = field(default_factory=set)
    _known: dict[RoomId, datetime] = field(default_factory=dict)
    _looked: dict[RoomId, datetime] = field(default_factory=dict)
    _wanted: dict[RoomId, datetime] = field(default_factory=dict)
    _noted: dict[str, asyncio.Event] = field(default_factory=dict)
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)

    async def load(self, store: Store) -> None:
        """Note up to where each room was heard before this start. Raises: StoreTrouble."""
        readable = [one for one in self.platforms.values() if one.capabilities.history]
        for room in [room for platform in readable for room in self.roster.rooms_on(platform.name)]:
            if self._recent(room):
                self.behind.add(room)
                checkpoint = await store.checkpoint(room)
                if checkpoint is not None:
                    self._known[room] = checkpoint.at

    def note(self, gap: HeardGap) -> None:
        """Have the room of *gap* read back."""
        recent = self._recent(gap.room)
        if not recent or not self._can_read(gap.room):
            self.behind.discard(gap.room)  # nothing said there belongs to any chat
            return
        since = gap.since or self._known.get(gap.room) or min(map(_opened, recent))
        self._wanted[gap.room] = min(since, self._wanted.get(gap.room, since))
        self.behind.add(gap.room)
        self._event(platform_of(gap.room)).set()

    def stir(self) -> None:
        """Take note that a chat may have opened."""
        self._stirred.set()

    async def run(self) -> None:
        """Read back what is wanted until cancelled; a platform that is slow holds up no other."""
        async with asyncio.TaskGroup() as tasks:
            for name, platform in self.platforms.items():
                if platform.capabilities.history:
                    tasks.create_task(self._fill(platform), name=f"gaps of {name}")
                    tasks.create_task(self._sweep(platform), name=f"sweep of {name}")

    # --- gaps ---

    async def _fill(self, platform: Platform) -> None:
        noted = self._event(platform.name)
        while True:
            await noted.wait()
            noted.clear()
            pauses = [await self._fill_room(platform, room) for room in self._wanted_on(platform)]
            if any(pauses):
                await self.clock.sleep(max(pauses))
                noted.set()

    async def _fill_room(self, platform: Platform, room: RoomId) -> float:
        """Return 0 when *room* is read back, else the seconds after which to try again."""
        wanted = self._wanted.pop(room)
        now, recent = self.clock.now(), self._recent(room)
        if not recent:
            self.behind.discard(room)  # its chats ended long ago
            return 0.0
        opened = min(map(_opened, recent))
        since = max(min(wanted - MARGIN, max(opened, now - REACH)), now - FURTHEST)
        try:
            await self._read(platform, room, since)
        except (PlatformTrouble, StoreTrouble) as trouble:
            self._wanted[room] = min(wanted, self._wanted.get(room, wanted))
            log.warning("not read back yet", room=room, reason=str(trouble))
            return max(_asked(trouble), PAUSE)
        if room not in self._wanted:
            self.behind.discard(room)
        return 0.0

    # --- once a minute ---

    async def _sweep(self, platform: Platform) -> None:
        while True:
            self._stirred.clear()
            rooms = [room for room in sorted(self.roster.rooms_on(platform.name)) if self._wants_a_look(room)]
            if not rooms:
                await self._stirred.wait()
                continue
            await self.clock.sleep(SWEEP)
            for room in rooms:
                try:
                    await self._read(platform, room, self._unseen_since(room) - MARGIN)
                except (PlatformTrouble, StoreTrouble) as trouble:
                    log.warning("not looked at", room=room, reason=str(trouble))
                    # Most limits are for all rooms together: whoever goes on at once is told no for each of them.
                    await self.clock.sleep(min(_asked(trouble), SWEEP))

    def _unseen_since(self, room: RoomId) -> datetime:
        """Return when *room* was last looked through; a look that failed is made up for by the next."""
        now = self.clock.now()
        return max(min(self._looked.get(room, now), now), now - REACH)

    def _wants_a_look(self, room: RoomId) -> bool:
        """Return whether *room* is open, or was not looked through since it closed: last words get lost as well."""
        now = self.clock.now()
        looked = self._looked.get(room, now)
        return any(one.chat.hears or looked < _ended(one.chat, looked) for one in self._recent(room))

    # --- a look ---

    async def _read(self, platform: Platform, room: RoomId, since: datetime) -> None:
        """Hear everything that *room* shows. Raises: PlatformTrouble, StoreTrouble; a bug, too, ends no other room."""
        try:
            await self._hear_all(platform, room, since)
        except TweetchatError:
            raise
        except Exception as bug:  # noqa: BLE001  # only its kind: what a bug says may hold words
            raise PlatformTrouble(f"cannot be read ({type(bug).__name__})") from None

    async def _hear_all(self, platform: Platform, room: RoomId, since: datetime) -> None:
        """Hear everything that stands in *room* since then, and that gone is what stands there no more."""
        begun = self.clock.now()
        # What is held was held before the look: nothing that comes in meanwhile can be taken for gone.
        held = list(self._held(room, since, self.clock.now() - FRESH))
        found: set[str] = set()
        async for chunk in _chunks(platform.history(room, since)):
            found |= {heard.id for heard in chunk if not isinstance(heard, HeardGap)}
            unknown = [heard for heard in chunk if not self._knows(heard)]
            # Messages first: which chat a change belongs to is known by its message.
            await self._hear([heard for heard in unknown if isinstance(heard, HeardMessage)])
            await self._hear([heard for heard in unknown if not isinstance(heard, HeardMessage)])
        for missing in [one for one in held if one.id not in found]:
            # Asked for alone: erasing it cannot be taken back.
            if not await platform.stands(room, missing.id, missing.thread):
                await self.hear(HeardDeletion(room=room, id=missing.id, at=self.clock.now()))
        self._looked[room] = begun

    async def _hear(self, heard: Sequence[Heard]) -> None:
        """Return when all of it is durable; every call begins before the first ends, so that they share a commit."""
        answers = await asyncio.gather(*map(self.hear, heard), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer

    def _held(self, room: RoomId, since: datetime, until: datetime) -> "Iterator[_Held]":
        """Give what the chats of *room* heard there in that time and still have, by the platform's ids."""
        for facilitator in self._recent(room):
            for message in facilitator.chat.messages.values():
                heard = message.heard
                if heard is None or message.deleted or heard.room != room:
                    continue
                where = facilitator.ledger.theirs.get(message.id)
                if where is not None and since <= heard.sent_at < until:
                    yield _Held(id=where[1], thread=_thread(facilitator, heard.thread))

    def _knows(self, heard: Heard) -> bool:
        """Return whether the chat has heard this already, so that hearing it again would only cost."""
        facilitator = self.roster.chat_for(heard)
        if facilitator is None:
            return True
        chat = facilitator.chat
        id = facilitator.ledger.ours.get((heard.room, getattr(heard, "id", "")))
        message = chat.messages.get(id) if id else None
        match heard:
            case HeardMessage():
                return message is not None and (message.deleted or message.heard is not None)
            case HeardEdit():
                return message is not None and (message.deleted or _is_read(message, heard))
            case HeardReaction():
                return id is not None and _stands_so(facilitator, id, heard)
            case HeardEcho():
                return id is not None and (id in chat.own or id in chat.doubles)
        return False

    # --- which ---

    def _recent(self, room: RoomId) -> list[Facilitator]:
        """Return the chats of *room* that have opened, and that ended not long ago if they did."""
        now = self.clock.now()
        return [
            one
            for one in self.roster.chats_in(room)
            if _has_opened(one.chat) and now - _ended(one.chat, now) < FURTHEST
        ]

    def _can_read(self, room: RoomId) -> bool:
        platform = self.platforms.get(platform_of(room))
        return platform is not None and platform.capabilities.history

    def _wanted_on(self, platform: Platform) -> list[RoomId]:
        return sorted(room for room in self._wanted if platform_of(room) == platform.name)

    def _event(self, platform: str) -> asyncio.Event:
        return self._noted.setdefault(platform, asyncio.Event())


def _stands_so(facilitator: Facilitator, message: MessageId, heard: HeardReaction) -> bool:
    """Return whether we know this reaction already; a history has no time for it, so any would look new."""
    person = facilitator.people.known(platform_of(heard.room), heard.by.id)
    tag = tags.load().of_reaction(heard.reaction)
    known = facilitator.chat.reactions.get(message, {})
    return (
        person is not None and known.get((person.person, tag.id if tag else heard.reaction), (None, False))[1]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A message that we have, by the platform's ids."""

    id: str
    thread: str | None


def _thread(facilitator: Facilitator, thread: MessageId | None) -> str | None:
    where = facilitator.ledger.theirs.get(thread) if thread else None
    return where[1] if where else None


def _is_read(message: Message, heard: HeardEdit) -> bool:
    return message.edited_at is not None and message.edited_at >= heard.at


def _asked(trouble: PlatformTrouble | StoreTrouble) -> float:
    """Return for how many seconds a platform wants to be left alone."""
    return trouble.retry_after or 0.0 if isinstance(trouble, PlatformTrouble) else 0.0


def _has_opened(chat: Chat) -> bool:
    return not chat.entered.keys().isdisjoint(_OPENING)


def _opened(facilitator: Facilitator) -> datetime:
    entered = facilitator.chat.entered
    return min(entered[phase] for phase in _OPENING if phase in entered)


def _ended(chat: Chat, now: datetime) -> datetime:
    return chat.entered.get(Phase.REVIEW, now)


_OPENING = (Phase.DOORS, Phase.INTRODUCTIONS)


async def _chunks(heard: AsyncIterator[Heard]) -> AsyncIterator[list[Heard]]:
    chunk: list[Heard] = []
    async for one in heard:
        chunk.append(one)
        if len(chunk) == MOST_AT_ONCE:
            yield chunk
            chunk = []
    yield chunk
