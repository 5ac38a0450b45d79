"""Reads our own published transcript: one JSON object on each line."""

import json
from collections.abc import Iterator

from bot.errors import BadInput
from bot.transcripts.entry import Entry
from bot.transcripts.record import Records, UnknownKind
from bot.transcripts.source import LogFile, Reading


def read(file: LogFile) -> Reading:
    """Return the entries of *file*, in the order of its lines, doubled ones too.

    Raises: BadInput with the line, also for a last line that is cut off.
    """
    records, entries, unknown = Records(file.name), list[Entry](), list[int]()
    # Only "\n" ends a line: str.splitlines would also cut inside a text, at U+2028 or a form feed.
    for number, line in enumerate(file.text.split("\n"), 1):
        if line and not line.isspace():
            try:
                entries.append(records.entry(_fields(file, line, number), number))
            except UnknownKind:
                unknown.append(number)
    return Reading(tuple(entries), tuple(_notes(unknown)))


def _notes(unknown: list[int]) -> Iterator[str]:
    if unknown:
        yield f"{len(unknown)} lines of unknown kinds are left out, the first is line {unknown[0]}."


def _fields(file: LogFile, line: str, number: int) -> dict[str, object]:
    place = f"{file.name}:{number}"
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        raise _broken(file, number, place) from None
    if isinstance(fields, dict):
        return fields
    raise BadInput("This line is not a JSON object.", place=place, fix='Write {"at": ..., "text": ...}.')


def _broken(file: LogFile, number: int, place: str) -> BadInput:
    last = file.text.rstrip().count("\n") + 1
    if number == last and not file.text.endswith("\n"):
        fix = f"Copy the file again, or delete line {number}."
        return BadInput("The last line is cut off.", place=place, fix=fix)
    return BadInput("This line is not JSON.", place=place, fix="Mend or delete the line.")
