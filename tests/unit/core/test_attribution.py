"""Which question a message answers, rule by rule."""

from datetime import timedelta

import pytest

from bot.core import events as e
from bot.core.apply import replay
from bot.core.attribution import UNSURE, attribute, unsure
from bot.core.names import MessageId, PersonId, QuestionId
from bot.core.phases import Phase
from bot.core.plan import PlannedQuestion
from bot.core.reading import read
from tests.unit.core.attribution_chats import (
    LONG_ENOUGH,
    MAIN,
    SIDE,
    Hour,
    a_plan,
    at,
    numbers,
    two_questions,
)

# --- labels ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("A1 plain words", (1,)),
        ("a1: plain words", (1,)),
        ("A 1. Plain words", (1,)),
        ("T1 plain words", (1,)),
        ("A1 A2: both", (1, 2)),
        ("A2, A1: both", (2, 1)),
        ("Q1 - plain words", (1,)),
    ],
)
def test_a_label_decides_whatever_is_open(text: str, answers: tuple[int, ...]) -> None:
    """A late A1 during Q2 is still an answer to Q1."""
    hour = two_questions()
    message = hour.says(text, 20)

    assert (numbers(hour.of(message).questions), hour.of(message).reason) == (answers, "label")
    assert not hour.of(message).is_unsure


def test_an_answer_labelled_like_a_question_is_a_little_less_sure() -> None:
    """Q1 before an answer mostly means A1."""
    hour = two_questions()
    like_a_question, answer = hour.says("Q1 - plain words", 20), hour.says("A1 - plain words", 20)

    assert UNSURE <= hour.of(like_a_question).confidence < hour.of(answer).confidence


def test_a_label_outweighs_the_message_replied_to() -> None:
    """Somebody replies to an answer to Q2 and writes A1: it answers Q1."""
    hour = two_questions()
    parent = hour.says("A2 plain words", 20)
    message = hour.says("A1 and before that a nurse", 21, reply_to=parent)

    assert numbers(hour.of(message).questions) == (1,)


def test_a_label_of_a_question_to_come_is_unsure() -> None:
    """A3 during Q2 is a slip or an answer in advance: a moderator says which."""
    hour = two_questions()
    message = hour.says("A3 plain words", 20)

    assert (numbers(hour.of(message).questions), hour.of(message).reason) == ((3,), "early-label")
    assert hour.of(message).is_unsure
    assert hour.asks(3, 24).of(message).reason == "early-label"


def test_a_reply_outweighs_a_label_of_a_question_to_come() -> None:
    """A3 as a reply to Q2's own post answers Q2."""
    hour = two_questions()
    post = hour.posts(2, 16)
    message = hour.says("A3 plain words", 20, reply_to=post)

    assert (numbers(hour.of(message).questions), hour.of(message).reason) == ((2,), "reply")


def test_a_label_a_moment_before_the_question_is_no_slip() -> None:
    """The clocks of two platforms are never quite the same."""
    hour = two_questions()
    message = hour.says("A2 yes", 16 - 3 / 60)

    assert hour.of(message).reason == "label"


def test_a_label_nobody_planned_says_nothing() -> None:
    """There is no Q57, so the open question counts."""
    hour = two_questions()
    message = hour.says("A57 plain words", 20)

    assert (numbers(hour.of(message).questions), hour.of(message).reason) == ((2,), "open")


def test_a_label_of_a_skipped_question_says_nothing() -> None:
    """Q3 was announced and never asked: its answers go to the question that is open."""
    hour = two_questions()
    hour.events.append(e.QuestionSkipped(at=at(18), question=QuestionId("q3"), cause="command"))
    message = hour.says("A3 plain words", 20)

    assert numbers(hour.of(message).questions) == (2,)


def test_answers_to_a_question_taken_back_fall_to_the_one_before() -> None:
    """Whatever a withdrawn question gathered belongs to the question before it."""
    hour = two_questions()
    post = hour.posts(2, 16)
    messages = (
        hour.says("A2 plain words", 20),
        hour.says(LONG_ENOUGH, 21),
        hour.says(LONG_ENOUGH, 22, reply_to=post),
    )
    hour.events.append(e.QuestionWithdrawn(at=at(23), question=QuestionId("q2")))

    assert {numbers(hour.of(message).questions) for message in messages} == {(1,)}


def test_a_participant_who_repeats_a_question_does_not_answer_it() -> None:
    """Asking what Q1 means is no answer to it; what is open is all we know of it."""
    hour = two_questions()
    message = hour.says("Q1: do you mean at work or at home?", 20)

    assert hour.of(message).reason == "open"


def test_a_hundred_answers_a_second_to_the_fifty_seventh_question_are_told_apart() -> None:
    """However fast questions come, a label finds its own."""
    hour = Hour(plan=a_plan(questions=100))
    for number in range(1, 101):
        hour.asks(number, 8 + number / 6000)
    messages = [hour.says(f"A57 answer {number}", 10 + number / 6000) for number in range(100)]

    found = attribute(hour.chat)
    assert {found[message].questions for message in messages} == {("q57",)}


# --- replies and threads --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["question", "answers", "last-thoughts"])
def test_a_reply_to_a_question_s_post_answers_it(kind: str) -> None:
    """In Q2, somebody scrolls up and replies to what the bot said about Q1."""
    hour = Hour().asks(1, 8)
    post = hour.posts(1, 8, kind=kind)
    message = hour.asks(2, 16).says("plain words", 20, reply_to=post)

    assert (numbers(hour.of(message).questions), hour.of(message).reason) == ((1,), "reply")


def test_a_message_in_a_question_s_thread_answers_it() -> None:
    """In Slack people answer in the thread under the question."""
    hour = Hour().asks(1, 8)
    post = hour.posts(1, 8)
    message = hour.asks(2, 16).says("plain words", 20, thread=post)

    assert (numbers(hour.of(message).questions), hour.of(message).reason) == ((1,), "thread")


def test_a_reply_to_another_post_of_ours_goes_by_the_time() -> None:
    """A reply to the welcome answers whatever is open."""
    hour = Hour().asks(1, 8)
    hour.events.append(
        e.PostDelivered(
            at=at(0), key="chat-1/welcome/local/main", room=MAIN, message="post-w", posted_at=at(0)
        )  # type: ignore[arg-type]
    )
    message = hour.says(LONG_ENOUGH, 12, reply_to="post-w")

    assert (numbers(hour.of(message).questions), hour.of(message).reason) == ((1,), "open")


def test_a_reply_goes_where_the_answer_went_a_little_less_sure() -> None:
    """Two people go on about Q1 while the room is at Q2."""
    hour = two_questions()
    first = hour.says("A1 plain words", 20)
    second = hour.says("which words do you mean", 21, reply_to=first)
    third = hour.says("the short ones", 22, reply_to=second)

    found = attribute(hour.chat)
    assert [numbers(found[message].questions) for message in (first, second, third)] == [(1,)] * 3
    assert found[first].confidence > found[second].confidence > found[third].confidence


def test_a_reply_that_the_time_agrees_with_stays_sure() -> None:
    """A long exchange inside one question is never doubted."""
    hour = two_questions()
    message = hour.says(LONG_ENOUGH, 18)
    for step in range(20):
        message = hour.says("and another thing", 18.5 + step / 10, reply_to=message)

    assert not hour.of(message).is_unsure


def test_a_nod_in_reply_belongs_to_what_it_nods_to() -> None:
    """A "thanks" under an answer to Q1 counts there."""
    hour = two_questions()
    first = hour.says("A1 plain words", 20)

    assert numbers(hour.of(hour.says("thanks!", 21, reply_to=first)).questions) == (1,)


def test_a_reply_to_a_hello_is_small_talk() -> None:
    """Welcoming a late-comer answers no question."""
    hour = two_questions()
    hello = hour.says("Hi all, Jonas from Bremen", 20)
    message = hour.says("so glad that you made it this month", 21, reply_to=hello)

    assert (hour.of(message).questions, hour.of(message).reason) == ((), "reply")
    assert not hour.of(message).is_unsure


def test_a_reply_to_a_moderator_s_remark_goes_by_the_time() -> None:
    """Asked "can you say more?", people say more about the open question."""
    hour = two_questions().appoints("andrew")
    remark = hour.says("can you say more", 20, by="andrew")
    message = hour.says(LONG_ENOUGH, 21, reply_to=remark)

    assert (numbers(hour.of(message).questions), hour.of(message).reason) == ((2,), "open")


def test_a_reply_to_something_never_heard_goes_by_its_thread_and_then_the_time() -> None:
    """A reply to a message from before the bot came, or known only by its deletion."""
    hour = two_questions()
    hour.events.append(e.MessageDeleted(at=at(19), message=MessageId("gone")))
    first = hour.says("A1 plain words", 19)

    assert hour.of(hour.says(LONG_ENOUGH, 20, reply_to="gone")).reason == "open"
    assert hour.of(hour.says(LONG_ENOUGH, 20, reply_to="gone", thread="never")).reason == "open"
    assert hour.of(hour.says(LONG_ENOUGH, 20, reply_to="gone", thread=first)).reason == "thread"


def test_a_reply_dated_before_its_parent_is_understood() -> None:
    """Two servers' clocks can put an answer before what it answers."""
    hour = two_questions()
    reply = hour.says("the short ones", 20, reply_to="parent")
    hour.says("A1 plain words", 21, name="parent")

    assert numbers(hour.of(reply).questions) == (1,)


@pytest.mark.parametrize("length", [1, 2, 3, 500])
def test_a_ring_of_replies_is_answered_by_the_time(length: int) -> None:
    """No platform sends such a thing, and a hostile one stops nothing."""
    hour = two_questions()
    for place in range(length):
        hour.says(LONG_ENOUGH, 18 + place / 100, name=f"r{place}", reply_to=f"r{(place + 1) % length}")

    assert {found.questions for found in attribute(hour.chat).values()} == {("q2",)}


# --- time -----------------------------------------------------------------------------------------------


def test_an_unlabelled_answer_belongs_to_the_open_question() -> None:
    """Fourteen answers of fifteen carry no label."""
    hour = two_questions()

    assert numbers(hour.of(hour.says(LONG_ENOUGH, 12)).questions) == (1,)
    assert numbers(hour.of(hour.says(LONG_ENOUGH, 20)).questions) == (2,)


def test_before_the_first_question_nothing_is_answered() -> None:
    """Introductions are no answers."""
    hour = two_questions()

    assert (hour.of(hour.says(LONG_ENOUGH, 5)).questions, hour.of(hour.says(LONG_ENOUGH, 5)).reason) == (
        (),
        "outside",
    )


def test_each_room_counts_from_when_it_could_read_the_question() -> None:
    """One room gets Q2 two minutes later than the other."""
    hour = two_questions()
    hour.posts(2, 16, room=MAIN)
    hour.posts(2, 18, room=SIDE)

    assert numbers(hour.of(hour.says(LONG_ENOUGH, 17.5, room=MAIN)).questions) == (2,)
    assert numbers(hour.of(hour.says(LONG_ENOUGH, 17.5, room=SIDE)).questions) == (1,)


def test_what_can_t_have_been_typed_since_belongs_to_the_question_before() -> None:
    """Two hundred characters two seconds after Q2 were written about Q1."""
    hour = two_questions()
    found = hour.of(hour.says("plain words " * 17, 16 + 2 / 60))

    assert (numbers(found.questions), found.reason, found.is_unsure) == ((1,), "typing", False)


def test_what_only_a_fast_typist_can_have_typed_is_unsure() -> None:
    """On a keyboard two hundred characters take twenty seconds, on a phone fifty."""
    hour = two_questions()
    found = hour.of(hour.says("plain words " * 17, 16 + 25 / 60))

    assert (numbers(found.questions), found.reason, found.is_unsure) == ((1,), "typing", True)


def test_what_was_begun_before_the_first_question_is_no_sure_answer() -> None:
    """An introduction sent just after Q1 is still an introduction."""
    hour = two_questions()
    found = hour.of(hour.says(LONG_ENOUGH, 8 + 2 / 60))

    assert (found.questions, found.reason, found.is_unsure) == ((), "typing", True)


def test_a_question_asked_again_gathers_its_answers_from_both_times() -> None:
    """Back to Q1: the time for typing is no matter where the question before was Q1 as well."""
    hour = two_questions().asks(1, 24, back=True).asks(1, 24.2, back=True)

    assert [numbers(hour.of(hour.says(LONG_ENOUGH, when)).questions) for when in (12, 20, 28)] == [
        (1,),
        (2,),
        (1,),
    ]
    assert hour.of(hour.says(LONG_ENOUGH, 24.2 + 5 / 60)).reason == "open"


def test_the_first_minute_is_a_little_less_sure() -> None:
    """People finish what they were saying."""
    hour = two_questions()
    early, late = hour.says("plain words", 16.5), hour.says("plain words", 18)

    assert UNSURE <= hour.of(early).confidence < hour.of(late).confidence


def test_an_old_log_without_seconds_says_nothing_about_typing() -> None:
    """All in the minute of the question counts after it; the moderator's own line is where it begins."""
    hour = Hour().asks(1, 8 - 7 / 60).asks(2, 16 - 7 / 60, as_message="n2")
    before = hour.says(LONG_ENOUGH, 16 - 7 / 60, name="n1")
    hour.says("And now, what helps?", 16 - 7 / 60, by="andrew", name="n2")
    after = hour.says(LONG_ENOUGH, 16 - 7 / 60, name="n3")

    found = attribute(hour.chat)
    assert numbers(found[before].questions) == (1,)
    assert numbers(found[after].questions) == (2,)


def test_a_question_asked_by_a_person_begins_with_their_message() -> None:
    """A moderator typed Q2: their line is no answer, a reply to it is, and other rooms go by the clock."""
    hour = Hour().asks(1, 8).asks(2, 16, as_message="asked")
    hour.says("And now, what helps?", 15.5, by="andrew", name="asked")
    between = hour.says("plain", 15.9)
    elsewhere = hour.says("plain", 15.9, room=SIDE)
    reply = hour.asks(3, 24).says("plain", 30, reply_to="asked")

    found = attribute(hour.chat)
    assert (found[MessageId("asked")].questions, found[MessageId("asked")].reason) == ((), "asked")
    assert [numbers(found[one].questions) for one in (between, elsewhere, reply)] == [(2,), (1,), (2,)]


def test_closing_thoughts_answer_no_question() -> None:
    """But what was still being typed does."""
    hour = two_questions().enters(Phase.CLOSING, 54)

    assert (hour.of(hour.says(LONG_ENOUGH, 56)).questions, hour.of(hour.says(LONG_ENOUGH, 56)).reason) == (
        (),
        "closing",
    )
    assert numbers(hour.of(hour.says(LONG_ENOUGH, 54.01)).questions) == (2,)


def test_a_question_asked_after_the_closing_began_gathers_answers() -> None:
    """There was time for one more."""
    hour = two_questions().enters(Phase.CLOSING, 40).asks(3, 44)

    assert numbers(hour.of(hour.says(LONG_ENOUGH, 46)).questions) == (3,)


def test_a_late_answer_without_label_or_reply_is_unsure() -> None:
    """After the hour the last question is a guess; a label or a reply is not."""
    hour = two_questions().enters(Phase.CLOSING, 54).enters(Phase.AFTER_HOUR, 60)
    guess = hour.of(hour.says(LONG_ENOUGH, 90))

    assert (numbers(guess.questions), guess.reason, guess.is_unsure) == ((2,), "late", True)
    assert hour.of(hour.says("A1 plain words", 90)).reason == "label"


def test_after_an_hour_without_questions_nothing_is_late() -> None:
    """Where nothing was asked nothing is answered."""
    hour = Hour().enters(Phase.AFTER_HOUR, 60)
    found = hour.of(hour.says(LONG_ENOUGH, 90))

    assert (found.questions, found.is_unsure) == ((), False)


# --- who and what ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"), [("Hi all, Jonas from Bremen", "greeting"), ("so true", "acknowledgement")]
)
def test_small_talk_answers_no_question(text: str, reason: str) -> None:
    """One message in six is still a hello after Q1."""
    hour = two_questions()
    found = hour.of(hour.says(text, 20))

    assert (found.questions, found.reason, found.is_unsure) == ((), reason, False)


@pytest.mark.parametrize("text", [LONG_ENOUGH, "T2: what helps you at work?", "Q2 what helps you at work"])
def test_a_moderator_s_own_lines_answer_no_question(text: str) -> None:
    """Leading the talk, and putting a question in one's own words, is no answer."""
    hour = two_questions().appoints("andrew")

    assert (hour.of(hour.says(text, 20, by="andrew")).questions) == ()


def test_a_moderator_who_labels_an_answer_answers() -> None:
    """Moderators have something to say as well."""
    hour = two_questions().appoints("andrew")

    assert numbers(hour.of(hour.says("A2 plain words", 20, by="andrew")).questions) == (2,)


def test_whoever_leads_is_a_moderator() -> None:
    """After a hand-over the new leader's remarks are no answers."""
    hour = two_questions()
    hour.events.append(e.HandedOver(at=at(10), to=PersonId("gary"), cause="command"))

    assert hour.of(hour.says(LONG_ENOUGH, 20, by="gary")).reason == "moderator"


def test_bots_answer_no_question() -> None:
    """Neither our own posts when a platform plays them back, nor another bot's."""
    hour = Hour().asks(1, 8)
    post = hour.posts(1, 8)
    hour.says("What helps?", 8, name=post)
    hour.events.append(e.PersonJoined(at=at(9), person=PersonId("robot"), room=MAIN, bot=True))
    other = hour.says(LONG_ENOUGH, 12, by="robot")
    reminder = hour.posts(1, 13, kind="reminder")
    hour.says(LONG_ENOUGH, 13, name=reminder)

    found = attribute(hour.chat)
    assert [found[message].questions for message in (post, other, reminder)] == [(), (), ()]


def test_a_moderator_s_word_is_final() -> None:
    """Moved to Q3, or to no question, whatever it says."""
    hour = two_questions()
    moved, dropped = hour.says("A1 plain words", 20), hour.says("A1 plain words", 20)
    hour.moves(moved, 3).moves(dropped)

    assert (numbers(hour.of(moved).questions), hour.of(moved).confidence) == ((3,), 1.0)
    assert hour.of(dropped).questions == ()


def test_an_edit_that_adds_a_label_moves_the_answer() -> None:
    """Somebody notices that the label was missing."""
    hour = two_questions()
    message = hour.says(LONG_ENOUGH, 20)
    edited = e.MessageEdited(
        at=at(21), message=message, edited_at=at(21), revision=1, reading=read("A1 plain words")
    )
    hour.events.append(edited)

    assert numbers(hour.of(message).questions) == (1,)


def test_a_question_that_came_from_the_audience_gathers_answers_like_others() -> None:
    """Its number goes on from the plan's."""
    hour = two_questions()
    added = PlannedQuestion(id=QuestionId("q6"), number=6, opens_after=timedelta(minutes=24), audience=True)
    hour.events.append(e.QuestionAdded(at=at(20), question=added))
    hour.asks(6, 24)

    assert numbers(hour.of(hour.says("A6 plain words", 30)).questions) == (6,)


# --- the card -------------------------------------------------------------------------------------------


def test_the_card_shows_the_newest_unsure_answers_first() -> None:
    """A moderator decides about a handful at a time."""
    hour = two_questions()
    doubtful = [hour.says(f"A4 answer {number}", 20 + number / 10) for number in range(7)]
    hour.says(LONG_ENOUGH, 21)
    hour.events.append(e.MessageDeleted(at=at(22), message=doubtful[6]))
    hour.moves(doubtful[5], 2)

    assert unsure(hour.chat, limit=3) == (doubtful[4], doubtful[3], doubtful[2])
    assert unsure(hour.chat) == tuple(reversed(doubtful[:5]))


def test_a_chat_without_messages_has_nothing_unsure() -> None:
    """An empty room is no trouble."""
    assert (unsure(two_questions().chat), attribute(replay(Hour().log))) == ((), {})
