"""Opens what was given as a chat log: bounded, decoded, with a place for every error."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import BadInput
from bot.transcripts.entry import Entry

MOST_BYTES = 256 * 2**20
"""The largest file read: some 800,000 messages, and it still fits in a small machine's memory."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class LogFile:
    """One readable text and the name that errors call it by."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader got out of a log: its entries as they arrived, and remarks for whoever runs it."""

    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()


def content_of(path: Path, name: str | None = None) -> bytes:
    """Return the bytes of the file at *path*.

    Raises: BadInput when there is no such file, it may not be read, or it is too big.
    """
    name = name or path.name
    try:
        if path.stat().st_size > MOST_BYTES:
            raise too_big(name)
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput("There is no such file.", place=str(path), fix="Check the path.") from None
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise BadInput(f"It cannot be read ({reason}).", place=name, fix="Check its permissions.") from None


def too_big(name: str) -> BadInput:
    """Return the error for a file beyond MOST_BYTES."""
    most = MOST_BYTES // 2**20
    return BadInput(f"It is larger than {most} MiB.", place=name, fix="Split it, one chat per file.")


def decoded(content: bytes, name: str) -> LogFile:
    """Return *content* as text, without a byte-order mark.

    Raises: BadInput when it is empty or not UTF-8, with the line.
    """
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise BadInput("The file is empty.", place=name, fix="Export the log again.")
    try:
        return LogFile(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        fix = "Save the file as UTF-8 and try again."
        raise BadInput("This is not UTF-8 text.", place=f"{name}:{line}", fix=fix) from None


def document(file: LogFile) -> Any:
    """Return the one JSON document in *file*.

    Raises: BadInput with the line when it is broken or cut off.
    """
    try:
        return json.loads(file.text)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(file.text.rstrip()) or "Unterminated" in error.msg
        problem = "The file ends in the middle." if cut else f"This is not JSON ({error.msg})."
        place = f"{file.name}:{error.lineno}"
        raise BadInput(problem, place=place, fix="Export the log again and copy the whole file.") from None
    except (ValueError, RecursionError):
        raise BadInput("This is not JSON.", place=file.name, fix="Export the log again.") from None


def storable(text: str) -> str:
    """Return *text* with every character that no store takes (NUL, half a surrogate pair) replaced."""
    return _UNSTORABLE.sub("\ufffd", text)
