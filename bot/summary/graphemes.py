"""Where a text may be cut without breaking what people see as one character."""

import unicodedata

_JOINER = "\u200d"
_EXTENDS = frozenset({"Mn", "Mc", "Me"})
# A cluster of more marks than any script stacks is somebody playing ("zalgo"): looking further back costs time.
FARTHEST = 200


def boundary(text: str, at: int) -> int:
    """Return the last place up to *at* where *text* may be cut; 0 at worst."""
    if at >= len(text):
        return len(text)
    lowest = max(0, at - FARTHEST)
    for place in range(at, lowest, -1):
        if not _joins(text, place):
            return place
    return lowest


def _joins(text: str, place: int) -> bool:
    """Return whether the characters on both sides of *place* belong together."""
    before, after = text[place - 1], text[place]
    if _JOINER in {before, after} or _extends(after):
        return True
    if before == "\r" and after == "\n":
        return True
    if _is_flag_letter(before) and _is_flag_letter(after):
        return _flag_letters_before(text, place) % 2 == 1
    return _is_jamo(before) and _is_trailing_jamo(after)


def _extends(character: str) -> bool:
    # Skin tones and the tags of regional flags follow what they colour.
    code = ord(character)
    return (
        unicodedata.category(character) in _EXTENDS
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0020 <= code <= 0xE007F
    )


def _is_flag_letter(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def _flag_letters_before(text: str, place: int) -> int:
    count = 0
    while count < min(place, FARTHEST) and _is_flag_letter(text[place - count - 1]):
        count += 1
    return count


def _is_jamo(character: str) -> bool:
    return 0x1100 <= ord(character) <= 0x11FF or 0xAC00 <= ord(character) <= 0xD7A3


def _is_trailing_jamo(character: str) -> bool:
    return 0x1160 <= ord(character) <= 0x11FF
