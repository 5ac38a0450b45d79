"""The log and what stands beside it: what is written together, what is read, and who may write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.core.events import Event
from bot.core.names import ChatId, MessageId, PersonId, PostKey, RoomId, WordKey
from bot.core.posts import Post
from bot.ports.platform import Via

PostState = Literal["planned", "intent", "posted", "failed", "ask", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """A row of the outbox that is not done: the post and what was tried.

    sequence: its place in line. revision: grows when a newer post of the lane ``latest`` takes over the row.
    """

    chat: ChatId
    post: Post
    sequence: int
    state: PostState
    attempts: int
    first_at: datetime | None
    last_at: datetime | None
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What became of a row of the outbox; ``intent`` counts an attempt at *at*, ``posted`` is for ever.

    id: the platform's id of what stands there. revision: of the row that was tried; None: whichever stands now.
    """

    key: PostKey
    state: PostState
    at: datetime
    reason: str = ""
    id: str | None = None
    via: Via | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text to keep apart from the log: under *key* (a message id for messages), as revision *revision*.

    person: whose words they are, so that forgetting finds them; None for words of the plan.
    digest_key: makes the digest by which an event pins the text; it is erased with the text.
    """

    key: WordKey
    revision: int = 0
    text: str
    person: PersonId | None = None
    digest_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A platform's message id and ours for it: unique, so that what is delivered twice is stored once.

    Commands are noted here as well, under an id that no message has.
    """

    room: RoomId
    id: str
    message: MessageId
    person: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquaintance:
    """Somebody's platform id, the name they go by, and our random id for them, the same in every chat."""

    person: PersonId
    platform: str
    id: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Words to erase for ever, in the same breath as the events that say so.

    keys: texts under these keys, all revisions. person: everything of somebody: texts, names, platform ids, sightings.
    """

    keys: tuple[WordKey, ...] = ()
    person: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Up to where a room has been heard without a gap."""

    room: RoomId
    at: datetime
    position: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Everything that follows from some inputs, written together or not at all.

    expected: the version of the chat's log before *events* (0: the chat is new). epoch: of the lease it is written
    under; 0 is good until somebody has taken a lease. source: the plan file that a new chat came from.
    A post of the lane ``latest`` takes over the row of its key, to be sent anew; any other known key changes nothing.
    A mark that its row does not allow (it is posted already) changes nothing. Erasures come last: they reach the
    words of this batch too.
    """

    chat: ChatId
    expected: int
    epoch: int
    events: tuple[Event, ...] = ()
    posts: tuple[Post, ...] = ()
    words: tuple[Words, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    people: tuple[Acquaintance, ...] = ()
    erasures: tuple[Erasure, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    marks: tuple[Mark, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A chat as stored: its log in order, and which platform ids it knows."""

    events: tuple[Event, ...]
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """A text as kept: its revision, whose it is, and what makes the digest that an event may pin."""

    key: WordKey
    revision: int
    text: str
    person: PersonId | None
    digest_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRow:
    """One line of the list of chats."""

    chat: ChatId
    version: int
    source: str | None = None


class Store(Protocol):
    """The log and what stands beside it. Every method may raise StoreTrouble, and StoreUnusable when all is lost."""

    async def append(self, batch: Batch) -> None:
        """Make *batch* durable, whole.

        Raises: Conflict when version or epoch are not what the batch expects, or when a platform id, a person or
        a plan file is known under another name already: load again and decide again.
        """

    async def load(self, chat: ChatId) -> Loaded:
        """Return the whole log of *chat*; empty when there is none."""

    async def events(self, chat: ChatId, after: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        """Return up to *limit* events of *chat* that follow version *after*."""

    async def chats(self) -> tuple[ChatRow, ...]:
        """Return every chat, oldest first."""

    async def words(self, chat: ChatId, keys: Sequence[WordKey] | None = None) -> tuple[StoredText, ...]:
        """Return the texts under *keys* (None: all of the chat), every revision that is still kept."""

    async def people(self, persons: Sequence[PersonId] | None = None) -> tuple[Acquaintance, ...]:
        """Return what names *persons* go by (None: everybody)."""

    async def acquaintance(self, platform: str, id: str) -> Acquaintance | None:
        """Return whom we know under this platform id, None for a stranger or somebody forgotten."""

    async def unsent(self, room: RoomId | None = None) -> tuple[Unsent, ...]:
        """Return the outbox rows that are not done (planned, intent, ask), in the order they were written."""

    async def resent(self, since: datetime) -> tuple[Unsent, ...]:
        """Return the rows that were posted, were tried more than once, and were last tried after *since*."""

    async def mark(self, mark: Mark, *, epoch: int) -> None:
        """Note what became of a row before or after an attempt.

        Raises: Conflict when the lease is no longer ours, or the row is no longer what *mark* takes it for
        (posted, cancelled or taken over meanwhile): do not send it, read it again.
        """

    async def delivered(self, chat: ChatId, keys: Sequence[PostKey] | None = None) -> Mapping[PostKey, Post]:
        """Return the posts of *chat* that were posted, for showing them again."""

    async def checkpoint(self, room: RoomId) -> Checkpoint | None:
        """Return up to where *room* has been heard."""

    async def close(self) -> None:
        """Let go of everything."""


class Lease(Protocol):
    """The right to speak for an installation. *shared*: others may wait for it, and take it when it is free."""

    shared: bool

    async def acquire(self, owner: str) -> int:
        """Return the epoch under which we may write from now on. Raises: OwnedByAnother, StoreTrouble."""

    async def release(self) -> None:
        """Give the right back."""

    def surely_ours(self) -> bool:
        """Return whether nobody else can have the right by now, for as long as a request takes to leave."""

    async def lost(self) -> None:
        """Return when the right that was acquired is somebody else's, or may be: whatever rests on it is over."""
