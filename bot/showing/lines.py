"""The lines on the card that want a moderator's look: unsure answers, held-back ones, proposals, what was kept."""

from collections.abc import Iterable

from bot.core.attribution import unsure
from bot.core.chat import Chat, Message
from bot.core.names import MessageId, PersonId, WordKey
from bot.insights import tags
from bot.markup import Block, Buttons, Heading, Paragraph, Quote, Run
from bot.showing.sheet import Sheet

MOST_SHOWN = 5
"""How many lines of one kind the card shows: more, and the buttons under them scroll off a phone."""


def messages_shown(chat: Chat) -> tuple[MessageId, ...]:
    """Return the messages whose texts the lines of the card will show."""
    return (*_unsure(chat), *_held_back(chat), *(message for _, message in _recently_kept(chat)))


def proposals_shown(chat: Chat) -> tuple[WordKey, ...]:
    """Return the keys of the proposed questions that the card will show."""
    return tuple(chat.proposed)[-MOST_SHOWN:]


def authors_shown(chat: Chat) -> tuple[PersonId, ...]:
    """Return the people whose names stand over the lines of the card."""
    messages = [chat.messages[message] for message in (*_unsure(chat), *_held_back(chat))]
    return tuple(message.heard.author for message in messages if message.heard)


def _unsure(chat: Chat) -> tuple[MessageId, ...]:
    return unsure(chat, limit=MOST_SHOWN) if chat.hears else ()


def _held_back(chat: Chat) -> list[MessageId]:
    held = [message for message in chat.messages.values() if _waits_for_a_look(message)]
    return [message.id for message in held[-MOST_SHOWN:]]


def _waits_for_a_look(message: Message) -> bool:
    return bool(message.reading.held_back) and not (message.cleared or message.locked or message.deleted)


def _recently_kept(chat: Chat) -> list[tuple[str, MessageId]]:
    newest = list(chat.insights.values())[-MOST_SHOWN:]
    return [(insight.id, insight.messages[0]) for insight in reversed(newest)]


def unsure_answers(making: Sheet) -> Iterable[Block]:
    """Show answers of which nobody knows what they answer."""
    messages = _unsure(making.chat)
    if not messages:
        return
    yield Heading(text=making.say("card.unsure"))
    numbers = list(dict.fromkeys(opening.number for opening in making.chat.openings[-3:]))
    for message in messages:
        yield _line(making, message)
        buttons = [
            making.button("answer-to", f"A{number}", message=message, number=str(number))
            for number in numbers
        ]
        none = making.button("answer-to", making.say("card.no-answer"), message=message, number="0")
        yield Buttons(buttons=(*buttons, none))


def _line(making: Sheet, message: MessageId) -> Quote:
    heard = making.chat.messages[message].heard
    name = making.words.names.get(heard.author) if heard else None
    return Quote(text=making.text(message), by=name or making.say("post.unknown-name.text"))


def held(making: Sheet) -> Iterable[Block]:
    """Show what must be looked at before it can be quoted."""
    messages = _held_back(making.chat)
    if not messages:
        return
    yield Heading(text=making.say("card.held-back"))
    for message in messages:
        yield _line(making, message)
        names = ("clear", "lock", "remove")
        yield Buttons(buttons=tuple(making.button(name, message=message) for name in names))


def proposed(making: Sheet) -> Iterable[Block]:
    """Show questions from the room."""
    keys = proposals_shown(making.chat)
    if not keys or making.chat.is_over:
        return
    yield Heading(text=making.say("card.proposed"))
    for key in keys:
        text = making.text(key)
        yield Quote(text=text, by="")
        if making.chat.is_live:
            yield Buttons(
                buttons=(making.button("ask", making.say("card.ask-now"), text=text, audience="yes"),)
            )


def kept(making: Sheet) -> Iterable[Block]:
    """Show what was kept last."""
    kept = _recently_kept(making.chat)
    if not kept:
        return
    yield Heading(text=making.say("card.kept", n=len(making.chat.insights)))
    known = tags.load()
    for insight, message in kept:
        tag = making.chat.insights[insight].tag  # type: ignore[index]  # an InsightId
        text = f"{known.emoji(tag)} {making.text(message)}"
        yield Paragraph(runs=(Run(text=text),))
        yield Buttons(buttons=(making.button("unkeep", insight=insight),))
