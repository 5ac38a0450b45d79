"""The plan itself: its times, and when each question opens."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.plans.model import Plan
from tests.unit.plans.plan_texts import a_plan, starting, utc


def minutes(plan: Plan) -> list[float]:
    """Return when each question opens, in minutes."""
    return [slot.opens_after / timedelta(minutes=1) for slot in plan.timetable]


def timed(
    *questions: tuple[object, float | None], length: int = 60, starts: str = "2026-12-03 19:00"
) -> Plan:
    """Return a plan whose questions have these times and lengths."""
    asked = [{"text": f"What is {n}?", "at": at, "minutes": lasts} for n, (at, lasts) in enumerate(questions)]
    return Plan.model_validate(
        {
            "title": "Times",
            "hashtag": "#hcchat",
            "starts": starts,
            "zone": "Europe/London",
            "minutes": length,
            "questions": asked,
        }
    )


def test_a_plan_knows_its_moments() -> None:
    """Start and end are moments, the same for every reader."""
    plan = starting("2027-07-01 19:00", 'next_date = "2027-08-05 19:00"')

    assert plan.starts_at == utc("2027-07-01 18:00")
    assert plan.ends_at == utc("2027-07-01 19:00")
    assert plan.next_at == utc("2027-08-05 18:00")
    assert a_plan().next_at is None


def test_an_hour_across_the_autumn_change_is_an_hour() -> None:
    """A chat that begins in the doubled hour still lasts sixty minutes."""
    plan = starting("2027-10-31 01:30 +01:00")

    assert plan.starts_at == utc("2027-10-31 00:30")
    assert plan.ends_at - plan.starts_at == timedelta(hours=1)


@pytest.mark.parametrize(
    ("questions", "opens"),
    [
        ([(None, None)] * 1, [8]),
        ([(None, None)] * 3, [8, 23, 38]),
        ([(None, None)] * 5, [8, 17, 26, 35, 44]),
        ([(0, None), (None, None)], [0, 27]),
        ([(None, None), (20, None), (None, None)], [8, 20, 37]),
        ([(None, None), (None, None), (40, None)], [8, 24, 40]),
        ([(None, 20), (None, None), (None, None)], [8, 28, 41]),
        ([("+8", None), ("19:20", None), (30.5, None)], [8, 20, 30.5]),
        ([(None, 30), (None, 30), (None, None)], [8, 38, 68]),
    ],
)
def test_questions_without_a_time_share_what_is_free(
    questions: list[tuple[object, float | None]], opens: list[float]
) -> None:
    """Typed times stand, the others are spread evenly between hellos and closing."""
    assert minutes(timed(*questions)) == opens


def test_a_question_lasts_until_the_next_or_as_long_as_it_was_given() -> None:
    """The last one lasts until the closing thought."""
    plan = timed((8, None), (20, 5), (30, None))

    assert [slot.lasts for slot in plan.timetable] == [timedelta(minutes=n) for n in (12, 5, 24)]
    assert plan.closing_after == timedelta(minutes=54)


@pytest.mark.parametrize(
    ("starts", "clock", "after"),
    [
        ("2026-12-03 19:00", "19:00", 0),
        ("2026-12-03 23:50", "00:10", 20),
        ("2027-03-28 00:50", "02:10", 20),
        ("2027-03-28 00:50", "01:30", 10),
        ("2027-10-31 00:50", "01:10", 20),
        ("2027-10-31 01:50 +01:00", "01:10", 20),
        ("2027-10-31 01:50 +00:00", "02:10", 20),
    ],
)
def test_a_time_on_the_wall_is_counted_in_real_minutes(starts: str, clock: str, after: int) -> None:
    """Past midnight and through clock changes a typed time is the next one that the wall shows."""
    assert minutes(timed((clock, None), starts=starts)) == [after]


@pytest.mark.parametrize(("length", "hellos"), [(5, 0), (20, 2), (30, 4), (60, 8), (240, 8)])
def test_a_short_chat_has_short_hellos(length: int, hellos: int) -> None:
    """Twenty minutes are not begun with eight minutes of hellos."""
    assert timed((None, None), length=length).introductions == hellos


def test_a_plan_is_never_changed_in_place() -> None:
    """A plan that somebody holds stays what it was."""
    with pytest.raises(ValidationError, match="frozen"):
        a_plan().minutes = 30  # type: ignore[misc]  # the point of the test


def test_a_plan_survives_json() -> None:
    """A stored plan is the plan that was stored."""
    plan = a_plan('next_date = "2027-10-31 01:30 +01:00"', 'at = "19:08"')

    assert Plan.model_validate_json(plan.model_dump_json()) == plan


@given(
    st.lists(st.none() | st.integers(1, 40), min_size=1, max_size=30),
    st.integers(5, 240),
)
def test_questions_always_open_one_after_the_other(lasts: list[int | None], length: int) -> None:
    """However tight the hour, no two questions open at once and none before the hellos are over."""
    plan = timed(*[(None, given) for given in lasts], length=length)

    opens = [slot.opens_after for slot in plan.timetable]
    assert opens == sorted(set(opens))
    assert opens[0] == timedelta(minutes=plan.introductions)
    assert all(slot.lasts >= timedelta(minutes=1) for slot in plan.timetable)
