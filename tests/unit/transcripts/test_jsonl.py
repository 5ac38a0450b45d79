"""The published transcript: what a line may say, and what a broken one is answered."""

import json

import pytest

from bot.errors import BadInput
from bot.transcripts import Author, Entry, read_content


def lines(*objects: dict[str, object]) -> bytes:
    """Return a transcript of *objects*."""
    return "".join(json.dumps(each) + "\n" for each in objects).encode()


def read(content: bytes) -> tuple[Entry, ...]:
    """Return the entries of a transcript called chat.jsonl."""
    return read_content(content, "jsonl", name="chat.jsonl").entries


def message(**changed: object) -> dict[str, object]:
    """Return one message as an object, with some fields changed."""
    usual: dict[str, object] = {
        "id": "m7",
        "at": "2026-12-03T19:00:05Z",
        "author": "Anna",
        "text": "Good evening",
    }
    return {**usual, **changed}


def test_every_field_of_a_message_is_read() -> None:
    """Who, when, where, in reply to what: nothing that a line says is lost."""
    anna = {"id": "p1", "name": "Anna", "role": "patient"}
    extra = {
        "room": "slack/C1",
        "author": anna,
        "reply_to": "m3",
        "thread": "m1",
        "bot": True,
        "colour": "blue",
    }

    (entry,) = read(lines(message(at="2026-12-03T20:00:05.250+01:00", **extra)))

    assert entry.at.isoformat() == "2026-12-03T19:00:05.250000+00:00"
    assert entry.author == Author(id="p1", name="Anna", role="patient")
    assert (entry.kind, entry.id, entry.sequence, entry.room) == ("message", "m7", 7, "slack/C1")
    assert (entry.reply_to, entry.thread, entry.text, entry.bot) == ("m3", "m1", "Good evening", True)
    assert entry.place == "chat.jsonl:1"


def test_shuffled_and_doubled_lines_stay_as_they_arrived() -> None:
    """The reader neither sorts nor drops: that is decided later, from times and ids."""
    assert [entry.id for entry in read(lines(message(), message(id="m2"), message()))] == ["m7", "m2", "m7"]


def test_the_order_of_equal_times_comes_from_the_ids() -> None:
    """Shuffling a transcript cannot change which message came first."""
    assert [
        entry.sequence for entry in read(lines(message(id="x12"), message(id="x3c"), message(id="abc")))
    ] == [
        12,
        3,
        0,
    ]


def test_the_order_of_equal_times_may_be_told() -> None:
    """Where ids are random, a line says itself where it belongs."""
    told = [
        message(id="f00d1", sequence=7),
        message(id="f00d2", sequence="last"),
        message(id="f00d3", sequence=2**99),
    ]

    assert [entry.sequence for entry in read(lines(*told))] == [7, 2, 3]


def test_a_message_without_id_is_named_after_its_line() -> None:
    """A list without ids still has a name for each message."""
    bare: dict[str, object] = {"at": "2026-12-03T19:00:05Z", "author": {"name": "Anna"}, "text": "hello"}

    second = read(lines(message(), bare))[1]

    assert (second.id, second.sequence, second.author) == ("l000002", 2, Author(id="Anna", name="Anna"))


def test_a_line_separator_inside_a_text_does_not_end_the_line() -> None:
    """Only a line feed ends a line of JSONL, whatever else people paste."""
    text = "one\u2028two\x85three\x0cfour"

    assert read(json.dumps(message(text=text), ensure_ascii=False).encode())[0].text == text


def test_characters_that_no_store_takes_are_replaced() -> None:
    """Half an emoji or a NUL in an old log does not stop its replay."""
    half, nul = read(lines(message(text="a\ud83db"), message(text="b\0c")))

    assert (half.text, nul.text) == ("a�b", "b�c")


def test_a_deletion_may_have_nobody_behind_it() -> None:
    """Some platforms tell that a message went, but not who took it away."""
    (entry,) = read(lines({"kind": "delete", "id": "m7", "at": "2026-12-03T19:01:00Z"}))

    assert (entry.kind, entry.id, entry.author) == ("delete", "m7", None)


def test_a_removed_reaction_says_so() -> None:
    """A reaction that was taken back is no vote."""
    removed = message(kind="reaction", reaction="💡", arguments={"removed": "yes"})

    (entry,) = read(lines(removed))

    assert (entry.reaction, dict(entry.arguments)) == ("💡", {"removed": "yes"})


@pytest.mark.parametrize(
    ("text", "command", "arguments"),
    [
        ("next", "next", {}),
        ("/chat next", "next", {}),
        ("keep m12 insight", "keep", {"message": "m12", "tag": "insight"}),
        ("/keep m12", "keep", {"message": "m12"}),
        ("start Living with RA", "start", {"title": "Living with RA"}),
        ("chair anna ben", "chair", {"nicks": "anna ben"}),
        ("question What helps?", "question", {"text": "What helps?"}),
        ("topic: What helps?", "question", {"text": "What helps?"}),
        ("/ask What helps?", "ask", {"text": "What helps?"}),
        ("!next", "next", {}),
        ("/chat /end", "close", {}),
        ("keep m12 as story", "keep", {"message": "m12", "tag": "story"}),
    ],
)
def test_a_command_may_be_given_in_words(text: str, command: str, arguments: dict[str, str]) -> None:
    """A moderator's command is read from the words it was written in."""
    (entry,) = read(lines(message(kind="command", text=text)))

    assert (entry.command, dict(entry.arguments)) == (command, arguments)


def test_keep_in_a_reply_means_the_message_replied_to() -> None:
    """Answering a message with "keep story" keeps that message."""
    (entry,) = read(lines(message(kind="command", text="keep story", reply_to="m3")))

    assert dict(entry.arguments) == {"message": "m3", "tag": "story"}


def test_a_command_given_in_fields_needs_no_words() -> None:
    """Programs write the command and its arguments as fields."""
    (entry,) = read(lines(message(kind="command", command="extend", arguments={"minutes": 2})))

    assert (entry.command, dict(entry.arguments)) == ("extend", {"minutes": "2"})


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "keep m12 story"},
        {"command": "keep", "text": "m12 story"},
        {"command": "keep", "text": "/chat keep m12 story"},
        {"command": "keep m12 story", "text": ""},
        {"command": "keep", "text": "keep", "message": "m12", "tag": "story"},
        {"text": "keep", "arguments": {"message": "m12", "tag": "story"}},
        {"command": "keep", "text": "story", "reply_to": "m12"},
        {"text": "keep", "reply_to": "m12", "tag": "story", "author": None},
    ],
)
def test_keeping_a_line_may_be_written_in_many_ways(fields: dict[str, object]) -> None:
    """In words, in fields, or half and half: everybody who writes a log by hand is understood."""
    (entry,) = read(lines(message(kind="command", **fields)))

    assert (entry.command, dict(entry.arguments)) == ("keep", {"message": "m12", "tag": "story"})


def test_several_messages_may_be_a_list() -> None:
    """An exchange names its messages in a list, as programs do."""
    (entry,) = read(lines(message(kind="command", text="keep-exchange", messages=["m1", "m2"])))

    assert dict(entry.arguments) == {"messages": "m1,m2"}


def test_kinds_that_are_not_known_are_left_out_with_a_note() -> None:
    """Other programs write more than we know; it doesn't stop a replay, and it isn't hidden."""
    reading = read_content(
        lines(message(), message(kind="typing"), message(id="m8")), "jsonl", name="c.jsonl"
    )

    assert [entry.id for entry in reading.entries] == ["m7", "m8"]
    assert reading.notes == ("1 lines of unknown kinds are left out, the first is line 2.",)


def test_a_slash_command_in_a_message_stays_a_message() -> None:
    """What people typed in the room is what they said, even "/chat next"."""
    (entry,) = read(lines(message(text="/chat next")))

    assert (entry.kind, entry.command, entry.text) == ("message", None, "/chat next")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (message(at="2026-12-03T19:00:05"), "has no zone"),
        (message(at="yesterday"), "is not a time"),
        (message(at="0001-01-01T00:00:00+14:00"), "is not a time"),
        (message(at="0001-01-01T00:00:00Z"), "is not a time"),
        (message(at="9999-12-31T23:59:59Z"), "is not a time"),
        (message(at=None), "time of this entry is missing"),
        (message(author=None), "author is missing"),
        (message(author={}), "no id and no name"),
        (message(author={"id": ["a"]}), "'id' is not a text"),
        (message(kind=["message"]), "is not known"),
        (message(text={"a": 1}), "'text' is not a text"),
        (message(kind="edit", id=None), "which message it concerns"),
        (message(kind="reaction"), "reaction is missing"),
        (message(kind="command", text=" "), "command is empty"),
        (message(kind="command", text="/chat"), "command is empty"),
        (message(arguments=["m1"]), "not an object"),
    ],
)
def test_a_wrong_field_is_named_with_its_line(wrong: dict[str, object], says: str) -> None:
    """One clear sentence: which line, what is wrong, how to mend it."""
    with pytest.raises(BadInput, match=says) as caught:
        read(lines(message(), wrong))

    assert caught.value.place == "chat.jsonl:2"
    assert caught.value.fix


def test_a_truncated_last_line_is_named() -> None:
    """A copy that stopped in the middle is not half a chat."""
    with pytest.raises(BadInput, match="last line is cut off") as caught:
        read(lines(message()) + b'{"id": "m8", "at": "2026-12-0')

    assert (caught.value.place, "line 2" in caught.value.fix) == ("chat.jsonl:2", True)


def test_a_whole_last_line_that_is_broken_is_not_called_cut_off() -> None:
    """Copying the file again would not mend a line that ends where it should."""
    with pytest.raises(BadInput, match="This line is not JSON"):
        read(lines(message()) + b"{oops}\n")


@pytest.mark.parametrize(
    "broken", [b"{oops}", b"[1, 2]", b"7", b"[" * 100_000, b'{"id": ' + b"9" * 5000 + b"}"]
)
def test_a_broken_line_in_the_middle_is_named(broken: bytes) -> None:
    """The line that is not a JSON object is found, however strange it is."""
    with pytest.raises(BadInput) as caught:
        read(lines(message()) + broken + b"\n" + lines(message()))

    assert caught.value.place == "chat.jsonl:2"
