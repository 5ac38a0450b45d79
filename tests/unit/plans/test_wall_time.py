"""Times as people type them, and the moment they mean."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.plans.wall_time import find_zone, first_valid, parse_wall, readings, resolve, show
from tests.unit.plans.plan_texts import wall

LONDON = "Europe/London"


def refusal(typed: str, zone: str = LONDON) -> str:
    """Return what is said about a typed time."""
    with pytest.raises(BadInput) as caught:
        resolve(parse_wall(typed), zone)
    return str(caught.value)


@pytest.mark.parametrize(
    ("typed", "zone", "moment"),
    [
        ("2026-12-03 19:00", LONDON, "2026-12-03T19:00Z"),
        ("2027-07-01 19:00", LONDON, "2027-07-01T18:00Z"),
        ("2026-12-03T19:00:00", "America/New_York", "2026-12-04T00:00Z"),
        ("2027-03-28 00:59", LONDON, "2027-03-28T00:59Z"),
        ("2027-03-28 02:00", LONDON, "2027-03-28T01:00Z"),
        ("2027-10-31 00:59", LONDON, "2027-10-30T23:59Z"),
        ("2027-10-31 02:00", LONDON, "2027-10-31T02:00Z"),
        ("2027-10-31 01:30 +01:00", LONDON, "2027-10-31T00:30Z"),
        ("2027-10-31 01:30 +00:00", LONDON, "2027-10-31T01:30Z"),
        ("2027-10-31 01:30 Z", LONDON, "2027-10-31T01:30Z"),
        ("2026-12-03 19:00 +00:00", LONDON, "2026-12-03T19:00Z"),
        ("2026-12-03 19:00 -05:00", "America/New_York", "2026-12-04T00:00Z"),
    ],
)
def test_a_wall_time_means_one_moment(typed: str, zone: str, moment: str) -> None:
    """19:00 is seven in the evening there, in winter and in summer."""
    assert resolve(parse_wall(typed), zone) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("typed", "zone", "sentence"),
    [
        (
            "2027-03-28 01:30",
            LONDON,
            (
                "01:30 on 28 March 2027 does not exist in Europe/London: clocks go from 01:00 to 02:00. "
                "Write 02:30, or 00:30."
            ),
        ),
        (
            "2027-03-28 01:00",
            LONDON,
            (
                "01:00 on 28 March 2027 does not exist in Europe/London: clocks go from 01:00 to 02:00. "
                "Write 02:00, or 00:00."
            ),
        ),
        (
            "2027-10-31 01:30",
            LONDON,
            (
                "01:30 on 31 October 2027 exists twice in Europe/London: clocks go back from 02:00 to 01:00. "
                'Write "2027-10-31 01:30 +01:00" for the first, or "2027-10-31 01:30 +00:00" for the second.'
            ),
        ),
        (
            "2026-10-04 02:15",
            "Australia/Lord_Howe",
            (
                "02:15 on 4 October 2026 does not exist in Australia/Lord_Howe: clocks go from 02:00 to 02:30. "
                "Write 02:45, or 01:45."
            ),
        ),
        (
            "2011-12-30 12:00",
            "Pacific/Apia",
            (
                "12:00 on 30 December 2011 does not exist in Pacific/Apia: clocks go from 00:00 to 00:00. "
                "Write 2011-12-31 12:00, or 2011-12-29 12:00."
            ),
        ),
        (
            "2027-10-31 01:30 +05:00",
            LONDON,
            (
                "2027-10-31 01:30 +05:00 is not a time of Europe/London. "
                'Write "2027-10-31 01:30 +01:00", or leave the offset out.'
            ),
        ),
    ],
)
def test_a_time_that_clocks_skip_or_repeat_is_refused_with_its_neighbours(
    typed: str, zone: str, sentence: str
) -> None:
    """Nobody waits in an hour that does not exist, or in the wrong one of two."""
    assert refusal(typed, zone) == sentence


def test_an_offset_does_not_bring_back_a_skipped_hour() -> None:
    """01:30 on the spring night is not there, with whatever offset."""
    assert "does not exist" in refusal("2027-03-28 01:30 +00:00")


@pytest.mark.parametrize(
    "typed",
    [
        "tomorrow",
        "2026-12-03",
        "2026-13-03 19:00",
        "2026-12-03 25:00",
        "2026-12-03 19:00:30",
        "1999-12-03 19:00",
    ],
)
def test_what_is_no_time_to_the_minute_is_refused(typed: str) -> None:
    """A date alone, a thirteenth month or seconds are answered with an example."""
    assert "2026-12-03 19:00" in refusal(typed)


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("london", 'Did you mean "Europe/London"?'),
        ("europe/london", 'Did you mean "Europe/London"?'),
        ("New York", 'Did you mean "America/New_York"?'),
        ("Europe/Londn", 'Did you mean "Europe/London"?'),
        ("Europe", "Write a place"),
        ("../../etc/passwd", "Write a place"),
        ("right/Europe/London", "Did you mean"),
        ("Factory", "Write a place"),
        ("", "Write a place"),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest_name(name: str, fix: str) -> None:
    """Slips in a zone's name are put right, and paths lead nowhere."""
    with pytest.raises(BadInput) as caught:
        find_zone(name)
    assert fix in caught.value.fix


@given(
    st.datetimes(wall("2020-01-01"), wall("2035-01-01")).map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from(
        [LONDON, "America/New_York", "Australia/Lord_Howe", "America/Scoresbysund", "UTC", "Asia/Gaza"]
    ),
)
def test_every_wall_time_resolves_or_is_refused_for_a_reason(typed: datetime, zone: str) -> None:
    """What resolves shows that time on the wall; what does not was skipped or is there twice."""
    first, moved = first_valid(typed, zone)
    both = readings(typed, zone)
    try:
        assert resolve(typed, zone).astimezone(find_zone(zone)).replace(tzinfo=None) == typed
    except BadInput:
        assert moved or len(both) == 2
    if not moved:
        assert both[0] == first
        assert first.astimezone(find_zone(zone)).replace(tzinfo=None, fold=0) == typed


def test_a_skipped_time_moves_to_the_end_of_the_gap_and_a_doubled_one_is_the_first() -> None:
    """Series go on: 01:30 becomes 02:00 in spring and the earlier 01:30 in autumn."""
    assert first_valid(wall("2027-03-28 01:30"), LONDON) == (datetime(2027, 3, 28, 1, tzinfo=UTC), True)
    assert first_valid(wall("2027-10-31 01:30"), LONDON) == (
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        False,
    )


@given(
    st.datetimes(wall("2000-01-01"), wall("2199-01-01")).map(lambda at: at.replace(second=0, microsecond=0)),
    st.none() | st.integers(-14 * 4, 14 * 4).map(lambda quarters: timedelta(minutes=15 * quarters)),
)
def test_what_is_shown_is_read_back(naive: datetime, offset: timedelta | None) -> None:
    """A time written into a plan is the time that is read from it."""
    typed = naive if offset is None else naive.replace(tzinfo=timezone(offset))
    assert parse_wall(show(typed)) == typed
