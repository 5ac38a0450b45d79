"""What follows from a command: `decide(chat, command)` gives events and touches nothing; one function for each."""

from collections.abc import Callable
from typing import Any

from bot.core import commands as c
from bot.core.authorize import authorize
from bot.core.chat import Chat
from bot.core.decide import course, hearing, lines, people, plan, posts, summary
from bot.core.events import Event

__all__ = ["DECIDE", "decide"]


def decide(chat: Chat, command: c.Command) -> tuple[Event, ...]:
    """Return the events that *command* leads to; none when it changes nothing.

    Raises: Refused when the rules don't allow it.
    """
    if isinstance(command, c.PersonsCommand):
        authorize(chat, command)
    return DECIDE[type(command)](chat, command)


# One row for each command; tests/unit/core checks that none is missing. `Any`: each function takes its own command.
DECIDE: dict[type, Callable[[Chat, Any], tuple[Event, ...]]] = {
    c.Tick: course.tick,
    c.PlanChat: plan.change_plan,
    c.Start: course.start,
    c.Next: course.go_on,
    c.Back: course.go_back,
    c.Skip: course.skip,
    c.Extend: course.extend,
    c.Hold: course.hold,
    c.Resume: course.resume,
    c.Say: course.say,
    c.AddQuestion: plan.add_question,
    c.Close: course.close,
    c.Undo: lines.undo,
    c.Meet: hearing.meet,
    c.Hear: hearing.hear,
    c.HearEdit: hearing.hear_edit,
    c.HearDeletion: hearing.hear_deletion,
    c.HearReaction: hearing.hear_reaction,
    c.NoteDelivery: posts.note_delivery,
    c.NoteFailure: posts.note_failure,
    c.NoteDoubt: posts.note_doubt,
    c.SettlePost: posts.settle_post,
    c.NoteGap: hearing.note_gap,
    c.Keep: lines.keep,
    c.KeepExchange: lines.keep_exchange,
    c.Unkeep: lines.unkeep,
    c.AnswerTo: lines.answer_to,
    c.Park: lines.park,
    c.Lock: lines.lock,
    c.Clear: lines.clear,
    c.Remove: lines.remove,
    c.Propose: lines.propose,
    c.Appoint: people.appoint,
    c.HandOver: people.hand_over,
    c.Release: people.release,
    c.RotateLink: people.rotate_link,
    c.Mute: people.mute,
    c.Declare: people.declare,
    c.Consent: people.consent,
    c.Forget: people.forget,
    c.ChangeEntry: summary.change_entry,
    c.Publish: summary.publish,
    c.Retract: summary.retract,
}
