"""The calendar file of a chat."""

import pytest
from icalendar import Calendar

from bot.plans.calendar import calendar_file
from bot.plans.model import Plan
from tests.unit.plans.plan_texts import A_MONTH_BEFORE, a_plan, starting, utc

HOSTILE = "Hello\r\nBEGIN:VALARM\nATTENDEE:mailto:eve@example.org; a,b \\n \u0085X-EVIL:1"


def file(plan: Plan, uid: str = "chat-1@hcchat", url: str | None = None) -> bytes:
    """Return the calendar file of *plan*."""
    return calendar_file(plan, uid=uid, now=A_MONTH_BEFORE, url=url)


def test_a_calendar_reads_the_chat_from_the_file() -> None:
    """Whoever opens the file has the chat at its moment, with its questions and an alarm."""
    event = Calendar.from_ical(file(starting("2027-07-01 19:00"), url="https://example.org/c/1")).events[0]

    assert (event.start, event.end) == (utc("2027-07-01 18:00"), utc("2027-07-01 19:00"))
    assert event["summary"] == "#hcchat Sleep and shift work"
    assert "Q1: What keeps you awake after a night shift?" in event["description"]
    assert event["url"] == "https://example.org/c/1"
    assert len(event.alarms.times) == 1


def test_lines_end_and_fold_as_calendars_want_them() -> None:
    """Every line ends in CRLF and none is longer than 75 bytes."""
    lines = file(a_plan()).split(b"\r\n")

    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75


@pytest.mark.parametrize("hostile", [HOSTILE, "a\rATTENDEE:b", "a\u2028ATTENDEE:b"])
def test_no_text_begins_a_line_of_its_own(hostile: str) -> None:
    """Words with line breaks, in whatever field, add nothing to the calendar but themselves."""
    plan = a_plan().model_copy(update={"why": hostile, "title": hostile})
    plain = Calendar.from_ical(file(a_plan(), url="x"))

    spoilt = Calendar.from_ical(file(plan, uid=hostile, url=hostile))

    assert [part.name for part in spoilt.walk()] == [part.name for part in plain.walk()]
    assert [set(part) for part in spoilt.walk()] == [set(part) for part in plain.walk()]


def test_the_same_plan_gives_the_same_file() -> None:
    """Nothing in the file depends on when or where it is made."""
    assert file(a_plan()) == file(a_plan())
