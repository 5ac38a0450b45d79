"""The state of one chat, made from its events and from nothing else; `bot.core.apply` says how."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.events import (
    ChatPlanned,
    Choice,
    GapNoticed,
    MessageHeard,
    PostInDoubt,
    Settlement,
    SummaryEntryChanged,
    SummaryPublished,
)
from bot.core.names import ChatId, InsightId, MessageId, PersonId, PostKey, QuestionId, RoomId, WordKey
from bot.core.phases import PHASES, Phase, Stage
from bot.core.plan import Plan, PlannedQuestion
from bot.core.reading import Reading

_UNREAD = Reading()


@dataclass(slots=True, kw_only=True)
class Message:
    """What is known of one message; *heard* is None while only an edit, a reaction or a deletion was heard of it."""

    id: MessageId
    heard: MessageHeard | None = None
    reading: Reading = _UNREAD
    revision: int = 0
    edited_at: datetime | None = None
    deleted: bool = False
    locked: bool = False
    cleared: bool = False

    @property
    def order(self) -> tuple[datetime, int, MessageId]:
        """Return the place of the message among all: platform time, platform sequence, id.

        Raises: ValueError for a message that was never heard itself.
        """
        if self.heard is None:
            raise ValueError(f"message {self.id} was not heard")
        return (self.heard.sent_at, self.heard.sequence, self.id)


@dataclass(slots=True, kw_only=True)
class Opening:
    """A question being asked; asked again after *back* it has another opening.

    rooms: the platform's time of our own post, room by room. *asked_at* stands in where no receipt is there yet.
    """

    question: QuestionId
    number: int
    asking: int
    asked_at: datetime
    rooms: dict[RoomId, datetime] = field(default_factory=dict)
    asked_as: MessageId | None = None

    def since(self, room: RoomId) -> datetime:
        """Return from when on people in *room* could read the question."""
        return self.rooms.get(room, self.asked_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """A kept line or exchange."""

    id: InsightId
    messages: tuple[MessageId, ...]
    tag: str
    by: PersonId
    at: datetime
    start: int | None = None
    end: int | None = None
    noted: bool = False
    exchange: bool = False


@dataclass(slots=True, kw_only=True)
class Person:
    """What is known of somebody in this chat. *choice* None: they have not said, the chat's own rule holds.

    joins: how often they were met; who says later which group they speak for is met again. met_at: the first time.
    """

    id: PersonId
    room: RoomId | None = None
    joins: int = 0
    met_at: datetime | None = None
    group: str | None = None
    returning: bool = False
    bot: bool = False
    muted: bool = False
    forgotten: bool = False
    choice: Choice | None = None
    choices: dict[MessageId, Choice] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Chat:
    """One chat as its log tells it.

    turns: how often a phase, a reminder, the last thoughts on a question came: what each one's post is named by. Its
    name may hold nothing of the log's length, or a restored backup would not find it in the room again.
    """

    id: ChatId
    version: int = 0
    plan: Plan
    planned_at: datetime
    stage: Stage = field(default_factory=lambda: Stage(phase=Phase.DRAFT))
    entered_at: datetime
    entered: dict[Phase, datetime] = field(default_factory=dict)
    turns: Counter[str] = field(default_factory=Counter)
    anchor: datetime | None = None
    shift: timedelta = timedelta()
    heat: int = 0
    held_since: datetime | None = None
    reminded: set[timedelta] = field(default_factory=set)
    asked: list[QuestionId] = field(default_factory=list)
    added: set[QuestionId] = field(default_factory=set)
    openings: list[Opening] = field(default_factory=list)
    skipped: set[QuestionId] = field(default_factory=set)
    messages: dict[MessageId, Message] = field(default_factory=dict)
    latest_heard: datetime | None = None
    recent: list[datetime] = field(default_factory=list)
    reactions: dict[MessageId, dict[tuple[PersonId, str], tuple[datetime, bool]]] = field(
        default_factory=dict
    )
    posts: dict[PostKey, MessageId] = field(default_factory=dict)
    posted_at: dict[PostKey, datetime] = field(default_factory=dict)
    own: dict[MessageId, PostKey] = field(default_factory=dict)
    failed: dict[PostKey, str] = field(default_factory=dict)
    in_doubt: dict[PostKey, PostInDoubt] = field(default_factory=dict)
    settled: dict[PostKey, Settlement] = field(default_factory=dict)
    doubles: dict[MessageId, PostKey] = field(default_factory=dict)
    gaps: list[GapNoticed] = field(default_factory=list)
    said: set[WordKey] = field(default_factory=set)
    insights: dict[InsightId, Insight] = field(default_factory=dict)
    dropped: set[InsightId] = field(default_factory=set)
    undoable: list[tuple[str, str]] = field(default_factory=list)
    moved: dict[MessageId, tuple[QuestionId, ...]] = field(default_factory=dict)
    parked: dict[MessageId, datetime] = field(default_factory=dict)
    proposed: dict[WordKey, PersonId] = field(default_factory=dict)
    people: dict[PersonId, Person] = field(default_factory=dict)
    moderators: dict[PersonId, int] = field(default_factory=dict)
    chaired: set[PersonId] = field(default_factory=set)
    released: dict[PersonId, int] = field(default_factory=dict)
    forgotten_until: datetime | None = None
    leader: PersonId | None = None
    link_generation: int = 1
    consent_asked: set[MessageId] = field(default_factory=set)
    draft_changes: list[SummaryEntryChanged] = field(default_factory=list)
    published: SummaryPublished | None = None
    amended: set[MessageId] = field(default_factory=set)
    editions: int = 0
    parts: int = 0

    @classmethod
    def begin(cls, event: ChatPlanned) -> "Chat":
        """Return the chat that *event* begins, at version 1."""
        return cls(id=event.chat, plan=event.plan, planned_at=event.at, entered_at=event.at, version=1)

    @property
    def phase(self) -> Phase:
        """Return where in its life the chat is."""
        return self.stage.phase

    @property
    def is_live(self) -> bool:
        """Return whether the hour is running."""
        return PHASES[self.stage.phase].live

    @property
    def is_over(self) -> bool:
        """Return whether the hour has ended."""
        return PHASES[self.stage.phase].over

    @property
    def hears(self) -> bool:
        """Return whether messages are taken now."""
        return PHASES[self.stage.phase].talking

    def was_open(self, at: datetime) -> bool:
        """Return whether messages were taken at *at*: one that a platform delivers late was still said in time."""
        if self.hears:
            return True
        opened = [
            self.entered[phase] for phase in (Phase.DOORS, Phase.INTRODUCTIONS) if phase in self.entered
        ]
        closed = [self.entered[phase] for phase in (Phase.REVIEW, Phase.PUBLISHED) if phase in self.entered]
        return bool(opened and closed) and min(opened) <= at < min(closed)

    def may_be_forgotten(self, person: PersonId | None, sent_at: datetime) -> bool:
        """Return whether a message of *sent_at* by *person* (None: a stranger) may be of somebody who was forgotten.

        Nothing is kept to tell by. But whoever was here before then is known; who is not, and is said to have written
        before then, is somebody forgotten whom a platform tells of again.
        """
        if self.forgotten_until is None or sent_at > self.forgotten_until:
            return False
        known = self.people.get(person) if person else None
        return known is None or known.met_at is None or known.met_at > self.forgotten_until

    @property
    def starts_at(self) -> datetime:
        """Return when the hour began, or is planned to begin."""
        return self.anchor or self.plan.starts_at

    @property
    def extended(self) -> int:
        """Return how much the hour was moved by extensions and holds, in whole seconds."""
        return int(self.shift.total_seconds())

    @property
    def last_done(self) -> str | None:
        """Return a name for what *undo* would take back, None when there is nothing."""
        return ":".join(self.undoable[-1]) if self.undoable else None

    @property
    def open_question(self) -> PlannedQuestion | None:
        """Return the question that is open now, None outside questions."""
        return self.plan.question(self.stage.question) if self.stage.question else None

    @property
    def remaining(self) -> tuple[PlannedQuestion, ...]:
        """Return the questions still to ask, the earliest due first."""
        left = (q for q in self.plan.questions if q.id not in self.asked and q.id not in self.skipped)
        return tuple(sorted(left, key=lambda question: question.opens_after))

    def due_at(self, after: timedelta) -> datetime:
        """Return when something planned *after* the start is due, holds and extensions included."""
        return self.starts_at + self.shift + after

    def message(self, message: MessageId) -> Message:
        """Return what is known of *message*; of one not heard of, its id. Whoever asks changes nothing."""
        return self.messages.get(message) or Message(id=message)

    def person(self, person: PersonId) -> Person:
        """Return what is known of *person*; of a stranger, their id. Whoever asks changes nothing."""
        return self.people.get(person) or Person(id=person)
