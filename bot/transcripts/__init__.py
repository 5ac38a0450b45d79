"""Readers and writers of chat logs: JSONL, IRC and MeetBot, Slack, DiscordChatExporter, CSV.

Entries come in the order of the file, never sorted, never deduplicated: the core copes with both. The page
that shows a transcript is the summary's work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from bot.errors import BadInput
from bot.transcripts.archive import Folder, Zip
from bot.transcripts.entry import Author, Entry, Kind, sequence_of
from bot.transcripts.readers import delimited, discord_exporter, irc, jsonl, slack
from bot.transcripts.sniff import FORMATS, format_of
from bot.transcripts.source import LogFile, Reading, content_of, decoded
from bot.transcripts.writers import write_csv, write_jsonl

__all__ = [
    "FORMATS",
    "Author",
    "Entry",
    "Kind",
    "Transcript",
    "read",
    "read_content",
    "sequence_of",
    "write_csv",
    "write_jsonl",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A chat log as it was read; *notes* are remarks for whoever runs the replay."""

    name: str
    format: str
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()


class _Reader(Protocol):
    def __call__(self, file: LogFile, /) -> Reading:
        """Return what stands in *file*."""


_READERS: Mapping[str, _Reader] = {
    "jsonl": jsonl.read,
    "slack": slack.read_day,
    "discord": discord_exporter.read,
    "csv": delimited.read,
}


def read(
    path: Path | str,
    format: str = "auto",  # noqa: A002 - the option's name
    *,
    day: date | None = None,
    room: str | None = None,
) -> Transcript:
    """Return the chat log at *path*, a file or (Slack) a folder or zip.

    *day* is the date of the first line, for IRC logs that don't tell it; *room* chooses one room of many.

    Raises: BadInput when it cannot be read, with the place and the fix.
    """
    path = Path(path)
    _check(format)
    if path.is_dir():
        _check_slack(format, path.name)
        return _transcript(path.name, "slack", slack.read(Folder(path), room=room), room)
    if _is_zip(path):
        _check_slack(format, path.name)
        with Zip(path) as archive:
            return _transcript(path.name, "slack", slack.read(archive, room=room), room)
    return read_content(content_of(path), format, name=path.name, day=day, room=room)


def read_content(
    content: bytes,
    format: str = "auto",  # noqa: A002 - the option's name
    *,
    name: str,
    day: date | None = None,
    room: str | None = None,
) -> Transcript:
    """Return the chat log in *content*, the bytes of one file called *name*; otherwise as *read*.

    Raises: BadInput.
    """
    _check(format)
    file = decoded(content, name)
    known = format_of(file) if format == "auto" else format
    reading = irc.read(file, day=day) if known == "irc" else _READERS[known](file)
    return _transcript(name, known, reading, room)


def _transcript(name: str, known: str, reading: Reading, room: str | None) -> Transcript:
    entries = tuple(entry for entry in reading.entries if room in {None, entry.room})
    if not entries:
        wanted = f"Nothing was said in {room!r} here." if room else "Nothing was said in this log."
        raise BadInput(wanted, place=name, fix="Choose another log.")
    return Transcript(name=name, format=known, entries=entries, notes=reading.notes)


def _check(format: str) -> None:  # noqa: A002 - the option's name
    if format not in FORMATS:
        raise BadInput(f"The format {format!r} is not known.", fix=f"Choose one of {', '.join(FORMATS)}.")


def _check_slack(format: str, name: str) -> None:  # noqa: A002 - the option's name
    if format not in {"auto", "slack"}:
        fix = "Only Slack's export is one; give the log's own file."
        raise BadInput("This is a folder or a zip.", place=name, fix=fix)


def _is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) in {b"PK\x03\x04", b"PK\x05\x06"}
    except OSError:
        return False  # reading it says what is wrong, in one clear line
