"""Finds the links in a text."""

import re
from collections.abc import Collection

from bot.summary.document import Span

_LINK = re.compile(r"https?://[^\s<>\"'\x00-\x1f\x7f-\x9f\ud800-\udfff]{3,2000}")
# A sentence that ends after a link is no part of it; a bracket is, when it was opened inside.
_TRAILING = ".,;:!?…'\"*_»”’"


def spans_of_links(text: str, seen: Collection[str] = ()) -> tuple[Span, ...]:
    """Return where *text* has links that are not in *seen* yet, each once."""
    found: dict[str, Span] = {}
    for match in _LINK.finditer(text):
        end = _end(text, match.start(), match.end())
        found.setdefault(text[match.start() : end], (match.start(), end))
    return tuple(span for link, span in found.items() if link not in seen)


def _end(text: str, start: int, end: int) -> int:
    while end > start and (text[end - 1] in _TRAILING or _is_unopened(text, start, end)):
        end -= 1
    return end


def _is_unopened(text: str, start: int, end: int) -> bool:
    opening = {")": "(", "]": "["}.get(text[end - 1])
    return opening is not None and text.count(opening, start, end) < text.count(text[end - 1], start, end)
