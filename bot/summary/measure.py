"""Counts what happened in a chat: people, messages, answers, links between people. Numbers only, no words."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.chat import Opening
from bot.core.names import MessageId, PersonId, QuestionId
from bot.core.phases import Phase
from bot.summary.view import View

LONGEST_HOUR = 240
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How one question went. *first*: from the question to its first answer; *planned*, *open*: how long it stood."""

    question: QuestionId
    number: int
    answers: int
    answerers: int
    first: timedelta | None
    open: timedelta | None
    planned: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """Who answered whom; None where the platform tells of no replies and no mentions."""

    pairs: int
    longest: int
    alone: int


def ended_at(view: View) -> datetime:
    """Return when the hour ended, or should have."""
    chat = view.chat
    return chat.entered.get(Phase.AFTER_HOUR) or chat.due_at(chat.plan.length)


def by_person(view: View) -> Counter[PersonId]:
    """Return how many messages each person wrote."""
    return Counter(said.author for said in view.said)


def per_minute(view: View) -> list[int]:
    """Return how many messages came in each minute of the hour."""
    start, end = view.chat.starts_at, ended_at(view)
    minutes = min(LONGEST_HOUR, max(1, -((start - end) // MINUTE)))
    counts = [0] * minutes
    for said in view.said:
        minute = (said.heard.sent_at - start) // MINUTE
        if 0 <= minute < minutes:
            counts[minute] += 1
    return counts


def late(view: View) -> int:
    """Return how many messages came after the hour."""
    end = ended_at(view)
    return sum(said.heard.sent_at >= end for said in view.said)


def askings(view: View) -> list[Asking]:
    """Return how each question went, in the order in which they were asked."""
    openings = {opening.question: opening for opening in reversed(view.chat.openings)}
    asked = [question for question in view.chat.asked if question in openings]
    return [_asking(view, openings[question]) for question in asked]


def _asking(view: View, opening: Opening) -> Asking:
    answers = view.answers[opening.question]
    waits = [said.heard.sent_at - opening.since(said.heard.room) for said in answers]
    return Asking(
        question=opening.question,
        number=opening.number,
        answers=len(answers),
        answerers=len({said.author for said in answers}),
        first=min((wait for wait in waits if wait >= timedelta()), default=None),
        open=_open_for(view, opening),
        planned=_planned_for(view, opening.question),
    )


def _open_for(view: View, opening: Opening) -> timedelta | None:
    later = [other.asked_at for other in view.chat.openings if other.asked_at > opening.asked_at]
    closing = view.chat.entered.get(Phase.CLOSING) or view.chat.entered.get(Phase.AFTER_HOUR)
    ends = [*later, *([closing] if closing and closing > opening.asked_at else [])]
    return min(ends) - opening.asked_at if ends else None


def _planned_for(view: View, question: QuestionId) -> timedelta:
    plan = view.chat.plan
    opens = plan.question(question).opens_after
    later = [other.opens_after for other in plan.questions if other.opens_after > opens]
    return min([*later, max(plan.closing_after, opens)]) - opens


def by_group(view: View) -> Counter[str | None]:
    """Return how many messages each self-declared group wrote; None: not said."""
    people = {person: view.group(person) for person in view.aliases}
    return Counter(people[said.author] for said in view.said)


def insights_by_group(view: View) -> Counter[str | None]:
    """Return how many kept lines each group said; an exchange counts for everybody in it."""
    authors = {said.id: said.author for said in view.said}
    spoken = (
        {view.group(authors[message]) for message in kept.messages if message in authors}
        for kept in view.board
    )
    return Counter(group for groups in spoken for group in groups)


def connections(view: View) -> Connections | None:
    """Return who answered whom; None when this platform tells of neither replies nor mentions nor reactions."""
    authors = {said.id: said.author for said in view.said}
    links = _links(view, authors)
    reacted = {
        authors[message]
        for message, reactions in view.chat.reactions.items()
        if message in authors and any(person != authors[message] for person, _ in reactions)
    }
    if not links and not reacted:
        return None
    answered = {to for _, to in links} | reacted
    pairs = {frozenset(link) for link in links}
    return Connections(
        pairs=len(pairs), longest=_longest(view, authors), alone=len(view.aliases.keys() - answered)
    )


def _links(view: View, authors: Mapping[MessageId, PersonId]) -> set[tuple[PersonId, PersonId]]:
    links: set[tuple[PersonId, PersonId]] = set()
    for said in view.said:
        to = {person for person in said.message.reading.mentions if person in view.aliases}
        if (parent := said.heard.reply_to) and parent in authors:
            to.add(authors[parent])
        links.update((said.author, person) for person in to if person != said.author)
    return links


def _longest(view: View, authors: Mapping[MessageId, PersonId]) -> int:
    """Return the most messages that hang on one another, each a reply to somebody else's."""
    depth: dict[MessageId, int] = {}
    for said in view.said:
        parent = said.heard.reply_to
        follows = parent is not None and authors.get(parent, said.author) != said.author
        depth[said.id] = 1 + (depth.get(parent, 0) if parent and follows else 0)
    longest = max(depth.values(), default=0)
    return longest if longest > 1 else 0
