"""The life of a chat as a table: which phase follows which, what it says when it opens, what it lets people do.

ARCHITECTURE.md draws its diagram from `PHASES`. *Hold* is not a phase: a chat can be held in any of them.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.names import QuestionId


class Phase(StrEnum):
    """Where in its life a chat is."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    DOORS = "doors"
    INTRODUCTIONS = "introductions"
    QUESTION = "question"
    CLOSING = "closing"
    AFTER_HOUR = "after-hour"
    REVIEW = "review"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    MISSED = "missed"


class Step(StrEnum):
    """Where inside a question a chat is."""

    THINKING = "thinking"
    OPEN = "open"
    WRAPPING = "wrapping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Phase, and inside a question which one and how far."""

    phase: Phase
    question: QuestionId | None = None
    step: Step | None = None

    def __str__(self) -> str:
        """Return the stage as people's commands carry it ("next, from question/q3")."""
        return f"{self.phase}/{self.question}" if self.question else str(self.phase)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRule:
    """What holds in one phase.

    follows: the phases that may come next. line: the post that opens it in every room, None for none.
    talking: messages are heard and kept. live: the hour itself is running. over: it has ended, its plan is history.
    """

    follows: tuple[Phase, ...]
    line: str | None = None
    talking: bool = False
    live: bool = False
    over: bool = False


P = Phase
PHASES: dict[Phase, PhaseRule] = {
    P.DRAFT: PhaseRule(follows=(P.ANNOUNCED, P.DOORS, P.INTRODUCTIONS, P.MISSED)),
    P.ANNOUNCED: PhaseRule(follows=(P.DOORS, P.INTRODUCTIONS, P.MISSED), line="announcement"),
    P.DOORS: PhaseRule(follows=(P.ANNOUNCED, P.INTRODUCTIONS, P.MISSED), line="how-it-works", talking=True),
    P.INTRODUCTIONS: PhaseRule(
        follows=(P.QUESTION, P.CLOSING, P.AFTER_HOUR), line="welcome", talking=True, live=True
    ),
    P.QUESTION: PhaseRule(
        follows=(P.QUESTION, P.CLOSING, P.AFTER_HOUR), line="question", talking=True, live=True
    ),
    P.CLOSING: PhaseRule(follows=(P.QUESTION, P.AFTER_HOUR), line="closing", talking=True, live=True),
    P.AFTER_HOUR: PhaseRule(follows=(P.REVIEW, P.PUBLISHED), line="thanks", talking=True, over=True),
    P.REVIEW: PhaseRule(follows=(P.PUBLISHED, P.WITHDRAWN), over=True),
    P.PUBLISHED: PhaseRule(follows=(P.WITHDRAWN,), over=True),
    P.WITHDRAWN: PhaseRule(follows=(P.PUBLISHED,), over=True),
    P.MISSED: PhaseRule(follows=(P.ANNOUNCED, P.INTRODUCTIONS)),
}
del P
