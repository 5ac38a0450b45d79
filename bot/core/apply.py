"""How each event changes a chat's state: one small function for each kind, in one table.

`apply` changes the chat it is given: there is one writer, and copying ten thousand messages for each new one would
cost more than everything else together. Only the facilitator that owns a chat, or a replay, may call it.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.core import events as e
from bot.core.chat import Chat, Insight, Message, Opening, Person
from bot.core.names import MessageId, PersonId, QuestionId, RoomId
from bot.core.phases import Phase, Stage, Step

RECENT = timedelta(seconds=60)
"""How far back "is the room still hot?" looks."""


def apply(chat: Chat, event: e.Event) -> None:
    """Take *event* into *chat* and count it."""
    APPLY[type(event)](chat, event)
    chat.version += 1


def replay(events: Iterable[e.Event]) -> Chat:
    """Return the chat that *events* tell of. Raises: ValueError when they don't begin with a plan."""
    stream = iter(events)
    first = next(stream, None)
    if not isinstance(first, e.ChatPlanned):
        raise ValueError("a chat's log begins with its plan")
    chat = Chat.begin(first)
    for event in stream:
        apply(chat, event)
    return chat


def _message(chat: Chat, message: MessageId) -> Message:
    """Return the record of *message*, begun now if this is the first that is heard of it."""
    return chat.messages.setdefault(message, chat.message(message))


def _person(chat: Chat, person: PersonId) -> Person:
    """Return the record of *person*, begun now if this is the first that is heard of them."""
    return chat.people.setdefault(person, chat.person(person))


def _planned(chat: Chat, event: e.ChatPlanned | e.PlanChanged) -> None:
    if event.plan.starts_at != chat.plan.starts_at:
        chat.reminded.clear()  # a chat that moves to another day is reminded of as if it were new
        chat.shift = chat.shift if chat.anchor else timedelta()
    chat.plan = event.plan


def _question_added(chat: Chat, event: e.QuestionAdded) -> None:
    chat.plan = replace(chat.plan, questions=(*chat.plan.questions, event.question))
    chat.added.add(event.question.id)


def _stage_entered(chat: Chat, event: e.StageEntered) -> None:
    if event.stage.phase is Phase.INTRODUCTIONS:
        chat.anchor, chat.shift = event.due, timedelta()
    if event.stage.phase in _ENDS_A_HOLD:
        chat.held_since = None
    if event.stage.question is not None:
        _open(chat, event, event.stage.question)
    else:
        chat.undoable = [done for done in chat.undoable if done[0] != "question"]
    chat.stage, chat.entered_at = event.stage, event.at
    chat.turns[event.stage.phase] += 1
    chat.entered.setdefault(event.stage.phase, event.at)


# Opening or ending the hour by hand is stronger than a hold: nobody could resume after the hour.
_ENDS_A_HOLD = frozenset({Phase.INTRODUCTIONS, Phase.AFTER_HOUR, Phase.PUBLISHED})


def _open(chat: Chat, event: e.StageEntered, question: QuestionId) -> None:
    if event.back:
        _leave(chat, question)
    if question not in chat.asked:
        chat.asked.append(question)
        chat.undoable.append(("question", question))
    chat.skipped.discard(question)
    planned = chat.plan.question(question)
    asking = 1 + sum(opening.question == question for opening in chat.openings)
    opening = Opening(
        question=question, number=planned.number, asking=asking, asked_at=event.at, asked_as=event.asked_as
    )
    chat.openings.append(opening)


def _leave(chat: Chat, question: QuestionId) -> None:
    """Let go of the open question, going back to *question*. To take one of them back now would lose its answers."""
    left = chat.stage.question
    if left in chat.asked:
        chat.asked.remove(left)  # it will be asked again; its first opening keeps its answers
    gone = {("question", left), ("question", question)}
    chat.undoable = [done for done in chat.undoable if done not in gone]


def _step_entered(chat: Chat, event: e.StepEntered) -> None:
    chat.stage = replace(chat.stage, step=event.step)
    chat.turns[f"{event.step}/{event.question}"] += 1


def _reminded(chat: Chat, event: e.Reminded) -> None:
    chat.reminded.add(event.before)
    chat.turns["reminder"] += 1


def _question_skipped(chat: Chat, event: e.QuestionSkipped) -> None:
    chat.skipped.add(event.question)


def _question_withdrawn(chat: Chat, event: e.QuestionWithdrawn) -> None:
    chat.skipped.add(event.question)
    chat.openings = [opening for opening in chat.openings if opening.question != event.question]
    if event.question in chat.asked:
        chat.asked.remove(event.question)
    if chat.stage.question == event.question:
        before = chat.openings[-1].question if chat.openings else None
        phase = Phase.QUESTION if before else Phase.INTRODUCTIONS
        chat.stage = Stage(phase=phase, question=before, step=Step.OPEN if before else None)
    _no_longer_undoable(chat, "question", event.question)


def _extended(chat: Chat, event: e.Extended) -> None:
    chat.shift += event.length
    chat.heat += event.cause == "traffic"


def _held(chat: Chat, event: e.Held) -> None:
    chat.held_since = event.at


def _resumed(chat: Chat, event: e.Resumed) -> None:
    if chat.held_since is not None:
        # The hour was announced: held before it, it moves only by what the hold outlasts its start.
        start = chat.starts_at if chat.anchor else chat.due_at(timedelta())
        chat.shift += max(timedelta(), event.at - max(chat.held_since, start))
    chat.held_since = None


def _said(chat: Chat, event: e.Said) -> None:
    chat.said.add(event.words)


def _person_joined(chat: Chat, event: e.PersonJoined) -> None:
    person = _person(chat, event.person)
    person.room, person.group, person.bot = event.room, event.group, person.bot or event.bot
    person.joins += 1
    person.met_at = person.met_at or event.at
    person.returning = person.returning or event.returning


def _message_heard(chat: Chat, event: e.MessageHeard) -> None:
    message = _message(chat, event.message)
    message.heard = event
    if message.revision == 0:
        message.reading = event.reading
    chat.latest_heard = max(event.sent_at, chat.latest_heard or event.sent_at)
    _note_recent(chat, event)


def _note_recent(chat: Chat, event: e.MessageHeard) -> None:
    recent = chat.recent
    recent.append(event.sent_at)  # what is fetched after a gap was said then, not now
    if len(recent) >= 256 and recent[128] < event.at - RECENT:
        del recent[:128]


def _message_edited(chat: Chat, event: e.MessageEdited) -> None:
    message = _message(chat, event.message)
    # The later edit wins, whichever is heard first.
    if message.edited_at is None or (event.edited_at, event.revision) >= (
        message.edited_at,
        message.revision,
    ):
        message.reading, message.edited_at, message.revision = event.reading, event.edited_at, event.revision
        message.cleared = False  # the moderator looked at other words


def _message_deleted(chat: Chat, event: e.MessageDeleted) -> None:
    _message(chat, event.message).deleted = True


def _reacted(chat: Chat, event: e.Reacted) -> None:
    reactions = chat.reactions.setdefault(event.message, {})
    known = reactions.get((event.person, event.reaction))
    if known is None or is_newer(event.reacted_at, event.present, known):
        reactions[event.person, event.reaction] = (event.reacted_at, event.present)


def is_newer(at: datetime, present: bool, known: tuple[datetime, bool]) -> bool:
    """Return whether a reaction of *at* overrides the *known* one, in whichever order they are heard."""
    return (at, not present) > (known[0], not known[1])  # of two at the same moment the one taken back stands


def _question_proposed(chat: Chat, event: e.QuestionProposed) -> None:
    chat.proposed[event.words] = event.by


def _post_delivered(chat: Chat, event: e.PostDelivered) -> None:
    chat.posts[event.key] = event.message
    chat.posted_at[event.key] = event.posted_at
    chat.own[event.message] = event.key
    chat.failed.pop(event.key, None)
    chat.in_doubt.pop(event.key, None)
    _open_in(chat, event.key, event.room, event.posted_at)


def _open_in(chat: Chat, key: str, room: RoomId, at: datetime) -> None:
    """Note that a question can be read in *room* since then, if that is what the post *key* asks."""
    for opening in chat.openings:
        if key == question_key(chat, opening.question, opening.asking, room):
            opening.rooms[room] = at


def question_key(chat: Chat, question: str, asking: int, room: str) -> str:
    """Return the key of the post that asks *question* for the *asking*-th time in *room*."""
    return f"{chat.id}/question/{question}/{asking}/{room}"


def _post_failed(chat: Chat, event: e.PostFailed) -> None:
    chat.failed[event.key] = event.reason
    chat.in_doubt.pop(event.key, None)


def _post_in_doubt(chat: Chat, event: e.PostInDoubt) -> None:
    chat.in_doubt[event.key] = event
    chat.settled.pop(event.key, None)


def _post_settled(chat: Chat, event: e.PostSettled) -> None:
    doubt = chat.in_doubt.pop(event.key, None)
    chat.settled[event.key] = event.answer
    if event.answer == "there" and doubt is not None:
        _open_in(chat, event.key, event.room, doubt.since)


def _post_doubled(chat: Chat, event: e.PostDoubled) -> None:
    chat.doubles[event.message] = event.key


def _gap_noticed(chat: Chat, event: e.GapNoticed) -> None:
    chat.gaps.append(event)


def _insight_kept(chat: Chat, event: e.InsightKept) -> None:
    chat.insights[event.insight] = Insight(
        id=event.insight,
        messages=(event.message,),
        tag=event.tag,
        by=event.by,
        at=event.at,
        start=event.start,
        end=event.end,
        noted=event.noted,
    )
    chat.undoable.append(("insight", event.insight))


def _exchange_kept(chat: Chat, event: e.ExchangeKept) -> None:
    chat.insights[event.insight] = Insight(
        id=event.insight, messages=event.messages, tag=event.tag, by=event.by, at=event.at, exchange=True
    )
    chat.undoable.append(("insight", event.insight))


def _insight_dropped(chat: Chat, event: e.InsightDropped) -> None:
    chat.insights.pop(event.insight, None)
    _no_longer_undoable(chat, "insight", event.insight)


def _no_longer_undoable(chat: Chat, kind: str, name: str) -> None:
    chat.undoable = [done for done in chat.undoable if done != (kind, name)]


def _answer_moved(chat: Chat, event: e.AnswerMoved) -> None:
    chat.moved[event.message] = event.questions


def _message_parked(chat: Chat, event: e.MessageParked) -> None:
    chat.parked[event.message] = event.at
    chat.undoable.append(("parked", event.message))


def _message_unparked(chat: Chat, event: e.MessageUnparked) -> None:
    chat.parked.pop(event.message, None)
    _no_longer_undoable(chat, "parked", event.message)


def _message_locked(chat: Chat, event: e.MessageLocked) -> None:
    message = _message(chat, event.message)
    message.locked, message.cleared = True, False


def _message_cleared(chat: Chat, event: e.MessageCleared) -> None:
    message = _message(chat, event.message)
    message.locked, message.cleared = False, True


def _consent_asked(chat: Chat, event: e.ConsentAsked) -> None:
    chat.consent_asked.add(event.message)


def _consent_given(chat: Chat, event: e.ConsentGiven) -> None:
    person = _person(chat, event.person)
    if event.message is None:
        person.choice = event.choice
        person.choices.clear()  # the last word holds for everything said before it
    else:
        person.choices[event.message] = event.choice


def _person_forgotten(chat: Chat, event: e.PersonForgotten) -> None:
    person = _person(chat, event.person)
    person.forgotten, person.group, person.choice = True, None, "no"
    person.choices.clear()
    _no_longer_moderates(chat, event.person)
    heard = [message.heard for message in chat.messages.values() if message.heard]
    said = [one.sent_at for one in heard if one.author == event.person]
    chat.forgotten_until = max([event.at, *said, *filter(None, [chat.forgotten_until])])


def _person_muted(chat: Chat, event: e.PersonMuted) -> None:
    _person(chat, event.person).muted = event.muted


def _moderator_appointed(chat: Chat, event: e.ModeratorAppointed) -> None:
    chat.moderators[event.person] = event.generation
    chat.leader = chat.leader or event.person
    chat.chaired.add(event.person)  # and stays there when they are forgotten: that moves no answer


def _moderator_released(chat: Chat, event: e.ModeratorReleased) -> None:
    chat.released[event.person] = chat.link_generation
    chat.chaired.discard(event.person)
    _no_longer_moderates(chat, event.person)


def _no_longer_moderates(chat: Chat, person: PersonId) -> None:
    chat.moderators.pop(person, None)
    if chat.leader == person:
        chat.leader = next(iter(chat.moderators), None)


def _link_rotated(chat: Chat, event: e.LinkRotated) -> None:
    chat.link_generation = event.generation


def _handed_over(chat: Chat, event: e.HandedOver) -> None:
    chat.leader = event.to


def _summary_entry_changed(chat: Chat, event: e.SummaryEntryChanged) -> None:
    chat.draft_changes.append(event)


def _summary_published(chat: Chat, event: e.SummaryPublished) -> None:
    chat.published, chat.editions, chat.parts = event, event.edition, event.parts
    chat.amended = set[MessageId]()


def _summary_amended(chat: Chat, event: e.SummaryAmended) -> None:
    if event.reason == "allowed":
        chat.amended.difference_update(event.messages)
    else:
        chat.amended.update(event.messages)


def _summary_retracted(chat: Chat, _event: e.SummaryRetracted) -> None:
    chat.published = None


# One row for each kind; tests/unit/core checks that none is missing. `Any`: each function takes its own event.
APPLY: dict[type[e.Happened], Callable[[Chat, Any], None]] = {
    e.ChatPlanned: _planned,
    e.PlanChanged: _planned,
    e.QuestionAdded: _question_added,
    e.StageEntered: _stage_entered,
    e.StepEntered: _step_entered,
    e.Reminded: _reminded,
    e.QuestionSkipped: _question_skipped,
    e.QuestionWithdrawn: _question_withdrawn,
    e.Extended: _extended,
    e.Held: _held,
    e.Resumed: _resumed,
    e.Said: _said,
    e.PersonJoined: _person_joined,
    e.MessageHeard: _message_heard,
    e.MessageEdited: _message_edited,
    e.MessageDeleted: _message_deleted,
    e.Reacted: _reacted,
    e.QuestionProposed: _question_proposed,
    e.PostDelivered: _post_delivered,
    e.PostFailed: _post_failed,
    e.PostInDoubt: _post_in_doubt,
    e.PostSettled: _post_settled,
    e.PostDoubled: _post_doubled,
    e.GapNoticed: _gap_noticed,
    e.InsightKept: _insight_kept,
    e.ExchangeKept: _exchange_kept,
    e.InsightDropped: _insight_dropped,
    e.AnswerMoved: _answer_moved,
    e.MessageParked: _message_parked,
    e.MessageUnparked: _message_unparked,
    e.MessageLocked: _message_locked,
    e.MessageCleared: _message_cleared,
    e.ConsentAsked: _consent_asked,
    e.ConsentGiven: _consent_given,
    e.PersonForgotten: _person_forgotten,
    e.PersonMuted: _person_muted,
    e.ModeratorAppointed: _moderator_appointed,
    e.ModeratorReleased: _moderator_released,
    e.LinkRotated: _link_rotated,
    e.HandedOver: _handed_over,
    e.SummaryEntryChanged: _summary_entry_changed,
    e.SummaryPublished: _summary_published,
    e.SummaryAmended: _summary_amended,
    e.SummaryRetracted: _summary_retracted,
}
