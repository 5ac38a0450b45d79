"""What is done with single lines: keep, let go, move, park, lock, clear, remove, propose."""

from typing import Any

import pytest

from bot.core import commands as c
from bot.core.attribution import attribute
from bot.core.names import InsightId
from tests.builders import ANDREW, GARY, MAIN, Told, Wish, a_chat, asked, at, hears, kinds, publishing, told


def keep(message: str = "m1", by: str = ANDREW, **fields: Any) -> Wish:
    """Return that a moderator keeps a line."""
    return asked(c.Keep, by, message=message, **fields)


def with_lines(**plan: Any) -> Told:
    """Return a chat at Q1 in which Mira wrote m1 and Jonas m2."""
    return a_chat(**plan).running(1).with_answer("m1").with_answer("m2", by="jonas")


# --- keeping -------------------------------------------------------------------------------------------------


def test_keeping_twice_keeps_one_insight() -> None:
    """Two moderators who like the same answer make one insight, not two."""
    chat = with_lines().given(keep())

    assert chat.when(keep(by=GARY)) == ()


def test_another_tag_or_another_part_is_another_insight() -> None:
    """The same words may be an idea and a barrier; half a sentence is not the whole."""
    chat = with_lines().given(
        keep(), keep(tag="barrier"), keep(start=3), keep(end=5), keep(start=3, end=5), keep(start=3, end=9)
    )

    assert len(chat.chat.insights) == 6


@pytest.mark.parametrize("barrier", ["gone", "locked", "own-post"])
@pytest.mark.parametrize(
    "wish", [keep(), asked(c.Park, message="m1"), asked(c.KeepExchange, messages=("m2", "m1"))]
)
def test_what_is_deleted_locked_or_ours_is_not_kept(barrier: str, wish: Wish) -> None:
    """The moderator is told which of the three it is."""
    barriers = {
        "gone": told(c.HearDeletion, message="m1"),
        "locked": asked(c.Lock, message="m1"),
        "own-post": told(c.NoteDelivery, key="k", room=MAIN, message="m1", posted_at=at(8)),
    }

    assert with_lines().given(barriers[barrier]).refusal(wish) == f"refused.{barrier}"


def test_a_line_can_be_kept_before_it_is_heard() -> None:
    """FAULTS 31: the button overtook the message."""
    chat = a_chat().running(1).given(keep("m7"), hears("m7"))

    assert [insight.messages for insight in chat.chat.insights.values()] == [("m7",)]


def test_what_was_let_go_can_be_kept_again() -> None:
    """Letting go twice changes nothing."""
    unkeep = asked(c.Unkeep, insight="m1/insight")
    chat = with_lines().given(keep(), unkeep)
    assert chat.when(unkeep) == ()

    assert kinds(chat.when(keep())) == ("insight-kept",)


def test_an_exchange_keeps_the_order_in_which_it_was_picked_and_every_author() -> None:
    """Picked twice, in another order, it is the same exchange."""
    chat = with_lines().given(asked(c.KeepExchange, messages=("m2", "m1")))
    (insight,) = chat.chat.insights.values()

    assert insight.messages == ("m2", "m1")
    assert chat.when(asked(c.KeepExchange, messages=("m1", "m2", "m1"))) == ()


def test_long_exchanges_that_begin_alike_are_two() -> None:
    """Eight messages and nine are different conversations."""
    messages = tuple(f"{number:016x}" for number in range(9))
    chat = (
        a_chat()
        .running(1)
        .given(asked(c.KeepExchange, messages=messages[:8]), asked(c.KeepExchange, messages=messages))
    )

    assert len(chat.chat.insights) == 2


def test_an_exchange_needs_two() -> None:
    """The same message twice is one."""
    assert with_lines().refusal(asked(c.KeepExchange, messages=("m1", "m1"))) == "refused.exchange-of-one"


# --- asking for consent --------------------------------------------------------------------------------------


def test_where_the_chat_asks_the_author_is_asked_once() -> None:
    """In private, with their own words, however often the line is kept."""
    chat = with_lines(quoting="ask")
    (post,) = chat.says_of(keep())

    assert (post.line, post.person, post.arguments["text"].key) == ("post.consent", "mira", "m1")
    assert kinds(chat.when(keep(tag="idea"))) == ("insight-kept",)


def test_who_is_asked_reads_for_whom_they_would_be_quoted() -> None:
    """Somebody who speaks for patients is asked whether to be quoted as a patient."""
    chat = with_lines(quoting="ask").given(asked(c.Declare, "mira", group="patient", room=MAIN))
    (post,) = chat.says_of(keep())

    assert post.arguments["group"] == "patient"


def test_both_authors_of_an_exchange_are_asked() -> None:
    """Each for their own line."""
    chat = with_lines(quoting="ask").given(asked(c.KeepExchange, messages=("m1", "m2")))

    assert chat.chat.consent_asked == {"m1", "m2"}


@pytest.mark.parametrize("message", ["m1", None])
def test_who_has_said_how_they_want_to_be_quoted_is_not_asked(message: str | None) -> None:
    """For this line, or for all."""
    chat = with_lines(quoting="ask").given(asked(c.Consent, "mira", choice="named", message=message))

    assert kinds(chat.when(keep())) == ("insight-kept",)


def test_a_bot_and_a_stranger_to_the_log_are_treated_as_they_should() -> None:
    """A bot is not asked for its consent; somebody never met before is."""
    chat = a_chat(quoting="ask").running(1).given(told(c.Meet, person="robot", room=MAIN, bot=True))
    chat.given(hears("m1", by="robot"), hears("m2", by="anna"))

    assert kinds(chat.when(keep("m1"))) == ("insight-kept",)
    assert kinds(chat.when(keep("m2"))) == ("insight-kept", "consent-asked")


# --- moving --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "questions"), [(2, ("q2",)), (0, ())])
def test_a_moderator_says_which_question_a_message_answers(number: int, questions: tuple[str, ...]) -> None:
    """FAULTS 29: or that it answers none; and saying it twice changes nothing."""
    move = asked(c.AnswerTo, message="m1", number=number)
    chat = a_chat().running(2).with_answer("m1", sent=10).given(move)

    assert attribute(chat.chat)["m1"].questions == questions
    assert chat.when(move) == ()


def test_no_message_answers_a_question_to_come() -> None:
    """Q3 was not asked yet."""
    assert with_lines().refusal(asked(c.AnswerTo, message="m1", number=3)) == "refused.not-asked-yet"


# --- park, lock, clear, remove -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [c.Park, c.Lock, c.Clear, c.Remove])
def test_a_second_press_changes_nothing(kind: type[c.Command]) -> None:
    """FAULTS 55: whatever is done with a line is done once."""
    chat = with_lines().given(asked(kind, message="m1"))

    assert chat.when(asked(kind, GARY, message="m1")) == ()


def test_what_was_parked_by_mistake_is_taken_back() -> None:
    """And can be parked again."""
    chat = with_lines().given(asked(c.Park, message="m1"), asked(c.Undo))
    assert chat.chat.parked == {}

    assert kinds(chat.when(asked(c.Park, message="m1"))) == ("message-parked",)


def test_a_locked_line_is_freed_by_a_second_look() -> None:
    """And locked again by a third."""
    chat = with_lines().given(asked(c.Lock, message="m1"), asked(c.Clear, message="m1"))
    assert chat.refusal(keep()) is None

    assert kinds(chat.when(asked(c.Lock, message="m1"))) == ("message-locked",)


@pytest.mark.parametrize("kind", [c.Lock, c.Clear, c.Remove])
def test_a_line_can_be_judged_before_it_is_heard(kind: type[c.Command]) -> None:
    """FAULTS 31: safety does not wait for deliveries."""
    assert len(a_chat().running(1).when(asked(kind, message="m9"))) == 1


def test_a_quote_that_was_locked_and_cleared_stands_in_the_published_summary_again() -> None:
    """In its posts as on its page."""
    chat = with_lines().at(61).given(publishing("m1"), asked(c.Lock, message="m1"))
    assert chat.chat.amended == {"m1"}

    chat.given(asked(c.Clear, message="m1"))

    assert chat.chat.amended == set()
    assert [post.action for post in chat.posts[-2:]] == ["edit", "edit"]


def test_what_is_gone_is_not_cleared() -> None:
    """Nobody can look at it any more."""
    chat = with_lines().given(told(c.HearDeletion, message="m1"))

    assert chat.refusal(asked(c.Clear, message="m1")) == "refused.gone"


def test_a_removed_message_leaves_its_room() -> None:
    """One told of by its platform has left already."""
    chat = with_lines()
    (post,) = chat.says_of(asked(c.Remove, "mira", message="m1"))

    assert (post.action, post.target, post.room) == ("delete", "m1", MAIN)
    assert chat.says_of(told(c.HearDeletion, message="m2")) == []


def test_the_bots_own_posts_are_not_removed() -> None:
    """A question is taken back by undo."""
    chat = with_lines().given(told(c.NoteDelivery, key="k", room=MAIN, message="p1", posted_at=at(8)))

    assert chat.refusal(asked(c.Remove, message="p1")) == "refused.own-post"


# --- proposals -----------------------------------------------------------------------------------------------


def test_a_question_is_proposed_once() -> None:
    """Redelivered, it is the same proposal."""
    propose = asked(c.Propose, "mira", words="propose/1")
    chat = with_lines().given(propose)

    assert chat.chat.proposed == {"propose/1": "mira"}
    assert chat.when(propose) == ()


def test_somebody_muted_proposes_nothing_either() -> None:
    """A pause is a pause on every way in."""
    chat = with_lines().given(asked(c.Mute, person="mira"))

    assert chat.refusal(asked(c.Propose, "mira", words="propose/1")) == "refused.muted"


def test_undo_of_a_kept_exchange_lets_it_go() -> None:
    """Exchanges are undone like lines."""
    chat = with_lines().given(asked(c.KeepExchange, messages=("m1", "m2")), asked(c.Undo))

    assert chat.chat.insights == dict[InsightId, object]()
