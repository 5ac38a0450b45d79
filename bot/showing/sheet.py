"""What every part of a card is made with: the chat, its words, and buttons as the table of commands says they are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.core.chat import Chat
from bot.core.names import PersonId, WordKey
from bot.core.table import COMMANDS, CommandRow
from bot.markup import Ask, Button
from bot.runtime.wishes import TEXT_LIMIT
from bot.summary.document import Summary
from bot.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWords:
    """The kept words that a card shows, already fetched."""

    texts: Mapping[WordKey, str]
    names: Mapping[PersonId, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """What a card shows that the chat itself doesn't know: trouble, links, and the draft while it is reviewed."""

    trouble: tuple[str, ...] = ()
    moderator_link: str | None = None
    summary_link: str | None = None
    draft_link: str | None = None
    draft: Summary | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the makers of the blocks share."""

    chat: Chat
    words: CardWords
    facts: CardFacts
    wording: Wording

    def say(self, key: str, **arguments: object) -> str:
        """Return the line *key*, filled in."""
        return self.wording.line(key, **arguments)

    def text(self, key: str) -> str:
        """Return the kept text under *key*; an erased one as a line that says so."""
        return self.words.texts.get(WordKey(key)) or self.say("post.erased.text")

    def button(self, name: str, label: str | None = None, **arguments: str) -> Button:
        """Return the button of the command *name*, as the table says it is."""
        row = COMMANDS[name]
        return Button(
            label=label or self.say(f"command.{name}.label"),
            command=name,
            arguments=tuple(arguments.items()),
            expects=str(self.chat.stage) if name in _EXPECTING else None,
            style=STYLE.get(name, "plain"),
            asks=tuple(_asks(row, arguments, self)),
            confirm=self.say(f"command.{name}.confirm") if row.confirm else None,
        )


# A second press of these would be a second step: they say from where they were pressed.
_EXPECTING = frozenset({"start", "next", "back", "skip", "close"})
STYLE: dict[str, Literal["main", "plain", "danger"]] = {
    "next": "main",
    "start": "main",
    "publish": "main",
    "close": "danger",
    "retract": "danger",
}


def _asks(row: CommandRow, given: Mapping[str, str], making: Sheet) -> Iterator[Ask]:
    for argument in row.arguments:
        if argument.kind != "text" or argument.name in given:
            continue
        label = making.say(f"command.{row.name}.{argument.name}")
        yield Ask(name=argument.name, label=label, kind="long", limit=TEXT_LIMIT)
