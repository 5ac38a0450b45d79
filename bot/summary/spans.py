"""Which part of a text a quote shows: everything but its label, the chat's own hashtag, and what no page can show."""

import re
import unicodedata

from bot.core.reading import Reading
from bot.summary.document import Span
from bot.summary.graphemes import boundary

LONGEST = 600
"""A line that nobody picked by hand is quoted up to here: about a hundred words."""
LONGEST_KEPT = 2000
"""What a moderator kept is quoted whole; no platform but Slack lets people write more."""

_LABEL = re.compile(
    r"\s{0,9}#?[AaTt]\s?\d{1,2}(?:\s?[,/&+]\s?[AaTt]?\d{1,2}){0,8}(?:\s?[:.)–—-]+(?!\d)|(?=\s))\s*"
)
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*\s")
_SHOWN = "\n\t\r"


def whole(text: str, reading: Reading, hashtag: str, *, longest: int = LONGEST) -> tuple[Span, ...]:
    """Return the spans of *text* that are worth showing; none when nothing is."""
    label = _LABEL.match(text) if reading.answers else None
    start, end = label.end() if label else 0, len(text)
    end = _without_hashtag(text, end, hashtag)
    if end - start > longest:
        end = _last_stop(text, start, start + longest)
    return part(text, start, end)


def part(text: str, start: int, end: int) -> tuple[Span, ...]:
    """Return the spans of *text* between *start* and *end*, without white space at the ends and unshowable signs."""
    start, end = max(0, start), min(end, len(text))
    return tuple(
        (low, high)
        for low, high in (_trimmed(text, *run) for run in _shown_runs(text, start, end))
        if low < high
    )


def cut(text: str, spans: tuple[Span, ...], start: int, end: int) -> tuple[Span, ...]:
    """Return what of *spans* lies between *start* and *end*: a quote can be made shorter, never longer."""
    within = (_trimmed(text, max(low, start), min(high, end)) for low, high in spans)
    return tuple((low, high) for low, high in within if low < high)


def pieces(text: str, spans: tuple[Span, ...]) -> tuple[str, ...]:
    """Return the words that *spans* cut out of *text*."""
    return tuple(text[start:end] for start, end in spans)


def showable(text: str) -> str:
    """Return *text* with a mark in place of each sign that no page can show: for words that are no quote."""
    return "".join("\ufffd" if _is_unshowable(character) else character for character in text)


def _without_hashtag(text: str, end: int, hashtag: str) -> int:
    end, length = _before_space(text, end), len(hashtag)
    while end > length and text[end - length : end].casefold() == hashtag.casefold():
        end = _before_space(text, end - length)
    return end


def _before_space(text: str, end: int) -> int:
    while end > 0 and text[end - 1].isspace():
        end -= 1
    return end


def _last_stop(text: str, start: int, end: int) -> int:
    """Return where to cut: after a sentence if one ends in the second half, else after a word, else at a grapheme."""
    middle = (start + end) // 2
    stops = [match.end() for match in _SENTENCE_END.finditer(text, middle, end)]
    if stops:
        return stops[-1]
    space = text.rfind(" ", middle, end)
    return space if space > 0 else boundary(text, end)


def _shown_runs(text: str, start: int, end: int) -> list[Span]:
    runs, begin = [], start
    for place in range(start, end):
        if _is_unshowable(text[place]):
            runs.append((begin, place))
            begin = place + 1
    return [*runs, (begin, end)]


def _is_unshowable(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"} and character not in _SHOWN


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
