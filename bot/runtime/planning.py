"""From a plan as people write it to what the log keeps of it: times and choices there, words apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from difflib import SequenceMatcher

from bot.core.chat import Chat
from bot.core.names import QuestionId, RoomId, WordKey
from bot.core.plan import (
    CLOSING,
    DISCLOSURE,
    GUEST,
    SPONSOR,
    TITLE,
    WHY,
    Plan,
    PlannedQuestion,
    objective_words,
    question_words,
)
from bot.plans.model import Plan as PlanFile

REWORDED = 0.6
"""How alike two texts are that are one question reworded, from 0 to 1; a typo leaves more, another question less."""


def plan_of(written: PlanFile) -> Plan:
    """Return what the log keeps of *written*."""
    return Plan(
        hashtag=written.hashtag,
        starts_at=written.starts_at,
        zone=written.zone,
        length=written.length,
        language=written.language,
        rooms=tuple(RoomId(room) for room in written.rooms),
        questions=_questions(written),
        closing_after=written.closing_after,
        think=timedelta(minutes=written.think),
        wrap=timedelta(minutes=written.wrap),
        late_answers=timedelta(hours=written.late_answers_hours),
        reminders=tuple(timedelta(hours=hours) for hours in written.reminders_hours),
        objectives=len(written.objectives),
        groups=tuple(written.groups),
        quoting=written.quoting,
        publish=written.publish,
        pace=written.pace,
        next_at=written.next_at,
    )


def _questions(written: PlanFile) -> tuple[PlannedQuestion, ...]:
    return tuple(
        PlannedQuestion(
            id=_id(slot.number),
            number=slot.number,
            opens_after=slot.opens_after,
            objective=question.objective,
        )
        for slot, question in zip(written.timetable, written.questions, strict=True)
    )


def _id(number: int) -> QuestionId:
    return QuestionId(f"q{number}")


def words_of(written: PlanFile) -> dict[WordKey, str]:
    """Return the words of *written* by the keys under which they are kept."""
    return dict(_words(written))


def _words(written: PlanFile) -> Iterator[tuple[WordKey, str]]:
    single = {
        TITLE: written.title,
        WHY: written.why,
        GUEST: written.guest,
        DISCLOSURE: written.disclosure,
        SPONSOR: written.sponsor,
        CLOSING: written.closing.text if written.closing else None,
    }
    yield from ((key, text) for key, text in single.items() if text)
    for number, question in enumerate(written.questions, start=1):
        yield question_words(_id(number)), question.text
    for number, objective in enumerate(written.objectives, start=1):
        yield objective_words(number), objective


def recognised(
    plan: Plan, words: Mapping[WordKey, str], chat: Chat, stored: Mapping[WordKey, str]
) -> tuple[Plan, dict[WordKey, str]]:
    """Return an edited *plan* with its *words*, in which every question of *chat* is known again.

    A plan file numbers its questions by their places, and people move and delete them: a question is the one that
    reads the same, else the one that stood in its place and was not asked yet, else a new one. One that was asked and
    only reworded since stays as people read it. *stored*: texts by key.
    """
    known = {stored.get(question_words(question.id), ""): question.id for question in chat.plan.questions}
    texts = [words[question_words(question.id)] for question in plan.questions]
    texts = [
        _as_asked(text, question.id, texts, chat, stored)
        for text, question in zip(texts, plan.questions, strict=True)
    ]
    free = [
        question.id
        for question in chat.plan.questions
        if question.id not in chat.asked and stored.get(question_words(question.id)) not in texts
    ]
    used = {question.id for question in chat.plan.questions}
    ids = list(_ids(plan, texts, known, free, used))
    questions = tuple(replace(question, id=id) for question, id in zip(plan.questions, ids, strict=True))
    kept = {key: text for key, text in words.items() if not key.startswith("question/")}
    return replace(plan, questions=questions), kept | dict(zip(map(question_words, ids), texts, strict=True))


def _as_asked(
    text: str, place: QuestionId, texts: Sequence[str], chat: Chat, stored: Mapping[WordKey, str]
) -> str:
    """Return how the question of *place* was asked, if *text* is the same one reworded; else *text*."""
    asked = stored.get(question_words(place), "")
    if place not in chat.asked or not asked or text == asked or asked in texts:
        return text
    return asked if SequenceMatcher(None, text, asked).ratio() >= REWORDED else text


def _ids(
    plan: Plan,
    texts: list[str],
    known: Mapping[str, QuestionId],
    free: list[QuestionId],
    used: set[QuestionId],
) -> Iterator[QuestionId]:
    for question, text in zip(plan.questions, texts, strict=True):
        if text in known:
            yield known[text]
        elif question.id in free:
            free.remove(question.id)
            yield question.id
        else:
            number = next(number for number in range(1, len(used) + 2) if _id(number) not in used)
            used.add(_id(number))
            yield _id(number)
