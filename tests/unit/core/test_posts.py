"""Posts in doubt, and posts that appear twice: the moderators decide the first, the bot tidies up the second."""

import pytest

from bot.core import commands as c
from bot.errors import Refused
from tests.builders import MAIN, Wish, a_chat, asked, at, kinds, told

QUESTION = "chat/question/q1/1/local/main"


def doubt(key: str = QUESTION) -> Wish:
    """Return that nobody can tell whether a post stands."""
    return told(c.NoteDoubt, key=key, room=MAIN, since=at(8))


def stands(key: str = QUESTION, message: str = "p1", posted: float = 8.5) -> Wish:
    """Return that a post was seen in its room."""
    return told(c.NoteDelivery, key=key, room=MAIN, message=message, posted_at=at(posted))


def test_moderators_are_asked_once_about_a_post_in_doubt() -> None:
    """However often the bot looks for it in vain."""
    chat = a_chat().running(1).given(doubt())

    assert list(chat.chat.in_doubt) == [QUESTION]
    assert chat.when(doubt()) == ()


def test_a_post_that_is_found_is_in_doubt_no_more() -> None:
    """The moderators need not look any more, and nobody doubts it again."""
    chat = a_chat().running(1).given(doubt(), stands())

    assert chat.chat.in_doubt == {}
    assert chat.when(doubt()) == ()


def test_a_question_that_a_moderator_saw_is_open_since_it_was_first_tried() -> None:
    """People answered it while the bot still looked for it."""
    chat = a_chat().running(1).given(doubt(), asked(c.SettlePost, "andrew", key=QUESTION, answer="there"))

    assert chat.chat.openings[-1].rooms[MAIN] == at(8)
    assert chat.chat.settled == {QUESTION: "there"}
    assert chat.chat.in_doubt == {}


@pytest.mark.parametrize("answer", ["again", "leave"])
def test_a_post_that_is_not_there_opens_nothing_by_being_settled(answer: str) -> None:
    """Only what can be read can be answered."""
    chat = a_chat().running(1).given(doubt(), asked(c.SettlePost, "andrew", key=QUESTION, answer=answer))

    assert chat.chat.openings[-1].rooms == {}
    assert chat.chat.settled == {QUESTION: answer}


def test_of_two_moderators_the_first_settles_it() -> None:
    """The second is told that it is settled already."""
    settles = asked(c.SettlePost, "andrew", key=QUESTION, answer="again")
    chat = a_chat().running(1).given(doubt(), settles)

    with pytest.raises(Refused) as refused:
        chat.when(settles)

    assert refused.value.reason == "refused.not-in-doubt"


def test_a_new_doubt_is_not_settled_by_an_old_answer() -> None:
    """Posted again, and in doubt again: the moderators are asked again."""
    settles = asked(c.SettlePost, "andrew", key=QUESTION, answer="again")
    chat = a_chat().running(1).given(doubt(), settles, doubt())

    assert list(chat.chat.in_doubt) == [QUESTION]
    assert chat.chat.settled == {}


def test_a_post_given_up_is_in_doubt_no_more() -> None:
    """A failure ends the question to the moderators."""
    failure = told(c.NoteFailure, key=QUESTION, room=MAIN, reason="left out by a moderator")

    assert a_chat().running(1).given(doubt(), failure).chat.in_doubt == {}


def test_a_second_copy_of_a_post_is_taken_away_once() -> None:
    """The first copy stays: people may have answered it."""
    chat = a_chat().running(1).given(stands())

    assert kinds(chat.when(stands(message="p2"))) == ("post-doubled",)
    assert [(post.action, post.target) for post in chat.posts if post.action == "delete"] == [
        ("delete", "p2")
    ]
    assert chat.when(stands(message="p2")) == ()
    assert chat.when(stands()) == ()
