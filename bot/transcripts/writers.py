"""Writes entries as plain files: JSONL, which reads back whole, and CSV for spreadsheets."""

import csv
import json
from collections.abc import Iterable
from datetime import UTC
from typing import Final, Protocol

from bot.transcripts.cells import safe
from bot.transcripts.entry import Author, Entry
from bot.transcripts.record import fields_of

COLUMNS: Final = (
    "at",
    "author",
    "text",
    "id",
    "room",
    "reply_to",
    "role",
    "thread",
    "kind",
    "author_id",
    "reaction",
    "command",
)
"""The columns of the table, in their order."""

_NOBODY = Author(id="", name="")


class Stream(Protocol):
    """What can be written to."""

    def write(self, text: str, /) -> object:
        """Take *text*."""


def write_jsonl(entries: Iterable[Entry], stream: Stream) -> None:
    """Write each entry as one JSON object on a line of its own."""
    for entry in entries:
        stream.write(json.dumps(fields_of(entry), ensure_ascii=False) + "\n")


def write_csv(entries: Iterable[Entry], stream: Stream) -> None:
    """Write a table after RFC 4180, in which no cell is a formula; open *stream* with newline="".

    A command's arguments have no column: the table is for reading, JSONL is for keeping.
    """
    table = csv.writer(stream, lineterminator="\r\n")
    table.writerow(COLUMNS)
    table.writerows([safe(cell) for cell in _row(entry)] for entry in entries)


def _row(entry: Entry) -> tuple[str, ...]:
    author = entry.author or _NOBODY
    return (
        entry.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        author.name,
        entry.text,
        entry.id,
        entry.room,
        entry.reply_to or "",
        author.role or "",
        entry.thread or "",
        entry.kind,
        author.id,
        entry.reaction or "",
        entry.command or "",
    )
