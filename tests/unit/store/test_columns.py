"""Moments and texts mean the same in every database."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite import dialect

from bot.store.columns import AnyText, Moment

SQLITE = dialect()
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001 - bounds have none
# Without `codec` Hypothesis leaves half surrogate pairs out, and they are what this is about.
TEXTS = st.text(st.characters(exclude_categories=()) | st.sampled_from("\0\ud83d\U0010fffe0;"))


@given(TIMES)
def test_a_moment_is_exact(at: datetime) -> None:
    """Any time comes back to the microsecond, in UTC."""
    stored = Moment().process_bind_param(at, SQLITE)
    back = Moment().process_result_value(stored, SQLITE)

    assert back == at
    assert back is not None
    assert back.tzinfo is UTC


@given(TEXTS)
def test_any_text_can_be_stored_and_comes_back(text: str) -> None:
    """What is stored is fit for any database, and says exactly what was said."""
    stored = AnyText().process_bind_param(text, SQLITE)

    assert stored is not None
    assert "\0" not in stored
    stored.encode()
    assert AnyText().process_result_value(stored, SQLITE) == text


@given(TEXTS, TEXTS)
def test_different_texts_stay_different(one: str, other: str) -> None:
    """Two platform ids that differ are two in the database as well."""
    stored = [AnyText().process_bind_param(text, SQLITE) for text in (one, other)]

    assert (stored[0] == stored[1]) == (one == other)


def test_nothing_stays_nothing() -> None:
    """What is not known is stored as not known."""
    assert Moment().process_bind_param(None, SQLITE) is None
    assert Moment().process_result_value(None, SQLITE) is None
    assert AnyText().process_bind_param(None, SQLITE) is None
    assert AnyText().process_result_value(None, SQLITE) is None
