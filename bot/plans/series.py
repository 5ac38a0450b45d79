"""The dates of a series: the rule is followed on the wall, so 19:00 stays 19:00 when the clocks change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from bot.errors import BadInput
from bot.plans.model import Plan
from bot.plans.repeats import parse_rule, walls
from bot.plans.wall_time import find_zone, first_valid, resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One date of a series (UTC); *moved* when its wall time does not exist on that day."""

    at: datetime
    moved: bool


def dates(plan: Plan, after: datetime, count: int) -> list[Occurrence]:
    """Return up to *count* dates of the series of *plan* later than *after*, in order."""
    return list(islice((date for date in _all(plan) if date.at > after), count))


def occurrences(plan: Plan, after: datetime, count: int) -> list[datetime]:
    """Return up to *count* starts of the series of *plan* later than *after*, in its zone."""
    zone = find_zone(plan.zone)
    return [date.at.astimezone(zone) for date in dates(plan, after, count)]


def next_plan(plan: Plan, after: datetime) -> Plan:
    """Return *plan* for the first date of its series later than *after*; its next date is the one after that.

    Raises: BadInput when the series has no such date.
    """
    coming = occurrences(plan, after, 2)
    if not coming:
        raise BadInput(
            "The series has no further date.", place=plan.hashtag, fix="Give the plan a new start."
        )
    typed = [_typed(start, plan.zone) for start in coming]
    changes = {
        "starts": typed[0],
        # Kept so that COUNT, INTERVAL and a time moved by a clock change never drift from chat to chat.
        "series_starts": plan.series_starts or plan.starts,
        "next_date": typed[1] if len(typed) > 1 else None,
    }
    return Plan.model_validate({**plan.model_dump(), **changes})


def _all(plan: Plan) -> Iterator[Occurrence]:
    yield Occurrence(at=plan.starts_at, moved=False)
    if plan.repeats is None:
        return
    first, latest = (plan.series_starts or plan.starts), plan.starts_at
    for wall in walls(parse_rule(plan.repeats), first.replace(tzinfo=None), plan.zone):
        at, moved = first_valid(wall, plan.zone)
        # What lies before this chat is its past; two dates may fall on the same moment after a gap.
        if at > latest:
            latest = at
            yield Occurrence(at=at, moved=moved)


def _typed(start: datetime, zone: str) -> datetime:
    """Return *start* as it is typed: with its offset only where the wall shows that time twice."""
    naive = start.replace(tzinfo=None)
    try:
        resolve(naive, zone)
    except BadInput:
        return start
    return naive.replace(fold=0)
