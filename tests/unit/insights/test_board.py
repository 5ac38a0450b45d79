"""The insights board: what was kept, in order, and how many people would have kept it."""

from bot.core import events as e
from bot.core.names import InsightId, MessageId
from bot.insights import tags
from bot.insights.board import board, nominated_by, nominations
from tests.unit.summary.chats import AFTERWARDS, MODERATOR, Story

TAGS = tags.load()


def a_talk() -> Story:
    """Return a chat in which three people said one thing each."""
    story = Story().start().ask(1)
    for minute, person in enumerate(("ada", "ben", "cleo"), 10):
        story.say(person, f"This is what {person} does on a bad day.", minute)
    return story


def test_kept_lines_stand_in_the_order_in_which_people_said_them() -> None:
    """It does not matter in which order a moderator kept them."""
    story = a_talk()
    story.keep("m3")
    story.keep("m1")

    assert [kept.messages for kept in board(story.chat, TAGS)] == [("m1",), ("m3",)]


def test_an_exchange_keeps_its_order_and_all_its_messages() -> None:
    """Messages picked in any order are shown as they were said."""
    story = a_talk()
    story.keep_exchange("m3", "m1", "m2")

    (kept,) = board(story.chat, TAGS)
    assert kept.messages == ("m1", "m2", "m3")


def test_each_person_nominates_once_and_never_themselves() -> None:
    """Two reactions of one person count as one, and nobody votes for their own words."""
    story = a_talk().react("ben", "m1").react("ben", "m1", "❤️").react("ada", "m1").react("cleo", "m1")

    assert nominations(story.chat, MessageId("m1"), TAGS) == 2
    assert {tag: len(who) for tag, who in nominated_by(story.chat, MessageId("m1"), TAGS).items()} == {
        "insight": 2,
        "story": 1,
    }


def test_a_reaction_taken_back_does_not_count() -> None:
    """Whoever changes their mind is heard."""
    story = a_talk().react("ben", "m1").react("ben", "m1", present=False)

    assert nominations(story.chat, MessageId("m1"), TAGS) == 0


def test_a_message_without_reactions_has_no_nominations() -> None:
    """Nothing is counted where nothing happened."""
    assert nominations(a_talk().chat, MessageId("m1"), TAGS) == 0


def test_bots_do_not_nominate() -> None:
    """A machine's thumbs-up is no person's."""
    story = a_talk().join("botty", bot=True).react("botty", "m1")

    assert nominations(story.chat, MessageId("m1"), TAGS) == 0


def test_the_authors_of_an_exchange_do_not_nominate_it() -> None:
    """Who talks to each other does not vote for the talk."""
    story = a_talk().react("ben", "m1").react("cleo", "m1", "🍕")
    story.keep_exchange("m1", "m2")

    (kept,) = board(story.chat, TAGS)
    assert kept.nominations == 1
    assert kept.by_reaction == {"🍕": 1}


def test_a_line_that_was_never_heard_is_not_on_the_board_yet() -> None:
    """A kept line that is still on its way shows up when it arrives."""
    story = a_talk().happened(
        e.InsightKept(
            at=AFTERWARDS, insight=InsightId("i9"), message=MessageId("m9"), tag="idea", by=MODERATOR
        )
    )

    assert board(story.chat, TAGS) == ()
