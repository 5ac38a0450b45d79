"""Writes a chat as plain files that open without any server: all of them or none."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from bot.core.chat import Chat
from bot.errors import BadInput
from bot.summary.delimited import to_csv
from bot.summary.document import Summary
from bot.summary.html import to_html
from bot.summary.json import to_json
from bot.summary.markdown import to_markdown
from bot.summary.texts import Texts
from bot.summary.transcript import entries_of, to_transcript_html
from bot.transcripts import write_csv, write_jsonl
from bot.wording import Wording


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
        staged = Path(mkdtemp(prefix=".writing-", dir=out))
        for name, text in contents.items():
            (staged / name).write_text(text, encoding="utf-8", newline="")
        for name in contents:
            (staged / name).replace(out / name)
        staged.rmdir()
    except OSError as error:
        raise BadInput(f"cannot write here: {error.strerror}.", place=str(out), fix="Name another --out.") from None
    return [out / name for name in contents]


def _wording(written: Written) -> Wording:
    return Wording.load(written.chat.plan.language)


def _transcript(write: Callable[..., None], written: Written) -> str:
    stream = io.StringIO()
    write(entries_of(written.chat, written.texts), stream)
    return stream.getvalue()


_FILES: dict[str, Callable[[Written], str]] = {
    "summary.md": lambda written: to_markdown(written.summary, _wording(written)),
    "summary.html": lambda written: to_html(written.summary, _wording(written)),
    "summary.json": lambda written: to_json(written.summary),
    "summary.csv": lambda written: to_csv(written.summary, _wording(written)),
    "transcript.jsonl": lambda written: _transcript(write_jsonl, written),
    "transcript.csv": lambda written: _transcript(write_csv, written),
    "transcript.html": lambda written: to_transcript_html(written.chat, written.texts, _wording(written)),
}
