"""What Slack tells, in our words: messages, threads, edits, deletions, reactions, echoes, and what is none of these."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.slack.payloads import MARKER, Message, MessageEvent, ReactionEvent
from adapters.slack.text import moment
from adapters.slack.translate import Me, as_it_stands, heard, people_in, receipts_in
from bot.ports import (
    Heard,
    HeardDeletion,
    HeardEcho,
    HeardEdit,
    HeardMessage,
    HeardReaction,
    PostKey,
    RoomId,
    Somebody,
)

ME = Me(user="U0BOT", bot="B0BOT")
MEERA, OLU = Somebody(id="U0MEERA", name="Meera"), Somebody(id="U0OLU", name="Olu")
PEOPLE = {"U0MEERA": MEERA, "U0OLU": OLU}
ROOM, TS, LATER = RoomId("slack/C0HCCHAT"), "1796324835.000100", "1796324899.000200"
READ_AT = datetime(2026, 12, 3, 20, 0, tzinfo=UTC)


def an_event(**given: Any) -> dict[str, Any]:
    """Return the event of Meera's message."""
    usual = {
        "type": "message",
        "channel": "C0HCCHAT",
        "user": "U0MEERA",
        "text": "A1 Pacing",
        "ts": TS,
        "event_ts": TS,
    }
    return usual | given


def tell(event: dict[str, Any]) -> tuple[Heard, ...]:
    """Return what *event* tells."""
    return heard(MessageEvent.model_validate(event), ME, PEOPLE)


def changed(now: dict[str, Any], before: dict[str, Any] | None = None, **more: Any) -> tuple[Heard, ...]:
    """Return what a change of Meera's message tells."""
    about = {"message": an_event(**now), "previous_message": an_event(**(before or {}))}
    return tell(an_event(subtype="message_changed", ts=LATER, event_ts=LATER, hidden=True) | about | more)


def test_a_message_is_heard_with_its_author_time_and_words() -> None:
    """Who, when, where and what: in the words people saw."""
    assert tell(an_event(text="thanks <@U0OLU> &amp; all")) == (
        HeardMessage(
            room=ROOM, id=TS, author=MEERA, at=moment(TS), text="thanks @Olu & all", mentions=("U0OLU",)
        ),
    )


def test_an_answer_in_a_thread_answers_the_message_it_hangs_on() -> None:
    """Slack's threads are replies to their first message; that message itself is none."""
    [answer] = tell(an_event(thread_ts=LATER))
    [root] = tell(an_event(thread_ts=TS))

    assert isinstance(answer, HeardMessage)
    assert (answer.reply_to, answer.thread) == (LATER, LATER)
    assert isinstance(root, HeardMessage)
    assert (root.reply_to, root.thread) == (None, None)


@pytest.mark.parametrize("subtype", ["thread_broadcast", "file_share", "me_message"])
def test_what_people_say_in_other_ways_is_heard(subtype: str) -> None:
    """Sent to the channel from a thread, with a file, or as "/me": it was said."""
    assert len(tell(an_event(subtype=subtype))) == 1


@pytest.mark.parametrize(
    "subtype", ["channel_join", "channel_topic", "pinned_item", "message_replied", "reminder_add"]
)
def test_what_the_channel_tells_of_itself_is_no_message(subtype: str) -> None:
    """Nobody said that."""
    assert tell(an_event(subtype=subtype)) == ()


def test_another_bot_is_heard_as_one() -> None:
    """Bots speak too, and are not counted as people."""
    event = an_event(subtype="bot_message", user=None, bot_id="B0OTHER", username="Feeds")
    [message] = tell(event)

    assert isinstance(message, HeardMessage)
    assert message.author == Somebody(id="B0OTHER", name="Feeds", bot=True)


def test_our_own_post_is_an_echo_by_its_marker() -> None:
    """By metadata, or by the first block where that is not told; an unmarked one is nothing."""
    mark = {"event_type": MARKER, "event_payload": {"k": "chat/q1", "v": 1}}
    echo = HeardEcho(room=ROOM, key=PostKey("chat/q1"), id=TS, at=moment(TS))
    ours = {"user": "U0BOT", "bot_id": "B0BOT"}

    assert tell(an_event(**ours, metadata=mark)) == (echo,)
    assert tell(an_event(**ours, metadata={"event_type": MARKER}, blocks=[{"block_id": "hc:chat/q1"}])) == (
        echo,
    )
    assert tell(an_event(**ours)) == ()


def test_nobody_else_can_forge_an_echo() -> None:
    """Metadata can be written by any app: only what we wrote ourselves counts as ours."""
    mark = {"event_type": MARKER, "event_payload": {"k": "chat/q1"}}
    [message] = tell(an_event(bot_id="B0OTHER", metadata=mark))

    assert isinstance(message, HeardMessage)


def test_an_edit_is_heard_with_the_time_of_the_edit() -> None:
    """The latest edit wins, whatever comes first: its own time tells."""
    now = {"text": "A1 Pacing, and rest", "edited": {"user": "U0MEERA", "ts": LATER}}

    assert changed(now) == (HeardEdit(room=ROOM, id=TS, at=moment(LATER), text="A1 Pacing, and rest"),)


@pytest.mark.parametrize(
    "now",
    [
        {"attachments": [{"title": "a link unfolds"}]},
        {"reply_count": 1, "latest_reply": LATER, "thread_ts": TS},
        {"edited": {"user": "U0MEERA", "ts": LATER}},
        {"user": "U0BOT", "bot_id": "B0BOT", "text": "ours", "edited": {"user": "U0BOT", "ts": LATER}},
    ],
)
def test_a_change_that_is_no_edit_is_nothing(now: dict[str, Any]) -> None:
    """A link that unfolds, a thread that grows, the same words again, or our own change: nobody said anything new."""
    assert changed(now) == ()


def test_a_deletion_is_heard_also_where_a_thread_hangs_on_it() -> None:
    """Slack tells of a deleted message as a change, when answers hang on it."""
    gone = HeardDeletion(room=ROOM, id=TS, at=moment(LATER))
    deleted = an_event(subtype="message_deleted", deleted_ts=TS, ts=LATER, event_ts=LATER)

    assert tell(deleted | {"previous_message": an_event()}) == (gone,)
    assert changed({"subtype": "tombstone", "text": "This message was deleted."}) == (gone,)
    assert tell(deleted | {"previous_message": an_event(user="U0BOT", bot_id="B0BOT")}) == ()


@pytest.mark.parametrize(("kind", "present"), [("reaction_added", True), ("reaction_removed", False)])
def test_a_reaction_is_heard_without_its_colour(kind: str, present: bool) -> None:
    """A skin tone changes nothing about what is meant."""
    item = {"type": "message", "channel": "C0HCCHAT", "ts": TS}
    event = {"type": kind, "user": "U0OLU", "reaction": "bulb::skin-tone-3", "item": item, "event_ts": LATER}

    assert heard(ReactionEvent.model_validate(event), ME, PEOPLE) == (
        HeardReaction(room=ROOM, id=TS, by=OLU, reaction="bulb", at=moment(LATER), present=present),
    )
    ours = ReactionEvent.model_validate(event | {"user": "U0BOT"})
    assert heard(ours, ME, PEOPLE) == ()
    assert people_in(ours, ME) == ()


def test_a_history_tells_of_a_message_as_it_stands() -> None:
    """That it was written, how it reads since its edit, and who reacted."""
    message = Message.model_validate(
        an_event(
            text="A1 Pacing, and rest",
            edited={"user": "U0MEERA", "ts": LATER},
            reactions=[{"name": "bulb", "users": ["U0OLU", "U0BOT"], "count": 2}],
        )
    )

    assert [type(one) for one in as_it_stands(message, ROOM, ME, PEOPLE, READ_AT)] == [
        HeardMessage,
        HeardEdit,
        HeardReaction,
    ]


def test_every_copy_of_a_post_is_found_the_first_one_first() -> None:
    """Should a post ever stand twice, everybody means the same one of them, and the other can be taken away."""
    mark = {"event_type": MARKER, "event_payload": {"k": "chat/q1"}}
    copies = [
        Message.model_validate(an_event(user="U0BOT", bot_id="B0BOT", ts=ts, metadata=mark))
        for ts in (LATER, TS)
    ]

    assert [receipt.id for receipt in receipts_in(copies, PostKey("chat/q1"), ME)] == [TS, LATER]
    assert receipts_in(copies, PostKey("chat/q2"), ME) == ()
