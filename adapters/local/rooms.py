"""Who is in which room: one seat for each open page, what is waiting to be sent to it, and the names in use."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from adapters.local.nicknames import skeleton
from adapters.local.session import Session
from adapters.local.translate import Json, as_text
from bot.ports import RoomState, ShownPost

# A page that is this far behind is gone or hopeless: it is cut off, comes back by itself and reads the history.
MOST_WAITING = 512
MOST_NOTICES = 12
MOST_NAMES = 20_000
MOST_PEOPLE_WITH_NOTICES = 5_000
MOST_RECENT = 8
# How long a name is kept for somebody whose line broke, in seconds.
NAME_KEPT = 30 * 60.0


class Seat:
    """One open page. What is sent before it is welcomed waits behind the welcome."""

    def __init__(self, session: Session, alias: str, cut: Callable[[], None]) -> None:
        self.session, self.alias = session, alias
        self.state: RoomState | None = None
        self._cut = cut
        self._held: list[str] | None = []
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)

    def send(self, text: str) -> None:
        """Put *text* on its way; cut the page off when it does not keep up."""
        if self._held is not None and len(self._held) < MOST_WAITING:
            self._held.append(text)
            return
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            self._cut()

    @property
    def is_welcomed(self) -> bool:
        """Return whether the page was told how the room looks."""
        return self._held is None

    def welcome(self, text: str) -> None:
        """Send the first thing a page reads, then all that happened while it was written."""
        held, self._held = self._held or [], None
        for each in (text, *held):
            self.send(each)

    def cut(self) -> None:
        """Drop the line at once."""
        self._cut()

    async def next(self) -> str:
        """Return what is to be sent next."""
        return await self._waiting.get()


@dataclass(slots=True, kw_only=True)
class Claim:
    """A name in use: *person* shows it since their last sign of life."""

    person: str
    name: str
    seen: float
    moderator: bool = False


@dataclass(slots=True)
class Room:
    """Everybody present in one room."""

    name: str
    seats: set[Seat] = field(default_factory=set)
    claims: OrderedDict[str, Claim] = field(default_factory=OrderedDict)
    notices: OrderedDict[str, OrderedDict[str, Json]] = field(default_factory=OrderedDict)
    recent: OrderedDict[str, ShownPost] = field(default_factory=OrderedDict)

    def broadcast(self, message: Json) -> None:
        """Send *message* to every open page, written once for all."""
        text = as_text(message)
        for seat in tuple(self.seats):
            seat.send(text)

    def seats_of(self, person: str) -> tuple[Seat, ...]:
        """Return the pages that *person* has open here."""
        return tuple(seat for seat in self.seats if seat.session.person == person)

    def people(self) -> int:
        """Return how many people are here, however many pages they have open."""
        return len({seat.alias for seat in self.seats})

    def names(self) -> Iterator[tuple[str, str]]:
        """Give id and name of everybody whose name is in use."""
        return ((claim.person, claim.name) for claim in self.claims.values())

    def remember(self, post: ShownPost, *, new: bool) -> None:
        """Keep a post for whoever comes in before its receipt is in the store, and so in the history."""
        if new:
            self.recent[post.id] = post
        elif known := self.recent.get(post.id):
            self.recent[post.id] = replace(known, content=post.content)
        if len(self.recent) > MOST_RECENT:
            self.recent.popitem(last=False)

    # --- names ---

    def claim(self, session: Session, now: float) -> bool:
        """Take the session's name for its person; return False when it is somebody else's at the moment."""
        shape = skeleton(session.name)
        holder = self.claims.get(shape)
        if holder and holder.person != session.person and self._is_held(holder, now):
            return False
        moderator = session.grant(self.name) is not None
        self.claims[shape] = Claim(person=session.person, name=session.name, seen=now, moderator=moderator)
        self.claims.move_to_end(shape)
        if len(self.claims) > MOST_NAMES:
            self.claims.popitem(last=False)
        return True

    def moderators(self, now: float, *, but: str = "") -> tuple[str, ...]:
        """Return the names that stand for moderators now, leaving out the one that *but* goes by."""
        held = (claim for claim in self.claims.values() if self._is_held(claim, now))
        return tuple(claim.name for claim in held if claim.moderator and claim.person != but)

    def _is_held(self, claim: Claim, now: float) -> bool:
        return now - claim.seen < NAME_KEPT or any(
            seat.session.person == claim.person and seat.session.name == claim.name for seat in self.seats
        )

    # --- private notices: kept for a page that is reloaded or a phone that sleeps ---

    def notice(self, person: str, key: str, notice: Json) -> None:
        """Keep *notice* for *person* in place of what stood under *key*, and show it."""
        kept = self.notices.setdefault(person, OrderedDict())
        self.notices.move_to_end(person)
        kept[key] = notice
        if len(kept) > MOST_NOTICES:
            kept.popitem(last=False)
        if len(self.notices) > MOST_PEOPLE_WITH_NOTICES:
            self.notices.popitem(last=False)
        for seat in self.seats_of(person):
            seat.send(as_text(notice))

    def dismiss(self, person: str, key: str) -> None:
        """Put a notice away."""
        self.notices.get(person, OrderedDict[str, Json]()).pop(key, None)

    def notices_of(self, person: str) -> list[Json]:
        """Return what was told to *person* alone, oldest first."""
        return list(self.notices.get(person, OrderedDict[str, Json]()).values())


class Rooms:
    """All rooms that anybody has come to."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}

    def room(self, name: str) -> Room:
        """Return the room called *name*."""
        return self._rooms.setdefault(name, Room(name))

    def everyone(self) -> Iterator[Seat]:
        """Give every open page."""
        return (seat for room in tuple(self._rooms.values()) for seat in tuple(room.seats))
