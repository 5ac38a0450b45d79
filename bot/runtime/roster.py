"""Every chat of the installation, and which of them a room means."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.names import ChatId, PersonId, RoomId
from bot.core.phases import PHASES, Phase
from bot.ports import Clock, Heard, HeardCommand, HeardMessage
from bot.runtime.directory import platform_of
from bot.runtime.facilitator import Facilitator

# Which of several chats of one room is meant, when nothing else says so: the one that runs, else the one to come.
_TURN = {phase: 0 if rule.talking else 1 for phase, rule in PHASES.items()} | {
    Phase.REVIEW: 2,
    Phase.PUBLISHED: 3,
    Phase.MISSED: 3,
    Phase.WITHDRAWN: 4,
}


@dataclass(slots=True, kw_only=True)
class Roster:
    """The chats by id and by room."""

    clock: Clock
    chats: dict[ChatId, Facilitator] = field(default_factory=dict)
    _rooms: dict[RoomId, list[Facilitator]] = field(default_factory=dict)
    _on: dict[str, set[RoomId]] = field(default_factory=dict)

    def __getitem__(self, chat: ChatId) -> Facilitator:
        """Return who carries *chat*. Raises: KeyError when nobody does."""
        return self.chats[chat]

    def __iter__(self) -> Iterator[Facilitator]:
        """Give every chat, in the order in which they were begun."""
        return iter(tuple(self.chats.values()))

    def add(self, facilitator: Facilitator) -> None:
        """Know a chat, or know anew which rooms it is in."""
        self.chats[facilitator.id] = facilitator
        for here in self._rooms.values():
            if facilitator in here:
                here.remove(facilitator)
        for room in facilitator.chat.plan.rooms:
            self._rooms.setdefault(room, []).append(facilitator)
            self._on.setdefault(platform_of(room), set()).add(room)

    def from_source(self, source: str | None) -> Facilitator | None:
        """Return the chat that the plan file *source* began, None when it has begun none."""
        return next((chat for chat in self if source and chat.source == source), None)

    def with_person(self, person: PersonId) -> list[Facilitator]:
        """Return every chat in which *person* took part."""
        return [facilitator for facilitator in self if person in facilitator.chat.people]

    def rooms_on(self, platform: str) -> Set[RoomId]:
        """Return every room of *platform* that some chat lives in: asked for whatever is said anywhere."""
        return self._on.get(platform, frozenset())

    def chats_in(self, room: RoomId) -> Sequence[Facilitator]:
        """Return every chat of *room*."""
        return self._rooms.get(room, [])

    def chat_in(self, room: RoomId) -> Facilitator | None:
        """Return the chat that people in *room* mean now, None when there is none."""
        return self._current(self.chats_in(room), self.clock.now())

    def chat_seen_in(self, room: RoomId, person: PersonId | None) -> Facilitator | None:
        """Return the chat that *person* sees in *room*: the one meant now, but for who has a summary to review there.

        The next chat of a series is announced before the last one is published, and has the room from its doors on.
        """
        meant = self.chat_in(room)
        if meant is None or meant.chat.hears or person is None:
            return meant
        theirs = [one for one in self.chats_in(room) if person in one.chat.moderators]
        waiting = [one for one in theirs if one.chat.phase is Phase.REVIEW]
        return self._current(waiting or [meant], self.clock.now())

    def chat_for(self, heard: Heard) -> Facilitator | None:
        """Return the chat that *heard* belongs to, None when its room has none."""
        if isinstance(heard, HeardCommand) and heard.chat is not None:
            return self.chats.get(heard.chat)
        here = self.chats_in(heard.room)
        id = _message_of(heard)
        known = [chat for chat in here if (heard.room, id) in chat.ledger.ours or id in chat.chat.messages]
        return self._current(known or _over_by_now(here, heard) or here, self.clock.now())

    @staticmethod
    def _current(here: Sequence[Facilitator], now: datetime) -> Facilitator | None:
        def turn(facilitator: Facilitator) -> tuple[int, float]:
            chat = facilitator.chat
            return _TURN[chat.phase], abs((chat.starts_at - now).total_seconds())

        return min(here, key=turn, default=None)


def _over_by_now(here: Sequence[Facilitator], heard: Heard) -> list[Facilitator]:
    """Return the chats of which a message is that comes so late that the next of their series has the room."""
    if not isinstance(heard, HeardMessage):
        return []
    return [one for one in here if not one.chat.hears and one.chat.was_open(heard.at)]


def _message_of(heard: Heard) -> str | None:
    """Return the id of the message that *heard* is about, the platform's or our own."""
    if isinstance(heard, HeardCommand):
        return heard.arguments.get("message")
    return getattr(heard, "id", None)
