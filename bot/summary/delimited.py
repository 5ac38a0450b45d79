"""The summary as CSV: a row for each entry, safe to open in a spreadsheet, and a decoder that gives its quotes back."""

import csv
import io
from collections.abc import Iterator

from bot.summary.document import Entry, Number, Question, Quote, Summary

COLUMNS = (
    "chapter", "section", "kind", "id", "text", "author", "at", "room", "message", "spans", "tags", "nominations",
    "value",
)  # fmt: skip
# What makes a spreadsheet compute a cell, in its wide forms too.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_GAP = "\n[…]\n"


def render(summary: Summary) -> str:
    """Return *summary* as CSV (RFC 4180), a heading row first."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([safe(cell) for cell in row] for row in _rows(summary))
    return out.getvalue()


def decode(text: str) -> list[tuple[str, ...]]:
    """Return the pieces of every quote in *text*, a table made by `render`, in order."""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [_pieces(plain(row["text"]), row["spans"]) for row in rows if row["kind"] == "quote"]


def safe(cell: str) -> str:
    """Return *cell* so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell


def plain(cell: str) -> str:
    """Return what `safe` made safe."""
    return cell.removeprefix("'")


def _rows(summary: Summary) -> Iterator[tuple[str, ...]]:
    for chapter in summary.chapters:
        for section in chapter.sections:
            if section.heading:
                yield chapter.id, section.id, *_cells(section.heading)
            for entry in section.entries:
                yield chapter.id, section.id, *_cells(entry)


def _cells(entry: Entry) -> tuple[str, ...]:
    match entry:
        case Quote():
            spans = " ".join(f"{start}-{end}" for start, end in entry.spans)
            said = (entry.author, entry.at.isoformat(), entry.room, entry.message, spans)
            rest = (" ".join(entry.tags), str(entry.nominations), "")
            return ("quote", entry.id, _GAP.join(entry.text), *said, *rest)
        case Number():
            value = "" if entry.value is None else f"{entry.value:g}"
            return ("number", entry.id, f"{entry.label}: {entry.text}", *[""] * 7, value)
        case Question():
            return ("question", entry.id, entry.text, *[""] * 3, entry.message or "", *[""] * 4)
        case _:
            return (entry.kind, entry.id, entry.text, *[""] * 8)


def _pieces(text: str, spans: str) -> tuple[str, ...]:
    """Return *text* in pieces as long as *spans* say: a quote may well say "[…]" itself."""
    pieces, place = [], 0
    for span in spans.split():
        start, end = map(int, span.split("-"))
        pieces.append(text[place : place + end - start])
        place += end - start + len(_GAP)
    return tuple(pieces)
