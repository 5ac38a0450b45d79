"""What may still become of the plan: questions added to it, and a plan file that was edited."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core import commands as c
from bot.core import events as e
from bot.core.chat import Chat
from bot.core.decide.course import asking, enter, time_for, too_late
from bot.core.due import DOORS_BEFORE
from bot.core.names import QuestionId
from bot.core.phases import Phase
from bot.core.plan import Plan, PlannedQuestion
from bot.errors import Refused

# --- a question more ---------------------------------------------------------------------------------------


def add_question(chat: Chat, command: c.AddQuestion) -> tuple[e.Event, ...]:
    """Return the question in the plan, and asked when that was wished for."""
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
        stage=asking(chat, command.question),
        cause="command",
        due=command.at,
        by=command.by,
        asked_as=command.asked_as,
    )
    return (asked, *time_for(chat, command, chat.remaining))


# --- an edited plan ----------------------------------------------------------------------------------------

_SAID = frozenset({Phase.ANNOUNCED, Phase.DOORS, Phase.MISSED})
"""Phases in which people know of a time that can still change."""


def change_plan(chat: Chat, command: c.PlanChat) -> tuple[e.Event, ...]:
    """Return the new plan: what was asked stays as it was asked. Raises: Refused once the hour is over."""
    plan = _with_known_kept(chat, command.plan)
    if plan == chat.plan:
        return ()
    if chat.is_over:
        raise Refused("refused.plan-is-history")
    changed = e.PlanChanged(at=command.at, plan=plan, by=command.by)
    return (changed, *_not_asked_again(chat, command), *_told_again(chat, command))


def _with_known_kept(chat: Chat, plan: Plan) -> Plan:
    """Return *plan* with every question that people have read as they read it."""
    kept = {one.id: one for one in chat.plan.questions if one.id in _read(chat)}
    numbers = {one.number for one in kept.values()}
    questions = tuple(_numbered(plan.questions, kept, numbers))
    left = tuple(one for one in kept.values() if one not in questions)
    return replace(plan, questions=(*questions, *left))


def _read(chat: Chat) -> set[QuestionId]:
    return {*chat.added, *chat.asked, *(opening.question for opening in chat.openings)}


def _numbered(
    questions: Collection[PlannedQuestion], kept: dict[QuestionId, PlannedQuestion], taken: set[int]
) -> Iterator[PlannedQuestion]:
    """Yield the questions of a new plan. A number that a question from the audience has is not given twice."""
    for question in questions:
        number = question.number
        while question.id not in kept and number in taken:
            number += 1
        taken.add(number)
        yield kept.get(question.id) or replace(question, number=number)


def _not_asked_again(chat: Chat, command: c.PlanChat) -> tuple[e.Event, ...]:
    """Return that what a moderator went back from, and the new plan lacks, is not asked a second time."""
    planned = {question.id for question in command.plan.questions} | chat.added
    return tuple(
        e.QuestionSkipped(at=command.at, question=question.id, cause="command", by=command.by)
        for question in chat.remaining
        if question.id in _read(chat) - planned
    )


def _told_again(chat: Chat, command: c.PlanChat) -> tuple[e.Event, ...]:
    """Return that a chat that moved away is announced anew; reminders that are past by now are done without."""
    if chat.phase not in _SAID:
        return ()
    at, plan = command.at, command.plan
    moved = plan.starts_at != chat.plan.starts_at
    given = set[timedelta]() if moved else chat.reminded
    past = [before for before in plan.reminders if before not in given and plan.starts_at - before <= at]
    again = (
        (enter(Phase.ANNOUNCED, at, at, command.by, "command"),)
        if moved and _is_ahead(chat, plan, at)
        else ()
    )
    return (*again, *too_late(at, past))


def _is_ahead(chat: Chat, plan: Plan, at: datetime) -> bool:
    if chat.phase is Phase.MISSED:
        return at < plan.starts_at + plan.length
    return chat.phase is Phase.DOORS and at < plan.starts_at - DOORS_BEFORE
