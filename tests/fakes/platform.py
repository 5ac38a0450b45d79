"""A platform that does what a test tells it: takes posts, refuses them, loses its answers, or says nothing for long.

It keeps the truth of its rooms apart from what it answered, as real platforms do.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.errors import PlatformTrouble
from bot.markup import Bullets, Content, Heading, Paragraph
from bot.ports import Capabilities, Clock, Heard, Intake, Lack, Look, PostKey, Receipt, RoomId

CAPABILITIES = Capabilities(
    threads=True,
    edits=True,
    deletes=True,
    private=True,
    buttons=True,
    forms=True,
    reactions=True,
    header=False,
    post_length=2_000,
    idempotency_window=None,
    durable_marker=True,
    history=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of one request: whether it *stands*, what is answered, and *held* until when nothing is."""

    stands: bool = True
    trouble: PlatformTrouble | None = None
    held: asyncio.Event | None = None


def slow_down(seconds: float) -> Outcome:
    """Return a refusal that asks for some patience."""
    return Outcome(stands=False, trouble=PlatformTrouble("slow down", retry_after=seconds))


def no_way(reason: str = "no permission") -> Outcome:
    """Return a refusal that is meant."""
    return Outcome(stands=False, trouble=PlatformTrouble(reason, permanent=True))


def lost_answer(*, stands: bool) -> Outcome:
    """Return a line that broke before the answer came."""
    return Outcome(stands=stands, trouble=PlatformTrouble("line broke", unknown=True))


def silence(until: asyncio.Event, *, stands: bool = True) -> Outcome:
    """Return no answer before *until* is set."""
    return Outcome(stands=stands, held=until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One post as people see it in its room."""

    key: PostKey
    id: str
    content: Content
    receipt: Receipt

    @property
    def text(self) -> str:
        """Return its words."""
        return words_of(self.content)


@dataclass(slots=True)
class FakePlatform:
    """One platform with any number of rooms. *coming*: what becomes of the next requests to a room."""

    clock: Clock
    name: str = "fake"
    capabilities: Capabilities = CAPABILITIES
    is_connected: bool = True
    coming: dict[RoomId, deque[Outcome]] = field(default_factory=dict)
    rooms: dict[RoomId, list[Standing]] = field(default_factory=dict)
    told: dict[str, dict[PostKey, str]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    asked: list[tuple[str, PostKey]] = field(default_factory=list)
    refreshed: list[RoomId] = field(default_factory=list)
    lacking: dict[RoomId, tuple[Lack, ...]] = field(default_factory=dict)
    blind: bool = False
    empty: bool = False
    taken_back: set[str] = field(default_factory=set)
    said: dict[RoomId, list[Heard]] = field(default_factory=dict)
    _count: int = 0

    def expect(self, room: RoomId, *outcomes: Outcome) -> None:
        """Have the next requests to *room* end so."""
        self.coming.setdefault(room, deque()).extend(outcomes)

    def texts(self, room: RoomId) -> list[str]:
        """Return what the bot said in *room*, oldest first."""
        return [standing.text for standing in self.rooms.get(room, ())]

    def keys(self, room: RoomId) -> list[PostKey]:
        """Return the keys of what stands in *room*."""
        return [standing.key for standing in self.rooms.get(room, ())]

    def standing(self, key: PostKey, room: RoomId) -> Standing:
        """Return a post as it would stand in *room* if an old request for it were applied now."""
        receipt = Receipt(id=self._new_id(), at=self.clock.now())
        return Standing(key=key, id=receipt.id, content=Content(blocks=()), receipt=receipt)

    # --- the port ---

    async def run(self, intake: Intake) -> None:
        """Hear nothing by itself, and stay until cancelled."""
        await asyncio.get_running_loop().create_future()

    def asking(self) -> AbstractAsyncContextManager[None]:
        """Give nothing: there is nobody to ask."""
        return nullcontext()

    async def invitation(self) -> str:
        """Return nothing: the room is ours."""
        return ""

    async def lacks(self, room: RoomId) -> tuple[Lack, ...]:
        """Return what the test says is *lacking*; nobody can tell while the platform is *blind*."""
        if self.blind:
            raise PlatformTrouble("cannot be asked now")
        return self.lacking.get(room, ())

    async def post(
        self, key: PostKey, room: RoomId, content: Content, reply_to: str | None = None
    ) -> Receipt:
        """Post under a new id each time, but for a key that the platform still knows."""
        outcome = self._next("post", key, room)
        known = self._known(key, room)
        if known is not None:
            return known
        receipt = Receipt(id=self._new_id(), at=self.clock.now())
        if outcome.stands:
            standing = Standing(key=key, id=receipt.id, content=content, receipt=receipt)
            self.rooms.setdefault(room, []).append(standing)
        await _answer(outcome)
        return receipt

    def _known(self, key: PostKey, room: RoomId) -> Receipt | None:
        found = [one.receipt for one in self.rooms.get(room, ()) if one.key == key]
        window = self.capabilities.idempotency_window or 0.0
        if not found or (self.clock.now() - found[0].at).total_seconds() >= window:
            return None
        return replace(found[0], via="dedupe")

    async def edit(self, key: PostKey, room: RoomId, id: str, content: Content) -> None:
        """Replace what stands under *id*."""
        outcome = self._next("edit", key, room)
        if outcome.stands:
            here = self.rooms.get(room, [])
            self.rooms[room] = [replace(one, content=content) if one.id == id else one for one in here]
        await _answer(outcome)

    async def delete(self, key: PostKey, room: RoomId, id: str) -> None:
        """Take *id* out of the room."""
        outcome = self._next("delete", key, room)
        if outcome.stands:
            self.gone.append(id)
        await _answer(outcome)

    async def private(self, key: PostKey, room: RoomId, person: str, content: Content) -> None:
        """Tell one person."""
        outcome = self._next("private", key, room)
        if outcome.stands:
            self.told.setdefault(person, {})[key] = words_of(content)
        await _answer(outcome)

    async def look_up(self, key: PostKey, room: RoomId, since: object) -> Look:
        """Return how a post stands; nobody can tell while the platform is *blind*, and an *empty* one shows nothing."""
        self.asked.append(("look_up", key))
        if self.blind:
            raise PlatformTrouble("history cannot be read")
        if self.empty:
            return Look(shows=False)
        found = [
            one.receipt for one in self.rooms.get(room, ()) if one.key == key and one.id not in self.gone
        ]
        return Look(copies=tuple(replace(one, via="history") for one in found))

    async def stands(self, room: RoomId, id: str, thread: str | None) -> bool:
        """Return whether somebody's message *id* stands there: until it was *taken_back*."""
        return id not in self.taken_back

    def refresh(self, room: RoomId, person: str | None = None) -> None:
        """Note that something may look otherwise."""
        self.refreshed.append(room)

    async def history(self, room: RoomId, since: datetime) -> AsyncIterator[Heard]:
        """Give what people *said* since then; nobody can tell while the platform is *blind*."""
        self.asked.append(("history", PostKey(room)))
        if self.blind:
            raise PlatformTrouble("history cannot be read")
        for heard in self.said.get(room, ()):
            if getattr(heard, "at", since) >= since:
                yield heard

    def _next(self, what: str, key: PostKey, room: RoomId) -> Outcome:
        self.asked.append((what, key))
        waiting = self.coming.get(room)
        return waiting.popleft() if waiting else Outcome()

    def _new_id(self) -> str:
        self._count += 1
        return f"post-{self._count}"


async def _answer(outcome: Outcome) -> None:
    if outcome.held is not None:
        await outcome.held.wait()
    if outcome.trouble is not None:
        raise outcome.trouble


def words_of(content: Content) -> str:
    """Return every word that *content* shows, line by line."""
    lines: list[str] = []
    for block in content.blocks:
        match block:
            case Heading():
                lines.append(block.text)
            case Paragraph():
                lines.append("".join(run.text for run in block.runs))
            case Bullets():
                lines.extend(block.items)
            case _:
                lines.append(getattr(block, "text", ""))
    return "\n".join(lines)
