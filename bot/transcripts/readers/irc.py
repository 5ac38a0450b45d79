"""Reads IRC logs, with MeetBot's commands where a meeting was kept in one.

Each line said is a message; a command follows it as an entry of its own, under the message's id and a "c".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.errors import BadInput
from bot.transcripts.entry import NOTHING, Author, Entry
from bot.transcripts.readers.irc_days import days_of
from bot.transcripts.readers.irc_lines import Line, NotUnderstood, Renamed, Said, at, is_cut_off, line_of
from bot.transcripts.readers.meetbot import Minutes, Spoken, minutes_of
from bot.transcripts.readers.meetbot_receipts import bots_in, unheard
from bot.transcripts.source import LogFile, Reading

_ACTION: Mapping[str, str] = {"action": "yes"}


@dataclass(slots=True)
class _Log:
    """The lines that say something, with their numbers, and the numbers of those not understood."""

    numbers: list[int] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    strange: list[int] = field(default_factory=list)


def read(file: LogFile, *, day: date | None = None) -> Reading:
    """Return the messages and commands of *file*; *day* is the date of its first line.

    Raises: BadInput when the date is not known, the log is cut off, or it is no IRC log.
    """
    log = _parsed(file)
    spoken = [
        Spoken(f"l{number:06d}", line.nick, line.text, line.action)
        for number, line in zip(log.numbers, log.lines, strict=True)
        if isinstance(line, Said)
    ]
    bots = bots_in(spoken)
    missed = unheard(spoken, bots)
    minutes = minutes_of([line for line in spoken if line.nick not in bots], missed)
    entries = tuple(_entries(file, log, days_of(log.lines, day, file.name), minutes, bots))
    return Reading(entries, tuple(_notes(log, minutes, missed)))


def _parsed(file: LogFile) -> _Log:
    log = _Log()
    written = file.text.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(written, 1):
        try:
            said = line_of(line)
        except NotUnderstood:
            log.strange.append(number)
            continue
        if said is not None:
            log.numbers.append(number)
            log.lines.append(said)
    _refuse_broken(file, log, written)
    return log


def _refuse_broken(file: LogFile, log: _Log, written: Sequence[str]) -> None:
    last = len(written)
    if log.lines and log.strange[-1:] == [last] and is_cut_off(written[-1]):
        fix = f"Copy the file again, or delete line {last}."
        raise BadInput("The last line is cut off.", place=f"{file.name}:{last}", fix=fix)
    said = sum(isinstance(line, Said) for line in log.lines)
    if said <= len(log.strange):
        place = f"{file.name}:{log.strange[0]}" if log.strange else file.name
        fix = "Lines look like this: 19:00:05 <nick> text."
        raise BadInput("This does not look like an IRC log.", place=place, fix=fix)


def _entries(
    file: LogFile, log: _Log, days: Sequence[date], minutes: Minutes, bots: frozenset[str]
) -> Iterator[Entry]:
    people, remaining = _People(minutes.chairs), iter(days)
    for number, line in zip(log.numbers, log.lines, strict=True):
        if isinstance(line, Renamed):
            people.rename(line)
        if not isinstance(line, Said):
            continue
        message = Entry(
            kind="message",
            id=f"l{number:06d}",
            at=at(line.stamp, next(remaining)),
            author=people.named(line.nick),
            sequence=number,
            text=line.text,
            arguments=_ACTION if line.action else NOTHING,
            place=f"{file.name}:{number}",
            bot=line.nick in bots,
        )
        yield message
        yield from _command(message, minutes)


def _command(message: Entry, minutes: Minutes) -> Iterator[Entry]:
    order = minutes.orders.get(message.id)
    if order is not None:
        yield Entry(
            kind="command",
            id=f"{message.id}c",
            at=message.at,
            author=message.author,
            sequence=message.sequence,
            command=order.command,
            arguments=order.arguments,
            place=message.place,
        )


class _People:
    """Who goes by which name now: a person keeps one id however often the name changes."""

    def __init__(self, chairs: frozenset[str]) -> None:
        self._chairs = chairs
        self._ids: dict[str, str] = {}

    def rename(self, renamed: Renamed) -> None:
        self._ids[renamed.new.lower()] = self._ids.get(renamed.old.lower(), renamed.old.lower())

    def named(self, nick: str) -> Author:
        first = self._ids.get(nick.lower(), nick.lower())
        return Author(id=first, name=nick, role="moderator" if nick in self._chairs else None)


def _notes(log: _Log, minutes: Minutes, missed: frozenset[str]) -> Iterator[str]:
    if log.strange:
        yield f"{len(log.strange)} lines are not understood and left out, the first is line {log.strange[0]}."
    if minutes.chairs and not minutes.ended:
        yield "The meeting was never ended: its last line counts as the end."
    for command in sorted(missed):
        yield f"The command in line {int(command[1:])} was never heard by the bot and does not count."
