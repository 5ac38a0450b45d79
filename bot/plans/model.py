"""The plan of one chat, as people write it: fields with bounds and defaults, and the times that follow."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bot.plans import checks
from bot.plans.fields import (
    MAX_MINUTES,
    Hashtag,
    Language,
    Line,
    Lines,
    Names,
    Number,
    QuestionText,
    QuestionTime,
    Reminders,
    Rooms,
    Text,
    WallTime,
    Whole,
    Zone,
    askable,
)
from bot.plans.timetable import Slot, spread
from bot.plans.wall_time import resolve

GROUPS = ("patient", "carer", "clinician", "researcher", "industry", "other")
# An hour begins with 8 minutes of hellos and keeps 6 for the closing; a shorter chat keeps the proportion.
HELLOS, CLOSING = 8, 6


def _hellos(given: Mapping[str, Any]) -> float:
    return float(min(HELLOS, given.get("minutes", 60) * HELLOS // 60))


class Question(BaseModel):
    """One question of the hour."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: QuestionText
    at: QuestionTime | None = None
    minutes: Annotated[Number, Field(ge=1, le=MAX_MINUTES)] | None = None
    objective: Annotated[Whole, Field(ge=1)] | None = None


class Closing(BaseModel):
    """The thought that the hour ends with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Text


class Plan(BaseModel):
    """Everything that is settled before a chat. Wall times stay as typed; the computed times are UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Line
    hashtag: Hashtag
    zone: Zone
    starts: WallTime
    minutes: Annotated[Whole, Field(ge=5, le=MAX_MINUTES)] = 60
    why: Text | None = None
    language: Language = "en"
    rooms: Rooms = ("local/main",)
    moderators: Names = ()
    guest: Line | None = None
    disclosure: Text | None = None
    sponsor: Line | None = None
    objectives: Lines = ()
    quoting: Literal["ask", "named", "role", "closed"] = "role"
    publish: Literal["review", "auto"] = "review"
    pace: Literal["clock", "manual"] = "clock"
    introductions: Annotated[Number, Field(ge=0, le=60)] = Field(default_factory=_hellos)
    think: Annotated[Number, Field(ge=0, le=5)] = 0
    wrap: Annotated[Number, Field(ge=0, le=10)] = 1
    late_answers_hours: Annotated[Number, Field(ge=0, le=168)] = 24
    reminders_hours: Reminders = (24, 0.5)
    groups: Names = GROUPS
    repeats: Line | None = None
    series_starts: WallTime | None = None
    questions: Annotated[tuple[Question, ...], AfterValidator(askable)]
    closing: Closing | None = None
    next_date: WallTime | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        checks.fits_together(self)
        return self

    @property
    def starts_at(self) -> datetime:
        """Return when the chat starts, in UTC."""
        return resolve(self.starts, self.zone)

    @property
    def ends_at(self) -> datetime:
        """Return when the chat ends, in UTC; late answers count longer."""
        return self.starts_at + self.length

    @property
    def next_at(self) -> datetime | None:
        """Return when the next chat starts (UTC), None when the plan names no date."""
        return None if self.next_date is None else resolve(self.next_date, self.zone)

    @property
    def length(self) -> timedelta:
        """Return how long the chat is."""
        return timedelta(minutes=self.minutes)

    @property
    def closing_after(self) -> timedelta:
        """Return when the closing thought is due, counted from the start."""
        return timedelta(minutes=self.minutes - min(CLOSING, self.minutes * CLOSING // 60))

    @property
    def timetable(self) -> tuple[Slot, ...]:
        """Return when each question opens and how long it has, counted from the start."""
        fixed = [self._typed_offset(question) for question in self.questions]
        begin = timedelta(minutes=self.introductions)
        return spread(self.questions, fixed, begin=begin, end=self.closing_after)

    def _typed_offset(self, question: Question) -> timedelta | None:
        if question.at is None:
            return None
        if isinstance(question.at, time):
            return checks.after_start(self, question.at)
        return timedelta(minutes=question.at)
