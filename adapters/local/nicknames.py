"""What people may be called in the room: tidied names, and names that look alike.

Not a full table of confusable letters: the Latin look-alikes that a reader of a European chat can mistake.
"""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 40
# Beside the limit in letters: accents and emoji parts count for nothing there, and a name must still end somewhere.
MOST_CODE_POINTS = 160
MOST_MARKS = 4
# Letters and symbols that show nothing, though their category says otherwise.
BLANKS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u034f")
# A reserved word this long is refused inside a name as well: "Moderator Anna".
TELLING = 8

# fmt: off
_LOOKS_LIKE = str.maketrans({
    "а": "a", "α": "a", "@": "a", "в": "b", "β": "b", "с": "c", "ϲ": "c", "ԁ": "d", "ɗ": "d", "е": "e", "ε": "e",
    "є": "e", "3": "e", "ɡ": "g", "һ": "h", "н": "h", "η": "n", "п": "n", "і": "l", "ι": "l", "ı": "l", "i": "l",
    "1": "l", "|": "l", "!": "l", "ӏ": "l", "ј": "j", "к": "k", "κ": "k", "м": "m", "μ": "m", "о": "o", "ο": "o",
    "σ": "o", "0": "o", "ø": "o", "օ": "o", "р": "p", "ρ": "p", "ԛ": "q", "г": "r", "ѕ": "s", "5": "s", "$": "s",
    "т": "t", "τ": "t", "7": "t", "υ": "u", "ц": "u", "ν": "v", "ѵ": "v", "ω": "w", "ԝ": "w", "х": "x", "χ": "x",
    "у": "y", "γ": "y", "ᴀ": "a", "ᴄ": "c", "ᴅ": "d", "ᴇ": "e", "ᴍ": "m", "ᴏ": "o", "ʀ": "r", "ᴛ": "t", "đ": "d",
    "ł": "l", "æ": "ae", "œ": "oe",
})
# fmt: on


def tidy(name: str) -> str:
    """Return *name* normalised, without signs that cannot be seen, or an empty text when nothing is left to see."""
    kept = "".join(sign for sign in unicodedata.normalize("NFKC", name) if _shows(sign))
    kept = unicodedata.normalize("NFC", re.sub(r"\s+", " ", kept).strip())
    return kept if any(unicodedata.category(sign)[0] in "LNSP" for sign in kept) else ""


def _shows(sign: str) -> bool:
    return sign not in BLANKS and (sign.isspace() or unicodedata.category(sign)[0] != "C")


def is_short_enough(name: str) -> bool:
    """Return whether *name* has at most forty letters as people count them, and no tower of accents."""
    marks = 0
    letters = 0
    for sign in name:
        is_mark = unicodedata.category(sign)[0] == "M" or "\U0001f3fb" <= sign <= "\U0001f3ff"
        marks = marks + 1 if is_mark else 0
        letters += not is_mark
        if marks > MOST_MARKS:
            return False
    return letters <= LONGEST and len(name) <= MOST_CODE_POINTS


def skeleton(name: str) -> str:
    """Return what *name* looks like at a glance: names with one skeleton can be taken for each other."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(sign for sign in bare if not unicodedata.combining(sign)).translate(_LOOKS_LIKE)
    letters = "".join(sign for sign in plain if sign.isalnum()).replace("rn", "m").replace("vv", "w")
    return letters or name.casefold()


def is_reserved(name: str, reserved: Iterable[str]) -> bool:
    """Return whether *name* looks like one of the *reserved* names, or holds a long one of them."""
    looks = skeleton(name)
    shapes = {skeleton(taken) for taken in reserved}
    return any(looks == shape or (len(shape) >= TELLING and shape in looks) for shape in shapes)


def mentioned(text: str, names: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return whom *text* speaks to with an @; *names*: id and name of the people present."""
    if "@" not in text:
        return ()
    said = text.casefold()
    return tuple(person for person, name in names if f"@{name.casefold()}" in said)
