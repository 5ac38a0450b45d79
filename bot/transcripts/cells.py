"""Keeps a spreadsheet from calculating with what people wrote, both ways."""

import re

# What a spreadsheet takes for the beginning of a formula, in half and in full width.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


def safe(cell: str) -> str:
    """Return *cell* with a "'" before it where a spreadsheet would calculate."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unquoted(cell: str) -> str:
    """Return what *safe* was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
