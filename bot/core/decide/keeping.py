"""What keeping a line needs, whether it is kept by a command or by a moderator's reaction."""

from datetime import datetime
from hashlib import blake2b

from bot.core import events as e
from bot.core.chat import Chat
from bot.core.names import InsightId, MessageId, PersonId


def insight_id(message: MessageId, tag: str, start: int | None = None, end: int | None = None) -> InsightId:
    """Return the id of a kept line: the same part under the same tag is one insight, whoever keeps it how often."""
    if start is None and end is None:
        return InsightId(f"{message}/{tag}")
    return InsightId(f"{message}/{tag}/{start or 0}-{'' if end is None else end}")


def exchange_id(messages: tuple[MessageId, ...]) -> InsightId:
    """Return the id of a kept exchange: the same messages are one exchange, in whichever order they are picked."""
    return InsightId(f"exchange/{blake2b('+'.join(sorted(messages)).encode(), digest_size=8).hexdigest()}")


def why_not(chat: Chat, message: MessageId) -> str | None:
    """Return why *message* may not be kept (a key in prompts/), None when it may, or was not heard yet."""
    if message in chat.own:
        return "refused.own-post"
    known = chat.message(message)
    if known.deleted:
        return "refused.gone"
    return "refused.locked" if known.locked else None


def author_of(chat: Chat, message: MessageId) -> PersonId | None:
    """Return who wrote *message*, None while it was not heard itself."""
    heard = chat.message(message).heard
    return heard.author if heard else None


def is_kept(chat: Chat, message: MessageId) -> bool:
    """Return whether *message* is part of anything kept."""
    return any(message in insight.messages for insight in chat.insights.values())


def ask_consent(chat: Chat, at: datetime, message: MessageId, author: PersonId | None) -> tuple[e.Event, ...]:
    """Return that *author* is asked to be quoted: once, where the chat asks, and only who has not said yet."""
    if chat.plan.quoting != "ask" or author is None or message in chat.consent_asked:
        return ()
    person = chat.person(author)
    if person.bot or person.choice is not None or message in person.choices:
        return ()
    return (e.ConsentAsked(at=at, message=message, person=author),)
