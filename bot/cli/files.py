"""Writes a chat as plain files that open without any server: all of them or none."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.core.chat import Chat
from bot.errors import BadInput
from bot.replay.room import name_of
from bot.summary import canonical, delimited, html, markdown
from bot.summary.document import Summary
from bot.summary.texts import Texts
from bot.summary.transcript import entries_of, to_page
from bot.transcripts import write_csv, write_jsonl


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What is written: a chat with its words, and its summary."""

    chat: Chat
    texts: Texts
    summary: Summary


def write_all(written: Written, out: Path) -> list[Path]:
    """Write every file into *out* and return their paths; nothing is left half-written. Raises: BadInput."""
    contents = {name: make(written) for name, make in _FILES.items()}
    try:
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".writing-", dir=out) as staged:
            for name, text in contents.items():
                (Path(staged) / name).write_text(text, encoding="utf-8", newline="")
            for name in contents:
                (Path(staged) / name).replace(out / name)
    except OSError as error:
        raise _not_there(out, error) from None
    return [out / name for name in contents]


def must_be_writable(out: Path) -> None:
    """Return when files can be written into the folder *out*, which need not be there yet. Raises: BadInput."""
    there = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    try:
        with TemporaryDirectory(prefix=".writing-", dir=there):
            return
    except OSError as error:
        raise _not_there(out, error) from None


def _not_there(out: Path, error: OSError) -> BadInput:
    return BadInput(f"cannot write here: {error.strerror}.", place=str(out), fix="Name another --out.")


def _transcript(write: Callable[..., None], written: Written) -> str:
    stream = io.StringIO()
    entries = entries_of(written.chat, written.texts, written.summary.edition)
    write((replace(entry, room=name_of(entry.room)) for entry in entries), stream)
    return stream.getvalue()


_TRANSCRIPT_PAGE = "transcript.html"
_FILES: dict[str, Callable[[Written], str]] = {
    "summary.md": lambda written: markdown.render(written.summary, transcript=_TRANSCRIPT_PAGE),
    "summary.html": lambda written: html.render(written.summary, transcript=_TRANSCRIPT_PAGE),
    "summary.json": lambda written: canonical.render(written.summary),
    "summary.csv": lambda written: delimited.render(written.summary),
    "transcript.jsonl": lambda written: _transcript(write_jsonl, written),
    "transcript.csv": lambda written: _transcript(write_csv, written),
    _TRANSCRIPT_PAGE: lambda written: to_page(written.chat, written.texts, written.summary.edition),
}
