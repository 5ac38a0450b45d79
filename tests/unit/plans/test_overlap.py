"""Two chats that want one room at one time."""

import pytest

from bot.plans.overlap import overlaps
from tests.unit.plans.plan_texts import a_plan, starting


@pytest.mark.parametrize(
    ("other", "clashes"),
    [
        ("2026-12-03 19:00", True),
        ("2026-12-03 18:01", True),
        ("2026-12-03 20:14", True),
        ("2026-12-03 20:15", False),
        ("2026-12-03 17:45", False),
        ("2026-12-03 17:46", True),
        ("2026-12-04 19:00", False),
    ],
)
def test_a_room_is_taken_from_the_doors_to_the_end(other: str, clashes: bool) -> None:
    """A quarter of an hour before each start belongs to that chat."""
    assert (overlaps(a_plan(), [starting(other)]) is not None) == clashes


def test_another_room_or_the_same_hour_elsewhere_is_free() -> None:
    """Seven in London is not seven in Tokyo, and rooms don't disturb one another."""
    there = a_plan('rooms = ["local/other"]')
    tokyo = a_plan().model_copy(update={"zone": "Asia/Tokyo"})

    assert overlaps(a_plan(), [there, tokyo]) is None


def test_the_first_clash_is_named_with_its_room_and_chat() -> None:
    """The organiser hears which room and which chat."""
    mine = a_plan('rooms = ["local/a", "local/b"]')
    free, taken = a_plan('rooms = ["local/c"]'), starting("2026-12-03 19:30", 'rooms = ["local/b"]')

    clash = overlaps(mine, [free, taken])

    assert clash is not None
    assert (clash.room, clash.other) == ("local/b", taken)
