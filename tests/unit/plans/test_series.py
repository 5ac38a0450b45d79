"""Series: the same hour on the wall, whatever the clocks do."""

from datetime import datetime

import pytest

from bot.errors import BadInput
from bot.plans.model import Plan
from bot.plans.series import dates, next_plan, occurrences
from tests.unit.plans.plan_texts import a_plan, starting, utc


def series(rule: str, starts: str = "2026-12-03 19:00") -> Plan:
    """Return a plan that repeats."""
    return starting(starts, f'repeats = "{rule}"')


def walls(found: list[datetime]) -> list[str]:
    """Return what the wall shows at each."""
    return [f"{at:%Y-%m-%d %H:%M}" for at in found]


def test_seven_in_the_evening_stays_seven_in_the_evening() -> None:
    """A monthly chat keeps its hour through both clock changes, and so moves in UTC."""
    plan = series("FREQ=MONTHLY;BYDAY=1TH")

    found = occurrences(plan, plan.starts_at, 12)

    assert [f"{at:%H:%M}" for at in found] == ["19:00"] * 12
    assert walls(found)[:4] == [
        "2027-01-07 19:00",
        "2027-02-04 19:00",
        "2027-03-04 19:00",
        "2027-04-01 19:00",
    ]
    assert [at.astimezone(utc("2027-01-01").tzinfo).hour for at in found] == [19] * 3 + [18] * 7 + [19] * 2


def test_a_week_with_a_clock_change_is_still_a_week() -> None:
    """The Sunday chat of the change keeps its hour on both sides."""
    spring, autumn = series("FREQ=WEEKLY", "2027-03-21 19:00"), series("FREQ=WEEKLY", "2027-10-24 19:00")

    assert [date.at for date in dates(spring, spring.starts_at, 1)] == [utc("2027-03-28 18:00")]
    assert [date.at for date in dates(autumn, autumn.starts_at, 1)] == [utc("2027-10-31 19:00")]


def test_a_date_that_clocks_skip_moves_to_the_next_minute_there_is_and_says_so() -> None:
    """01:30 is at 02:00 on the night of the change, and at 01:30 again a week later."""
    plan = series("FREQ=WEEKLY", "2027-03-21 01:30")

    found = dates(plan, plan.starts_at, 2)

    assert [(date.at, date.moved) for date in found] == [
        (utc("2027-03-28 01:00"), True),
        (utc("2027-04-04 00:30"), False),
    ]


def test_a_date_that_is_there_twice_is_the_first() -> None:
    """01:30 in the autumn night is the earlier one."""
    plan = series("FREQ=WEEKLY", "2027-10-24 01:30")

    assert [date.at for date in dates(plan, plan.starts_at, 1)] == [utc("2027-10-31 00:30")]


def test_the_first_chat_is_a_date_of_its_series() -> None:
    """Asked before it begins, the series begins with this chat."""
    plan = series("FREQ=WEEKLY;COUNT=2")

    assert walls(occurrences(plan, utc("2026-01-01 00:00"), 5)) == ["2026-12-03 19:00", "2026-12-10 19:00"]


def test_a_chat_that_does_not_repeat_has_its_one_date() -> None:
    """No rule, no further date."""
    plan = a_plan()

    assert occurrences(plan, utc("2026-01-01 00:00"), 5) == [plan.starts_at]
    assert occurrences(plan, plan.starts_at, 5) == []


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        ("FREQ=WEEKLY;UNTIL=20261217", "2026-12-17 19:00"),
        ("FREQ=WEEKLY;UNTIL=20261217T190000", "2026-12-17 19:00"),
        ("FREQ=WEEKLY;UNTIL=20261217T190000Z", "2026-12-17 19:00"),
        ("FREQ=WEEKLY;UNTIL=20261217T185959Z", "2026-12-10 19:00"),
        ("RRULE:freq=weekly;count=3", "2026-12-17 19:00"),
    ],
)
def test_a_series_ends_where_it_was_said_to_end(rule: str, last: str) -> None:
    """A day given as the end counts as a whole."""
    plan = series(rule)

    assert walls(occurrences(plan, plan.starts_at, 9))[-1] == last


def test_each_plan_of_a_series_leads_to_the_next_until_the_count_is_full() -> None:
    """Four chats are four, also when each plan is made from the one before; the last names no next date."""
    plan = series("FREQ=WEEKLY;INTERVAL=2;COUNT=4")
    made = [plan]
    for _ in range(3):
        made.append(next_plan(made[-1], made[-1].starts_at))

    assert walls([each.starts for each in made]) == [
        "2026-12-03 19:00",
        "2026-12-17 19:00",
        "2026-12-31 19:00",
        "2027-01-14 19:00",
    ]
    assert [each.next_at for each in made[1:]] == [made[2].starts_at, made[3].starts_at, None]
    with pytest.raises(BadInput, match="no further date"):
        next_plan(made[-1], made[-1].starts_at)


def test_a_chat_that_moved_for_a_clock_change_does_not_move_the_series() -> None:
    """Half past one comes back the week after, though one plan in between says two."""
    plan = series("FREQ=WEEKLY", "2027-03-21 01:30")

    moved = next_plan(plan, plan.starts_at)
    back = next_plan(moved, moved.starts_at)

    assert walls([moved.starts, back.starts]) == ["2027-03-28 02:00", "2027-04-04 01:30"]


def test_a_plan_for_the_doubled_hour_says_which_of_the_two() -> None:
    """The plan of the autumn night can be read: its start carries its offset."""
    plan = series("FREQ=WEEKLY", "2027-10-24 01:30")

    assert next_plan(plan, plan.starts_at).starts_at == utc("2027-10-31 00:30")


def test_one_date_put_off_does_not_put_off_the_others() -> None:
    """A chat that was moved by a day is followed by the usual day."""
    plan = series("FREQ=WEEKLY", '2026-12-04 19:00"\nseries_starts = "2026-12-03 19:00')

    assert walls(occurrences(plan, plan.starts_at, 2)) == ["2026-12-10 19:00", "2026-12-17 19:00"]


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=HOURLY",
        "INTERVAL=2",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;BYHOUR=3",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=1TH",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;COUNT=2;UNTIL=20270101",
        "FREQ=WEEKLY;UNTIL=20270231",
        "FREQ=WEEKLY;UNTIL=20200101",
        "FREQ=DAILY\\nDTSTART:20200101T000000",
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_at_its_line(rule: str) -> None:
    """A rule that never comes round, or runs through centuries, is told at once."""
    with pytest.raises(BadInput) as caught:
        series(rule)
    assert caught.value.place == "plan.toml:6"


def test_a_single_chat_may_be_written_as_a_series_of_one() -> None:
    """COUNT=1 has no further date and is no slip."""
    plan = series("FREQ=WEEKLY;COUNT=1")

    assert occurrences(plan, plan.starts_at, 3) == []
