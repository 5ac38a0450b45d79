"""Turns what people write, press or pick into a command of the core, by the table of commands and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast, get_args

from bot.core import commands as c
from bot.core.events import Choice, Settlement
from bot.core.names import InsightId, MessageId, PersonId, QuestionId, WordKey
from bot.core.plan import question_words
from bot.core.table import COMMANDS, Argument
from bot.errors import Refused
from bot.insights import tags
from bot.ports import HeardCommand
from bot.runtime.directory import platform_of
from bot.runtime.draft import Draft

TEXT_LIMIT = 600
"""Longest text of a command, in code points: what Discord and Slack let a form carry in one line."""

MOST_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A command, ready to be decided, and the text that goes with it."""

    command: c.PersonsCommand
    words: tuple[tuple[WordKey, str], ...] = ()


def read_wish(heard: HeardCommand, by: PersonId, at: datetime, draft: Draft) -> Wish:
    """Return the command that *heard* asks for. Raises: Refused, with what is wrong in it."""
    row = COMMANDS.get(heard.command)
    if row is None or row.makes is c.Publish:
        raise Refused("refused.no-such-command")
    reading = _Reading(heard, by, draft)
    fields = {argument.field or argument.name: reading.value(argument) for argument in row.arguments}
    given = {name: value for name, value in fields.items() if value is not None}
    if heard.command in _EXTRA:
        given.update(_EXTRA[heard.command](heard))
    command = row.makes(at=at, by=by, expects=heard.expects, **given)  # type: ignore[arg-type]  # the table's fields
    return Wish(command=cast("c.PersonsCommand", command), words=tuple(reading.words))


def _declare(heard: HeardCommand) -> dict[str, object]:
    return {"room": heard.room, "group": heard.arguments.get("group") or None}


# What a command's name alone says beside its arguments.
_EXTRA: dict[str, Callable[[HeardCommand], dict[str, object]]] = {
    "ask": lambda heard: {"ask": True, "audience": heard.arguments.get("audience") == "yes"},
    "mute": lambda _heard: {"muted": True},
    "unmute": lambda _heard: {"muted": False},
    "group": _declare,
}


_CHOICES: dict[str, tuple[str, ...]] = {"consent": get_args(Choice), "settle-post": get_args(Settlement)}


class _Reading:
    """Reads the arguments of one heard command."""

    def __init__(self, heard: HeardCommand, by: PersonId, draft: Draft) -> None:
        self.heard = heard
        self.by = by
        self.draft = draft
        self.words: list[tuple[WordKey, str]] = []

    def value(self, argument: Argument) -> object:
        """Return what *argument* was given. Raises: Refused for a missing or unusable one."""
        given = self.heard.arguments.get(argument.name, "").strip() or argument.default
        if not given:
            if argument.required:
                raise Refused("refused.missing-argument", argument=argument.name)
            return None
        if argument.kind == "message" and argument.field == "person":
            return self._author(given)
        return self._by_kind(argument, given)

    def _by_kind(self, argument: Argument, given: str) -> object:
        readers: dict[str, Callable[[str], object]] = {
            "message": self._message,
            "messages": self._messages,
            "minutes": lambda text: timedelta(minutes=_number(text)),
            "number": _number,
            "offset": _number,
            "tag": _tag,
            "person": self._person,
            "insight": InsightId,
            "question": QuestionId,
            "group": str,
            "choice": self._choice,
            "entry": str,
            "section": str,
        }
        if argument.kind == "text":
            return self._text(argument, given)
        return readers[argument.kind](given)

    def _message(self, given: str) -> MessageId:
        if given in self.draft.chat.messages:  # the card and private posts speak of messages by our own ids
            return MessageId(given)
        # Deliveries overtake one another: a message that is not known yet may still come.
        return self.draft.message(self.heard.room, given)

    def _messages(self, given: str) -> tuple[MessageId, ...]:
        return tuple(self._message(part.strip()) for part in given.split(",") if part.strip())

    def _author(self, given: str) -> PersonId:
        known = self.draft.chat.messages.get(self._message(given))
        if known is None or known.heard is None:
            raise Refused("refused.no-such-message")
        return known.heard.author

    def _person(self, given: str) -> PersonId:
        if given in self.draft.chat.people:  # the card speaks of people by our own ids
            return PersonId(given)
        known = self.draft.people.known(platform_of(self.heard.room), given)
        if known is None:
            raise Refused("refused.no-such-person")
        return known.person

    def _choice(self, given: str) -> str:
        allowed = _CHOICES.get(self.heard.command)
        if allowed is not None and given not in allowed:
            raise Refused("refused.missing-argument", argument="choice")
        return given

    def _text(self, argument: Argument, given: str) -> WordKey | QuestionId:
        if len(given) > TEXT_LIMIT:
            raise Refused("refused.too-long", limit=TEXT_LIMIT)
        place = f"{self.heard.command}/{self.heard.at.isoformat()}/{self.by}/{given}"
        name = self.draft.ids.new("words", place)
        if argument.field == "question":
            question = QuestionId(f"a{name}")
            self.words.append((question_words(question), given))
            return question
        key = WordKey(f"{self.heard.command}/{name}")
        self.words.append((key, given))
        return key


def _number(given: str) -> int:
    if len(given) > MOST_DIGITS:  # more is a mistake, and more than a time can hold
        raise Refused("refused.bad-number")
    try:
        return int(given)
    except ValueError:
        raise Refused("refused.bad-number") from None


def _tag(given: str) -> str:
    found = tags.load().named(given)
    if found is None:
        raise Refused("refused.no-such-tag")
    return found.id
