"""What the log knows of a plan: times, numbers and choices. Its words stand in the words table under `WordKey`s.

Reading, writing and checking plan files is `bot.plans`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.core.names import QuestionId, RoomId, WordKey

Quoting = Literal["ask", "named", "role", "closed"]
Publish = Literal["review", "auto"]
Pace = Literal["clock", "manual"]

TITLE = WordKey("title")
WHY = WordKey("why")
GUEST = WordKey("guest")
DISCLOSURE = WordKey("disclosure")
SPONSOR = WordKey("sponsor")
CLOSING = WordKey("closing")


def question_words(question: QuestionId) -> WordKey:
    """Return the key under which the text of *question* is kept."""
    return WordKey(f"question/{question}")


def objective_words(number: int) -> WordKey:
    """Return the key under which the text of objective *number* (from 1) is kept."""
    return WordKey(f"objective/{number}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedQuestion:
    """One question: its number never changes, because people write A2 from what they read in the announcement."""

    id: QuestionId
    number: int
    opens_after: timedelta
    objective: int | None = None
    audience: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything about the hour that is not words. Offsets count from the start."""

    hashtag: str
    starts_at: datetime
    zone: str
    length: timedelta
    language: str = "en"
    rooms: tuple[RoomId, ...]
    questions: tuple[PlannedQuestion, ...] = ()
    closing_after: timedelta
    think: timedelta = timedelta()
    wrap: timedelta = timedelta(minutes=1)
    late_answers: timedelta = timedelta(hours=24)
    reminders: tuple[timedelta, ...] = (timedelta(hours=24), timedelta(minutes=30))
    objectives: int = 0
    groups: tuple[str, ...] = ()
    quoting: Quoting = "role"
    publish: Publish = "review"
    pace: Pace = "clock"
    next_at: datetime | None = None

    def question(self, question: QuestionId) -> PlannedQuestion:
        """Return the planned question. Raises: KeyError when the plan has none of that id."""
        for planned in self.questions:
            if planned.id == question:
                return planned
        raise KeyError(question)
