"""What the commands of a log ask of the chat, in commands of the table. Which lines are commands, readers tell."""

from collections.abc import Iterator, Mapping

from bot.core.chat import Chat
from bot.core.table import COMMANDS, CommandRow
from bot.insights import tags
from bot.transcripts import Entry

Order = tuple[str, dict[str, str]]
_PASSED_BY = frozenset({"start", "chair", "unchair", "nick", "publish"})
"""The chat runs from its first line and is published after its last; who chairs is told with each line."""


def orders_of(entry: Entry, chat: Chat) -> list[Order]:
    """Return the commands of the table that a command of the log stands for, with their arguments."""
    name, arguments = entry.command or "", dict(entry.arguments)
    if name in _PASSED_BY or (name == "close" and not chat.is_live):
        return []
    if name in {"question", "ask"}:
        text = next(filter(None, map(arguments.get, ("text", "question", "topic"))), "")
        return [("ask", {"text": text, "message": arguments.get("message", "")})]
    if name == "asked":
        return _ask_planned(arguments, chat)
    row = COMMANDS.get(name)
    return [(name, _named(row, arguments) if row else arguments)]


def _ask_planned(arguments: Mapping[str, str], chat: Chat) -> list[Order]:
    remaining: list[str] = [question.id for question in chat.remaining]
    if arguments["question"] not in remaining:
        return []
    before = remaining[: remaining.index(arguments["question"])]
    skipped = [("skip", {"question": question}) for question in before]
    return [*skipped, ("next", {"message": arguments["message"]})]


def _named(row: CommandRow, arguments: Mapping[str, str]) -> dict[str, str]:
    """Return *arguments* with the words that simply followed the command given to the arguments it has."""
    named = dict(arguments)
    if "text" in named and all(argument.name != "text" for argument in row.arguments):
        words = named.pop("text").replace(",", " ").split()
        named = {**dict(_in_order(row, words)), **named}
    return _tag_last(named)


def _in_order(row: CommandRow, words: list[str]) -> Iterator[tuple[str, str]]:
    waiting = list(words)
    for argument in row.arguments:
        if argument.kind == "messages":
            tag = [word for word in waiting[-1:] if tags.load().named(word)]
            yield argument.name, ",".join(waiting[: len(waiting) - len(tag)])
            waiting = tag
        elif waiting:
            yield argument.name, waiting.pop(0)


def _tag_last(named: dict[str, str]) -> dict[str, str]:
    """Return *named* with "keep insight m12" turned into "keep m12 insight"."""
    message, tag = named.get("message", ""), named.get("tag", "")
    known = tags.load()
    if tag and known.named(message) and not known.named(tag):
        named["message"], named["tag"] = tag, message
    return named


def messages_in(arguments: Mapping[str, str]) -> list[str]:
    """Return the ids of the messages that a command is about."""
    several = arguments.get("messages", "").split(",")
    return [id.strip() for id in (arguments.get("message", ""), *several) if id.strip()]
