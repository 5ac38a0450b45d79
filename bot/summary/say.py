"""Numbers, times and lengths of time as people of a language read them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_time
from babel.numbers import format_decimal, format_percent

from bot.wording import Wording


def count(number: float, language: str) -> str:
    """Return *number* with the language's own separators."""
    return format_decimal(number, locale=language, format="#,##0.#")


def share(part: float, language: str) -> str:
    """Return *part* (of 1) in per cent."""
    return format_percent(part, locale=language)


def moment(at: datetime, zone: str, language: str) -> str:
    """Return date and time of *at* in *zone*, the zone named."""
    local = at.astimezone(ZoneInfo(zone))
    date = format_datetime(local, Wording.load(language).line("date.day"), locale=language)
    return f"{date}, {clock(at, zone, language)} {_zone_name(local)}"


def _zone_name(local: datetime) -> str:
    """Return what people call the zone ("GMT", "CET"), or how far it is from UTC where it has no letters."""
    name = local.tzname() or ""
    return name if name.isalpha() else f"UTC{name}"


def clock(at: datetime, zone: str, language: str) -> str:
    """Return the time of day of *at* in *zone*."""
    return format_time(at.astimezone(ZoneInfo(zone)), "HH:mm", locale=language)


def minutes(length: timedelta) -> float:
    """Return *length* in minutes, to a tenth."""
    return round(length.total_seconds() / 60, 1)
