"""The course of the hour: what the clock and a moderator's next, back, skip, extend, hold and close lead to."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core import commands as c
from bot.core import events as e
from bot.core.chat import Chat
from bot.core.due import due, ends_at, next_question, open_reminders
from bot.core.names import PersonId, QuestionId
from bot.core.phases import Phase, Stage, Step
from bot.core.plan import Plan, PlannedQuestion
from bot.errors import Refused

HOT = 10
"""Messages in the last minute from which on a room is still hot: at that pace a new question would cut people off."""
COOLING = timedelta(minutes=1)
MOST_COOLINGS = 4
"""How often in one chat the clock may wait for a hot room: the hour has an end that people planned with."""
LEAST_GAP = timedelta(minutes=5)
"""How soon after a question from the audience the plan's next one may come."""


# --- the clock ---------------------------------------------------------------------------------------------


def tick(chat: Chat, command: c.Tick) -> tuple[e.Event, ...]:
    """Return what the earliest thing that is due leads to; the caller ticks again until nothing is due."""
    wanted = due(chat)
    if wanted is None or wanted > command.at:
        return ()
    return _TICK[chat.phase](chat, command.at, wanted)


def _announce(chat: Chat, at: datetime, wanted: datetime) -> tuple[e.Event, ...]:
    if at >= chat.plan.starts_at:
        return _open_hour(chat, at, wanted)
    past = tuple(
        e.Reminded(at=at, before=before, late=True)
        for before in open_reminders(chat)
        if chat.due_at(-before) <= at
    )
    return (_enter(Phase.ANNOUNCED, at, wanted), *past)


def _remind_or_open(chat: Chat, at: datetime, wanted: datetime) -> tuple[e.Event, ...]:
    if at >= chat.due_at(timedelta()):
        return _open_hour(chat, at, wanted)
    overdue = [before for before in open_reminders(chat) if chat.due_at(-before) <= at]
    # Of several reminders missed in a sleep only the newest is still worth reading.
    reminders = tuple(e.Reminded(at=at, before=before, late=before != overdue[-1]) for before in overdue)
    return reminders or (_enter(Phase.DOORS, at, wanted),)


def _open_hour(chat: Chat, at: datetime, _wanted: datetime) -> tuple[e.Event, ...]:
    start = chat.due_at(timedelta())
    if at >= ends_at(chat):
        return (_enter(Phase.MISSED, at, start),)
    return (_enter(Phase.INTRODUCTIONS, at, start),)


def _go_on_by_clock(chat: Chat, at: datetime, wanted: datetime) -> tuple[e.Event, ...]:
    if chat.plan.pace == "manual":
        return _step_by_hand(chat, at)
    if at >= ends_at(chat):
        return (*_slept_through(at, chat.remaining), _enter(Phase.AFTER_HOUR, at, ends_at(chat)))
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
    return (*slept, e.StageEntered(at=at, stage=_asking(chat, newest.id), cause="clock", due=wanted))


def _close_questions(
    chat: Chat, at: datetime, overdue: list[PlannedQuestion], closing_at: datetime
) -> tuple[e.Event, ...]:
    if not overdue and _is_hot(chat, at):
        return (e.Extended(at=at, length=COOLING, cause="traffic"),)
    return (*_slept_through(at, overdue), _enter(Phase.CLOSING, at, closing_at))


def _slept_through(at: datetime, questions: Sequence[PlannedQuestion]) -> tuple[e.Event, ...]:
    return tuple(e.QuestionSkipped(at=at, question=question.id, cause="sleep") for question in questions)


def _is_hot(chat: Chat, at: datetime) -> bool:
    if chat.stage.step is None or chat.heat >= MOST_COOLINGS:
        return False
    since = at - timedelta(minutes=1)
    return sum(heard >= since for heard in chat.recent[-HOT:]) >= HOT


def _next_step(chat: Chat, at: datetime) -> tuple[e.Event, ...]:
    question = chat.stage.question
    if question is None:
        return ()
    after = Step.OPEN if chat.stage.step is Step.THINKING else Step.WRAPPING
    return (e.StepEntered(at=at, question=question, step=after, cause="clock"),)


def _step_by_hand(chat: Chat, at: datetime) -> tuple[e.Event, ...]:
    if (
        chat.stage.step is Step.THINKING
        and chat.entered_at is not None
        and at >= chat.entered_at + chat.plan.think
    ):
        return _next_step(chat, at)
    return (_enter(Phase.AFTER_HOUR, at, at),)  # nobody closed the hour: see FORGOTTEN_AFTER


def _end_late_answers(_chat: Chat, at: datetime, wanted: datetime) -> tuple[e.Event, ...]:
    return (_enter(Phase.REVIEW, at, wanted),)


_TICK: dict[Phase, Callable[[Chat, datetime, datetime], tuple[e.Event, ...]]] = {
    Phase.DRAFT: _announce,
    Phase.ANNOUNCED: _remind_or_open,
    Phase.DOORS: _open_hour,
    Phase.INTRODUCTIONS: _go_on_by_clock,
    Phase.QUESTION: _go_on_by_clock,
    Phase.CLOSING: _go_on_by_clock,
    Phase.AFTER_HOUR: _end_late_answers,
}


def _enter(
    phase: Phase, at: datetime, wanted: datetime, by: PersonId | None = None, cause: e.Cause = "clock"
) -> e.StageEntered:
    return e.StageEntered(at=at, stage=Stage(phase=phase), cause=cause, due=wanted, by=by)


def _asking(chat: Chat, question: QuestionId, *, think: bool = True) -> Stage:
    step = Step.THINKING if chat.plan.think and think else Step.OPEN
    return Stage(phase=Phase.QUESTION, question=question, step=step)


# --- a moderator -------------------------------------------------------------------------------------------


def start(_chat: Chat, command: c.Start) -> tuple[e.Event, ...]:
    """Return the opening of the hour, now: everything planned counts from here."""
    return (_enter(Phase.INTRODUCTIONS, command.at, command.at, command.by, "command"),)


def go_on(chat: Chat, command: c.Next) -> tuple[e.Event, ...]:
    """Return the next question, the closing after the last, the end after the closing."""
    question = next_question(chat)
    if chat.phase is Phase.CLOSING:
        return (_enter(Phase.AFTER_HOUR, command.at, command.at, command.by, "command"),)
    if question is None:
        return (_enter(Phase.CLOSING, command.at, command.at, command.by, "command"),)
    entered = e.StageEntered(
        at=command.at,
        stage=_asking(chat, question.id),
        cause="command",
        due=command.at,
        by=command.by,
        asked_as=command.asked_as,
    )
    return (entered,)


def go_back(chat: Chat, command: c.Back) -> tuple[e.Event, ...]:
    """Return the question before, asked again. Raises: Refused when there is none."""
    before = chat.asked[:-1] if chat.phase is Phase.QUESTION else chat.asked
    if not before:
        raise Refused("refused.nothing-before")
    stage = _asking(chat, before[-1], think=False)
    return (
        e.StageEntered(at=command.at, stage=stage, cause="command", due=command.at, by=command.by, back=True),
    )


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
    """Return more time for what is open now; last thoughts are called off."""
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


def say(_chat: Chat, command: c.Say) -> tuple[e.Event, ...]:
    """Return that the bot says it."""
    return (e.Said(at=command.at, words=command.words, by=command.by),)


def close(chat: Chat, command: c.Close) -> tuple[e.Event, ...]:
    """Return the end of the hour."""
    return (_enter(Phase.AFTER_HOUR, command.at, command.at, command.by, "command"),)


def add_question(chat: Chat, command: c.AddQuestion) -> tuple[e.Event, ...]:
    """Return the question in the plan, and asked when that was wished for. Raises: Refused outside the hour."""
    if command.ask and chat.phase not in (Phase.INTRODUCTIONS, Phase.QUESTION, Phase.CLOSING):
        raise Refused("refused.not-now")
    if any(question.id == command.question for question in chat.plan.questions):
        return ()
    question = _new_question(chat, command)
    added = e.QuestionAdded(at=command.at, question=question, by=command.by)
    return (added, *_ask_at_once(chat, command)) if command.ask else (added,)


def _new_question(chat: Chat, command: c.AddQuestion) -> PlannedQuestion:
    planned = chat.plan.questions
    last = max((question.opens_after for question in planned), default=chat.plan.closing_after / 2)
    number = max((question.number for question in planned), default=0) + 1
    halfway = last + (chat.plan.closing_after - last) / 2
    return PlannedQuestion(id=command.question, number=number, opens_after=halfway, audience=command.audience)


def _ask_at_once(chat: Chat, command: c.AddQuestion) -> tuple[e.Event, ...]:
    asked = e.StageEntered(
        at=command.at,
        stage=_asking(chat, command.question),
        cause="command",
        due=command.at,
        by=command.by,
        asked_as=command.asked_as,
    )
    upcoming = next_question(chat)
    gap = chat.due_at(upcoming.opens_after) - command.at if upcoming else LEAST_GAP
    if gap >= LEAST_GAP or chat.plan.pace == "manual":
        return (asked,)
    return (asked, e.Extended(at=command.at, length=LEAST_GAP - gap, cause="command", by=command.by))


# --- the plan ----------------------------------------------------------------------------------------------


def change_plan(chat: Chat, command: c.PlanChat) -> tuple[e.Event, ...]:
    """Return the new plan: what was asked stays as it was asked. Raises: Refused once the hour is over."""
    plan = _with_asked_kept(chat, command.plan)
    if plan == chat.plan:
        return ()
    if chat.phase in (Phase.AFTER_HOUR, Phase.REVIEW, Phase.PUBLISHED, Phase.WITHDRAWN):
        raise Refused("refused.plan-is-history")
    return (e.PlanChanged(at=command.at, plan=plan, by=command.by),)


def _with_asked_kept(chat: Chat, plan: Plan) -> Plan:
    asked = {question.id: question for question in chat.plan.questions if question.id in chat.asked}
    added = {question.id: question for question in chat.plan.questions if question.id.startswith("a")}
    questions = [asked.pop(question.id, question) for question in plan.questions]
    return replace(plan, questions=(*questions, *(added | asked).values()))
