"""IRC logs of several programs: who said what, and on which day."""

from datetime import date

import pytest

from bot.errors import BadInput
from bot.transcripts import Entry, Transcript, read_content

DAY = date(2026, 12, 3)


def irc(*lines: str, name: str = "hcchat.log", day: date | None = DAY) -> Transcript:
    """Return the log of *lines* as it is read."""
    return read_content("\n".join(lines).encode(), "irc", name=name, day=day)


def said(*lines: str, name: str = "hcchat.log", day: date | None = DAY) -> list[tuple[str, str, str]]:
    """Return day and time, name and words of each message in *lines*."""
    return [
        (f"{entry.at:%d %H:%M:%S}", _name(entry), entry.text)
        for entry in irc(*lines, name=name, day=day).entries
    ]


def _name(entry: Entry) -> str:
    return entry.author.name if entry.author else ""


@pytest.mark.parametrize(
    "line",
    [
        "19:00:05 <anna> good evening",
        "[19:00:05] <anna> good evening",
        "19:00:05 <@anna> good evening",
        "19:00:05 < anna> good evening",
        "2026-12-03T19:00:05 <anna> good evening",
        "2026-12-03T20:00:05+01:00 <anna> good evening",
        "2026-12-03T19:00:05Z <anna> good evening",
        "[2026-12-03 19:00:05] <anna> good evening",
        "2026-12-03 19:00:05\t+anna\tgood evening",
        "19:00:05 <anna> \x02good\x02 \x0304,01evening\r",
    ],
)
def test_each_programs_way_of_writing_a_line_is_read(line: str) -> None:
    """The same words out of any of the usual programs make the same message."""
    assert said(line) == [("03 19:00:05", "anna", "good evening")]


def test_a_time_without_seconds_is_kept_as_it_stands() -> None:
    """A log that tells only minutes orders its lines by their numbers."""
    entries = irc("9:05 <anna> hello", "9:05 <ben> hello too").entries

    assert [(f"{entry.at:%H:%M:%S}", entry.sequence, entry.id) for entry in entries] == [
        ("09:05:00", 1, "l000001"),
        ("09:05:00", 2, "l000002"),
    ]


def test_what_nobody_said_is_left_out() -> None:
    """Joins, parts, modes and notices are not messages."""
    noise = (
        "--- Log opened Thu Dec 03 18:59:00 2026",
        "19:00:01 -!- anna [~anna@host] has joined #hcchat",
        "19:00:02 *** Joins: ben (ben@host)",
        "19:00:03 * carl (~carl@host) has quit (Quit: bye)",
        "2026-12-03 19:00:04\t-->\tdora (d@host) has joined #hcchat",
        "19:00:05 -ChanServ- Welcome",
        "",
    )

    assert said(*noise, "19:00:06 <anna> hello") == [("03 19:00:06", "anna", "hello")]


def test_an_action_is_the_words_of_its_person() -> None:
    """A line "* anna has left her pills at home" is something that Anna said."""
    (entry,) = irc("19:00:05 * anna has left her pills at home").entries

    assert (_name(entry), entry.text, dict(entry.arguments)) == (
        "anna",
        "has left her pills at home",
        {"action": "yes"},
    )


def test_a_person_keeps_one_identity_through_new_names() -> None:
    """Someone who comes back under another name is still counted once."""
    lines = (
        "19:00:00 <anna> hello",
        "19:01:00 -!- anna is now known as anna_mobile",
        "19:02:00 <Anna_Mobile> on the train now",
        "19:03:00 *** Anna_Mobile is now known as annaX",
        "19:04:00 <annaX> home",
        "19:05:00 <ben> hello",
    )

    assert [entry.author and entry.author.id for entry in irc(*lines).entries] == [
        "anna",
        "anna",
        "anna",
        "ben",
    ]


def test_past_midnight_the_next_day_begins() -> None:
    """A chat that runs over midnight stays one chat, in its order."""
    assert said("23:59:58 <anna> still here", "00:00:03 <ben> me too", "00:10:00 <anna> good night") == [
        ("03 23:59:58", "anna", "still here"),
        ("04 00:00:03", "ben", "me too"),
        ("04 00:10:00", "anna", "good night"),
    ]


def test_a_line_that_came_late_over_midnight_keeps_its_day() -> None:
    """One straggler does not move the chat a day on."""
    lines = ("23:59:58 <anna> a", "00:00:01 <ben> b", "23:59:59 <carl> c", "00:00:02 <anna> d")

    assert [when for when, _, _ in said(*lines)] == [
        "03 23:59:58",
        "04 00:00:01",
        "03 23:59:59",
        "04 00:00:02",
    ]


def test_a_clock_set_back_an_hour_is_no_new_day() -> None:
    """The end of summer time is not midnight."""
    assert [when for when, _, _ in said("02:59:00 <anna> a", "02:01:00 <ben> b")] == [
        "03 02:59:00",
        "03 02:01:00",
    ]


def test_the_logs_own_dates_count_before_its_name() -> None:
    """What the log says of the day is more certain than what the file is called."""
    lines = (
        "--- Log closed Tue Feb 31 23:00:00 2026",
        "--- Log opened Wed Dec 02 23:00:00 2026",
        "23:30:00 <anna> a",
        "--- Day changed Thu Dec 03 2026",
        "23:40:00 <anna> b",
    )

    assert [entry.at.isoformat() for entry in irc(*lines, name="2020-01-01.log", day=None).entries] == [
        "2026-12-02T23:30:00+00:00",
        "2026-12-03T23:40:00+00:00",
    ]


def test_the_bots_announcement_tells_the_day() -> None:
    """The line "Meeting started Thu Dec  3 ..." dates the lines before it, too."""
    lines = (
        "23:59:00 <anna> early",
        "00:01:00 <chatbot> Meeting started Fri Dec  4 00:01:00 2026 UTC.  The chair is anna.",
    )

    assert [when for when, _, _ in said(*lines, day=None)] == ["03 23:59:00", "04 00:01:00"]


@pytest.mark.parametrize(
    "name", ["hcchat.2026-12-03-19.00.log.txt", "hcchat_20261203.log", "2026-02-31 Fri Feb 31 2026-12-03.log"]
)
def test_the_files_name_tells_the_day_when_nothing_else_does(name: str) -> None:
    """Logs are mostly named after their day."""
    assert said("19:00:05 <anna> hello", name=name, day=None) == [("03 19:00:05", "anna", "hello")]


def test_a_log_without_any_date_asks_for_one() -> None:
    """The day is never guessed."""
    with pytest.raises(BadInput, match="--date 2026-12-03"):
        said("19:00:05 <anna> hello", day=None)


def test_a_log_that_runs_out_of_the_calendar_is_refused() -> None:
    """A day that cannot be is a slip of whoever gave it."""
    with pytest.raises(BadInput, match="out of range"):
        said("23:59:58 <anna> hello", "00:00:02 <ben> hi", day=date.max)


def test_a_log_that_stops_inside_a_name_is_cut_off() -> None:
    """A copy that stopped in the middle is not half a chat."""
    with pytest.raises(BadInput, match="last line is cut off") as caught:
        said("19:00:05 <anna> hello", "19:00:09 <ben> hi", "19:00:12 <an")

    assert caught.value.place == "hcchat.log:3"


def test_strange_lines_are_counted_and_told() -> None:
    """A few pasted lines don't stop a replay, and are not hidden."""
    talk = [f"19:00:0{second} <anna> hello" for second in range(5)]
    log = irc(talk[0], "    a pasted line", *talk, "19:99 <ben> never")

    assert len(log.entries) == 6
    assert log.notes == ("2 lines are not understood and left out, the first is line 2.",)


def test_a_novel_is_no_irc_log() -> None:
    """Something else entirely is refused with the shape that was expected."""
    with pytest.raises(BadInput, match="does not look like an IRC log") as caught:
        said("It was a dark night.", "The rain fell.", "19:00:05 <anna> hello")

    assert (caught.value.place, "19:00:05 <nick>" in caught.value.fix) == ("hcchat.log:1", True)
