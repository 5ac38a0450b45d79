"""The insights board: what moderators kept, in order, and how many people would have kept it too."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.chat import Chat, Insight
from bot.core.names import MessageId, PersonId
from bot.insights.tags import Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A kept line or exchange. *messages*: those heard so far, in the order in which they were said.

    nominations: distinct people who reacted to any of its messages, its authors not counted. by_reaction: the same,
    for each tag (or emoji that stands for none).
    """

    insight: Insight
    messages: tuple[MessageId, ...]
    nominations: int
    by_reaction: Mapping[str, int]


def board(chat: Chat, tags: Tags) -> tuple[Kept, ...]:
    """Return every kept line and exchange, in the order in which people said them."""
    kept = [_kept(chat, insight, tags) for insight in chat.insights.values()]
    return tuple(sorted((entry for entry in kept if entry.messages), key=lambda entry: _place(chat, entry)))


def nominated_by(chat: Chat, message: MessageId, tags: Tags) -> dict[str, set[PersonId]]:
    """Return who reacted to *message*, by tag (or emoji); never its author, never a bot."""
    heard = chat.messages[message].heard if message in chat.messages else None
    found: dict[str, set[PersonId]] = {}
    for (person, reaction), (_at, present) in chat.reactions.get(message, {}).items():
        known = chat.people.get(person)
        if not present or (known and known.bot) or (heard and heard.author == person):
            continue
        tag = tags.of_reaction(reaction)
        found.setdefault(tag.id if tag else reaction, set()).add(person)
    return found


def nominations(chat: Chat, message: MessageId, tags: Tags) -> int:
    """Return how many people reacted to *message*, each counted once, its author not at all."""
    if message not in chat.reactions:
        return 0
    return len(set().union(*nominated_by(chat, message, tags).values()))


def _kept(chat: Chat, insight: Insight, tags: Tags) -> Kept:
    heard = [message for message in insight.messages if _is_heard(chat, message)]
    if insight.exchange:
        heard.sort(key=lambda message: chat.messages[message].order)
    authors = _authors(chat, heard)
    people: dict[str, set[PersonId]] = {}
    for message in heard:
        for reaction, nominators in nominated_by(chat, message, tags).items():
            people.setdefault(reaction, set()).update(nominators - authors)
    return Kept(
        insight=insight,
        messages=tuple(heard),
        nominations=len(set().union(*people.values())),
        by_reaction={reaction: len(nominators) for reaction, nominators in people.items() if nominators},
    )


def _is_heard(chat: Chat, message: MessageId) -> bool:
    return message in chat.messages and chat.messages[message].heard is not None


def _authors(chat: Chat, messages: list[MessageId]) -> set[PersonId]:
    return {heard.author for message in messages if (heard := chat.messages[message].heard)}


def _place(chat: Chat, kept: Kept) -> tuple[object, ...]:
    return (*chat.messages[kept.messages[0]].order, kept.insight.at, kept.insight.id)
