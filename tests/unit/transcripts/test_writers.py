"""What is written can be read again, and harms no spreadsheet."""

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transcripts import Author, Entry, read_content, sequence_of, write_csv, write_jsonl

AT = datetime(2026, 12, 3, 19, 0, 5, tzinfo=UTC)
words = st.text(max_size=30).map(lambda text: text.replace("\0", ""))
names = words.filter(bool)
people = st.builds(Author, id=names, name=names, role=st.none() | names)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# Without a zone, because Hypothesis adds one.
years = (datetime(1990, 1, 1), datetime(2090, 1, 1))  # noqa: DTZ001
times = st.datetimes(*years, timezones=zones).map(lambda at: at.astimezone(UTC))


@st.composite
def any_entries(draw: st.DrawFn) -> Entry:
    """Draw an entry of any kind, as a reader could have made it."""
    kind = draw(st.sampled_from(["message", "edit", "delete", "reaction", "command"]))
    known_as = draw(names)
    return Entry(
        kind=kind,  # type: ignore[arg-type] # drawn from the five kinds
        id=known_as,
        at=draw(times),
        author=draw(st.none() | people) if kind == "delete" else draw(people),
        sequence=sequence_of(known_as),
        room=draw(names),
        text=draw(words),
        reply_to=draw(st.none() | names),
        thread=draw(st.none() | names),
        reaction=draw(names) if kind == "reaction" else None,
        command=draw(names) if kind == "command" else None,
        arguments=draw(st.dictionaries(words, words, max_size=2)),
        bot=draw(st.booleans()),
    )


def jsonl(entries: Iterable[Entry]) -> str:
    """Return *entries* as a transcript."""
    stream = io.StringIO(newline="")
    write_jsonl(entries, stream)
    return stream.getvalue()


def table(entries: Iterable[Entry]) -> str:
    """Return *entries* as a table."""
    stream = io.StringIO(newline="")
    write_csv(entries, stream)
    return stream.getvalue()


def said(text: str, name: str = "Anna") -> Entry:
    """Return one message."""
    return Entry(kind="message", id="m7", sequence=7, at=AT, author=Author(id="p1", name=name), text=text)


@given(st.lists(any_entries(), min_size=1, max_size=6))
def test_a_transcript_reads_back_as_it_was_written(entries: list[Entry]) -> None:
    """Every entry of every kind comes back equal, and writing it again gives the same file."""
    written = jsonl(entries)

    again = read_content(written.encode(), "jsonl", name="chat.jsonl").entries

    assert list(again) == entries
    assert jsonl(again) == written


@given(st.lists(any_entries().filter(lambda entry: entry.kind != "command"), min_size=1, max_size=6))
def test_a_table_reads_back_all_but_arguments(entries: list[Entry]) -> None:
    """A table holds who said what, when and in reply to what, whatever the words are made of."""
    again = read_content(table(entries).encode(), "csv", name="chat.csv").entries

    assert list(again) == [replace(entry, arguments={}, bot=False) for entry in entries]


def test_what_is_not_known_is_left_out() -> None:
    """A line holds no empty fields, and its time is written with Z."""
    assert jsonl([said("hello – ok")]) == (
        '{"id": "m7", "at": "2026-12-03T19:00:05Z", "room": "room", "author": {"id": "p1", "name": "Anna"}, '
        '"kind": "message", "text": "hello – ok"}\n'
    )


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'=", "''@"])
def test_no_cell_is_a_formula(first: str) -> None:
    """Neither words nor names that begin like a formula are calculated by a spreadsheet."""
    entry = said(f"{first}cmd", name=f"{first}Anna")

    row = next(csv.DictReader(io.StringIO(table([entry]), newline="")))

    assert (row["text"], row["author"]) == (f"'{first}cmd", f"'{first}Anna")
    assert read_content(table([entry]).encode(), "csv", name="chat.csv").entries == (entry,)


def test_a_table_follows_the_standard() -> None:
    """Rows end with CR LF, quotes are doubled, ordinary words stand as they are."""
    assert (
        table([said('she said "rest", I\ndid')])
        .split("\r\n", 1)[1]
        .startswith('2026-12-03T19:00:05Z,Anna,"she said ""rest"", I\ndid",m7,room,')
    )
