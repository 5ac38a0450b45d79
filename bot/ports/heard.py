"""What an adapter heard, in our words, and what the one who did it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.core.names import ChatId, MessageId, PostKey, RoomId
from bot.markup import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """A person as a platform knows them. *may_moderate*: the platform (or a proof just checked) says so."""

    id: str
    name: str
    bot: bool = False
    may_moderate: bool = False
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardMessage:
    """Somebody wrote. *id*, *reply_to*, *thread*: the platform's own ids; *mentions*: ids of people."""

    room: RoomId
    id: str
    author: Somebody
    at: datetime
    text: str
    sequence: int = 0
    reply_to: str | None = None
    thread: str | None = None
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardEdit:
    """A message's text is now *text*. *by* None: the platform vouches that its author did it."""

    room: RoomId
    id: str
    at: datetime
    text: str
    by: Somebody | None = None
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardDeletion:
    """A message is gone. *by* None: the platform does not say who, or it was the author."""

    room: RoomId
    id: str
    at: datetime
    by: Somebody | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardReaction:
    """A reaction came (*present*) or went. *reaction*: an emoji, or a tag's id."""

    room: RoomId
    id: str
    by: Somebody
    reaction: str
    at: datetime
    present: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardCommand:
    """Somebody asked for something: a typed command, a button, a menu entry, a form. All arguments are strings.

    Arguments that name a message hold the platform's id of it. *chat*: which chat, where the room does not tell.
    *generation*: of the moderator's link shown with it, already checked to be genuine. *id*: the platform's own for
    this one gesture, so that what is told twice is done once; empty where nothing is ever told twice.
    """

    room: RoomId
    by: Somebody
    command: str
    at: datetime
    arguments: Mapping[str, str] = field(default_factory=dict)
    expects: str | None = None
    chat: ChatId | None = None
    generation: int | None = None
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardEcho:
    """Our own post came back to us as a message of the room."""

    room: RoomId
    key: PostKey
    id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardGap:
    """The room could not be heard from *since* to *until*, and nobody tells what was said meanwhile.

    *since* None: since whatever was heard last, by a bot that has just come. *quiet*: no news for a moderator, only a
    reason to read the room back.
    """

    room: RoomId
    since: datetime | None
    until: datetime
    quiet: bool = False


Heard = HeardMessage | HeardEdit | HeardDeletion | HeardReaction | HeardCommand | HeardEcho | HeardGap


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the one who did it is told, once it is durable. *refused*: it did not happen, *text* says why.

    Inside the house *text* is the key of a line and *arguments* fill it; an adapter always gets the words.
    """

    text: str = ""
    refused: bool = False
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    content: Content | None = None
    message: MessageId | None = None


class Intake(Protocol):
    """Where adapters put what they heard."""

    async def hear(self, heard: Heard) -> Reply:
        """Return once *heard* is durable (or refused), with what to tell whoever did it.

        Order is the order of calls. Raises: StoreTrouble while nothing can be stored: do not acknowledge.
        """
