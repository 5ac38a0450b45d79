"""Builds the log of an hour with questions and messages, for the tests of attribution."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.core import events as e
from bot.core.apply import question_key, replay
from bot.core.attribution import Attribution, attribute
from bot.core.chat import Chat
from bot.core.names import ChatId, MessageId, PersonId, QuestionId, RoomId
from bot.core.phases import Phase, Stage, Step
from bot.core.plan import Plan, PlannedQuestion
from bot.core.reading import read

# Seven seconds past: an hour whose every time falls on a whole minute is taken for an old log without seconds.
STARTS = datetime(2026, 12, 3, 19, 0, 7, tzinfo=UTC)
MAIN, SIDE = RoomId("local/main"), RoomId("local/side")
LONG_ENOUGH = "Plain words helped more than any leaflet did"


def at(minutes: float) -> datetime:
    """Return the moment that many minutes after the start."""
    return STARTS + timedelta(minutes=minutes)


def a_plan(questions: int = 5) -> Plan:
    """Return a plan with a question every eight minutes."""
    asked = tuple(
        PlannedQuestion(id=QuestionId(f"q{number}"), number=number, opens_after=timedelta(minutes=8 * number))
        for number in range(1, questions + 1)
    )
    return Plan(
        hashtag="#hcchat",
        starts_at=STARTS,
        zone="Europe/Dublin",
        length=timedelta(hours=1),
        rooms=(MAIN, SIDE),
        questions=asked,
        closing_after=timedelta(minutes=54),
    )


@dataclass(slots=True)
class Hour:
    """A log being written: each step adds one event and returns the hour, or the id of the message."""

    plan: Plan = field(default_factory=a_plan)
    events: list[e.Event] = field(default_factory=list)
    askings: dict[str, int] = field(default_factory=dict)

    def asks(
        self, number: int, minutes: float, *, back: bool = False, as_message: str | None = None
    ) -> "Hour":
        """Open a question."""
        stage = Stage(phase=Phase.QUESTION, question=QuestionId(f"q{number}"), step=Step.OPEN)
        asked_as = MessageId(as_message) if as_message else None
        self.askings[f"q{number}"] = self.askings.get(f"q{number}", 0) + 1
        self.events.append(
            e.StageEntered(
                at=at(minutes), stage=stage, cause="command", due=at(minutes), back=back, asked_as=asked_as
            )
        )
        return self

    def posts(self, number: int, minutes: float, *, room: RoomId = MAIN, kind: str = "question") -> MessageId:
        """Deliver the post of the question opened last under that number."""
        question, message = QuestionId(f"q{number}"), MessageId(f"post-{kind}-{number}-{len(self.events)}")
        key = question_key(self.chat, question, self.askings[question], room)
        key = key.replace("/question/", f"/{kind}/")
        self.events.append(
            e.PostDelivered(at=at(minutes), key=key, room=room, message=message, posted_at=at(minutes))  # type: ignore[arg-type]
        )
        return message

    def enters(self, phase: Phase, minutes: float) -> "Hour":
        """Move on to a phase without questions."""
        self.events.append(
            e.StageEntered(at=at(minutes), stage=Stage(phase=phase), cause="clock", due=at(minutes))
        )
        return self

    def says(  # one parameter for each thing that attribution looks at
        self,
        text: str,
        minutes: float,
        *,
        by: str = "mira",
        reply_to: str | None = None,
        thread: str | None = None,
        room: RoomId = MAIN,
        name: str | None = None,
    ) -> MessageId:
        """Have somebody write, and return the message's id."""
        message = MessageId(name or f"m{len(self.events)}")
        self.events.append(
            e.MessageHeard(
                at=at(minutes),
                message=message,
                room=room,
                author=PersonId(by),
                sent_at=at(minutes),
                reply_to=MessageId(reply_to) if reply_to else None,
                thread=MessageId(thread) if thread else None,
                reading=read(text),
            )
        )
        return message

    def moves(self, message: MessageId, *numbers: int) -> "Hour":
        """Have a moderator say what a message answers."""
        questions = tuple(QuestionId(f"q{number}") for number in numbers)
        self.events.append(
            e.AnswerMoved(at=at(50), message=message, questions=questions, by=PersonId("andrew"))
        )
        return self

    def appoints(self, person: str) -> "Hour":
        """Make somebody a moderator."""
        self.events.append(e.ModeratorAppointed(at=at(0), person=PersonId(person)))
        return self

    @property
    def log(self) -> tuple[e.Event, ...]:
        """Return all events so far, the plan first."""
        planned = e.ChatPlanned(at=at(-60), chat=ChatId("chat-1"), plan=self.plan)
        return (planned, *self.events)

    @property
    def chat(self) -> Chat:
        """Return the chat that the log tells of."""
        return replay(self.log)

    def of(self, message: MessageId) -> Attribution:
        """Return what *message* answers."""
        return attribute(self.chat)[message]


def of(chat: Chat, message: MessageId) -> Attribution:
    """Return what *message* of *chat* answers."""
    return attribute(chat)[message]


def two_questions() -> Hour:
    """Return an hour in which Q1 was asked after 8 minutes and Q2 after 16."""
    return Hour().asks(1, 8).asks(2, 16)


def numbers(questions: Iterable[QuestionId] | Sequence[str]) -> tuple[int, ...]:
    """Return the numbers of questions: ("q1", "q3") as (1, 3)."""
    return tuple(int(question.removeprefix("q")) for question in questions)
