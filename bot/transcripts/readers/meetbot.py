"""MeetBot's rules: which lines of a meeting were commands, and what they did to its minutes.

A command is the very first thing in a line. Anybody may note, link, and give actions; only chairs set topics,
record decisions, undo, name chairs and end the meeting. A line that begins with a URL is a link. Undo takes
away the last item of the minutes, topics included. These are the rules of MeetBot 0.1.4 and its relatives.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_COMMAND = re.compile(r"#(\w+)[ \t]*")
_BARE_LINK = re.compile(r"(?:https?|irc|ftp|mailto|ssh)://")
_NICKS = re.compile(r"[, ]+")

TAGS: Mapping[str, str] = {
    "info": "info",
    "idea": "idea",
    "action": "action",
    "link": "link",
    "help": "help",
    "halp": "help",
    "agreed": "agreed",
    "agree": "agreed",
    "accepted": "agreed",
    "accept": "agreed",
    "rejected": "rejected",
    "reject": "rejected",
}
"""What each keeping command calls the words that it keeps."""

_DECISIONS = frozenset({"agreed", "rejected"})
_CHAIRS_ONLY = frozenset({"topic", "undo", "chair", "unchair", "endmeeting"})
_ENOUGH_ALIKE = 0.75  # "initmeeting" and "endmetting" are; "meeting" and "sendmessage" are not


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line as the bot heard it."""

    id: str
    nick: str
    text: str
    action: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What a line asked for: one of our commands and its arguments."""

    command: str
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Minutes:
    """What a log's commands were, by message id, and who was ever in the chair."""

    orders: Mapping[str, Order]
    chairs: frozenset[str]
    ended: bool


def minutes_of(lines: Sequence[Spoken], unheard: frozenset[str] = frozenset()) -> Minutes:
    """Return the commands in *lines*, which are without the bot's own; *unheard* ones it never got."""
    meeting = _Meeting(starts_mistyped=_mistyped_start(lines))
    for line in lines:
        if not line.action and line.id not in unheard:
            meeting.hear(line)
    return Minutes(dict(meeting.finish()), frozenset(meeting.ever), meeting.ended)


def commands_in(text: str) -> str | None:
    """Return the word of the command that *text* begins with, in lower case, or None."""
    found = _COMMAND.match(text)
    return found[1].lower() if found else None


class _Meeting:
    """One log walked through from the top; *orders* grows by at most one order a line."""

    def __init__(self, starts_mistyped: str | None) -> None:
        self._start = starts_mistyped
        self._owner: str | None = None
        self._chairs: set[str] = set()
        self._items: list[tuple[str, str]] = []  # the minutes so far: what and of which message
        self._almost_end: str | None = None
        self._orders: dict[str, Order] = {}
        self.ever: set[str] = set()
        self.ended = False

    def hear(self, line: Spoken) -> None:
        word = commands_in(line.text)
        if word == "startmeeting" or line.id == self._start:
            order = self._begin(line)
        elif self._owner is None:
            return
        elif word is None:
            order = self._link(line)
        else:
            order = self._command(line, word)
        if order is not None:
            self._orders[line.id] = order

    def finish(self) -> Mapping[str, Order]:
        """Return all orders; a mistyped end counts as the end where no right one follows."""
        if self._owner is not None and self._almost_end is not None:
            self._orders[self._almost_end] = Order("close", {})
            self.ended = True
        return self._orders

    def _begin(self, line: Spoken) -> Order | None:
        if self._owner is not None:  # a second start in a running meeting is refused
            return None
        self._owner, self._items, self._almost_end, self.ended = line.nick, [], None, False
        self._chairs = {line.nick}
        self.ever.add(line.nick)
        title = _rest(line.text)
        return Order("start", {"title": title} if title else {})

    def _command(self, line: Spoken, word: str) -> Order | None:
        tag = TAGS.get(word)
        if (word in _CHAIRS_ONLY or tag in _DECISIONS) and line.nick not in self._chairs:
            return None
        if tag is not None:
            return self._keep(line, tag, len(line.text) - len(_rest(line.text)))
        match word:
            case "topic":
                return self._topic(line)
            case "undo":
                return self._undo()
            case "endmeeting":
                return self._end()
            case "chair" | "unchair" | "nick":
                return self._nicks(word, _rest(line.text))
        return self._mistyped(line, word)

    def _keep(self, line: Spoken, tag: str, start: int) -> Order | None:
        if start >= len(line.text):  # an empty item stands in the minutes, but keeps no words
            self._items.append(("", line.id))
            return None
        self._items.append(("keep", line.id))
        return Order(
            "keep", {"message": line.id, "tag": tag, "start": str(start), "end": str(len(line.text))}
        )

    def _link(self, line: Spoken) -> Order | None:
        return self._keep(line, "link", 0) if _BARE_LINK.match(line.text) else None

    def _topic(self, line: Spoken) -> Order | None:
        topic = _rest(line.text)
        self._items.append(("question" if topic else "", line.id))
        return Order("question", {"text": topic, "message": line.id}) if topic else None

    def _undo(self) -> Order | None:
        what, message = self._items.pop() if self._items else ("", "")
        return Order("undo", {"message": message, "what": what}) if what else None

    def _end(self) -> Order:
        self._owner, self._chairs, self.ended = None, set(), True
        return Order("close", {})

    def _nicks(self, word: str, rest: str) -> Order | None:
        nicks = [nick for nick in _NICKS.split(rest) if nick]
        if word == "chair":
            self._chairs.update(nicks)
            self.ever.update(nicks)
        if word == "unchair":
            self._chairs.difference_update(set(nicks) - {self._owner})
        return Order(word, {"nicks": " ".join(nicks)}) if nicks else None

    def _mistyped(self, line: Spoken, word: str) -> Order | None:
        """Remember what was meant to end the meeting; no other mistyped command counts."""
        if line.nick in self._chairs and _alike(word, "endmeeting", "stopmeeting", "closemeeting"):
            self._almost_end = line.id
        return None


def _mistyped_start(lines: Sequence[Spoken]) -> str | None:
    """Return the line that was meant to start the meeting, where no line does so rightly."""
    words = [(line.id, commands_in(line.text)) for line in lines if not line.action]
    if any(word == "startmeeting" for _, word in words):
        return None
    return next((line for line, word in words if word and _alike(word, "startmeeting", "beginmeeting")), None)


def _alike(word: str, *meant: str) -> bool:
    return any(SequenceMatcher(None, word, each).ratio() >= _ENOUGH_ALIKE for each in meant)


def _rest(text: str) -> str:
    found = _COMMAND.match(text)
    return text[found.end() :] if found else text
