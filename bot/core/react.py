"""Which posts an event calls for, room by room. References only: the words are put in when a post is sent.

`react` is asked after the event was applied, so it reads the chat as it now is. Silence is a feature: what is not in
the table says nothing in public.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from bot.core import events as e
from bot.core.apply import question_key
from bot.core.chat import Chat
from bot.core.due import doors_at
from bot.core.names import PersonId, PostKey, QuestionId, RoomId, WordKey
from bot.core.phases import PHASES, Phase, Step
from bot.core.plan import CLOSING, TITLE, question_words
from bot.core.posts import Argument, Post, WordRef

Arguments = Mapping[str, Argument | tuple[Argument, ...]]


def react(chat: Chat, event: e.Event) -> tuple[Post, ...]:
    """Return the posts that *event* calls for, in the order in which each room shall read them."""
    reaction = REACT.get(type(event))
    return reaction(chat, event) if reaction else ()


def everywhere(chat: Chat, name: str, line: str, arguments: Arguments | None = None) -> tuple[Post, ...]:
    """Return the post *name* of *chat* for each of its rooms."""
    return tuple(
        Post(key=PostKey(f"{chat.id}/{name}/{room}"), room=room, line=line, arguments=arguments or {})
        for room in chat.plan.rooms
    )


def _on_stage(chat: Chat, event: e.StageEntered) -> tuple[Post, ...]:
    line = PHASES[event.stage.phase].line
    if line is None or event.asked_as is not None:
        return ()
    if event.stage.question is not None:
        return _question(chat, event, event.stage.question)
    arguments = _STAGE_ARGUMENTS.get(event.stage.phase, _basics)(chat)
    turn = chat.turns[event.stage.phase]
    posts = everywhere(chat, f"{event.stage.phase}/{turn}", f"post.{line}", arguments)
    if event.stage.phase is Phase.INTRODUCTIONS and Phase.DOORS not in chat.entered:
        # Nobody is heard before they could read that the hour is recorded.
        return (*everywhere(chat, f"{Phase.DOORS}/1", "post.how-it-works", _basics(chat)), *posts)
    return posts


def _basics(chat: Chat) -> dict[str, Argument | tuple[Argument, ...]]:
    return {"hashtag": chat.plan.hashtag, "title": WordRef(key=TITLE), "minutes": _minutes(chat)}


def _minutes(chat: Chat) -> int:
    return int(chat.plan.length.total_seconds() // 60)


def _announcement(chat: Chat) -> Arguments:
    questions = tuple(WordRef(key=question_words(question.id)) for question in chat.plan.questions)
    return {**_basics(chat), "starts_at": chat.plan.starts_at, "zone": chat.plan.zone, "questions": questions}


def _closing(chat: Chat) -> Arguments:
    return {**_basics(chat), "closing": WordRef(key=CLOSING)}


def _thanks(chat: Chat) -> Arguments:
    heard = [message.heard for message in chat.messages.values() if message.heard and not message.deleted]
    bots = {person.id for person in chat.people.values() if person.bot}
    people = {message.author for message in heard} - bots
    hours = int(chat.plan.late_answers.total_seconds() // 3600)
    thanks = {**_basics(chat), "messages": len(heard), "people": len(people), "hours": hours}
    return {**thanks, "next_at": chat.plan.next_at, "zone": chat.plan.zone} if chat.plan.next_at else thanks


_STAGE_ARGUMENTS: dict[Phase, Callable[[Chat], Arguments]] = {
    Phase.ANNOUNCED: _announcement,
    Phase.CLOSING: _closing,
    Phase.AFTER_HOUR: _thanks,
}


def _question(chat: Chat, event: e.StageEntered, question: QuestionId) -> tuple[Post, ...]:
    opening = chat.openings[-1]
    line = "post.question-again" if event.back else "post.question"
    arguments: Arguments = {
        "number": opening.number,
        "text": WordRef(key=question_words(question)),
        "hashtag": chat.plan.hashtag,
        "thinking": int(chat.stage.step is Step.THINKING),
    }
    return tuple(
        Post(
            key=PostKey(question_key(chat, question, opening.asking, room)),
            room=room,
            line=line,
            arguments=arguments,
        )
        for room in chat.plan.rooms
    )


def _on_step(chat: Chat, event: e.StepEntered) -> tuple[Post, ...]:
    opening = chat.openings[-1]
    number = opening.number
    if event.step is Step.WRAPPING:
        turn = chat.turns[f"{event.step}/{event.question}"]
        name = f"last-thoughts/{event.question}/{turn}"
        return everywhere(chat, name, "post.last-thoughts", {"number": number})
    if event.cause == "clock":
        name = f"answers/{event.question}/{opening.asking}"
        return everywhere(chat, name, "post.answers-please", {"number": number})
    return ()


def _on_reminder(chat: Chat, event: e.Reminded) -> tuple[Post, ...]:
    if event.late:
        return ()
    left = _minutes_left(chat, event)
    arguments = {**_basics(chat), "starts_at": chat.plan.starts_at, "zone": chat.plan.zone, "left": left}
    return everywhere(chat, f"reminder/{chat.turns['reminder']}", "post.reminder", arguments)


def _minutes_left(chat: Chat, event: e.Reminded) -> int:
    """Return what the reminder was planned to say; the truth, in whole hours from two on, when it comes late."""
    minutes = round((chat.plan.starts_at - event.at) / timedelta(minutes=1))
    planned = round(event.before / timedelta(minutes=1))
    if planned - minutes <= 1:
        return planned
    return minutes if minutes < 120 else round(minutes / 60) * 60


def _on_plan_changed(chat: Chat, event: e.PlanChanged) -> tuple[Post, ...]:
    # A chat whose doors close again, because it moved away, is announced anew instead.
    if chat.phase is not Phase.ANNOUNCED and not (chat.phase is Phase.DOORS and doors_at(chat) <= event.at):
        return ()
    return everywhere(chat, f"plan-changed/{chat.version}", "post.plan-changed", _announcement(chat))


def _on_held(chat: Chat, _event: e.Held) -> tuple[Post, ...]:
    return everywhere(chat, f"held/{chat.version}", "post.held") if chat.is_live else ()


def _on_resumed(chat: Chat, _event: e.Resumed) -> tuple[Post, ...]:
    return everywhere(chat, f"resumed/{chat.version}", "post.resumed") if chat.is_live else ()


def _on_said(chat: Chat, event: e.Said) -> tuple[Post, ...]:
    return everywhere(chat, event.words, "post.said", {"text": WordRef(key=event.words)})


def _on_question_withdrawn(chat: Chat, event: e.QuestionWithdrawn) -> tuple[Post, ...]:
    number = chat.plan.question(event.question).number
    name = f"question-withdrawn/{event.question}/{chat.version}"
    return everywhere(chat, name, "post.question-withdrawn", {"number": number})


def _on_joined(chat: Chat, event: e.PersonJoined) -> tuple[Post, ...]:
    person = chat.people[event.person]
    if person.joins > 1 or person.returning or person.bot or not chat.hears or person.id in chat.moderators:
        return ()
    return (
        _private(
            chat,
            f"first-time/{event.person}",
            event.room,
            event.person,
            "post.first-time",
            {"quoting": chat.plan.quoting},
        ),
    )


def _private(
    chat: Chat, name: str, room: RoomId, person: PersonId, line: str, arguments: Arguments | None = None
) -> Post:
    return Post(
        key=PostKey(f"{chat.id}/{name}"),
        room=room,
        line=line,
        arguments=arguments or {"hashtag": chat.plan.hashtag},
        action="private",
        person=person,
    )


def _on_consent_asked(chat: Chat, event: e.ConsentAsked) -> tuple[Post, ...]:
    heard = chat.message(event.message).heard
    if heard is None:
        return ()
    arguments: dict[str, Argument | tuple[Argument, ...]] = {
        "text": WordRef(key=WordKey(event.message)),
        "message": event.message,
    }
    group = chat.person(event.person).group
    if group:
        arguments["group"] = group
    name = f"consent/{event.message}"
    return (_private(chat, name, heard.room, event.person, "post.consent", arguments),)


def _on_deleted(chat: Chat, event: e.MessageDeleted) -> tuple[Post, ...]:
    heard = chat.message(event.message).heard
    if not event.remove or heard is None:
        return ()
    key = PostKey(f"{chat.id}/remove/{event.message}")
    return (Post(key=key, room=heard.room, line="", action="delete", target=event.message),)


def _on_doubled(chat: Chat, event: e.PostDoubled) -> tuple[Post, ...]:
    key = PostKey(f"{chat.id}/double/{event.message}")
    return (Post(key=key, room=event.room, line="", action="delete", target=event.message),)


def _on_published(chat: Chat, event: e.SummaryPublished) -> tuple[Post, ...]:
    return tuple(
        Post(
            key=part_key(chat, event.edition, part, room),
            room=room,
            line="post.summary-part",
            arguments={"part": part, "edition": event.edition},
        )
        for room in chat.plan.rooms
        for part in range(1, event.parts + 1)
    )


def part_key(chat: Chat, edition: int, part: int, room: RoomId) -> PostKey:
    """Return the key of the *part*-th post of the published summary in *room*."""
    return PostKey(f"{chat.id}/summary/{edition}/{part}/{room}")


def _on_amended(chat: Chat, event: e.SummaryAmended) -> tuple[Post, ...]:
    return tuple(
        Post(
            key=PostKey(f"{part_key(chat, event.edition, part, room)}/amended/{chat.version}"),
            room=room,
            line="post.summary-part",
            arguments={"part": part, "edition": event.edition},
            action="edit",
            target=part_key(chat, event.edition, part, room),
        )
        for room in chat.plan.rooms
        for part in range(1, chat.parts + 1)
    )


def _on_retracted(chat: Chat, _event: e.SummaryRetracted) -> tuple[Post, ...]:
    """Return that the summary is taken back, and the same in place of each of its posts: no quote stays behind."""
    notice = "post.summary-retracted"
    instead = tuple(
        Post(
            key=PostKey(f"{part_key(chat, chat.editions, part, room)}/retracted"),
            room=room,
            line=notice,
            action="edit",
            target=part_key(chat, chat.editions, part, room),
        )
        for room in chat.plan.rooms
        for part in range(1, chat.parts + 1)
    )
    return (*instead, *everywhere(chat, f"retracted/{chat.editions}", notice))


# `Any`: each function takes its own event.
REACT: dict[type[e.Happened], Callable[[Chat, Any], tuple[Post, ...]]] = {
    e.StageEntered: _on_stage,
    e.StepEntered: _on_step,
    e.Reminded: _on_reminder,
    e.PlanChanged: _on_plan_changed,
    e.Held: _on_held,
    e.Resumed: _on_resumed,
    e.Said: _on_said,
    e.QuestionWithdrawn: _on_question_withdrawn,
    e.PersonJoined: _on_joined,
    e.ConsentAsked: _on_consent_asked,
    e.MessageDeleted: _on_deleted,
    e.PostDoubled: _on_doubled,
    e.SummaryPublished: _on_published,
    e.SummaryAmended: _on_amended,
    e.SummaryRetracted: _on_retracted,
}
