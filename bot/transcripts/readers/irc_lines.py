"""The grammar of IRC logs: what one physical line says. irc.py turns these into entries.

Understood: MeetBot, irssi, ZNC, WeeChat, HexChat without month names; with or without seconds and dates.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from bot.transcripts.moment import day_in, day_of

_CLOCK = re.compile(
    r"\[?(?:(?P<day>[12]\d{3}-\d\d-\d\d)[T ])?(?P<clock>\d\d?:\d\d(?::\d\d(?:\.\d{1,6})?)?)"
    r"(?P<zone>Z|[+-]\d\d:?\d\d| ?UTC)?\]?[ \t]+(?=\S)"
)
# The mark of an operator or a voice stands before a name and is no part of it.
_SAID = re.compile(r"<[@+%&~! ]?(?P<nick>[^<>\s][^>]*)>(?:[ \t](?P<text>.*))?$")
_WEECHAT = re.compile(r"[@+%&~! ]?(?P<nick>[^\s<>*-]\S*)\t(?P<text>.*)$")
_ACTION = re.compile(r"[ ]?\*[ \t]+(?P<nick>[^\s*]+)[ \t]+(?P<text>.*)$")
_RENAMED = re.compile(r"\S{1,3}[ \t]+(?P<old>\S+) (?:is|are) now known as (?P<new>\S+)$")
_SYSTEM = re.compile(
    r"-!-|\*\*\*|-->|<--|--|=!=|[→←ℹ⚡—]|-\S+-(?:\s|$)"
    r"|\*[ \t]+(?:Now talking|Topic|Joins|Parts|Quits|Disconnected)\b"
    r"|\*[ \t]+\S+ (?:\([^)]*\) )?(?:has (?:joined|left|quit)(?=\s*(?:$|[(\[#]))|sets mode\b)"
)
_HEADING = re.compile(r"(?:---|\*\*\*\*) ?(?:Log |Day |BEGIN |END)", re.IGNORECASE)
# Colours and weights that some clients write into the text.
_STYLE = re.compile(r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a line says it was written; *day* and *zone* only where the line has them."""

    clock: time
    day: date | None = None
    zone: timezone | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody spoke, or did something (*action*)."""

    stamp: Stamp
    nick: str
    text: str
    action: bool = False


@dataclass(frozen=True, slots=True)
class Renamed:
    """Somebody goes by another name from here on."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class DayBegan:
    """The log itself tells the date from here on."""

    day: date


Line = Said | Renamed | DayBegan | None


class NotUnderstood(Exception):
    """The line has no shape that an IRC log has; it stays inside this room of the project."""


def line_of(written: str) -> Line:
    """Return what one line says, None for what nobody said (joins, modes, an empty line).

    Raises: NotUnderstood.
    """
    if not written.strip():
        return None
    if _HEADING.match(written):
        day = day_in(written)
        return DayBegan(day) if day else None
    timed = _CLOCK.match(written)
    if timed is None:
        raise NotUnderstood
    return _spoken(_stamp(timed), written[timed.end() :])


def looks_like_irc(written: str) -> bool:
    """Return whether *written* is a line that only an IRC log has."""
    try:
        return line_of(written) is not None
    except NotUnderstood:
        return False


def is_cut_off(written: str) -> bool:
    """Return whether *written* ends inside its time or its name."""
    return re.match(r"\[?[\d:T .-]{1,30}\]?[ \t]*(?:<[^>]*)?$", written) is not None


def _spoken(stamp: Stamp, rest: str) -> Line:
    renamed = _RENAMED.match(rest)
    if renamed:
        return Renamed(renamed["old"], renamed["new"])
    said = _SAID.match(rest) or _WEECHAT.match(rest)
    if said:
        return Said(stamp, said["nick"].strip(), _plain(said["text"] or ""))
    if _SYSTEM.match(rest):
        return None
    action = _ACTION.match(rest)
    if action:
        return Said(stamp, action["nick"], _plain(action["text"]), action=True)
    raise NotUnderstood


def _stamp(timed: re.Match[str]) -> Stamp:
    clock = timed["clock"] if timed["clock"][1] != ":" else "0" + timed["clock"]
    try:
        day = day_of(timed["day"]) if timed["day"] else None
        return Stamp(time.fromisoformat(clock), day, _zone(timed["zone"]))
    except ValueError:
        raise NotUnderstood from None


def _zone(written: str | None) -> timezone | None:
    if not written:
        return None
    if written[0] not in "+-":
        return UTC
    hours, minutes = int(written[1:3]), int(written[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if written[0] == "-" else offset)


def _plain(text: str) -> str:
    return _STYLE.sub("", text).rstrip()


def at(stamp: Stamp, day: date) -> datetime:
    """Return the UTC time of *stamp* on *day*; a line without a zone is taken as UTC."""
    return datetime.combine(day, stamp.clock, stamp.zone or UTC).astimezone(UTC)
