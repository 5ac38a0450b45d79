"""Who may be quoted, and as whom."""

from dataclasses import replace

import pytest

from bot.core import events as e
from bot.core.events import Choice
from bot.core.names import MessageId, PersonId
from bot.core.plan import Quoting
from bot.insights.consent import chosen, quotable, showable
from tests.unit.summary.chats import AFTERWARDS, MODERATOR, Story

LINE = MessageId("m1")


def a_line(quoting: Quoting, text: str = "A standing desk helped me more than any pill.") -> Story:
    """Return a chat in which Ada said one thing."""
    story = Story(quoting=quoting).start().ask(1)
    story.say("ada", text, 10)
    return story


@pytest.mark.parametrize(
    ("quoting", "choice", "as_", "why"),
    [
        ("ask", None, None, "not-asked"),
        ("ask", "named", "named", "author-said-yes"),
        ("ask", "role", "role", "author-said-yes"),
        ("ask", "no", None, "author-said-no"),
        ("named", None, "named", "rule"),
        ("named", "role", "role", "author-said-yes"),
        ("named", "no", None, "author-said-no"),
        ("role", None, "role", "rule"),
        ("role", "named", "role", "author-said-yes"),
        ("role", "no", None, "author-said-no"),
        ("closed", None, None, "closed"),
        ("closed", "named", None, "closed"),
    ],
)
def test_the_chats_rule_and_the_authors_word_decide(
    quoting: Quoting, choice: Choice | None, as_: str | None, why: str
) -> None:
    """Nobody is named in a chat that quotes by role, nobody quoted from a closed one; below that the author decides."""
    story = a_line(quoting)
    if choice:
        story.choose("ada", choice)

    verdict = quotable(story.chat, LINE)

    assert (verdict.as_, verdict.why) == (as_, why)


def test_the_word_for_one_message_beats_the_word_for_all() -> None:
    """Somebody may be quoted in general and yet not in this one line."""
    story = a_line("named")
    story.choose("ada", "named").choose("ada", "no", "m1")

    assert quotable(story.chat, LINE).as_ is None


def test_a_question_that_was_not_answered_is_no_yes() -> None:
    """Silence is not consent."""
    story = a_line("ask").happened(e.ConsentAsked(at=AFTERWARDS, message=LINE, person=PersonId("ada")))

    assert quotable(story.chat, LINE).why == "no-answer"


def test_deleted_locked_and_forgotten_lines_are_never_quoted() -> None:
    """What its author or a moderator took away stays away, whatever was allowed before."""
    deleted = a_line("named").happened(e.MessageDeleted(at=AFTERWARDS, message=LINE))
    locked = a_line("named").happened(e.MessageLocked(at=AFTERWARDS, message=LINE, by=MODERATOR))
    forgotten = a_line("named").happened(e.PersonForgotten(at=AFTERWARDS, person=PersonId("ada")))

    reasons = [quotable(story.chat, LINE).why for story in (deleted, locked, forgotten)]
    assert reasons == ["deleted", "locked", "forgotten"]


def test_a_phone_number_is_held_back_until_a_moderator_has_looked() -> None:
    """A line with an address or a number in it waits for a person."""
    story = a_line("named", "Write to me at ada@example.org and I will send you the list.")
    before = quotable(story.chat, LINE)
    story.happened(e.MessageCleared(at=AFTERWARDS, message=LINE, by=MODERATOR))

    assert (before.as_, before.why) == (None, "held-back")
    assert quotable(story.chat, LINE).as_ == "named"


def test_bots_and_our_own_posts_are_never_quoted() -> None:
    """A summary is made of what people said."""
    story = Story(quoting="named").start().ask(1).join("botty", bot=True)
    story.say("botty", "Beep, here is your weather report for today.", 10)
    story.say("ada", "Our own post as the room tells it back to us.", 11)
    own = e.PostDelivered(
        at=AFTERWARDS,
        key=next(iter(story.chat.posts)),
        room=story.chat.plan.rooms[0],
        message=MessageId("m2"),
        posted_at=AFTERWARDS,
    )
    story.happened(replace(own))

    assert [quotable(story.chat, MessageId(id)).why for id in ("m1", "m2")] == ["bot", "bot"]


def test_a_message_never_heard_is_never_quoted() -> None:
    """A reaction to something we never saw quotes nothing."""
    story = a_line("named").react("ben", "m9")

    assert quotable(story.chat, MessageId("m9")).why == "unknown"
    assert quotable(story.chat, MessageId("m10")).why == "unknown"
    assert chosen(story.chat, MessageId("m10")) is None


def test_organisers_see_what_waits_for_a_yes_without_its_name() -> None:
    """The internal edition shows lines whose authors were not asked yet, and closed chats, by role."""
    waiting, closed, refused = a_line("ask"), a_line("closed"), a_line("closed").choose("ada", "no")

    assert showable(waiting.chat, LINE).as_ == "role"
    assert showable(closed.chat, LINE).as_ == "role"
    assert showable(refused.chat, LINE).as_ is None


def test_organisers_do_not_see_what_is_locked() -> None:
    """Locked lines are in no edition."""
    story = a_line("named").happened(e.MessageLocked(at=AFTERWARDS, message=LINE, by=MODERATOR))

    assert showable(story.chat, LINE).as_ is None
