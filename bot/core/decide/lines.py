"""What is done with single lines: keep, let go, move, park, lock, clear, remove, propose, undo."""

from itertools import chain

from bot.core import commands as c
from bot.core import events as e
from bot.core.chat import Chat
from bot.core.decide.hearing import amended, must_not_be_muted, shown_anew
from bot.core.decide.keeping import ask_consent, author_of, exchange_id, insight_id, why_not
from bot.core.names import InsightId, MessageId, QuestionId
from bot.errors import Refused


def _must_be_usable(chat: Chat, message: MessageId) -> None:
    reason = why_not(chat, message)
    if reason is not None:
        raise Refused(reason)


def keep(chat: Chat, command: c.Keep) -> tuple[e.Event, ...]:
    """Return the kept line; keeping it twice keeps it once."""
    _must_be_usable(chat, command.message)
    insight = insight_id(command.message, command.tag, command.start, command.end)
    if insight in chat.insights:
        return ()
    kept = e.InsightKept(
        at=command.at,
        insight=insight,
        message=command.message,
        tag=command.tag,
        by=command.by,
        start=command.start,
        end=command.end,
        noted=command.noted,
    )
    return (kept, *ask_consent(chat, command.at, command.message, author_of(chat, command.message)))


def keep_exchange(chat: Chat, command: c.KeepExchange) -> tuple[e.Event, ...]:
    """Return the kept exchange. Raises: Refused for fewer than two messages, or one that may not be kept."""
    messages = tuple(dict.fromkeys(command.messages))
    if len(messages) < 2:
        raise Refused("refused.exchange-of-one")
    for message in messages:
        _must_be_usable(chat, message)
    insight = exchange_id(messages)
    if insight in chat.insights:
        return ()
    kept = e.ExchangeKept(at=command.at, insight=insight, messages=messages, tag=command.tag, by=command.by)
    asked = (ask_consent(chat, command.at, message, author_of(chat, message)) for message in messages)
    return (kept, *chain.from_iterable(asked))


def unkeep(chat: Chat, command: c.Unkeep) -> tuple[e.Event, ...]:
    """Return that a kept line is let go."""
    if command.insight not in chat.insights:
        return ()
    return (e.InsightDropped(at=command.at, insight=command.insight, by=command.by),)


def answer_to(chat: Chat, command: c.AnswerTo) -> tuple[e.Event, ...]:
    """Return which question the message answers. Raises: Refused for a question that was not asked."""
    questions = _asked_with_number(chat, command.number)
    if chat.moved.get(command.message) == questions:
        return ()
    return (e.AnswerMoved(at=command.at, message=command.message, questions=questions, by=command.by),)


def _asked_with_number(chat: Chat, number: int) -> tuple[QuestionId, ...]:
    if number == 0:
        return ()
    for opening in chat.openings:
        if opening.number == number:
            return (opening.question,)
    raise Refused("refused.not-asked-yet", number=number)


def park(chat: Chat, command: c.Park) -> tuple[e.Event, ...]:
    """Return the message in the parking lot."""
    _must_be_usable(chat, command.message)
    if command.message in chat.parked:
        return ()
    return (e.MessageParked(at=command.at, message=command.message, by=command.by),)


def lock(chat: Chat, command: c.Lock) -> tuple[e.Event, ...]:
    """Return that the message is kept out of every summary, a published one too."""
    if chat.message(command.message).locked:
        return ()
    locked = e.MessageLocked(at=command.at, message=command.message, by=command.by)
    return (locked, *amended(chat, command.at, (command.message,), "locked"))


def clear(chat: Chat, command: c.Clear) -> tuple[e.Event, ...]:
    """Return that somebody looked and the message may be quoted, in a published summary again."""
    known = chat.message(command.message)
    if known.deleted:
        raise Refused("refused.gone")
    if known.cleared:
        return ()
    cleared = e.MessageCleared(at=command.at, message=command.message, by=command.by)
    return (cleared, *shown_anew(chat, command.at, (command.message,)))


def remove(chat: Chat, command: c.Remove) -> tuple[e.Event, ...]:
    """Return that the message is taken out of the room and out of every summary."""
    if command.message in chat.own:
        raise Refused("refused.own-post")
    if chat.message(command.message).deleted:
        return ()
    gone = e.MessageDeleted(at=command.at, message=command.message, by=command.by, remove=True)
    return (gone, *amended(chat, command.at, (command.message,), "deleted"))


def propose(chat: Chat, command: c.Propose) -> tuple[e.Event, ...]:
    """Return the proposed question. Raises: Refused for somebody muted."""
    must_not_be_muted(chat, command.by)
    if command.words in chat.proposed:
        return ()
    return (e.QuestionProposed(at=command.at, words=command.words, by=command.by),)


def undo(chat: Chat, command: c.Undo) -> tuple[e.Event, ...]:
    """Return that the last thing kept, parked or asked is taken back; a button pressed twice takes one thing back.

    Raises: Refused when there is nothing.
    """
    if command.seen is not None and command.seen != chat.last_done:
        return ()
    if not chat.undoable:
        raise Refused("refused.nothing-to-undo")
    kind, name = chat.undoable[-1]
    if kind == "insight":
        return (e.InsightDropped(at=command.at, insight=InsightId(name), by=command.by),)
    if kind == "parked":
        return (e.MessageUnparked(at=command.at, message=MessageId(name), by=command.by),)
    return (e.QuestionWithdrawn(at=command.at, question=QuestionId(name), by=command.by),)
