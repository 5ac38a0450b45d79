"""Whatever is given as a chat log: its format is found, and what cannot be read is answered in one sentence."""

import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.transcripts import FORMATS, read, read_content
from bot.transcripts.archive import Zip

JSONL = b'{"id": "m1", "at": "2026-12-03T19:00:05Z", "author": "Anna", "text": "hello"}\n'
IRC = b"[19:00:05] <anna> hello\n"
CSV = b"at,author,text\n2026-12-03T19:00:05Z,Anna,hello\n"
SLACK = b'[{"type": "message", "user": "U1", "text": "hello", "ts": "1796324405.000200"}]'
DISCORD = (
    b'{"messages": [{"id": "1", "timestamp": "2026-12-03T19:00:05Z", "content": "hello", "author": {}}]}'
)


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (JSONL, "jsonl"),
        (b"\xef\xbb\xbf\r\n" + JSONL, "jsonl"),
        (IRC, "irc"),
        (b"--- Log opened Thu Dec 03 18:59:00 2026\n19:00:01 -!- anna has joined #hcchat\n" + IRC, "irc"),
        (CSV, "csv"),
        (SLACK, "slack"),
        (DISCORD, "discord"),
        (DISCORD.replace(b'{"messages"', b'{\n"messages"'), "discord"),
    ],
)
def test_the_format_is_found_in_the_first_lines(content: bytes, known: str) -> None:
    """Nobody has to know what wrote a log, nor does its name matter."""
    assert read_content(content, name="2026-12-03.txt").format == known


def test_a_transcript_cut_off_in_its_first_line_is_still_known_as_one() -> None:
    """The answer is that it is cut off, not that its format is strange."""
    with pytest.raises(BadInput, match="last line is cut off"):
        read_content(JSONL[:-20], name="chat.jsonl")


@pytest.mark.parametrize("content", [b"Dear all,\nsee you tomorrow\n", b"a,b,c\n1,2,3\n", b"<html></html>"])
def test_an_unknown_format_is_asked_for(content: bytes) -> None:
    """What is no log we know is refused with the list of those we do."""
    with pytest.raises(BadInput, match="jsonl, irc, slack, discord, csv"):
        read_content(content, name="chat.txt")


@pytest.mark.parametrize("content", [b"", b"  \n\t\r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_no_chat(content: bytes) -> None:
    """Nothing in it is said plainly."""
    with pytest.raises(BadInput, match="The file is empty"):
        read_content(content, name="chat.jsonl")


def test_text_in_another_encoding_is_named_with_its_line() -> None:
    """A log from an old machine is refused where its first strange letter stands."""
    with pytest.raises(BadInput, match="not UTF-8") as caught:
        read_content(JSONL + "Zoë".encode("latin-1"), name="chat.jsonl")

    assert caught.value.place == "chat.jsonl:2"


def test_a_missing_file_is_said_with_its_path(tmp_path: Path) -> None:
    """The whole path helps to see the slip."""
    with pytest.raises(BadInput, match="no such file") as caught:
        read(tmp_path / "chat.jsonl")

    assert caught.value.place == str(tmp_path / "chat.jsonl")


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """What the system refuses is passed on as a sentence."""
    (tmp_path / "file").write_bytes(JSONL)

    with pytest.raises(BadInput, match="cannot be read"):
        read(tmp_path / "file" / "chat.jsonl")


def test_a_file_that_is_too_big_is_not_even_opened(tmp_path: Path) -> None:
    """A disk image given by mistake does not fill the memory."""
    path = tmp_path / "chat.jsonl"
    with path.open("wb") as file:
        file.truncate(300 * 2**20)

    with pytest.raises(BadInput, match="larger than 256 MiB"):
        read(path)


def test_an_unknown_format_name_is_answered_with_the_known_ones() -> None:
    """A slip in --format costs one look."""
    with pytest.raises(BadInput, match="Choose one of auto, jsonl"):
        read_content(JSONL, "jsnol", name="chat.jsonl")


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_only_slacks_export_is_a_folder_or_a_zip(tmp_path: Path, kind: str) -> None:
    """Another format's folder is not searched for something that fits."""
    path = tmp_path if kind == "folder" else _zip(tmp_path, "chat.jsonl")

    with pytest.raises(BadInput, match="folder or a zip"):
        read(path, "irc")


def test_one_room_may_be_chosen() -> None:
    """Of a log with several rooms the replay may take one."""
    other = JSONL.replace(b'"m1"', b'"m2", "room": "cafe"')

    assert [entry.id for entry in read_content(JSONL + other, name="chat.jsonl", room="cafe").entries] == [
        "m2"
    ]
    with pytest.raises(BadInput, match="Nothing was said in 'attic'"):
        read_content(JSONL + other, name="chat.jsonl", room="attic")


@pytest.mark.parametrize(
    "name", ["../evil.json", "/etc/evil.json", "a/../../evil.json", "..\\evil.json", "C:/evil.json"]
)
def test_a_zip_that_points_outside_itself_is_not_opened(tmp_path: Path, name: str) -> None:
    """Nobody's export names files elsewhere on the machine."""
    with pytest.raises(BadInput, match="outside itself"):
        read(_zip(tmp_path, name))


def test_a_link_in_a_zip_is_not_followed(tmp_path: Path) -> None:
    """A link is not a chat."""
    link = zipfile.ZipInfo("hcchat/2026-12-03.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")

    with pytest.raises(BadInput, match="outside itself"):
        read(tmp_path / "export.zip")


def test_a_link_out_of_a_folder_is_not_followed(tmp_path: Path) -> None:
    """An unpacked export cannot make us read another folder of the machine."""
    (tmp_path / "secret.json").write_bytes(SLACK)
    (tmp_path / "export" / "hcchat").mkdir(parents=True)
    (tmp_path / "export" / "hcchat" / "2026-12-03.json").symlink_to(tmp_path / "secret.json")

    with pytest.raises(BadInput, match="not a Slack export"):
        read(tmp_path / "export")


def test_a_zip_that_grows_without_end_is_stopped(tmp_path: Path) -> None:
    """A small zip with huge files inside is refused before it fills the memory, whatever it says of their size."""
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b" " * 600)
        archive.writestr("b.json", b" " * 600)

    with Zip(path, most=1000) as opened:
        assert len(opened.content("a.json")) == 600
        with pytest.raises(BadInput, match="larger than"):
            opened.content("b.json")


def test_a_zip_with_more_files_than_any_export_is_not_searched(tmp_path: Path) -> None:
    """A zip of a million files does not keep the machine busy."""
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for number in range(4):
            archive.writestr(f"{number}.json", b"[]")

    with Zip(tmp_path / "export.zip", files=3) as opened, pytest.raises(BadInput, match="more than 3 files"):
        opened.names()


def test_a_damaged_zip_is_said(tmp_path: Path) -> None:
    """Half a download is refused, and so is one with a broken part."""
    path = _zip(tmp_path, "hcchat/2026-12-03.json")
    whole = path.read_bytes()

    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInput, match="damaged or cut off"):
        read(path)
    path.write_bytes(whole.replace(b"hello", b"jello"))
    with pytest.raises(BadInput, match="damaged or locked"):
        read(path)


def _zip(folder: Path, name: str) -> Path:
    """Return a zip with one file called *name*."""
    with zipfile.ZipFile(folder / "export.zip", "w") as archive:
        archive.writestr(name, SLACK)
    return folder / "export.zip"


_PIECES = (
    JSONL,
    IRC,
    CSV,
    SLACK,
    DISCORD,
    b"\n",
    b"{",
    b"}",
    b"[",
    b'"',
    b"\xff",
    b"\0",
    b"null",
    b",",
    b"#topic ",
)


@given(
    st.lists(st.sampled_from(_PIECES) | st.binary(max_size=8), min_size=1, max_size=6).map(b"".join),
    st.sampled_from(FORMATS),
    st.integers(0, 400),
)
@example(b"9:5 <a> b", "irc", 400)
@example(b"00:00+99:99 <a> b", "irc", 400)
def test_any_bytes_are_a_chat_or_one_clear_sentence(content: bytes, known: str, cut: int) -> None:
    """However a log is broken, the answer is its entries or one sentence with a fix, never a crash."""
    try:
        entries = read_content(content[:cut], known, name="2026-12-03.log").entries
    except BadInput as error:
        answers, entries = [error], ()
    else:
        answers = []

    assert all(entry.at.tzinfo is not None and entry.id for entry in entries)
    assert all(refused.place and refused.fix and "\n" not in str(refused) for refused in answers)
