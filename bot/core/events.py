"""Everything that can have happened in a chat. Facts in the past tense; ids, times and numbers, never words or names.

Stored events are for ever: add fields with defaults, never rename a field or reuse a `KIND`.
*at* is when the bot took note; *sent_at* and the like are the platform's times, which alone decide order.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from bot.core.names import ChatId, InsightId, MessageId, PersonId, PostKey, QuestionId, RoomId, WordKey
from bot.core.phases import Stage, Step
from bot.core.plan import Plan, PlannedQuestion
from bot.core.reading import Reading
from bot.core.selection import Selection

Cause = Literal["clock", "command", "traffic", "sleep"]
Choice = Literal["named", "role", "no"]
Settlement = Literal["there", "again", "leave"]
"""What a moderator says of a post in doubt: it stands there, post it again, or leave it out."""
"""What an author says to being quoted: by name, as a role ("a patient"), or not at all."""


Change = Literal["drop", "restore", "move", "cut", "heading"]
Withdrawal = Literal["withdrawn", "deleted", "locked", "forgotten", "allowed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What all events share."""

    KIND: ClassVar[str]
    at: datetime


# --- the plan and the course of the hour -----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPlanned(Happened):
    """A plan was saved; the first event of every chat."""

    KIND: ClassVar[str] = "chat-planned"
    chat: ChatId
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChanged(Happened):
    """The plan was edited: questions already asked stay as they were."""

    KIND: ClassVar[str] = "plan-changed"
    plan: Plan
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAdded(Happened):
    """A question came into the plan while the chat runs (from the audience or a moderator)."""

    KIND: ClassVar[str] = "question-added"
    question: PlannedQuestion
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEntered(Happened):
    """The chat moved on. *due*: when the plan wanted it; the clock's own lateness is never added to what follows.

    *back*: to a question asked before. *asked_as*: the message by which a person asked the question in our stead.
    """

    KIND: ClassVar[str] = "stage-entered"
    stage: Stage
    cause: Cause
    due: datetime
    by: PersonId | None = None
    back: bool = False
    asked_as: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEntered(Happened):
    """The question that is open moved from thinking to answering, or to last thoughts."""

    KIND: ClassVar[str] = "step-entered"
    question: QuestionId
    step: Step
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded(Happened):
    """The reminder *before* the start was due; *late* ones are noted and not posted."""

    KIND: ClassVar[str] = "reminded"
    before: timedelta
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSkipped(Happened):
    """A planned question will not be asked."""

    KIND: ClassVar[str] = "question-skipped"
    question: QuestionId
    cause: Cause
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionWithdrawn(Happened):
    """A question that had been asked was taken back; answers fall to the one before it."""

    KIND: ClassVar[str] = "question-withdrawn"
    question: QuestionId
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended(Happened):
    """Everything still to come moved by *length*: asked for, or because the room was still hot."""

    KIND: ClassVar[str] = "extended"
    length: timedelta
    cause: Cause
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Happened):
    """The clock stands still until somebody resumes."""

    KIND: ClassVar[str] = "held"
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Happened):
    """The clock goes on; everything still to come moves by the time held."""

    KIND: ClassVar[str] = "resumed"
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Happened):
    """A moderator had the bot say something in every room; the text is kept under *words*."""

    KIND: ClassVar[str] = "said"
    words: WordKey
    by: PersonId


# --- what people do -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonJoined(Happened):
    """Somebody was seen for the first time in this chat, or said which group they speak for."""

    KIND: ClassVar[str] = "person-joined"
    person: PersonId
    room: RoomId
    group: str | None = None
    returning: bool = False
    bot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageHeard(Happened):
    """Somebody wrote in a room. *sequence* orders messages of equal time, as the platform counts."""

    KIND: ClassVar[str] = "message-heard"
    message: MessageId
    room: RoomId
    author: PersonId
    sent_at: datetime
    sequence: int = 0
    reply_to: MessageId | None = None
    thread: MessageId | None = None
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited(Happened):
    """An author changed a message; may be heard before the message itself."""

    KIND: ClassVar[str] = "message-edited"
    message: MessageId
    edited_at: datetime
    revision: int
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted(Happened):
    """A message is gone, for good, whatever is heard of it later. *by* is None when the platform does not say.

    *remove*: it still stands in its room and we have to take it out.
    """

    KIND: ClassVar[str] = "message-deleted"
    message: MessageId
    by: PersonId | None = None
    remove: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted(Happened):
    """A reaction came (*present*) or went. *reaction*: a tag's id when the emoji stands for one, else the emoji."""

    KIND: ClassVar[str] = "reacted"
    message: MessageId
    person: PersonId
    reaction: str
    present: bool
    reacted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionProposed(Happened):
    """Somebody proposed a question to be asked; its text is kept under *words*."""

    KIND: ClassVar[str] = "question-proposed"
    words: WordKey
    by: PersonId


# --- our own posts --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDelivered(Happened):
    """One of our posts stands in its room. *message*: the id under which replies to it are known."""

    KIND: ClassVar[str] = "post-delivered"
    key: PostKey
    room: RoomId
    message: MessageId
    posted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFailed(Happened):
    """One of our posts will not appear; the moderators are told why."""

    KIND: ClassVar[str] = "post-failed"
    key: PostKey
    room: RoomId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostInDoubt(Happened):
    """Nobody can tell whether one of our posts, first tried at *since*, stands: the moderators are asked."""

    KIND: ClassVar[str] = "post-in-doubt"
    key: PostKey
    room: RoomId
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PostSettled(Happened):
    """A moderator looked: the post is there, or is to be posted again, or is to be left out."""

    KIND: ClassVar[str] = "post-settled"
    key: PostKey
    room: RoomId
    answer: Settlement
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDoubled(Happened):
    """One of our posts stands in its room a second time, as *message*: that copy is taken away."""

    KIND: ClassVar[str] = "post-doubled"
    key: PostKey
    room: RoomId
    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class GapNoticed(Happened):
    """A room could not be heard for a while."""

    KIND: ClassVar[str] = "gap-noticed"
    room: RoomId
    since: datetime
    until: datetime
    filled: int = 0


# --- insights -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightKept(Happened):
    """A moderator kept a line, whole or from *start* to *end* (code points of its text)."""

    KIND: ClassVar[str] = "insight-kept"
    insight: InsightId
    message: MessageId
    tag: str
    by: PersonId
    start: int | None = None
    end: int | None = None
    noted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeKept(Happened):
    """Several messages were kept together, in their order."""

    KIND: ClassVar[str] = "exchange-kept"
    insight: InsightId
    messages: tuple[MessageId, ...]
    tag: str
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightDropped(Happened):
    """A kept line or exchange was let go."""

    KIND: ClassVar[str] = "insight-dropped"
    insight: InsightId
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMoved(Happened):
    """A moderator said which questions a message answers; none: it answers no question."""

    KIND: ClassVar[str] = "answer-moved"
    message: MessageId
    questions: tuple[QuestionId, ...]
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageParked(Happened):
    """A message was put in the parking lot for another day."""

    KIND: ClassVar[str] = "message-parked"
    message: MessageId
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageUnparked(Happened):
    """A message was taken out of the parking lot again."""

    KIND: ClassVar[str] = "message-unparked"
    message: MessageId
    by: PersonId


# --- protection and consent -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLocked(Happened):
    """A message is kept out of every summary and page."""

    KIND: ClassVar[str] = "message-locked"
    message: MessageId
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCleared(Happened):
    """A moderator looked at a held-back or locked message and let it be quoted."""

    KIND: ClassVar[str] = "message-cleared"
    message: MessageId
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAsked(Happened):
    """The author was asked whether this line may be quoted."""

    KIND: ClassVar[str] = "consent-asked"
    message: MessageId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven(Happened):
    """An author chose how to be quoted: for one *message*, or for everything (None). The last choice holds."""

    KIND: ClassVar[str] = "consent-given"
    person: PersonId
    choice: Choice
    message: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonForgotten(Happened):
    """Somebody asked to be forgotten: their words, names and platform ids are erased with this event."""

    KIND: ClassVar[str] = "person-forgotten"
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMuted(Happened):
    """Somebody may not write for now (*muted*), or may again."""

    KIND: ClassVar[str] = "person-muted"
    person: PersonId
    by: PersonId
    muted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeratorAppointed(Happened):
    """Somebody may run this chat. *generation*: of the moderator's link that showed it."""

    KIND: ClassVar[str] = "moderator-appointed"
    person: PersonId
    by: PersonId | None = None
    generation: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeratorReleased(Happened):
    """Somebody no longer runs this chat."""

    KIND: ClassVar[str] = "moderator-released"
    person: PersonId
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRotated(Happened):
    """The moderator's link was changed; the old one opens nothing any more."""

    KIND: ClassVar[str] = "link-rotated"
    by: PersonId
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver(Happened):
    """Another moderator leads from here."""

    KIND: ClassVar[str] = "handed-over"
    to: PersonId
    cause: Cause
    by: PersonId | None = None


# --- the summary ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryEntryChanged(Happened):
    """A moderator changed the draft: dropped, restored or moved a line, cut it, or gave a theme a heading.

    *entry*: the id of the summary's entry. *heading*: where the new heading's words are kept.
    """

    KIND: ClassVar[str] = "summary-entry-changed"
    change: Change
    entry: str
    by: PersonId
    to: str | None = None
    start: int | None = None
    end: int | None = None
    heading: WordKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryPublished(Happened):
    """The summary is out: *selection* names its entries with their spans and the revision quoted; frozen from here on.

    *composer*: version of the rules that chose. *parts*: how many posts it takes in a room.
    """

    KIND: ClassVar[str] = "summary-published"
    edition: int
    selection: Selection
    composer: int
    parts: int
    cause: Cause
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryAmended(Happened):
    """Lines left a published summary: withdrawn, deleted, locked or forgotten.

    *reason* "allowed": they stay or come back, but their author wants to be called otherwise.
    """

    KIND: ClassVar[str] = "summary-amended"
    edition: int
    messages: tuple[MessageId, ...]
    reason: Withdrawal


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRetracted(Happened):
    """The whole summary was taken back."""

    KIND: ClassVar[str] = "summary-retracted"
    by: PersonId


Event = (
    ChatPlanned
    | PlanChanged
    | QuestionAdded
    | StageEntered
    | StepEntered
    | Reminded
    | QuestionSkipped
    | QuestionWithdrawn
    | Extended
    | Held
    | Resumed
    | Said
    | PersonJoined
    | MessageHeard
    | MessageEdited
    | MessageDeleted
    | Reacted
    | QuestionProposed
    | PostDelivered
    | PostFailed
    | PostInDoubt
    | PostSettled
    | PostDoubled
    | GapNoticed
    | InsightKept
    | ExchangeKept
    | InsightDropped
    | AnswerMoved
    | MessageParked
    | MessageUnparked
    | MessageLocked
    | MessageCleared
    | ConsentAsked
    | ConsentGiven
    | PersonForgotten
    | PersonMuted
    | ModeratorAppointed
    | ModeratorReleased
    | LinkRotated
    | HandedOver
    | SummaryEntryChanged
    | SummaryPublished
    | SummaryAmended
    | SummaryRetracted
)
