"""Slack's export: people, channels, threads, edits, and Slack's own way of writing words."""

import json
import zipfile
from pathlib import Path

import pytest

from bot.errors import BadInput
from bot.transcripts import Author, Entry, read
from bot.transcripts.readers.slack_text import Names, plain

USERS = [
    {"id": "U1", "name": "anna", "profile": {"display_name": "Anna R.", "real_name": "Anna Rahm"}},
    {"id": "U2", "name": "ben", "profile": {"display_name": "", "real_name": "Ben Holt"}},
]
HELLO = {"type": "message", "user": "U1", "text": "hello", "ts": "1796324405.000200"}

Files = dict[str, object]


def export(*messages: object, **more: object) -> Files:
    """Return the files of an export with one channel, #hcchat."""
    channels = [{"id": "C1", "name": "hcchat"}]
    usual: Files = {"users.json": USERS, "channels.json": channels, "hcchat/2026-12-03.json": list(messages)}
    return {**usual, **more}


def unpacked(folder: Path, files: Files) -> Path:
    """Write *files* below *folder*, as an unpacked export."""
    for name, content in files.items():
        path = folder / "export" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return folder / "export"


def zipped(folder: Path, files: Files, top: str = "") -> Path:
    """Write *files* into a zip, as it is downloaded."""
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(top + name, content if isinstance(content, str) else json.dumps(content))
    return path


def entries(folder: Path, *messages: object) -> tuple[Entry, ...]:
    """Return what an export with *messages* says."""
    return read(unpacked(folder, export(*messages))).entries


def test_a_message_is_read_with_its_person_and_room(tmp_path: Path) -> None:
    """People have the names that others saw, times their full precision."""
    (entry,) = entries(tmp_path, HELLO)

    assert (entry.id, entry.sequence, entry.room, entry.text) == ("1796324405.000200", 200, "hcchat", "hello")
    assert entry.at.isoformat() == "2026-12-03T19:00:05.000200+00:00"
    assert entry.author == Author(id="U1", name="Anna R.")


@pytest.mark.parametrize("top", ["", "Team export Dec 2026/"])
def test_zip_and_folder_say_the_same(tmp_path: Path, top: str) -> None:
    """An export may be read as it was downloaded, or unpacked, or packed again by hand."""
    files = export(HELLO, {**HELLO, "user": "U2", "ts": "1796324406.000300"})

    from_zip, from_folder = read(zipped(tmp_path, files, top)), read(unpacked(tmp_path, files))

    assert from_zip.entries == from_folder.entries
    assert from_zip.format == from_folder.format == "slack"


def test_a_thread_hangs_on_its_first_message(tmp_path: Path) -> None:
    """An answer in a thread is a reply to the message that began it; the beginning is none."""
    first = {**HELLO, "thread_ts": HELLO["ts"], "reply_count": 1}
    answer = {**HELLO, "user": "U2", "ts": "1796324409.000100", "thread_ts": HELLO["ts"]}

    assert [(entry.reply_to, entry.thread) for entry in entries(tmp_path, first, answer)] == [
        (None, None),
        (HELLO["ts"], HELLO["ts"]),
    ]


def test_an_edited_message_is_followed_by_its_edit(tmp_path: Path) -> None:
    """The export holds only the last wording, and when it was written."""
    said, edit = entries(tmp_path, {**HELLO, "edited": {"user": "U1", "ts": "1796324450.000000"}})

    assert (said.kind, edit.kind, edit.id, edit.text) == ("message", "edit", said.id, "hello")
    assert f"{edit.at:%H:%M:%S}" == "19:00:50"


def test_an_export_with_its_history_tells_edits_and_deletions(tmp_path: Path) -> None:
    """Exports for compliance hold what was changed and what went."""
    changed = {"type": "message", "subtype": "message_changed", "ts": "1796324410.000100"}
    changed["message"] = {**HELLO, "text": "hello all"}  # type: ignore[assignment] # a nested object
    deleted = {"type": "message", "subtype": "message_deleted", "ts": "1796324420.000100", "user": "U1"}

    gone = ({**deleted, "deleted_ts": HELLO["ts"]}, {**deleted, "original": HELLO})
    found = entries(tmp_path, HELLO, changed, {**changed, "message": None}, *gone)

    assert [(entry.kind, entry.id, entry.text) for entry in found] == [
        ("message", HELLO["ts"], "hello"),
        ("edit", HELLO["ts"], "hello all"),
        ("delete", HELLO["ts"], ""),
        ("delete", HELLO["ts"], ""),
    ]
    assert f"{found[1].at:%H:%M:%S}" == "19:00:10"


def test_reactions_are_counted_by_person(tmp_path: Path) -> None:
    """Who reacted is known, when is not, and the replay says so."""
    reacted = {**HELLO, "reactions": [{"name": "bulb", "users": ["U2", "U9"], "count": 2}]}

    log = read(unpacked(tmp_path, export(reacted)))

    assert [(entry.reaction, entry.author and entry.author.name) for entry in log.entries[1:]] == [
        ("bulb", "Ben Holt"),
        ("bulb", "U9"),
    ]
    assert "when people reacted" in log.notes[0]


def test_what_slack_itself_says_is_left_out(tmp_path: Path) -> None:
    """Joins, topics and tombstones are no messages; bots are marked."""
    noise = [{**HELLO, "subtype": subtype} for subtype in ("channel_join", "channel_topic", "tombstone")]
    robot = {**HELLO, "subtype": "bot_message", "bot_id": "B1", "username": "Reminder", "user": None}

    with_name, with_id, person = entries(tmp_path, *noise, robot, {**HELLO, "bot_id": "B1"}, HELLO)

    assert (with_name.bot, with_name.author) == (True, Author(id="B1", name="Reminder"))
    assert (with_id.bot, person.bot) == (True, False)


def test_files_and_actions_come_with_the_words(tmp_path: Path) -> None:
    """A picture's name and "/me" are kept beside the text, never in it."""
    file, action = {"files": [{"name": "hands.png"}]}, {"subtype": "me_message"}

    found = entries(tmp_path, {**HELLO, **file}, {**HELLO, **action})

    assert [dict(entry.arguments) for entry in found] == [{"attachments": "hands.png"}, {"action": "yes"}]


def test_someone_who_left_is_named_by_the_message(tmp_path: Path) -> None:
    """A person missing from users.json still has a name in what they wrote."""
    guest = {**HELLO, "user": "U7", "user_profile": {"display_name": "", "real_name": "Carl"}}

    assert entries(tmp_path, guest)[0].author == Author(id="U7", name="Carl")


def test_private_talk_is_never_read(tmp_path: Path) -> None:
    """Direct messages stay out; a private channel is read only by name."""
    private = {**HELLO, "text": "between us"}
    more = {"D0123ABCD/2026-12-03.json": [private], "mpdm-anna--ben-1/2026-12-03.json": [private]}
    board = {"board/2026-12-03.json": [private], "groups.json": [{"id": "G1", "name": "board"}]}
    path = unpacked(tmp_path, export(HELLO, **more, **board))

    assert [entry.text for entry in read(path).entries] == ["hello"]
    assert [entry.text for entry in read(path, room="board").entries] == ["between us"]
    (path / "channels.json").unlink()
    (path / "groups.json").unlink()
    assert {entry.room for entry in read(path).entries} == {"hcchat", "board"}


def test_several_channels_keep_their_ids_apart(tmp_path: Path) -> None:
    """Slack numbers messages by channel: the same number in two channels is two messages."""
    channels = [{"id": "C1", "name": "hcchat"}, {"id": "C2", "name": "cafe"}]
    path = unpacked(tmp_path, export(HELLO, **{"channels.json": channels, "cafe/2026-12-03.json": [HELLO]}))

    assert [(entry.room, entry.id) for entry in read(path).entries] == [
        ("cafe", "cafe/1796324405.000200"),
        ("hcchat", "hcchat/1796324405.000200"),
    ]
    assert [entry.id for entry in read(path, room="cafe").entries] == [HELLO["ts"]]


def test_a_single_days_file_is_read_by_itself(tmp_path: Path) -> None:
    """One file out of an export is enough for a chat."""
    path = unpacked(tmp_path, export(HELLO)) / "hcchat" / "2026-12-03.json"

    assert [(entry.text, entry.room) for entry in read(path).entries] == [("hello", "room")]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("salt &amp; pepper &lt;3 &amp;lt;", "salt & pepper <3 &lt;"),
        ("<@U1> and <@U8|carl> and <@U9>", "@Anna R. and @carl and @U9"),
        ("see <#C1> or <#C9|old>", "see #hcchat or #old"),
        ("<!here> <!subteam^S1|@nurses> <!channel>", "@here @nurses @channel"),
        ("<https://example.org/a?b=1&amp;c=2>", "https://example.org/a?b=1&c=2"),
        ("<https://example.org/ra|our leaflet>", "our leaflet (https://example.org/ra)"),
        ("<http://example.org|example.org>", "example.org"),
        ("<mailto:anna@example.org|anna@example.org>", "anna@example.org"),
        ("<tel:0123|0123>", "0123"),
        ("a < b, nothing more", "a < b, nothing more"),
    ],
)
def test_words_are_shown_as_people_saw_them(written: str, shown: str) -> None:
    """Slack's marks for people, channels and links become names and addresses again."""
    assert plain(written, Names({"U1": "Anna R."}, {"C1": "hcchat"})) == shown


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (export(**{"hcchat/2026-12-03.json": '[{"type": "mess'}), "ends in the middle"),
        (export(**{"hcchat/2026-12-03.json": {"ok": False}}), "not how Slack writes"),
        (export(**{"users.json": [1]}), "not how Slack writes"),
        (export({**HELLO, "ts": "soon"}), "'soon' is not a time"),
        (export({**HELLO, "ts": "9" * 40}), "is not a time"),
        (export({**HELLO, "ts": "253402300000.0"}), "is not a time"),
        (export({"type": "message", "subtype": "message_deleted", "ts": "1796324405.0"}), "is not a time"),
        ({"notes.json": []}, "not a Slack export"),
        (export(), "Nothing was said"),
    ],
)
def test_a_broken_export_is_named(tmp_path: Path, files: Files, says: str) -> None:
    """Whatever is wrong in an export is said with its file."""
    with pytest.raises(BadInput, match=says) as caught:
        read(zipped(tmp_path, files))

    assert caught.value.place
    assert caught.value.fix


def test_a_channel_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    """A mistyped channel costs one look, not a search."""
    with pytest.raises(BadInput, match="Its channels: hcchat"):
        read(unpacked(tmp_path, export(HELLO)), room="hchcat")
