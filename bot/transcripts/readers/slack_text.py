"""Turns Slack's way of writing a message into the words that people saw."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_REFERENCE = re.compile(r"<([@#!])([^<>|]*)(?:\|([^<>]*))?>|<([^<>|\s]+)(?:\|([^<>]*))?>")


@dataclass(frozen=True, slots=True)
class Names:
    """What people and channels are called, by their ids."""

    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)


def plain(text: str, names: Names) -> str:
    """Return *text* with mentions, channels, links and escaped characters as they were shown."""
    if "<" not in text and "&" not in text:
        return text
    return _unescaped(_REFERENCE.sub(lambda found: _shown(found, names), text))


def _shown(found: re.Match[str], names: Names) -> str:
    mark, target, label, url, title = found.groups()
    if url is not None:
        return _link(url, title)
    if mark == "@":
        return "@" + (names.people.get(target) or label or target)
    if mark == "#":
        return "#" + (names.channels.get(target) or label or target)
    return _special(target, label)


def _link(url: str, title: str | None) -> str:
    address = url.removeprefix("mailto:").removeprefix("tel:")
    if not title or title == address or title in url:
        # Slack makes a link of each bare domain: what was typed is the title then.
        return title if title and title in address and "://" not in title else address
    return f"{title} ({address})"


def _special(target: str, label: str | None) -> str:
    if label:  # <!subteam^S1|@nurses>, <!date^1796324400^{date}|3 December>
        return label
    return "@" + target.partition("^")[0]


def _unescaped(text: str) -> str:
    # Slack escapes these three and no others; "&" last, or "&amp;lt;" would be undone twice.
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
