"""What a MeetBot's own lines tell: that it was there, and which commands it heard."""

import re
from collections.abc import Iterator, Sequence

from bot.transcripts.readers.meetbot import TAGS, Spoken, commands_in

_RECEIPT = re.compile(r'(?P<nick>\S+): (?:Error: "(?P<word>\w+)" is not a valid command\.|(?P<same>\w+))$')
_WITHIN = 10  # lines between a command and the bot's receipt for it
_SURELY = 0.8  # a bot that answers this share of the commands answers all that it hears


def bots_in(lines: Sequence[Spoken]) -> frozenset[str]:
    """Return the names under which a MeetBot said that a meeting began."""
    return frozenset(line.nick for line in lines if line.text.startswith("Meeting started "))


def unheard(lines: Sequence[Spoken], bots: frozenset[str]) -> frozenset[str]:
    """Return the ids of commands that the bot did not get, in a log where it answers every one.

    Some bots answer each line that begins with "#" ("alice: info", or with an error of the program around
    MeetBot). There a command without an answer began with a space, which the log does not show, and
    MeetBot passed it by.
    """
    asked = [line.id for line in lines if _gets_receipt(line, bots)]
    answered = frozenset(_answered(lines, bots))
    if len(answered) < max(3, _SURELY * len(asked)):
        return frozenset()
    return frozenset(asked) - answered


def _gets_receipt(line: Spoken, bots: frozenset[str]) -> bool:
    word = commands_in(line.text)
    return line.nick not in bots and not line.action and (word in TAGS or word == "topic")


def _answered(lines: Sequence[Spoken], bots: frozenset[str]) -> Iterator[str]:
    waiting: list[tuple[int, Spoken]] = []
    for number, line in enumerate(lines):
        waiting = [(asked, command) for asked, command in waiting if number - asked <= _WITHIN]
        if _gets_receipt(line, bots):
            waiting.append((number, line))
        receipt = _RECEIPT.match(line.text) if line.nick in bots else None
        answered = _newest(waiting, receipt) if receipt else None
        if answered is not None:
            waiting.remove(answered)
            yield answered[1].id


def _newest(waiting: Sequence[tuple[int, Spoken]], receipt: re.Match[str]) -> tuple[int, Spoken] | None:
    meant = (receipt["nick"], (receipt["word"] or receipt["same"]).lower())
    alike = (asked for asked in reversed(waiting) if (asked[1].nick, commands_in(asked[1].text)) == meant)
    return next(alike, None)
