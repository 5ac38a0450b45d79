"""Reads tables: CSV and its relatives, with columns that carry the usual names."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from bot.errors import BadInput
from bot.transcripts.cells import unquoted
from bot.transcripts.entry import Entry
from bot.transcripts.record import Records, UnknownKind
from bot.transcripts.source import LogFile, Reading

_CALLED: Mapping[str, str] = {
    alias: column
    for column, aliases in {
        "at": "at time timestamp date datetime created created_at posted_at sent_at",
        "author": "author name nick nickname user username user_name from sender screen_name handle",
        "author_id": "author_id authorid user_id userid sender_id",
        "text": "text message content body tweet full_text",
        "id": "id message_id messageid tweet_id status_id",
        "room": "room channel",
        "reply_to": "reply_to in_reply_to in_reply_to_id in_reply_to_status_id reply_to_id",
        "role": "role group",
        "thread": "thread thread_id thread_ts",
        "kind": "kind",
        "reaction": "reaction",
        "command": "command",
    }.items()
    for alias in aliases.split()
}
_NEEDED = ("at", "author", "text")
_ZONE = re.compile(r"(?:[Zz]|[+-]\d\d:?\d\d)$")
_NO_ZONE = "Times without a zone are taken as UTC."


def columns_in(header: str) -> dict[int, str]:
    """Return our names of the columns in *header*, by their number; empty when it is no header of ours."""
    cells = next(csv.reader([header], delimiter=_delimiter(header)), [])
    columns: dict[int, str] = {}
    for number, cell in enumerate(cells):
        column = _CALLED.get(cell.strip().lower().replace(" ", "_").replace("-", "_"))
        if column is not None and column not in columns.values():
            columns[number] = column
    return columns if set(columns.values()) & {"at", "text"} else {}


def read(file: LogFile) -> Reading:
    """Return the entries of *file*, one for each row.

    Raises: BadInput when a column or a cell that is needed is missing, or a quoted cell never ends.
    """
    header = file.text.partition("\n")[0].rstrip("\r")
    columns = columns_in(header)
    missing = [column for column in _NEEDED if column not in columns.values()]
    if missing:
        fix = "Name the columns at, author, text; also id, room, reply_to, role."
        raise BadInput(f"There is no column {missing[0]!r}.", place=f"{file.name}:1", fix=fix)
    entries, notes = list[Entry](), dict[str, None]()
    records = Records(file.name, zone_needed=False)
    for line, row in _rows(file, _delimiter(header)):
        if line > 1 and any(row):
            fields = _fields(row, columns, f"{file.name}:{line}")
            try:
                entries.append(records.entry(fields, line))
            except UnknownKind:
                notes["Rows of unknown kinds are left out."] = None
            if not _ZONE.search(str(fields["at"])):
                notes[_NO_ZONE] = None
    return Reading(tuple(entries), tuple(notes))


def _rows(file: LogFile, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of the line that it begins in."""
    rows = csv.reader(io.StringIO(file.text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in rows:
            yield line, row
            line = rows.line_num + 1
    except csv.Error as error:
        cut = "unexpected end" in str(error)
        problem = (
            "A quoted cell never ends: the file is cut off." if cut else f"This row is broken ({error})."
        )
        fix = "Export the table again and copy the whole file."
        raise BadInput(problem, place=f"{file.name}:{line}", fix=fix) from None


def _fields(row: Sequence[str], columns: Mapping[int, str], place: str) -> dict[str, object]:
    cells = {column: unquoted(row[number]) for number, column in columns.items() if number < len(row)}
    if "text" not in cells:
        raise BadInput("This row ends before its text.", place=place, fix="Export the table again.")
    person = {"id": cells.get("author_id") or cells.get("author"), "name": cells.get("author")}
    fields: dict[str, object] = {key: value for key, value in cells.items() if not key.startswith("author")}
    named = any(person.values())
    return {**fields, "author": {**person, "role": cells.get("role")} if named else None}


def _delimiter(header: str) -> str:
    return max(",;\t|", key=header.count)
