"""Finds the calendar day of every line of an IRC log, which mostly tells only the hour."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta

from bot.errors import BadInput
from bot.transcripts.moment import day_in
from bot.transcripts.readers.irc_lines import DayBegan, Line, Said

_SET_BACK = 2.0  # hours
_LATE_OVER_MIDNIGHT = 23.9  # hours from 00:00:05 to the 23:59:58 that came after it
_STARTED = re.compile(r"Meeting started\b")


def days_of(lines: Sequence[Line], given: date | None, name: str) -> list[date]:
    """Return the day of each line that was said; past midnight the next day begins.

    *given* is the day of the first line. Without it the log's own dates count, then MeetBot's line
    "Meeting started ...", then a date in *name*.

    Raises: BadInput when none of these tells the day.
    """
    turns, origin = _turns(lines, given)
    origin = origin or _announced(lines, turns) or day_in(name)
    if origin is None:
        fix = "Give the day of its first line with --date, for example --date 2026-12-03."
        raise BadInput("This log tells only hours, and its name holds no date.", place=name, fix=fix)
    try:
        return [origin + timedelta(days=turn) for turn in turns]
    except OverflowError:
        raise BadInput("The dates of this log are out of range.", place=name, fix="Check --date.") from None


def _turns(lines: Iterable[Line], origin: date | None) -> tuple[list[int], date | None]:
    """Return how many midnights came before each line said, and the first day where a line tells it."""
    turns, turn, last = list[int](), 0, None
    told: date | None = None
    for line in lines:
        if isinstance(line, DayBegan):
            told = line.day
        if not isinstance(line, Said):
            continue
        turn += _midnights(last, line.stamp.clock)
        told = line.stamp.day or told
        if told is not None:
            origin = origin or told - timedelta(days=turn)
            turn = (told - origin).days
        turns.append(turn)
        last, told = line.stamp.clock, None
    return turns, origin


def _midnights(last: time | None, clock: time) -> int:
    """Return 1 when midnight lies between two lines, -1 when one came late over it, else 0.

    An hour back is a clock set back, some minutes back a line that came late: the day stays. More is the
    next day, however long the room was quiet.
    """
    if last is None:
        return 0
    hours = _hours(clock) - _hours(last)
    if hours < -_SET_BACK:
        return 1
    return -1 if hours > _LATE_OVER_MIDNIGHT else 0


def _hours(clock: time) -> float:
    return clock.hour + clock.minute / 60 + clock.second / 3600


def _announced(lines: Iterable[Line], turns: Sequence[int]) -> date | None:
    said = (line for line in lines if isinstance(line, Said))
    for line, turn in zip(said, turns, strict=True):
        day = day_in(line.text) if _STARTED.match(line.text) else None
        if day is not None:
            return day - timedelta(days=turn)
    return None
