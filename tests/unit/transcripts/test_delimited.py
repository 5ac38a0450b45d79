"""Tables of messages: CSV as spreadsheets and other programs write it."""

import pytest

from bot.errors import BadInput
from bot.transcripts import Author, Transcript, read_content


def read(text: str) -> Transcript:
    """Return the table *text* as it is read."""
    return read_content(text.encode(), "csv", name="chat.csv")


def test_every_column_is_read() -> None:
    """At, author and text are needed, the rest is welcome."""
    header = "at,author,text,id,room,reply_to,role\r\n"

    (entry,) = read(header + '2026-12-03T19:00:05Z,Anna,"hello, all",m7,cafe,m3,patient\r\n').entries

    assert (entry.id, entry.room, entry.reply_to, entry.text) == ("m7", "cafe", "m3", "hello, all")
    assert entry.author == Author(id="Anna", name="Anna", role="patient")


@pytest.mark.parametrize(
    "table",
    [
        "Timestamp;User Name;Message\n2026-12-03T19:00:05Z;Anna;hello\n",
        "author\tcontent\tcreated_at\nAnna\thello\t2026-12-03T20:00:05+01:00\n",
        "AuthorID,Author,Date,Content\nAnna,Anna,2026-12-03T19:00:05Z,hello\n",
        "\ufefftime,nick,body,shoe size\n2026-12-03 19:00:05Z,Anna,hello,39\n\n",
    ],
)
def test_columns_may_have_their_usual_names(table: str) -> None:
    """Tables of other programs need no renaming of columns."""
    (entry,) = read(table).entries

    assert (entry.author, entry.text, f"{entry.at:%H:%M:%S}") == (
        Author(id="Anna", name="Anna"),
        "hello",
        "19:00:05",
    )


def test_a_row_without_id_is_named_after_its_line() -> None:
    """Rows over several lines are counted by the line they begin in."""
    table = 'at,author,text\n2026-12-03T19:00:05Z,Anna,"one\ntwo"\n2026-12-03T19:00:06Z,Ben,three\n'

    assert [(entry.id, entry.place) for entry in read(table).entries] == [
        ("l000002", "chat.csv:2"),
        ("l000004", "chat.csv:4"),
    ]


def test_a_cell_made_safe_for_spreadsheets_is_read_as_it_was() -> None:
    """The quote that keeps "=1+1" from being calculated is no part of what was said."""
    row = "2026-12-03T19:00:05Z,Anna,'=1+1\n2026-12-03T19:00:06Z,Ben,'tis true\n"

    assert [entry.text for entry in read("at,author,text\n" + row).entries] == ["=1+1", "'tis true"]


def test_a_time_without_zone_is_utc_and_told() -> None:
    """Spreadsheets drop the zone: the replay goes on and says what it assumed."""
    log = read("at,author,text\n2026-12-03 19:00:05,Anna,hello\n")

    assert f"{log.entries[0].at:%H:%M:%S %Z}" == "19:00:05 UTC"
    assert log.notes == ("Times without a zone are taken as UTC.",)


@pytest.mark.parametrize(
    ("table", "place", "says"),
    [
        ("at,author\n2026-12-03T19:00:05Z,Anna\n", "chat.csv:1", "no column 'text'"),
        ("when,who,what\na,b,c\n", "chat.csv:1", "no column 'at'"),
        ('at,author,text\n2026-12-03T19:00:05Z,Anna,"hello\n', "chat.csv:2", "never ends"),
        ('at,author,text\n2026-12-03T19:00:05Z,Anna,"a"b\n', "chat.csv:2", "This row is broken"),
        ("at,author,text\n2026-12-03T19:00:05Z,Anna\n", "chat.csv:2", "ends before its text"),
        ("at,author,text\n3.12.26,Anna,hello\n", "chat.csv:2", "is not a time"),
        ("at,author,text\n2026-12-03T19:00:05Z,,hello\n", "chat.csv:2", "author is missing"),
        ("at,author,text\n", "chat.csv", "Nothing was said"),
    ],
)
def test_a_broken_table_is_named(table: str, place: str, says: str) -> None:
    """Which line, what is wrong, how to mend it."""
    with pytest.raises(BadInput, match=says) as caught:
        read(table)

    assert caught.value.place == place
    assert caught.value.fix
