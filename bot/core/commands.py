"""Every wish that can be put to a chat: what the clock, an adapter or a person may want to happen.

What people write, press or pick (`/chat next`, the card's buttons, the message menu) is drawn from `bot.core.table`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.events import Choice, Settlement
from bot.core.names import InsightId, MessageId, PersonId, PostKey, QuestionId, RoomId, WordKey
from bot.core.plan import Plan
from bot.core.reading import Reading
from bot.core.selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What all commands share: *at* is the bot's clock when it took the wish up."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Wish):
    """A wish of a person: *by* whom, and the stage they saw when they asked ("next, from Q3")."""

    by: PersonId
    expects: str | None = None


# --- the clock and the adapters --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(Wish):
    """Time has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChat(Wish):
    """A plan was read: begin the chat, or change it."""

    plan: Plan
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meet(Wish):
    """An adapter saw somebody."""

    person: PersonId
    room: RoomId
    group: str | None = None
    returning: bool = False
    bot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hear(Wish):
    """An adapter heard a message."""

    message: MessageId
    room: RoomId
    author: PersonId
    sent_at: datetime
    sequence: int = 0
    reply_to: MessageId | None = None
    thread: MessageId | None = None
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class HearEdit(Wish):
    """An adapter heard that a message was changed."""

    message: MessageId
    edited_at: datetime
    reading: Reading
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HearDeletion(Wish):
    """An adapter heard that a message is gone."""

    message: MessageId
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HearReaction(Wish):
    """An adapter heard a reaction come or go. *tag*: the insight tag that the reaction stands for."""

    message: MessageId
    person: PersonId
    reaction: str
    tag: str | None = None
    present: bool
    reacted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDelivery(Wish):
    """The outbox has a receipt."""

    key: PostKey
    room: RoomId
    message: MessageId
    posted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFailure(Wish):
    """The outbox gave a post up."""

    key: PostKey
    room: RoomId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDoubt(Wish):
    """The outbox cannot find out whether a post, first tried at *since*, stands in its room."""

    key: PostKey
    room: RoomId
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteGap(Wish):
    """A room could not be heard for a while."""

    room: RoomId
    since: datetime
    until: datetime
    filled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Appoint(Wish):
    """A proof was shown (the moderator's link of *generation*, a role of the platform): let *person* moderate."""

    person: PersonId
    generation: int | None = None


# --- a moderator runs the hour ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(Asked):
    """Open the hour now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Next(Asked):
    """Go on to the next question, or to the closing after the last.

    *asked_as*: the message in which a person asked the question already, so that the bot need not.
    """

    asked_as: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Back(Asked):
    """Go back to the question before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip(Asked):
    """Leave out the next planned question, or *question*."""

    question: QuestionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(Asked):
    """Give the present question more time. *seen*: how much the presser saw given already, in seconds."""

    length: timedelta = timedelta(minutes=2)
    seen: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Asked):
    """Stop the clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Asked):
    """Let the clock go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Asked):
    """Have the bot say the text under *words* in every room."""

    words: WordKey


@dataclass(frozen=True, slots=True, kw_only=True)
class AddQuestion(Asked):
    """Put the text under ``question/<id>`` into the plan as its last question, or (*ask*) ask it now.

    *asked_as*: the message in which a person already asked it in the room (a transcript's `#topic`).
    """

    question: QuestionId
    ask: bool = False
    audience: bool = False
    asked_as: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Asked):
    """End the hour: thanks, and late answers count from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(Asked):
    """Let another moderator lead."""

    to: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Asked):
    """Take moderating away from *person*."""

    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateLink(Asked):
    """Make the moderator's link that was handed out worthless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(Asked):
    """Take back the last thing a moderator kept, parked or asked. *seen*: what the presser saw as the last."""

    seen: str | None = None


# --- lines ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep(Asked):
    """Keep a line, whole or a part, under a tag."""

    message: MessageId
    tag: str = "insight"
    start: int | None = None
    end: int | None = None
    noted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepExchange(Asked):
    """Keep several messages together."""

    messages: tuple[MessageId, ...]
    tag: str = "insight"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unkeep(Asked):
    """Let a kept line or exchange go."""

    insight: InsightId


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTo(Asked):
    """Say which question a message answers (number 0: none)."""

    message: MessageId
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Park(Asked):
    """Put a message in the parking lot."""

    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock(Asked):
    """Keep a message out of every summary and page."""

    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear(Asked):
    """Having looked, let a held-back or locked message be quoted."""

    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute(Asked):
    """Stop somebody from writing, or let them again."""

    person: PersonId
    muted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove(Asked):
    """Take somebody's message out of the room."""

    message: MessageId


# --- what everybody may ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose(Asked):
    """Propose a question; its text is kept under *words*."""

    words: WordKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Declare(Asked):
    """Say for which group one speaks; None takes it back."""

    group: str | None
    room: RoomId


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Asked):
    """Choose how to be quoted, in one *message* or in everything."""

    choice: Choice
    message: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget(Asked):
    """Erase the words, names and platform ids of the one who asks."""


# --- the summary -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEntry(Asked):
    """Change one entry of the draft: drop, restore, move it *to* a section, cut it, or head it."""

    change: str
    entry: str
    to: str | None = None
    start: int | None = None
    end: int | None = None
    heading: WordKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish(Wish):
    """Publish the summary; the facilitator fills in what was composed and checked just before.

    *by* is None when the clock publishes (`publish = "auto"`).
    """

    selection: Selection
    composer: int
    parts: int
    by: PersonId | None = None
    expects: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlePost(Asked):
    """Say what became of a post in doubt, or what shall become of it."""

    key: PostKey
    answer: Settlement


@dataclass(frozen=True, slots=True, kw_only=True)
class Retract(Asked):
    """Take the published summary back."""


PersonsCommand = (
    Start | Next | Back | Skip | Extend | Hold | Resume | Say | AddQuestion | Close | HandOver | Release | RotateLink
    | Undo | Keep | KeepExchange | Unkeep | AnswerTo | Park | Lock | Clear | Mute | Remove | Propose | Declare
    | Consent | Forget | ChangeEntry | Publish | Retract | SettlePost
)  # fmt: skip
Command = (
    PersonsCommand | Tick | PlanChat | Meet | Hear | HearEdit | HearDeletion | HearReaction
    | NoteDelivery | NoteFailure | NoteDoubt | NoteGap | Appoint
)  # fmt: skip
