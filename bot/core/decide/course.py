"""The course of the hour: what the clock and a moderator's next, back, skip, extend, hold and close lead to."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from bot.core import commands as c
from bot.core import events as e
from bot.core.chat import Chat
from bot.core.due import due, ends_at, next_question, open_reminders, thinking_ends
from bot.core.names import PersonId, QuestionId
from bot.core.phases import Phase, Stage, Step
from bot.core.plan import PlannedQuestion
from bot.errors import Refused

HOT = 10
"""Messages in the last minute from which on a room is still hot: at that pace a new question would cut people off."""
COOLING = timedelta(minutes=1)
MOST_COOLINGS = 4
"""How often in one chat the clock may wait for a hot room: the hour has an end that people planned with."""
LEAST_GAP = timedelta(minutes=5)
"""How soon after a question that came in between, or was gone back to, the plan goes on."""


# --- the clock ---------------------------------------------------------------------------------------------


def tick(chat: Chat, command: c.Tick) -> tuple[e.Event, ...]:
    """Return what the earliest thing that is due leads to; the caller ticks again until nothing is due."""
    wanted = due(chat)
    if wanted is None or wanted > command.at:
        return ()
    return _TICK[chat.phase](chat, command.at, wanted)


def _announce(chat: Chat, at: datetime, wanted: datetime) -> tuple[e.Event, ...]:
    if at >= chat.due_at(timedelta()):
        return _open_hour(chat, at, wanted)
    overdue = [before for before in open_reminders(chat) if chat.due_at(-before) <= at]
    return (enter(Phase.ANNOUNCED, at, wanted), *too_late(at, overdue))


def too_late(at: datetime, reminders: Iterable[timedelta]) -> tuple[e.Event, ...]:
    """Return that *reminders* are done without: what they would say was just said."""
    return tuple(e.Reminded(at=at, before=before, late=True) for before in reminders)


def _remind_or_open(chat: Chat, at: datetime, wanted: datetime) -> tuple[e.Event, ...]:
    if at >= chat.due_at(timedelta()):
        return _open_hour(chat, at, wanted)
    overdue = [before for before in open_reminders(chat) if chat.due_at(-before) <= at]
    # Of several reminders missed in a sleep only the newest is still worth reading.
    reminders = tuple(e.Reminded(at=at, before=before, late=before != overdue[-1]) for before in overdue)
    return reminders or (enter(Phase.DOORS, at, wanted),)


def _open_hour(chat: Chat, at: datetime, _wanted: datetime) -> tuple[e.Event, ...]:
    start = chat.due_at(timedelta())
    if at >= ends_at(chat):
        return (enter(Phase.MISSED, at, start),)
    return (enter(Phase.INTRODUCTIONS, at, start),)


def _go_on_by_clock(chat: Chat, at: datetime, wanted: datetime) -> tuple[e.Event, ...]:
    if chat.plan.pace == "manual":
        return _step_by_hand(chat, at)
    if at >= ends_at(chat):
        return (*_slept_through(at, chat.remaining), enter(Phase.AFTER_HOUR, at, ends_at(chat)))
    overdue = [question for question in chat.remaining if chat.due_at(question.opens_after) <= at]
    closing_at = chat.due_at(chat.plan.closing_after)
    if chat.phase is not Phase.CLOSING and closing_at <= at and len(overdue) == len(chat.remaining):
        return _close_questions(chat, at, overdue, closing_at)
    if overdue:
        return _ask_newest(chat, at, overdue)
    return _next_step(chat, at)


def _ask_newest(chat: Chat, at: datetime, overdue: list[PlannedQuestion]) -> tuple[e.Event, ...]:
    # After a long sleep only the newest due question is asked: a room that gets four questions in one second
    # answers none of them.
    if len(overdue) == 1 and _is_hot(chat, at):
        return (e.Extended(at=at, length=COOLING, cause="traffic"),)
    newest = overdue[-1]
    slept = _slept_through(at, overdue[:-1])
    wanted = chat.due_at(newest.opens_after)
    return (*slept, e.StageEntered(at=at, stage=asking(chat, newest.id), cause="clock", due=wanted))


def _close_questions(
    chat: Chat, at: datetime, overdue: list[PlannedQuestion], closing_at: datetime
) -> tuple[e.Event, ...]:
    if not overdue and _is_hot(chat, at):
        return (e.Extended(at=at, length=COOLING, cause="traffic"),)
    return (*_slept_through(at, overdue), enter(Phase.CLOSING, at, closing_at))


def _slept_through(at: datetime, questions: Iterable[PlannedQuestion]) -> tuple[e.Event, ...]:
    return tuple(e.QuestionSkipped(at=at, question=question.id, cause="sleep") for question in questions)


def _is_hot(chat: Chat, at: datetime) -> bool:
    if chat.stage.step is None or chat.heat >= MOST_COOLINGS:
        return False
    since = at - timedelta(minutes=1)
    return sum(heard >= since for heard in chat.recent[-HOT:]) >= HOT


def _next_step(chat: Chat, at: datetime) -> tuple[e.Event, ...]:
    after = Step.OPEN if chat.stage.step is Step.THINKING else Step.WRAPPING
    # Outside a question only the next stage is ever due: the one opened last is open.
    return (e.StepEntered(at=at, question=chat.openings[-1].question, step=after, cause="clock"),)


def _step_by_hand(chat: Chat, at: datetime) -> tuple[e.Event, ...]:
    thinking = thinking_ends(chat)
    if thinking is not None and thinking <= at:
        return _next_step(chat, at)
    return (enter(Phase.AFTER_HOUR, at, at),)  # nobody closed the hour: see FORGOTTEN_AFTER


def _end_late_answers(_chat: Chat, at: datetime, wanted: datetime) -> tuple[e.Event, ...]:
    return (enter(Phase.REVIEW, at, wanted),)


_TICK: dict[Phase, Callable[[Chat, datetime, datetime], tuple[e.Event, ...]]] = {
    Phase.DRAFT: _announce,
    Phase.ANNOUNCED: _remind_or_open,
    Phase.DOORS: _open_hour,
    Phase.INTRODUCTIONS: _go_on_by_clock,
    Phase.QUESTION: _go_on_by_clock,
    Phase.CLOSING: _go_on_by_clock,
    Phase.AFTER_HOUR: _end_late_answers,
}


def enter(
    phase: Phase, at: datetime, wanted: datetime, by: PersonId | None = None, cause: e.Cause = "clock"
) -> e.StageEntered:
    """Return that the chat enters *phase*, which the plan *wanted* at its time."""
    return e.StageEntered(at=at, stage=Stage(phase=phase), cause=cause, due=wanted, by=by)


def asking(chat: Chat, question: QuestionId, *, think: bool = True) -> Stage:
    """Return the stage in which *question* is asked."""
    step = Step.THINKING if chat.plan.think and think else Step.OPEN
    return Stage(phase=Phase.QUESTION, question=question, step=step)


# --- a moderator -------------------------------------------------------------------------------------------


def start(_chat: Chat, command: c.Start) -> tuple[e.Event, ...]:
    """Return the opening of the hour, now: everything planned counts from here."""
    return (enter(Phase.INTRODUCTIONS, command.at, command.at, command.by, "command"),)


def go_on(chat: Chat, command: c.Next) -> tuple[e.Event, ...]:
    """Return the next question, the closing after the last, the end after the closing."""
    question = next_question(chat)
    if chat.phase is Phase.CLOSING:
        return (enter(Phase.AFTER_HOUR, command.at, command.at, command.by, "command"),)
    if question is None:
        return (enter(Phase.CLOSING, command.at, command.at, command.by, "command"),)
    entered = e.StageEntered(
        at=command.at,
        stage=asking(chat, question.id),
        cause="command",
        due=command.at,
        by=command.by,
        asked_as=command.asked_as,
    )
    return (entered,)


def go_back(chat: Chat, command: c.Back) -> tuple[e.Event, ...]:
    """Return the question before, asked again, with time to answer. Raises: Refused when there is none."""
    before = chat.asked[:-1] if chat.phase is Phase.QUESTION else chat.asked
    if not before:
        raise Refused("refused.nothing-before")
    back = e.StageEntered(
        at=command.at,
        stage=asking(chat, before[-1], think=False),
        cause="command",
        due=command.at,
        by=command.by,
        back=True,
    )
    left = [chat.open_question] if chat.open_question else []
    return (back, *time_for(chat, command, [*left, *chat.remaining]))


def skip(chat: Chat, command: c.Skip) -> tuple[e.Event, ...]:
    """Return that the next (or the named) question is left out. Raises: Refused when it isn't still to come."""
    remaining = [question.id for question in chat.remaining]
    if command.question in chat.skipped:
        return ()
    question = command.question or (remaining[0] if remaining else None)
    if question is None or question not in remaining:
        raise Refused("refused.nothing-to-skip")
    return (e.QuestionSkipped(at=command.at, question=question, cause="command", by=command.by),)


def extend(chat: Chat, command: c.Extend) -> tuple[e.Event, ...]:
    """Return more time for what is open now; last thoughts are called off. A button pressed twice gives it once."""
    if command.seen is not None and command.seen != chat.extended:
        return ()
    if not timedelta() < command.length <= timedelta(minutes=30):
        raise Refused("refused.extend-length")
    more = e.Extended(at=command.at, length=command.length, cause="command", by=command.by)
    if chat.stage.step is not Step.WRAPPING or chat.stage.question is None:
        return (more,)
    return (more, e.StepEntered(at=command.at, question=chat.stage.question, step=Step.OPEN, cause="command"))


def hold(chat: Chat, command: c.Hold) -> tuple[e.Event, ...]:
    """Return that the clock stands still."""
    return () if chat.held_since is not None else (e.Held(at=command.at, by=command.by),)


def resume(chat: Chat, command: c.Resume) -> tuple[e.Event, ...]:
    """Return that the clock goes on."""
    return () if chat.held_since is None else (e.Resumed(at=command.at, by=command.by),)


def say(chat: Chat, command: c.Say) -> tuple[e.Event, ...]:
    """Return that the bot says it, once."""
    if command.words in chat.said:
        return ()
    return (e.Said(at=command.at, words=command.words, by=command.by),)


def close(chat: Chat, command: c.Close) -> tuple[e.Event, ...]:
    """Return the end of the hour."""
    return (enter(Phase.AFTER_HOUR, command.at, command.at, command.by, "command"),)


def time_for(chat: Chat, command: c.Asked, upcoming: Sequence[PlannedQuestion]) -> tuple[e.Event, ...]:
    """Return the delay that leaves what is asked now `LEAST_GAP` before the first of *upcoming*, or the closing."""
    opens_after = min((question.opens_after for question in upcoming), default=chat.plan.closing_after)
    gap = chat.due_at(opens_after) - command.at
    if gap >= LEAST_GAP or chat.plan.pace == "manual":
        return ()
    return (e.Extended(at=command.at, length=LEAST_GAP - gap, cause="command", by=command.by),)
