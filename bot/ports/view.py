"""What a page or a card may read of a running chat: how a room looks to one person."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.names import ChatId, RoomId
from bot.markup import Button, Content


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMessage:
    """A person's message as the page shows it. *id*: the platform's. *reactions*: reaction, count of people, and mine.

    badges: what it was kept as, labels with emoji.
    """

    id: str
    at: datetime
    author: str
    author_id: str
    group: str | None
    text: str
    reply_to: str | None = None
    edited: bool = False
    moderator: bool = False
    reactions: tuple[tuple[str, int, bool], ...] = ()
    badges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPost:
    """A post of ours as the page shows it."""

    id: str
    at: datetime
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomState:
    """What a page needs to draw itself for one person.

    open: messages are taken now. menu: what this person may do with a message; the page adds the argument ``message``.
    compose: what they may do with a text of their own (for example propose a question); the page adds ``text``.
    mine: what they may do about themselves (group, choices, forget). muted: why *open* is False for this person.
    notices: what waits for this person alone, by key: questions of consent without an answer.
    words: the page's own words by key, in the chat's language. groups, tags, reactions: id and label (with emoji).
    card: the moderator card, None for everybody else.
    """

    chat: ChatId | None
    title: str
    hashtag: str
    language: str
    open: bool
    moderating: bool
    header: Content | None
    card: Content | None
    menu: tuple[Button, ...]
    compose: tuple[Button, ...]
    words: Mapping[str, str]
    groups: tuple[tuple[str, str], ...]
    reactions: tuple[tuple[str, str], ...]
    mine: tuple[Button, ...] = ()
    muted: bool = False
    notices: tuple[tuple[str, Content], ...] = ()


class RoomView(Protocol):
    """Read-only: what stands in a local room, for the page."""

    async def state(self, room: RoomId, person: str | None) -> RoomState:
        """Return how the room looks to *person* (a platform id; None for a stranger at the door)."""

    async def history(
        self, room: RoomId, person: str | None, before: datetime | None = None, limit: int = 200
    ) -> tuple[ShownMessage | ShownPost, ...]:
        """Return the newest *limit* things said before *before*, oldest first."""

    def rooms(self, platform: str) -> Set[RoomId]:
        """Return every room of *platform* that some chat lives in: nothing said elsewhere is ours to hear."""

    async def moderators(self, room: RoomId) -> tuple[str, ...]:
        """Return the platform ids of those who moderate the chat of *room* and are on its platform."""

    def commands(self) -> tuple[Button, ...]:
        """Return every command there is, with what it asks for: slash commands and menus are drawn from these."""

    async def message(self, room: RoomId, person: str | None, id: str) -> ShownMessage | None:
        """Return one message as it stands now, None when it is not shown (deleted, removed, never heard)."""
