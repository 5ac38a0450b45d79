"""Names as a page shows them: one line, no tricks with the direction of writing, not too long."""

import unicodedata

from bot.summary.graphemes import boundary

LONGEST = 60
_ISOLATE, _END = "\u2068", "\u2069"


def shown_name(name: str | None) -> str:
    """Return *name* without control and direction signs, on one line; empty when nothing readable is left."""
    if not name:
        return ""
    kept = "".join(
        " " if character.isspace() else character for character in name if not _is_trick(character)
    )
    line = " ".join(kept.split())
    return line if len(line) <= LONGEST else line[: boundary(line, LONGEST - 1)] + "…"


def isolated(name: str) -> str:
    """Return *name* so that its direction of writing changes nothing around it."""
    return f"{_ISOLATE}{name}{_END}"


def _is_trick(character: str) -> bool:
    # The joiners of Persian names and of emoji are format signs too, and stay.
    if character in "\u200c\u200d":
        return False
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} and not character.isspace()
