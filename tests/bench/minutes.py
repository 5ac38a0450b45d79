"""Reads the minutes that a MeetBot published as text: which lines it kept, by whom and when."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BULLET = re.compile(r" *\* ")
_ITEM = re.compile(
    r"(?:(?P<tag>INFO|IDEA|AGREED|ACCEPTED|REJECTED|ACTION|HELP|LINK): )?"
    r"(?P<text>.*?) *\((?P<nick>\S+), (?P<clock>\d\d:\d\d:\d\d)\)$"
)


@dataclass(frozen=True, slots=True, order=True)
class Kept:
    """One entry of the minutes, or what we kept to be compared with it."""

    clock: str
    nick: str
    text: str


def folded(text: str) -> str:
    """Return *text* with every run of white space as one space."""
    return " ".join(text.split())


def kept_in(minutes: str) -> list[Kept]:
    """Return every topic and item of the section "Meeting summary", in its order."""
    _, _, rest = minutes.partition("Meeting summary")
    summary, _, _ = rest.partition("Meeting ended at")
    found = (_ITEM.match(bullet) for bullet in _bullets(summary))
    return [Kept(item["clock"], item["nick"], item["text"].strip()) for item in found if item]


def _bullets(summary: str) -> Iterator[str]:
    """Yield each bullet on one line: the minutes are wrapped at some 72 columns."""
    bullet: list[str] = []
    for line in summary.splitlines():
        if (_BULLET.match(line) or not line.strip()) and bullet:
            yield folded(" ".join(bullet))
            bullet = []
        if _BULLET.match(line) or bullet:
            bullet.append(_BULLET.sub("", line, count=1) if not bullet else line)
    if bullet:
        yield folded(" ".join(bullet))
