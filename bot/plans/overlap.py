"""Two chats in one room at one time: found before either is announced."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import BadInput
from bot.plans.model import Plan
from bot.plans.wall_time import show

# The room is taken from the check of the doors on.
DOORS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A room that two chats want at the same time, and the other chat."""

    room: str
    other: Plan

    def problem(self, place: str) -> BadInput:
        """Return what to tell whoever wrote the plan at *place*."""
        other = f"{self.other.hashtag} on {show(self.other.starts)} ({self.other.zone})"
        return BadInput(
            f"the room {self.room} is taken then: {other}.",
            place=place,
            fix="Move one of them, or use another room.",
        )


def overlaps(plan: Plan, others: Iterable[Plan]) -> Clash | None:
    """Return the first clash of *plan* with *others*, None when every room is free."""
    for other in others:
        shared = [room for room in plan.rooms if room in other.rooms]
        if shared and _same_time(_taken(plan), _taken(other)):
            return Clash(room=shared[0], other=other)
    return None


def _taken(plan: Plan) -> tuple[datetime, datetime]:
    return plan.starts_at - DOORS, plan.ends_at


def _same_time(one: tuple[datetime, datetime], two: tuple[datetime, datetime]) -> bool:
    return one[0] < two[1] and two[0] < one[1]
