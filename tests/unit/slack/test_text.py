"""Slack's way of writing, both ways: people's words come in as they saw them, ours go out as they stand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.text import cut, escape, fallback, mentions, moment, plain, timestamp, unescape

NAMES = {"U0MEERA": "Meera"}
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # given a zone


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("A1 pacing &amp; rest", "A1 pacing & rest"),
        ("1 &lt; 2 &gt; 0", "1 < 2 > 0"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("thanks <@U0MEERA>", "thanks @Meera"),
        ("thanks <@U0NOBODY>", "thanks @U0NOBODY"),
        ("thanks <@U0NOBODY|nora>", "thanks @nora"),
        ("see <#C0CARERS|carers>", "see #carers"),
        ("hello <!channel>", "hello @channel"),
        ("hello <!subteam^S1|@nurses>", "hello @nurses"),
        ("on <!date^1796324400^{date}|3 December>", "on 3 December"),
        ("<https://example.org/chairs>", "https://example.org/chairs"),
        ("<http://example.org|example.org>", "example.org"),
        ("<https://example.org/chairs|our list>", "our list (https://example.org/chairs)"),
        ("<mailto:jo@example.org|jo@example.org>", "jo@example.org"),
        ("<https://example.org/?a=1&amp;b=2>", "https://example.org/?a=1&b=2"),
        ("*bold* _and_ :bulb:", "*bold* _and_ :bulb:"),
    ],
)
def test_words_come_in_as_people_saw_them(written: str, seen: str) -> None:
    """Mentions, channels, links and escaped signs are read as they were shown."""
    assert plain(written, NAMES) == seen


def test_each_mentioned_person_is_named_once() -> None:
    """Who is mentioned twice is one person; a channel is none."""
    assert mentions("<@U0MEERA> and <@W0OLU|olu>, <@U0MEERA>, <!here>") == ("U0MEERA", "W0OLU")


@given(st.text())
def test_whatever_goes_out_comes_back_as_it_was(text: str) -> None:
    """Escaping changes nothing that people read, and leaves nothing that calls anybody."""
    escaped = escape(text)

    assert unescape(escaped) == text
    assert plain(escaped, {}) == text
    assert "<" not in escaped


@given(st.text(max_size=9_000))
def test_the_text_for_notifications_is_never_too_long(text: str) -> None:
    """However many signs have to be escaped, what stands for a post fits."""
    assert len(fallback(text)) <= 3_900
    assert "<" not in fallback(text)


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("short", 5, "short"),
        ("too long", 5, "too…"),
        ("abc👩‍👩‍👧def", 6, "abc…"),
        ("abcde\u0301f", 5, "abcd…"),
        ("ab🇮🇪cd", 4, "ab…"),
        ("anything", 0, ""),
    ],
)
def test_a_text_is_cut_between_what_people_see_as_letters(text: str, limit: int, kept: str) -> None:
    """A family, an accent or a flag is kept whole or left out."""
    assert cut(text, limit) == kept


@given(MOMENTS)
def test_a_time_survives_slacks_way_of_writing_it(at: datetime) -> None:
    """Ids are times to the microsecond; nothing is lost on the way."""
    assert moment(timestamp(at)) == at


def test_two_messages_of_one_second_keep_their_order() -> None:
    """Read as a floating number, neighbours could fall together."""
    assert moment("1796324835.000002") - moment("1796324835.000001") == timedelta(microseconds=1)
