"""The rule by which a series repeats: the part of RFC 5545 that a chat can use, nothing that runs away."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, islice

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]  # the package ships no types

from bot.errors import BadInput
from bot.plans.wall_time import find_zone

EXAMPLE = 'Write it like "FREQ=MONTHLY;BYDAY=1TH" (every first Thursday) or "FREQ=WEEKLY".'
# Checked here because dateutil accepts BYMONTH=13 or INTERVAL=0 and then looks through centuries for a match.
DAY = r"(?:MO|TU|WE|TH|FR|SA|SU)"
MONTH_DAY = r"-?(?:[1-9]|[12]\d|3[01])"
PARTS = {
    "FREQ": r"DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": r"[1-9]\d?",
    "COUNT": r"[1-9]\d{0,2}",
    "UNTIL": r"2[01]\d{6}(?:T\d{6}Z?)?",
    "BYDAY": rf"(?:-?[1-5])?{DAY}(?:,(?:-?[1-5])?{DAY})*",
    "BYMONTHDAY": rf"{MONTH_DAY}(?:,{MONTH_DAY})*",
    "BYMONTH": r"(?:[1-9]|1[0-2])(?:,(?:[1-9]|1[0-2]))*",
    "BYSETPOS": r"-?[1-5](?:,-?[1-5])*",
    "WKST": DAY,
}
# No series is planned further ahead; it also ends the search of a rule that never matches (30 February).
HORIZON = timedelta(days=366 * 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A checked rule: what dateutil is given, and the ends that we keep ourselves."""

    text: str
    count: int | None
    until: str | None


def parse_rule(typed: str) -> Rule:
    """Return the rule that was typed. Raises: BadInput for anything outside `PARTS`."""
    text = typed.strip().upper().removeprefix("RRULE:")
    parts = [part.partition("=")[::2] for part in text.split(";")]
    names = [name for name, _ in parts]
    for name, value in parts:
        _check_part(name, value, names)
    found = dict(parts)
    if "FREQ" not in found:
        raise BadInput("The rule does not say how often: FREQ is missing.", fix=EXAMPLE)
    if found["FREQ"] in ("DAILY", "WEEKLY") and re.search(r"\d", found.get("BYDAY", "")):
        raise BadInput(
            f'"BYDAY={found["BYDAY"]}" counts days of a month.', fix="Write FREQ=MONTHLY, or no number."
        )
    if "COUNT" in found and "UNTIL" in found:
        raise BadInput("The rule has COUNT and UNTIL.", fix="Keep one of them.")
    kept = ";".join(f"{name}={value}" for name, value in parts if name not in ("COUNT", "UNTIL"))
    count = int(found["COUNT"]) if "COUNT" in found else None
    return Rule(text=kept, count=count, until=found.get("UNTIL"))


def _check_part(name: str, value: str, names: list[str]) -> None:
    if name not in PARTS:
        raise BadInput(f'"{name[:40]}" is not a part of a rule that a chat can use.', fix=EXAMPLE)
    if names.count(name) > 1:
        raise BadInput(f"The rule has {name} twice.", fix="Keep one of them.")
    if re.fullmatch(PARTS[name], value, re.ASCII) is None:
        raise BadInput(f'"{name}={value[:40]}" is not understood.', fix=EXAMPLE)


def check_rule(typed: str, first: datetime, zone: str) -> None:
    """Say nothing about a rule that repeats. Raises: BadInput for one unreadable or without a second date."""
    rule = parse_rule(typed)
    if rule.count != 1 and not any(islice(walls(rule, first, zone), 1, 2)):
        raise BadInput(f"The rule gives no date after the first, {first:%Y-%m-%d}.", fix=EXAMPLE)


def begins_on(rule: Rule, first: datetime) -> bool:
    """Return whether the rule itself gives *first*, so that the first chat is no exception to its series."""
    return next(iter(rrulestr(rule.text, dtstart=first).replace(until=first)), None) == first


def walls(rule: Rule, first: datetime, zone: str) -> Iterator[datetime]:
    """Yield the wall times of the series in order; *first* is always one and counts, as RFC 5545 has it."""
    end = min(_end(rule, zone), first + HORIZON)
    found = rrulestr(rule.text, dtstart=first).replace(until=end)
    yield from islice(chain((first,), (wall for wall in found if wall > first)), rule.count)


def _end(rule: Rule, zone: str) -> datetime:
    """A date alone means the whole of that day; a time in UTC is turned into the wall's."""
    if rule.until is None:
        return datetime.max  # noqa: DTZ901  a wall time belongs to no zone
    try:
        day = date.fromisoformat(rule.until[:8])
        clock = time.fromisoformat(rule.until[9:15] or "235959")
    except ValueError:
        raise BadInput(
            f'"UNTIL={rule.until}" is not in the calendar.', fix='Write it like "UNTIL=20271231".'
        ) from None
    end = datetime.combine(day, clock)
    if not rule.until.endswith("Z"):
        return end
    return end.replace(tzinfo=UTC).astimezone(find_zone(zone)).replace(tzinfo=None)
