"""Wall times: what a clock on the wall of a zone shows, and the one moment that is meant by it."""

import re
from datetime import UTC, datetime, timedelta, timezone
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.errors import BadInput

TYPED = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::00)?(?: ?(Z|[+-]\d\d:\d\d))?", re.ASCII
)  # fmt: skip
# Keeps out paths, "posix/...", "right/..." (leap seconds), "Factory" and this machine's "localtime".
ZONE = re.compile(r"(?!Factory$)[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*", re.ASCII)
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# Further away it is a slip of the finger, and time zones are guesswork.
YEARS = range(2000, 2200)
EXAMPLE = 'Write it like "2026-12-03 19:00".'


def parse_wall(typed: str | datetime) -> datetime:
    """Return a typed time: naive, or with the fixed offset that was typed with it.

    Raises: BadInput when it is no time to the minute.
    """
    wall = typed if isinstance(typed, datetime) else _from_text(typed)
    if wall.year not in YEARS:
        raise BadInput(f"The year {wall.year} is out of range.", fix=EXAMPLE)
    if wall.second or wall.microsecond:
        raise BadInput("A time is given to the minute, without seconds.", fix=EXAMPLE)
    if wall.tzinfo is None:
        return wall
    return wall.replace(tzinfo=timezone(wall.utcoffset() or timedelta()))


def _from_text(typed: str) -> datetime:
    found = TYPED.fullmatch(typed.strip())
    if found is None:
        raise BadInput(f'"{typed[:40]}" is not a date and time.', fix=EXAMPLE)
    year, month, day, hour, minute, offset = found.groups()
    try:
        wall = datetime(int(year), int(month), int(day), int(hour), int(minute))  # noqa: DTZ001  naive, as typed
        return wall if offset is None else wall.replace(tzinfo=_offset(offset))
    except ValueError:
        raise BadInput(f'"{typed.strip()}" is not in the calendar.', fix=EXAMPLE) from None


def _offset(typed: str) -> timezone:
    if typed == "Z":
        return timezone(timedelta())
    hours, minutes = int(typed[1:3]), int(typed[4:])
    return timezone((-1 if typed[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))


def find_zone(name: str) -> ZoneInfo:
    """Return the IANA zone of that *name*. Raises: BadInput when there is none, with the nearest names."""
    try:
        if ZONE.fullmatch(name):
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise BadInput(f'There is no time zone "{name[:60]}".', fix=_nearest_zone(name))


def _nearest_zone(name: str) -> str:
    wanted = name.casefold().replace(" ", "_")
    zones = sorted(zone for zone in available_timezones() if ZONE.fullmatch(zone))
    for zone in zones:
        if wanted in (zone.casefold(), zone.casefold().split("/")[-1]):
            return f'Did you mean "{zone}"?'
    for zone in get_close_matches(name, zones, n=1, cutoff=0.8):
        return f'Did you mean "{zone}"?'
    return 'Write a place of the IANA list, such as "Europe/London".'


def resolve(wall: datetime, zone: str) -> datetime:
    """Return the moment (UTC) at which the clocks of *zone* show *wall*.

    Raises: BadInput when they never show it, show it twice, or the offset typed with it is not theirs.
    """
    place = find_zone(zone)
    naive = wall.replace(tzinfo=None)
    earlier, later = _moments(naive, place)
    if wall.tzinfo is not None:
        return _with_offset(wall, zone, (earlier, later))
    if earlier < later:
        raise _twice(naive, zone, earlier, later)
    if earlier > later:
        raise _never(naive, zone, earlier, later)
    return earlier


def first_valid(wall: datetime, zone: str) -> tuple[datetime, bool]:
    """Return the moment (UTC) of *wall*, of two the first, and whether it had to move to the end of a gap."""
    place = find_zone(zone)
    earlier, later = _moments(wall.replace(tzinfo=None), place)
    if earlier <= later:
        return earlier, False
    return _change_between(later, earlier, place), True


def readings(wall: datetime, zone: str) -> tuple[datetime, ...]:
    """Return every moment (UTC) that may be meant by *wall*: two where clocks go back, else one."""
    earlier, later = _moments(wall, find_zone(zone))
    return (earlier, later) if earlier < later else (first_valid(wall, zone)[0],)


def show(wall: datetime) -> str:
    """Return *wall* as it is typed in a plan, with its offset where it has one."""
    if wall.tzinfo is None:
        return f"{wall:%Y-%m-%d %H:%M}"
    sign = "-" if (wall.utcoffset() or timedelta()) < timedelta() else "+"
    hours, minutes = divmod(abs(wall.utcoffset() or timedelta()) // timedelta(minutes=1), 60)
    return f"{wall:%Y-%m-%d %H:%M} {sign}{hours:02}:{minutes:02}"


def _moments(naive: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Both readings: equal as a rule, first < second where clocks go back, first > second where they skip."""
    first, second = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second


def _with_offset(wall: datetime, zone: str, moments: tuple[datetime, datetime]) -> datetime:
    moment = wall.astimezone(UTC)
    if moment.astimezone(find_zone(zone)).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    naive = wall.replace(tzinfo=None)
    if moments[0] > moments[1]:
        raise _never(naive, zone, *moments)
    right = show(moments[0].astimezone(find_zone(zone)))
    raise BadInput(f"{show(wall)} is not a time of {zone}.", fix=f'Write "{right}", or leave the offset out.')


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """Return the second in (low, high] at which the offset of *zone* changes."""
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // timedelta(seconds=2) * timedelta(seconds=1)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def _day(wall: datetime) -> str:
    return f"{wall.day} {MONTHS[wall.month - 1]} {wall.year}"


def _never(naive: datetime, zone: str, earlier: datetime, later: datetime) -> BadInput:
    # In a gap the first reading uses the old offset and so lies after the change, the second before it.
    place, gap = find_zone(zone), earlier - later
    after = _change_between(later, earlier, place).astimezone(place).replace(tzinfo=None)
    return BadInput(
        f"{naive:%H:%M} on {_day(naive)} does not exist in {zone}: "
        f"clocks go from {after - gap:%H:%M} to {after:%H:%M}.",
        fix=f"Write {_near(naive + gap, naive)}, or {_near(naive - gap, naive)}.",
    )


def _twice(naive: datetime, zone: str, earlier: datetime, later: datetime) -> BadInput:
    place = find_zone(zone)
    first, second = (show(moment.astimezone(place)) for moment in (earlier, later))
    after = _change_between(earlier, later, place).astimezone(place)
    before = after.replace(tzinfo=None) + (later - earlier)
    return BadInput(
        f"{naive:%H:%M} on {_day(naive)} exists twice in {zone}: "
        f"clocks go back from {before:%H:%M} to {after:%H:%M}.",
        fix=f'Write "{first}" for the first, or "{second}" for the second.',
    )


def _near(wall: datetime, other: datetime) -> str:
    return f"{wall:%H:%M}" if wall.date() == other.date() else f"{wall:%Y-%m-%d %H:%M}"
