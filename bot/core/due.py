"""When a chat next wants waking. The clock only ever asks this; what then happens is decided like any other command."""

from datetime import datetime, timedelta

from bot.core.chat import Chat
from bot.core.phases import Phase, Step
from bot.core.plan import PlannedQuestion

DOORS_BEFORE = timedelta(minutes=10)
"""How long before the start the bot says how it works and begins to listen."""

FORGOTTEN_AFTER = timedelta(minutes=30)
"""A chat run by hand that nobody closes ends after this much silence past its planned end: in 222 logged chats 16
never saw their end command."""


def due(chat: Chat) -> datetime | None:
    """Return when *chat* next wants waking, or None when nothing is planned."""
    if chat.held_since is not None:
        # A hold that nobody ends does not keep the hour open for ever.
        return _forgotten(chat) if chat.is_live else None
    return _DUE[chat.phase](chat)


def doors_at(chat: Chat) -> datetime:
    """Return when the room opens."""
    return chat.due_at(-DOORS_BEFORE)


def ends_at(chat: Chat) -> datetime:
    """Return when the hour ends."""
    return chat.due_at(chat.plan.length)


def next_question(chat: Chat) -> PlannedQuestion | None:
    """Return the question that the clock or *next* asks next."""
    return chat.remaining[0] if chat.remaining else None


def next_opening(chat: Chat) -> datetime:
    """Return when the next question, or after the last one the closing, is due."""
    question = next_question(chat)
    return chat.due_at(question.opens_after if question else chat.plan.closing_after)


def thinking_ends(chat: Chat) -> datetime | None:
    """Return when answers are asked for, None when nobody was asked to think first."""
    if chat.stage.step is not Step.THINKING:
        return None
    return chat.entered_at + chat.plan.think


def late_until(chat: Chat) -> datetime:
    """Return until when late answers count. The hour must have ended."""
    return chat.entered[Phase.AFTER_HOUR] + chat.plan.late_answers


def open_reminders(chat: Chat) -> list[timedelta]:
    """Return the reminders not yet given, the earliest due first."""
    return sorted(set(chat.plan.reminders) - chat.reminded, reverse=True)


def _in_draft(chat: Chat) -> datetime:
    return chat.planned_at


def _in_announced(chat: Chat) -> datetime:
    reminders = open_reminders(chat)
    return min(chat.due_at(-reminders[0]), doors_at(chat)) if reminders else doors_at(chat)


def _at_the_doors(chat: Chat) -> datetime:
    return chat.due_at(timedelta())


def _live(chat: Chat) -> datetime:
    if chat.plan.pace == "manual":
        thinking = thinking_ends(chat)
        return min(thinking, _forgotten(chat)) if thinking else _forgotten(chat)
    if chat.phase is Phase.CLOSING:
        return ends_at(chat)
    opening = min(next_opening(chat), ends_at(chat))
    if chat.phase is Phase.INTRODUCTIONS or chat.stage.step is Step.WRAPPING:
        return opening
    return min(opening, thinking_ends(chat) or _wrap_at(chat, opening))


def _wrap_at(chat: Chat, opening: datetime) -> datetime:
    """Return when last thoughts are asked for; a question too short for that goes straight on to the next."""
    wrap_at = opening - chat.plan.wrap
    return wrap_at if wrap_at > chat.entered_at + chat.plan.think else opening


def _forgotten(chat: Chat) -> datetime:
    return max(ends_at(chat), chat.latest_heard or chat.entered_at, chat.entered_at) + FORGOTTEN_AFTER


def _never(_chat: Chat) -> None:
    return None


_DUE = {
    Phase.DRAFT: _in_draft,
    Phase.ANNOUNCED: _in_announced,
    Phase.DOORS: _at_the_doors,
    Phase.INTRODUCTIONS: _live,
    Phase.QUESTION: _live,
    Phase.CLOSING: _live,
    Phase.AFTER_HOUR: late_until,
    Phase.REVIEW: _never,
    Phase.PUBLISHED: _never,
    Phase.WITHDRAWN: _never,
    Phase.MISSED: _never,
}
