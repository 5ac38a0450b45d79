"""When each question opens: typed times are kept, the others share what is between them evenly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from math import floor
from typing import Protocol

MINUTE = timedelta(minutes=1)


class Asked(Protocol):
    """What a question brings to the timetable."""

    @property
    def minutes(self) -> float | None:
        """How long it was given, None when it takes its share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The place of one question in the hour, counted from the start."""

    number: int
    opens_after: timedelta
    lasts: timedelta


def spread(
    questions: Sequence[Asked], fixed: Sequence[timedelta | None], *, begin: timedelta, end: timedelta
) -> tuple[Slot, ...]:
    """Return a slot for each of *questions*; *fixed* holds the opening times that were typed."""
    opens = [at for run in _runs(fixed) for at in _run(questions, fixed, run, begin, end)]
    until = [*opens[1:], end]
    return tuple(
        Slot(number=place + 1, opens_after=at, lasts=_lasts(questions[place], at, until[place]))
        for place, at in enumerate(opens)
    )


def _runs(fixed: Sequence[timedelta | None]) -> Iterator[range]:
    """Cut the questions before each that has a time of its own."""
    starts = [place for place, at in enumerate(fixed) if at is not None or place == 0]
    for start, stop in pairwise([*starts, len(fixed)]):
        yield range(start, stop)


def _run(
    questions: Sequence[Asked],
    fixed: Sequence[timedelta | None],
    run: range,
    begin: timedelta,
    end: timedelta,
) -> Iterator[timedelta]:
    first = fixed[run.start]
    at = begin if first is None else first
    after = fixed[run.stop] if run.stop < len(fixed) else None
    share = _share([questions[place] for place in run], (end if after is None else after) - at)
    for place in run:
        # Whole minutes, because people read these times; cutting never moves a question past the next one.
        yield timedelta(minutes=floor(at / MINUTE)) if place > run.start else at
        given = questions[place].minutes
        at += share if given is None else timedelta(minutes=given)


def _share(questions: Sequence[Asked], room: timedelta) -> timedelta:
    given = [question.minutes for question in questions if question.minutes is not None]
    sharing = len(questions) - len(given)
    if not sharing:
        return timedelta()
    # Where nothing is left each still gets a minute: the plan then runs over, and lint says so.
    return max(MINUTE, (room - timedelta(minutes=sum(given))) / sharing)


def _lasts(question: Asked, at: timedelta, until: timedelta) -> timedelta:
    if question.minutes is not None:
        return timedelta(minutes=question.minutes)
    return max(MINUTE, until - at)
