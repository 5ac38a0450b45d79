"""What must hold between the fields of a plan; one that breaks any is no plan. Lint is for the rest."""

from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.errors import BadInput
from bot.plans.fields import complaint
from bot.plans.repeats import check_rule
from bot.plans.wall_time import readings, resolve

if TYPE_CHECKING:
    from bot.plans.model import Plan

# A question's time on the wall is the next one after the start; half a day later it is rather before it.
HALF_DAY = timedelta(hours=12)


def fits_together(plan: "Plan") -> None:
    """Say nothing about a plan that fits together. Raises: a complaint with the field that does not."""
    _real_times(plan)
    _real_series(plan)
    _known_objectives(plan)
    _rising(plan)


def after_start(plan: "Plan", clock: time) -> timedelta:
    """Return how long after the start of *plan* the clocks of its zone show *clock*, in real time."""
    start = resolve(plan.starts, plan.zone)
    days = (plan.starts.date(), plan.starts.date() + timedelta(days=1))
    moments = [moment for day in days for moment in readings(datetime.combine(day, clock), plan.zone)]
    return min(moment for moment in moments if moment >= start) - start


def _real_times(plan: "Plan") -> None:
    for field, wall in (("starts", plan.starts), ("next_date", plan.next_date)):
        try:
            if wall is not None:
                resolve(wall, plan.zone)
        except BadInput as bad:
            raise complaint(bad.problem, bad.fix, field) from None
    if plan.next_date is not None and resolve(plan.next_date, plan.zone) <= plan.ends_at:
        raise complaint(
            "The next chat is not after this one.", "Write a later date, or leave it out.", "next_date"
        )


def _real_series(plan: "Plan") -> None:
    if plan.repeats is None:
        return
    first = plan.series_starts or plan.starts
    try:
        check_rule(plan.repeats, first.replace(tzinfo=None), plan.zone)
    except BadInput as bad:
        raise complaint(bad.problem, bad.fix, "repeats") from None


def _known_objectives(plan: "Plan") -> None:
    for place, question in enumerate(plan.questions):
        if question.objective is not None and question.objective > len(plan.objectives):
            raise complaint(
                f"There is no objective {question.objective}: the plan has {len(plan.objectives)}.",
                "Write the number of one of the objectives, from 1.",
                *("questions", place, "objective"),
            )


def _rising(plan: "Plan") -> None:
    slots = plan.timetable
    for place, question in enumerate(plan.questions):
        if isinstance(question.at, time) and slots[place].opens_after > HALF_DAY:
            raise complaint(
                f"Q{place + 1} opens before the chat starts.",
                "Write a time after the start, or minutes.",
                *("questions", place, "at"),
            )
    for before, slot in pairwise(slots):
        if slot.opens_after <= before.opens_after:
            raise complaint(
                f"Q{slot.number} opens at +{minutes(slot.opens_after)} minutes, "
                f"not after Q{before.number} (+{minutes(before.opens_after)}).",
                "Put the questions in the order of their times.",
                *("questions", slot.number - 1, "at"),
            )


def minutes(span: timedelta) -> str:
    """Return *span* in minutes as people write them."""
    return f"{span / timedelta(minutes=1):g}"
