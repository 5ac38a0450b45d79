"""The course of the hour by hand: what each of the moderator's buttons does, and what a second press does."""

import pytest

from bot.core import commands as c
from bot.core.due import due, next_question
from bot.core.phases import Phase
from tests.builders import GARY, a_chat, asked, at, hears, kinds, minutes, questions

# --- start, next, close --------------------------------------------------------------------------------------


def test_started_early_everything_counts_from_there() -> None:
    """Started five minutes early, Q1 comes eight minutes later."""
    chat = a_chat().at(-5).given(asked(c.Start))

    assert chat.said()[-1] == "welcome"
    assert due(chat.chat) == at(3)


def test_starting_twice_starts_once() -> None:
    """FAULTS 55: the second press finds the hour open."""
    chat = a_chat().at(-5).given(asked(c.Start))

    assert chat.refusal(asked(c.Start)) == "refused.not-now"


def test_starting_a_held_chat_lets_its_clock_run() -> None:
    """Start is stronger than a hold from before."""
    chat = a_chat().at(-5).given(asked(c.Hold), asked(c.Start)).at(4)

    assert chat.stage == "question/q1"


def test_next_asks_every_question_then_closes_then_thanks() -> None:
    """One button runs the whole hour."""
    chat = a_chat(pace="manual").at(1)
    stages = []
    for _ in range(6):
        chat.given(asked(c.Next))
        stages.append(chat.stage)

    assert stages == ["question/q1", "question/q2", "question/q3", "question/q4", "closing", "after-hour"]


def test_next_pressed_early_leaves_the_rest_of_the_plan_where_it_was() -> None:
    """Q2 by hand at minute twelve: Q3 still comes at its planned minute."""
    chat = a_chat().at(12).given(asked(c.Next))

    assert chat.stage == "question/q2"
    assert due(chat.chat) == at(31)


def test_a_double_click_on_next_is_one_step() -> None:
    """FAULTS 55: "next, from Q1" pressed twice asks Q2 once."""
    chat = a_chat().running(1)
    press = asked(c.Next, expects=chat.stage)
    chat.given(press)

    assert chat.refusal(press) == "refused.moved-on"
    assert chat.stage == "question/q2"


@pytest.mark.parametrize("first", [c.Next, c.Skip, c.Hold])
@pytest.mark.parametrize("second", [c.Next, c.Skip, c.Hold])
def test_two_moderators_pressing_at_once_make_one_history(
    first: type[c.Command], second: type[c.Command]
) -> None:
    """FAULTS 56: whatever two moderators press from Q1 at once, at most one question is asked, and both are named."""
    chat = a_chat().running(1)
    stage = chat.stage
    for press, by in ((first, "andrew"), (second, GARY)):
        if chat.refusal(asked(press, by, expects=stage)) is None:
            chat.given(asked(press, by, expects=stage))

    assert chat.said().count("question") <= 2
    assert {getattr(event, "by", None) for event in chat.log[-2:]} <= {None, "andrew", GARY}


def test_next_beats_the_clock_or_the_clock_beats_next_but_never_both() -> None:
    """FAULTS 55: pressed as the clock asks Q2, "next, from Q1" comes to nothing."""
    chat = a_chat().running(1)
    press = asked(c.Next, expects=chat.stage)
    chat.at(20)

    assert chat.refusal(press) == "refused.moved-on"


def test_closing_ends_the_hour_now() -> None:
    """Thanks at once, and what was not asked is not asked."""
    chat = a_chat().running(2).given(asked(c.Close))

    assert chat.said()[-1] == "thanks"
    assert due(chat.chat) == at(21 + 24 * 60)


def test_closing_twice_thanks_once() -> None:
    """The second press comes too late."""
    chat = a_chat().running(2).given(asked(c.Close))

    assert chat.refusal(asked(c.Close)) == "refused.not-now"


# --- back ----------------------------------------------------------------------------------------------------


def test_going_back_asks_the_question_before_again() -> None:
    """Its text stands in the room once more, and answers go to it."""
    chat = a_chat().running(2)
    (post,) = chat.says_of(asked(c.Back))

    assert post.line == "post.question-again"
    assert chat.stage == "question/q1"


def test_going_back_by_the_clock_lasts() -> None:
    """Whoever goes back gets five minutes; only then the clock asks Q2 again."""
    chat = a_chat().running(2).given(asked(c.Back)).at(25.9)
    assert chat.stage == "question/q1"

    assert chat.at(26).stage == "question/q2"
    assert chat.said()[-1] == "question"


def test_going_back_with_time_to_spare_moves_nothing() -> None:
    """Q2 pressed early, taken back at once: it comes at its planned minute."""
    chat = a_chat().running(1).given(asked(c.Next), asked(c.Back))

    assert chat.chat.shift == minutes(0)
    assert chat.at(20).stage == "question/q2"


def test_going_back_by_hand_waits_for_the_hand() -> None:
    """Without a clock there is nothing to delay."""
    chat = a_chat(pace="manual").at(5).given(asked(c.Next), asked(c.Next))

    assert kinds(chat.when(asked(c.Back))) == ("stage-entered",)


def test_going_back_from_the_closing_reopens_the_last_question() -> None:
    """And the closing comes a second time, five minutes later."""
    chat = a_chat().at(55).given(asked(c.Back))
    assert chat.stage == "question/q4"

    assert chat.at(60).said().count("closing") == 2
    assert len({post.key for post in chat.posts}) == len(chat.posts)


def test_there_is_nothing_before_the_first_question() -> None:
    """Neither during the hellos nor at Q1."""
    assert a_chat().running(0).refusal(asked(c.Back)) == "refused.nothing-before"
    assert a_chat().running(1).refusal(asked(c.Back)) == "refused.nothing-before"


def test_a_question_gone_back_from_is_next() -> None:
    """Next after back is forward again."""
    chat = a_chat().running(3).given(asked(c.Back), asked(c.Back))
    assert chat.stage == "question/q1"

    assert next_question(chat.chat).id == "q2"


# --- skip ----------------------------------------------------------------------------------------------------


def test_skipping_leaves_out_the_next_question() -> None:
    """Q2 is left out, Q3 comes at its own minute."""
    chat = a_chat().running(1).given(asked(c.Skip)).at(33)

    assert [opening.question for opening in chat.chat.openings] == ["q1", "q3"]


def test_any_question_to_come_can_be_skipped_once() -> None:
    """By name, and a second press changes nothing."""
    chat = a_chat().running(1).given(asked(c.Skip, question="q4"))

    assert chat.when(asked(c.Skip, question="q4")) == ()


@pytest.mark.parametrize("question", ["q1", "q9"])
def test_what_was_asked_or_never_planned_cannot_be_skipped(question: str) -> None:
    """There is nothing left of it to leave out."""
    assert a_chat().running(1).refusal(asked(c.Skip, question=question)) == "refused.nothing-to-skip"


def test_after_the_last_question_there_is_nothing_to_skip() -> None:
    """The closing comes by itself."""
    assert a_chat().running(4).refusal(asked(c.Skip)) == "refused.nothing-to-skip"


# --- extend, hold, resume ------------------------------------------------------------------------------------


def test_two_more_minutes_move_everything_to_come() -> None:
    """The next question, the closing and the end."""
    chat = a_chat().running(1).given(asked(c.Extend)).at(63)
    entered = [event.at for event in chat.log if event.KIND == "stage-entered"][-5:]

    assert entered == [at(22), at(34), at(46), at(56), at(62)]


def test_more_time_calls_last_thoughts_off() -> None:
    """They are asked for again before the new end of the question."""
    chat = a_chat().at(19.5).given(asked(c.Extend))
    assert chat.chat.stage.step == "open"

    assert chat.at(21).said()[-2:] == ["last-thoughts", "last-thoughts"]


def test_extending_before_last_thoughts_says_nothing() -> None:
    """Nobody needs to hear that a clock moved."""
    assert a_chat().running(1).says_of(asked(c.Extend)) == []


@pytest.mark.parametrize("length", [0, -2, 31])
def test_time_is_given_in_sensible_portions(length: float) -> None:
    """Between one minute and thirty."""
    assert a_chat().running(1).refusal(asked(c.Extend, length=minutes(length))) == "refused.extend-length"


def test_while_held_nothing_is_posted() -> None:
    """FAULTS 58: a held chat stays held, through a restart as well."""
    chat = a_chat().running(1).given(asked(c.Hold))
    said = chat.said()

    assert chat.at(89).said() == said
    assert said[-1] == "held"


def test_a_hold_that_nobody_ends_does_not_keep_the_hour_open() -> None:
    """Half an hour after the planned end the bot says goodbye: the moderator's phone is dead."""
    chat = a_chat().running(1).given(asked(c.Hold)).at(91)

    assert chat.stage == "after-hour"


def test_a_double_click_on_more_time_gives_it_once() -> None:
    """The button says how much the moderator saw given; the second press saw the same."""
    chat = a_chat().running(1)
    press = asked(c.Extend, seen=chat.chat.extended)

    assert kinds(chat.when(press)) == ("extended",)
    assert chat.given(press).when(press) == ()


def test_a_double_click_on_undo_takes_one_thing_back() -> None:
    """The button names what it takes back; what came before it stays."""
    chat = a_chat().running(2)
    press = asked(c.Undo, seen=chat.chat.last_done)

    assert chat.given(press).when(press) == ()


def test_resuming_moves_everything_by_the_time_held() -> None:
    """Seven minutes of fire alarm: everything comes seven minutes later."""
    chat = a_chat().at(10).given(asked(c.Hold)).at(17).given(asked(c.Resume))

    assert chat.said()[-1] == "resumed"
    assert due(chat.chat) == at(26)
    assert chat.at(27).stage == "question/q2"


def test_two_holds_add_up() -> None:
    """Three minutes and four are seven, and an extension counts on top."""
    chat = a_chat().at(10).given(asked(c.Hold)).at(13).given(asked(c.Resume), asked(c.Extend))
    chat.given(asked(c.Hold)).at(17).given(asked(c.Resume))

    assert chat.chat.shift == minutes(9)


def test_holding_and_resuming_twice_changes_nothing() -> None:
    """FAULTS 55: the second press of each finds it done."""
    chat = a_chat().running(1).given(asked(c.Hold))
    assert chat.when(asked(c.Hold)) == ()

    chat.given(asked(c.Resume))
    assert chat.when(asked(c.Resume)) == ()


def test_a_hold_before_the_hour_does_not_move_an_announced_start() -> None:
    """Held for a day, the week before: people still come at the time they were told."""
    chat = a_chat().at(-3 * 1440).given(asked(c.Hold)).at(-2 * 1440).given(asked(c.Resume)).at(9)

    assert chat.chat.anchor == at(0)
    assert chat.stage == "question/q1"
    assert "held" not in chat.said()


def test_a_hold_that_outlasts_the_start_moves_the_start() -> None:
    """Held from ten minutes before to four after: the hour begins on resuming, and lasts an hour."""
    chat = a_chat().at(-9).given(asked(c.Hold)).at(4).given(asked(c.Resume)).at(5)

    assert chat.chat.anchor == at(4)
    assert due(chat.chat) == at(12)


def test_next_while_held_asks_and_stays_held() -> None:
    """The moderator may go on by hand; the clock stands still until told otherwise."""
    chat = a_chat().running(1).given(asked(c.Hold), asked(c.Next)).at(59)

    assert chat.stage == "question/q2"


@pytest.mark.parametrize("presses", [(c.Close,), (c.Next, c.Next, c.Next, c.Next, c.Next)])
def test_closing_a_held_chat_ends_the_hold(presses: tuple[type[c.Command], ...]) -> None:
    """After the hour nobody could resume, and late answers would never end."""
    chat = a_chat().running(1).given(asked(c.Hold), *map(asked, presses))

    assert chat.chat.phase is Phase.AFTER_HOUR
    assert due(chat.chat) is not None


# --- say, undo -----------------------------------------------------------------------------------------------


def test_the_bot_says_a_thing_once() -> None:
    """FAULTS 55: a redelivered "say" is not said again."""
    chat = a_chat().running(1)
    (post,) = chat.says_of(asked(c.Say, words="say/1"))

    assert post.arguments["text"].key == "say/1"
    assert chat.when(asked(c.Say, words="say/1")) == ()


def test_a_question_asked_by_mistake_is_taken_back() -> None:
    """Answers fall to the one before, and the clock goes on with the one after."""
    chat = a_chat().running(1).given(asked(c.Next))
    (post,) = chat.says_of(asked(c.Undo))

    assert post.line == "post.question-withdrawn"
    assert chat.stage == "question/q1"
    assert chat.at(33).stage == "question/q3"


def test_taking_back_the_first_question_leads_to_the_hellos() -> None:
    """There is nothing before it."""
    chat = a_chat().running(1).given(asked(c.Undo))

    assert chat.stage == "introductions"
    assert chat.at(21).stage == "question/q2"


def test_a_question_taken_back_while_thinking_leaves_the_one_before_open() -> None:
    """Q1 was long open: nobody is asked twice for answers to it."""
    chat = a_chat(think=minutes(1)).at(10).given(asked(c.Next), asked(c.Undo)).at(12)

    assert chat.said().count("answers-please") == 1


def test_going_back_is_not_undone_by_losing_answers() -> None:
    """FAULTS 55: undo after back leaves both questions alone; next goes forward again."""
    chat = a_chat().running(2).given(asked(c.Back))

    assert chat.refusal(asked(c.Undo)) == "refused.nothing-to-undo"


def test_after_the_questions_no_question_is_taken_back() -> None:
    """The words "we take Q4 back" would puzzle everybody an hour later."""
    assert a_chat().in_phase(Phase.AFTER_HOUR).refusal(asked(c.Undo)) == "refused.nothing-to-undo"


def test_undo_goes_back_step_by_step() -> None:
    """What was kept last is let go first."""
    chat = a_chat().running(1).with_answer("m1")
    chat.given(asked(c.Keep, message="m1"), asked(c.Park, message="m1"))

    assert [kinds(chat.when(asked(c.Undo))) for _ in range(3)] == [
        ("message-unparked",),
        ("insight-dropped",),
        ("question-withdrawn",),
    ]
    assert chat.refusal(asked(c.Undo)) == "refused.nothing-to-undo"


# --- questions that come in between --------------------------------------------------------------------------


def test_a_question_from_the_audience_is_asked_now_and_the_plan_waits() -> None:
    """Asked two minutes before Q2, it gets its five minutes."""
    chat = a_chat().at(18).given(asked(c.AddQuestion, question="a1", ask=True, audience=True))

    assert chat.chat.open_question.number == 5
    assert chat.at(22.9).stage == "question/a1"
    assert chat.at(23).stage == "question/q2"


def test_with_time_enough_a_question_in_between_moves_nothing() -> None:
    """Six minutes before Q2 there is room for it."""
    chat = a_chat().at(14).given(asked(c.AddQuestion, question="a1", ask=True))

    assert chat.chat.shift == minutes(0)


@pytest.mark.parametrize("minute", [53, 57])
def test_a_last_question_from_the_audience_is_answered_before_the_closing(minute: float) -> None:
    """However late it is asked, people get their five minutes."""
    chat = a_chat().at(minute).given(asked(c.AddQuestion, question="a1", ask=True))

    assert due(chat.chat) == at(minute + 4)
    assert chat.at(minute + 5).chat.phase is Phase.CLOSING


def test_by_hand_a_question_in_between_delays_nothing() -> None:
    """There is no clock to delay."""
    chat = a_chat(pace="manual").at(5)

    assert kinds(chat.when(asked(c.AddQuestion, question="a1", ask=True))) == (
        "question-added",
        "stage-entered",
    )


def test_an_added_question_comes_last_halfway_to_the_closing() -> None:
    """It waits for its turn after the planned ones."""
    chat = a_chat().running(1).given(asked(c.AddQuestion, question="a1")).at(49)

    assert chat.stage == "question/a1"


def test_the_first_question_may_be_added_to_an_empty_plan() -> None:
    """A plan without questions gets Q1 in the middle of its hour."""
    chat = a_chat(questions=()).running(0).given(asked(c.AddQuestion, question="a1")).at(41)

    assert chat.stage == "question/a1"
    assert chat.chat.open_question.number == 1


def test_a_question_is_added_once() -> None:
    """FAULTS 55: redelivered, it changes nothing."""
    ask = asked(c.AddQuestion, question="a1", ask=True)

    assert a_chat().running(1).given(ask).when(ask) == ()


def test_outside_the_hour_nothing_is_asked() -> None:
    """A question can be added before it, but not asked."""
    chat = a_chat().in_phase(Phase.ANNOUNCED)

    assert chat.refusal(asked(c.AddQuestion, question="a1", ask=True)) == "refused.not-now"
    assert chat.refusal(asked(c.AddQuestion, question="a1")) is None


def test_a_question_that_a_person_asked_in_the_room_is_not_posted_again() -> None:
    """A past chat's topic line is its question; the bot adds none of its own."""
    chat = a_chat(pace="manual").running(0).given(hears("m1", by="andrew"))

    assert chat.says_of(asked(c.AddQuestion, question="a1", ask=True, asked_as="m1")) == []


def test_of_two_questions_due_together_neither_is_lost_for_its_place_in_the_plan() -> None:
    """A planned question that opens after an added one is asked after it."""
    chat = a_chat(questions=questions(8, 20)).running(1).given(asked(c.AddQuestion, question="a1"))
    chat.given(lambda now: c.PlanChat(at=now, plan=a_chat(questions=questions(8, 20, 45)).chat.plan))
    chat.at(53)

    assert [opening.question for opening in chat.chat.openings] == ["q1", "q2", "a1", "q3"]
