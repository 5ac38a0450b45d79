"""Reads points in time as logs write them, into aware UTC."""

import re
from datetime import UTC, date, datetime
from typing import TypeVar

from bot.errors import BadInput

_FIX = "Write it like 2026-12-03T19:00:00Z."
FIRST_YEAR, END_YEAR = 1970, 2200
Day = TypeVar("Day", date, datetime)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# "Thu Dec  3 19:00:00 2026", as C's asctime writes it; the clock is missing in some programs' day changes.
_ASCTIME = re.compile(r"\b[A-Z][a-z]{2} ([A-Z][a-z]{2}) +([0-9]{1,2})(?: [0-9:]{5,8})? ([0-9]{4})\b")
# Not beside other digits, but an underscore or letter may touch: "chat_20261203.log".
_ISO_DAY = re.compile(r"(?<![0-9])([12][0-9]{3})(-?)([01][0-9])\2([0-3][0-9])(?![0-9])")


def moment(written: object, place: str, *, zone_needed: bool = True) -> datetime:
    """Return the UTC time that *written* says; without a zone it is UTC where *zone_needed* is false.

    Raises: BadInput.
    """
    if not isinstance(written, str) or not written:
        raise BadInput("The time of this entry is missing.", place=place, fix=_FIX)
    try:
        read = datetime.fromisoformat(written)
        if read.tzinfo is None and not zone_needed:
            read = read.replace(tzinfo=UTC)
        if read.tzinfo is not None:
            return _in_our_time(read if read.tzinfo is UTC else read.astimezone(UTC))
    except (ValueError, OverflowError):
        raise BadInput(f"{written[:40]!r} is not a time.", place=place, fix=_FIX) from None
    raise BadInput(f"The time {written[:40]!r} has no zone.", place=place, fix=_FIX)


def day_of(written: str) -> date:
    """Return the day that *written* says. Raises: ValueError for no day, or one that no chat was held on."""
    return _in_our_time(date.fromisoformat(written))


def _in_our_time(read: Day) -> Day:
    """Return *read*. Raises: ValueError for a year that no chat was held in: there is no day before the first one."""
    if not FIRST_YEAR <= read.year < END_YEAR:
        raise ValueError(read.year)
    return read


def of_epoch(written: object, place: str) -> datetime:
    """Return the UTC time of *written*, seconds since 1970 with a fraction, as Slack writes them.

    Raises: BadInput.
    """
    try:
        seconds, _, fraction = str(written).partition(".")
        whole = _in_our_time(datetime.fromtimestamp(int(seconds), UTC))
        return whole.replace(microsecond=int((fraction + "000000")[:6]))
    except (ValueError, OverflowError, OSError):
        raise BadInput(
            f"{str(written)[:40]!r} is not a time.", place=place, fix="Export the log again."
        ) from None


def day_in(text: str) -> date | None:
    """Return the first day written in *text*, as 2026-12-03, 20261203 or Thu Dec  3 2026, else None."""
    return _iso_day(text) or _asctime_day(text)


def _iso_day(text: str) -> date | None:
    for found in _ISO_DAY.finditer(text):
        day = _day(int(found[1]), int(found[3]), int(found[4]))
        if day is not None:
            return day
    return None


def _asctime_day(text: str) -> date | None:
    found = _ASCTIME.search(text)
    if found is None or found[1].lower() not in _MONTHS:
        return None
    return _day(int(found[3]), _MONTHS.index(found[1].lower()) + 1, int(found[2]))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return _in_our_time(date(year, month, day))
    except ValueError:
        return None
