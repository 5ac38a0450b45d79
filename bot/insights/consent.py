"""May this message be quoted, and how may its author be called? The one place that decides it."""

from dataclasses import dataclass
from typing import Literal

from bot.core.chat import Chat, Message, Person
from bot.core.events import Choice
from bot.core.names import MessageId, PersonId

As = Literal["named", "role"]
CHOICES_BY_RULE: dict[str, tuple[Choice, ...]] = {
    "named": ("named", "role", "no"),
    "ask": ("named", "role", "no"),
    "role": ("role", "no"),
    "closed": (),
}
"""What may be chosen under a chat's rule: no single choice goes beyond what the chat promised everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """*as_*: how the author may be called, None: the message may not be quoted. *why*: the rule that decided."""

    as_: As | None
    why: str


def quotable(chat: Chat, message: MessageId) -> Verdict:
    """Return whether *message* may be quoted in public, and as whose words.

    The chat's rule is a promise to everybody in the room, so no single choice goes beyond it: in a chat that quotes
    by role nobody is named, from a closed one nothing is quoted. Below that the author's word decides.
    """
    known = chat.messages.get(message)
    barred = _barred(chat, known)
    if barred or known is None or known.heard is None:
        return Verdict(as_=None, why=barred or "unknown")
    if chat.plan.quoting == "closed":
        return Verdict(as_=None, why="closed")
    return _chosen(chat, chosen(chat, message), asked=message in chat.consent_asked)


def showable(chat: Chat, message: MessageId) -> Verdict:
    """Return whether organisers may read *message* in their own edition, and as whose words.

    They see what still waits for a yes, or was said in a closed chat, but without its author's name; what is locked,
    deleted, held back or refused by its author they don't see either.
    """
    verdict = quotable(chat, message)
    if verdict.why in {"not-asked", "no-answer", "closed"} and chosen(chat, message) != "no":
        return Verdict(as_="role", why=verdict.why)
    return verdict


def chosen(chat: Chat, message: MessageId) -> Choice | None:
    """Return what the author of *message* said about quoting it: for this message, else for all; None: nothing."""
    known = chat.messages.get(message)
    person = _author(chat, known)
    if person is None:
        return None
    return person.choices.get(message, person.choice)


def is_stricter(chat: Chat, person: PersonId, choice: Choice) -> bool:
    """Return whether *choice* for all lines of *person* would only ever take something out of this *chat*'s summary."""
    known = chat.people.get(person)
    if known is None or choice == "named":
        return False
    if choice == "no":
        return True
    return not known.choices and (known.choice or chat.plan.quoting) == "named"


def _author(chat: Chat, message: Message | None) -> Person | None:
    return chat.people.get(message.heard.author) if message and message.heard else None


def _barred(chat: Chat, message: Message | None) -> str | None:
    if message is None or message.heard is None:
        return "unknown"
    author = _author(chat, message)
    rules = {
        "deleted": message.deleted,
        "locked": message.locked,
        "held-back": bool(message.reading.held_back) and not message.cleared,
        "forgotten": author is not None and author.forgotten,
        "bot": message.id in chat.own or (author is not None and author.bot),
    }
    return next((why for why, holds in rules.items() if holds), None)


def _chosen(chat: Chat, choice: Choice | None, *, asked: bool) -> Verdict:
    if choice == "no":
        return Verdict(as_=None, why="author-said-no")
    if chat.plan.quoting == "role":
        return Verdict(as_="role", why="rule" if choice is None else "author-said-yes")
    if choice is not None:
        return Verdict(as_=choice, why="author-said-yes")
    if chat.plan.quoting == "named":
        return Verdict(as_="named", why="rule")
    return Verdict(as_=None, why="no-answer" if asked else "not-asked")
