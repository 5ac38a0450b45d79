"""The doors of the house: what the bot needs from a platform, a store, a clock and a lease, and what passes through.

Small Protocols and plain values. Adapters see this file, `bot.errors` and `bot.markup`, and nothing else of ours.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from bot.core.events import Event
from bot.core.names import ChatId, MessageId, PersonId, PostKey, RoomId, WordKey
from bot.core.posts import Action, Argument, Lane, NameRef, Post, WordRef
from bot.markup import Button, Content

__all__ = [
    "Action",
    "Argument",
    "ChatId",
    "Content",
    "Lane",
    "MessageId",
    "NameRef",
    "PersonId",
    "Post",
    "PostKey",
    "RoomId",
    "WordRef",
]

# --- what an adapter heard --------------------------------------------------------------------------------


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
    """The room could not be heard from *since* to *until*."""

    room: RoomId
    since: datetime
    until: datetime


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


# --- a platform -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a platform can do, declared by its adapter. Lengths in code points, times in seconds.

    idempotency_window: how long a re-sent key is recognised, None when the platform has no such key.
    durable_marker: our key can be read back from its history. header: it shows a standing line above the room.
    """

    threads: bool
    edits: bool
    deletes: bool
    private: bool
    buttons: bool
    forms: bool
    reactions: bool
    header: bool
    post_length: int
    idempotency_window: float | None
    durable_marker: bool


Via = Literal["response", "echo", "history", "dedupe"]
"""How we know that a post stands in its room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A post stands in its room under *id* since *at*, by the platform's clock."""

    id: str
    at: datetime
    via: Via = "response"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Something that a platform does not let us do in a room: the permission's or scope's own name, and the fix."""

    name: str
    fix: str


class Platform(Protocol):
    """One connection to one platform."""

    name: str
    capabilities: Capabilities

    async def run(self, intake: Intake) -> None:
        """Connect, hand everything heard to *intake* in order, and stay until cancelled.

        Lost connections are made again. Raises: PlatformTrouble when the platform refuses us for good.
        """

    def asking(self) -> AbstractAsyncContextManager[None]:
        """Give a connection for asking only: nothing is heard, so no event is taken from a bot that runs meanwhile.

        Raises: PlatformTrouble when the platform refuses us.
        """

    async def invitation(self) -> str:
        """Return what brings the bot into a room: a link to open, or the manifest of an app to create."""

    async def lacks(self, room: RoomId) -> tuple[Lack, ...]:
        """Return what keeps us from running a chat in *room*, nothing when all is well. Raises: PlatformTrouble."""

    async def post(
        self, key: PostKey, room: RoomId, content: Content, reply_to: str | None = None
    ) -> Receipt:
        """Post once. Raises: PlatformTrouble, which says whether it may stand there all the same."""

    async def edit(self, key: PostKey, room: RoomId, id: str, content: Content) -> None:
        """Replace what post *id* says. Raises: PlatformTrouble."""

    async def delete(self, key: PostKey, room: RoomId, id: str) -> None:
        """Take message *id* out of the room. Raises: PlatformTrouble."""

    async def private(self, key: PostKey, room: RoomId, person: str, content: Content) -> None:
        """Show *content* to one person, replacing what stood under *key*. Raises: PlatformTrouble."""

    async def look_up(self, key: PostKey, room: RoomId, since: datetime) -> Receipt | None:
        """Return the receipt of a post that stands in the room, None when it surely does not.

        Raises: PlatformTrouble when that cannot be told.
        """

    def refresh(self, room: RoomId, person: str | None = None) -> None:
        """Take note that the card and the standing line of *room* may look otherwise now; draw them when it suits."""

    def history(self, room: RoomId, since: datetime) -> AsyncIterator[Heard]:
        """Give everything that stands in the room since then, oldest first; nothing where all of it was heard already.

        Raises: PlatformTrouble when that cannot be told: a history hidden from us is not an empty one.
        """


# --- the store --------------------------------------------------------------------------------------------

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
    """The right to speak for an installation."""

    async def acquire(self, owner: str) -> int:
        """Return the epoch under which we may write from now on. Raises: OwnedByAnother."""

    async def release(self) -> None:
        """Give the right back."""


# --- what the local room may read ----------------------------------------------------------------------------


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


class RoomView(Protocol):
    """Read-only: what stands in a local room, for the page."""

    async def state(self, room: RoomId, person: str | None) -> RoomState:
        """Return how the room looks to *person* (a platform id; None for a stranger at the door)."""

    async def history(
        self, room: RoomId, person: str | None, before: datetime | None = None, limit: int = 200
    ) -> tuple[ShownMessage | ShownPost, ...]:
        """Return the newest *limit* things said before *before*, oldest first."""

    def rooms(self, platform: str) -> frozenset[RoomId]:
        """Return every room of *platform* that some chat lives in: nothing said elsewhere is ours to hear."""

    async def moderators(self, room: RoomId) -> tuple[str, ...]:
        """Return the platform ids of those who moderate the chat of *room* and are on its platform."""

    def commands(self) -> tuple[Button, ...]:
        """Return every command there is, with what it asks for: slash commands and menus are drawn from these."""

    async def message(self, room: RoomId, person: str | None, id: str) -> ShownMessage | None:
        """Return one message as it stands now, None when it is not shown (deleted, removed, never heard)."""


# --- the only sources of time and of chance ----------------------------------------------------------------


class Clock(Protocol):
    """Wall time and monotonic time."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never jump."""

    async def sleep_until(self, at: datetime) -> None:
        """Return when the wall clock shows *at*, however it was set meanwhile."""

    async def sleep(self, seconds: float) -> None:
        """Return after *seconds*."""


class Ids(Protocol):
    """New names. *hint*: what the name is for; a replay derives it from the hint, everybody else ignores it."""

    def new(self, kind: str, hint: str) -> str:
        """Return a name never given before (or, in a replay, the same for the same hint)."""
