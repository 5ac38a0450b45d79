"""The record of a chat, line by line: as transcript entries for plain files, and as the page that quotes link to."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.core.chat import Chat, Message
from bot.core.events import MessageHeard
from bot.insights.consent import quotable
from bot.summary import say
from bot.summary.document import Edition
from bot.summary.html import letters
from bot.summary.names import shown_name
from bot.summary.texts import Texts
from bot.transcripts import Author, Entry
from bot.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the record as the page shows it."""

    anchor: str
    time: str
    author: str
    text: str
    edited: bool
    question: str | None = None


def entries_of(chat: Chat, texts: Texts, edition: Edition) -> Iterator[Entry]:
    """Give what was said in *chat* in the order of the platforms' times: as it now reads, without what is gone.

    The public edition holds only what may be quoted, under the name or role that its author allowed; what is locked
    is in neither.
    """
    for message, heard in _there(chat):
        text, author = texts.text(message.id), _author(chat, texts, heard, edition)
        if text is None or author is None:
            continue
        yield Entry(
            kind="message",
            id=message.id,
            at=heard.sent_at,
            author=author,
            sequence=heard.sequence,
            room=heard.room,
            text=text,
            reply_to=heard.reply_to,
            thread=heard.thread,
        )


def _there(chat: Chat) -> list[tuple[Message, MessageHeard]]:
    there = [
        (one, one.heard) for one in chat.messages.values() if one.heard and not one.deleted and not one.locked
    ]
    return sorted(there, key=lambda pair: pair[0].order)


def _author(chat: Chat, texts: Texts, heard: MessageHeard, edition: Edition) -> Author | None:
    person = chat.people.get(heard.author)
    role = "moderator" if heard.author in chat.moderators else person.group if person else None
    if edition == "internal":
        return Author(id=heard.author, name=texts.signature(heard.message, heard.author) or "?", role=role)
    verdict = quotable(chat, heard.message)
    if verdict.as_ is None:
        return None
    name = texts.signature(heard.message, heard.author) if verdict.as_ == "named" else None
    return Author(id="", name=name or "?", role=role)


def to_page(chat: Chat, texts: Texts, edition: Edition) -> str:
    """Return the record as one HTML page that needs nothing else; each line has its message's id as anchor."""
    words = Wording.load(chat.plan.language)
    titles = _titles(chat, texts)
    lines = [_line(entry, chat, words, titles) for entry in entries_of(chat, texts, edition)]
    return _template().render(
        language=chat.plan.language,
        title=texts.text("title") or chat.plan.hashtag,
        hashtag=chat.plan.hashtag,
        when=say.moment(chat.starts_at, chat.plan.zone, chat.plan.language),
        say=lambda key, **arguments: words.line(f"summary.transcript.{key}", **arguments),
        lines=lines,
    )


def _titles(chat: Chat, texts: Texts) -> dict[str, str]:
    """Return, by the message that asked it, the question that opens there."""
    return {
        opening.asked_as: f"Q{opening.number}: {texts.text(f'question/{opening.question}') or ''}"
        for opening in chat.openings
        if opening.asked_as is not None
    }


def _line(entry: Entry, chat: Chat, words: Wording, titles: dict[str, str]) -> Line:
    author = entry.author
    name = shown_name(author.name) if author and author.name != "?" else ""
    role = author.role if author else None
    fallback = words.line("summary.transcript.somebody")
    return Line(
        anchor=entry.id,
        time=say.clock(entry.at, chat.plan.zone, chat.plan.language),
        author=name or (words.line(f"group.{role}") if role and f"group.{role}" in words else fallback),
        text=entry.text,
        edited=chat.messages[entry.id].edited_at is not None,  # type: ignore[index]  # our own ids
        question=titles.get(entry.id),
    )


@cache
def _template() -> Template:
    sandbox = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    sandbox.filters["letters"] = letters
    return sandbox.from_string((files("bot.summary") / "transcript.html").read_text(encoding="utf-8"))
