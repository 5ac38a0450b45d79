"""Slack's way of writing: what people typed out of it, our plain text into it, and lengths kept between letters."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

_REFERENCE = re.compile(r"<([@#!])([^<>|]*)(?:\|([^<>]*))?>|<([^<>|\s]+)(?:\|([^<>]*))?>")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_JOINER = "\u200d"
_LONGEST_ESCAPE = 3_900


def moment(ts: str) -> datetime:
    """Return the time that a message's id tells, to the microsecond. Raises: ValueError."""
    seconds, _, rest = ts.partition(".")
    # Whole numbers: as a float, two messages of one second could become one.
    return _EPOCH + timedelta(seconds=int(seconds), microseconds=int(rest[:6].ljust(6, "0") or 0))


def timestamp(at: datetime) -> str:
    """Return *at* as Slack writes times: what a message posted then would be called."""
    micros = (at - _EPOCH) // timedelta(microseconds=1)
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


# --- in ---------------------------------------------------------------------------------------------------


def mentions(text: str) -> tuple[str, ...]:
    """Return the ids of the people whom *text* mentions."""
    return tuple(dict.fromkeys(_MENTION.findall(text)))


def plain(text: str, names: Mapping[str, str]) -> str:
    """Return *text* as people saw it: mentions, links and escaped characters as they were shown."""
    if "<" not in text and "&" not in text:
        return text
    return unescape(_REFERENCE.sub(lambda found: _shown(found, names), text))


def _shown(found: re.Match[str], names: Mapping[str, str]) -> str:
    mark, target, label, url, title = found.groups()
    if url is not None:
        return _link(url, title)
    if mark == "@":
        return "@" + (names.get(target) or label or target)
    if mark == "#":
        return "#" + (label or target)
    return label or "@" + target.partition("^")[0]


def _link(url: str, title: str | None) -> str:
    address = url.removeprefix("mailto:").removeprefix("tel:")
    if not title or title == address:
        return address
    # Slack makes a link of each bare domain: what was typed is the title then.
    return title if title in address else f"{title} ({address})"


def unescape(text: str) -> str:
    """Return *text* with the three signs that Slack escapes, and no others."""
    # "&" last, or "&amp;lt;" would be undone twice.
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


# --- out --------------------------------------------------------------------------------------------------


def escape(text: str) -> str:
    """Return *text* so that nothing in it calls anybody: ``<!channel>`` stays those letters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fallback(text: str) -> str:
    """Return *text* for notifications and for readers of the screen, escaped and never too long."""
    escaped = escape(text)
    while len(escaped) > _LONGEST_ESCAPE:
        text = cut(text, len(text) * _LONGEST_ESCAPE // len(escaped) - 1)
        escaped = escape(text)
    return escaped


def cut(text: str, limit: int) -> str:
    """Return *text* in at most *limit* code points, cut between what people see as characters."""
    if len(text) <= limit:
        return text
    end = max(limit - 1, 0)
    while end > 0 and _joins(text[end - 1], text[end]):
        end -= 1
    return text[:end].rstrip() + "…" if limit > 0 else ""


def _joins(before: str, after: str) -> bool:
    """Return whether both belong to one character; two flags side by side are rather kept together than torn."""
    return (
        _JOINER in {before, after}
        or unicodedata.category(after) in {"Mn", "Mc", "Me"}
        or 0x1F3FB <= ord(after) <= 0x1F3FF
        or (_is_flag(before) and _is_flag(after))
    )


def _is_flag(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF
