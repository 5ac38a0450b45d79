"""The course of the hour by the clock: from the announcement to the review, and after any sleep."""

import pytest

from bot.core import commands as c
from bot.core.due import due
from bot.core.phases import Phase
from tests.builders import (
    STARTS,
    WEEK_BEFORE,
    Told,
    a_chat,
    asked,
    at,
    hears,
    kinds,
    minutes,
    questions,
    told,
)

HOT = [hears(f"hot{number}") for number in range(10)]
DAY = 24 * 60


def test_a_whole_hour_runs_by_itself() -> None:
    """Nobody presses anything: the bot announces, reminds, asks, closes, thanks and hands over for review."""
    chat = a_chat().at(61 + DAY)

    assert chat.said() == [
        "announcement",
        "reminder",
        "reminder",
        "how-it-works",
        "welcome",
        *["question", "last-thoughts"] * 4,
        "closing",
        "thanks",
    ]
    assert chat.chat.phase is Phase.REVIEW
    assert due(chat.chat) is None


def test_everything_happens_when_the_plan_says_so() -> None:
    """Doors ten minutes before, questions at their minute, last thoughts a minute before the next."""
    chat = a_chat().at(61)
    entered = {str(event.stage): event.at for event in chat.log if event.KIND == "stage-entered"}
    wrapped = [event.at for event in chat.log if event.KIND == "step-entered"]

    assert entered == {
        "announced": at(WEEK_BEFORE),
        "doors": at(-10),
        "introductions": at(0),
        "question/q1": at(8),
        "question/q2": at(20),
        "question/q3": at(32),
        "question/q4": at(44),
        "closing": at(54),
        "after-hour": at(60),
    }
    assert wrapped == [at(19), at(31), at(43), at(53)]


def test_a_chat_planned_late_gives_no_reminder_that_is_past() -> None:
    """Planned two hours before, it is not reminded of "tomorrow"."""
    chat = a_chat(starts_at=at(WEEK_BEFORE) + minutes(120)).at(WEEK_BEFORE + 119)

    assert chat.said() == ["announcement", "reminder", "how-it-works"]


def test_of_several_missed_reminders_only_the_newest_is_posted() -> None:
    """Back after days of silence, twenty minutes before the start, the bot reminds once and says twenty minutes."""
    chat = a_chat().at(-3 * DAY)
    chat.asleep_until(-20)

    (reminder,) = [post for post in chat.posts if post.line == "post.reminder"]
    assert reminder.arguments["left"] == 20


@pytest.mark.parametrize(
    ("wakes", "left"), [(-DAY, 1440), (-DAY + 0.9, 1440), (-DAY + 61, 1380), (-100, 100), (-179.4, 180)]
)
def test_a_late_reminder_says_how_long_it_really_is(wakes: float, left: int) -> None:
    """A reminder that slept in never says "in a day" an hour and a half before the start."""
    chat = a_chat(reminders=(minutes(DAY),)).at(-2 * DAY)
    chat.asleep_until(wakes)

    assert [post.arguments["left"] for post in chat.posts if post.line == "post.reminder"] == [left]


def test_a_chat_planned_within_the_hour_opens_at_once() -> None:
    """A plan saved three minutes after its start is welcomed, not announced, and how it works comes first."""
    chat = a_chat(starts_at=at(WEEK_BEFORE) - minutes(3))
    chat.asleep_until(WEEK_BEFORE)

    assert chat.said() == ["how-it-works", "welcome"]


def test_who_sleeps_through_the_doors_still_says_how_it_works() -> None:
    """Nobody is heard before they could read that the hour is recorded."""
    chat = a_chat().at(-60)
    chat.asleep_until(2)

    assert chat.said()[-2:] == ["how-it-works", "welcome"]


def test_a_chat_whose_date_is_past_is_never_begun() -> None:
    """FAULTS 59: nothing is said in public about a plan of last year."""
    chat = a_chat(starts_at=at(WEEK_BEFORE - 90))
    chat.asleep_until(WEEK_BEFORE)

    assert chat.chat.phase is Phase.MISSED
    assert chat.posts == []


@pytest.mark.parametrize("before", [-60, -5])
def test_an_hour_slept_through_is_missed_and_not_made_up_for(before: float) -> None:
    """FAULTS 58: back after the end of it all, the bot asks nothing."""
    chat = a_chat().at(before)
    said = chat.said()
    events = chat.asleep_until(75)

    assert kinds(events)[-1] == "stage-entered"
    assert chat.chat.phase is Phase.MISSED
    assert chat.said() == said
    assert due(chat.chat) is None


def test_a_missed_chat_can_still_be_started() -> None:
    """The moderator starts it by hand, and everything counts from there."""
    chat = a_chat().in_phase(Phase.MISSED).given(asked(c.Start))
    chat.at(90 + 8)

    assert chat.stage == "question/q1"


def test_after_a_sleep_only_the_newest_question_is_asked() -> None:
    """FAULTS 19: of three questions that came due, the room gets one; the others are noted as slept through."""
    chat = a_chat().running(1)
    events = chat.asleep_until(45)

    assert kinds(events) == ("question-skipped", "question-skipped", "stage-entered")
    assert {event.cause for event in events[:2]} == {"sleep"}
    assert chat.stage == "question/q4"


def test_after_a_sleep_past_the_closing_the_closing_comes() -> None:
    """Questions that would have come are left out; the hour closes in its own time."""
    chat = a_chat().running(1)
    events = chat.asleep_until(55)

    assert kinds(events) == ("question-skipped",) * 3 + ("stage-entered",)
    assert chat.chat.phase is Phase.CLOSING


def test_after_a_sleep_past_the_end_nobody_is_asked_anything() -> None:
    """FAULTS 58: restarted after the planned end, the bot thanks and asks no five questions at once."""
    chat = a_chat().running(1)
    chat.asleep_until(200)

    assert chat.chat.phase is Phase.AFTER_HOUR
    assert chat.said()[-1] == "thanks"
    assert chat.said().count("question") == 1


def test_days_later_the_thanks_still_promise_a_day_for_late_answers() -> None:
    """FAULTS 58: restarted days later, the bot thanks, and what the thanks say holds."""
    chat = a_chat().running(1)
    chat.asleep_until(5 * DAY)

    assert chat.said()[-1] == "thanks"
    assert due(chat.chat) == at(6 * DAY)


def test_late_answers_count_from_the_end_as_it_was() -> None:
    """A day after the thanks, whenever those were."""
    chat = a_chat().running(1)
    chat.asleep_until(200)

    assert due(chat.chat) == at(200 + DAY)


def test_being_late_once_moves_nothing_else() -> None:
    """A bot that was ten seconds late with Q1 asks Q2 on time."""
    chat = a_chat().at(7)
    chat.asleep_until(8.2)
    chat.running(2)

    assert chat.chat.openings[-1].asked_at == at(20)


# --- thinking and last thoughts ------------------------------------------------------------------------------


def test_a_minute_to_think_ends_with_a_call_for_answers() -> None:
    """Where the plan says so, a question is thought about first."""
    chat = a_chat(think=minutes(1)).at(21.5)

    assert chat.said()[-3:] == ["last-thoughts", "question", "answers-please"]
    assert [post.arguments["thinking"] for post in chat.posts if post.line == "post.question"] == [1, 1]


def test_a_question_too_short_for_last_thoughts_goes_straight_on() -> None:
    """Half a minute between two questions leaves no time to say that it ends."""
    chat = a_chat(questions=questions(8, 8.5, 30)).at(9)

    assert chat.said()[-2:] == ["question", "question"]


def test_last_thoughts_never_come_before_answers_were_asked_for() -> None:
    """Five minutes to think of five and a half leave no time for last thoughts."""
    chat = a_chat(think=minutes(5), questions=questions(8, 13.5)).at(13.6)

    assert chat.said()[-3:] == ["question", "answers-please", "question"]


# --- a hot room ----------------------------------------------------------------------------------------------


def test_a_hot_room_is_not_cut_off() -> None:
    """Ten messages in the last minute: the next question waits a minute."""
    chat = a_chat().at(19.9).given(*HOT).at(20)

    assert chat.log[-1].KIND == "extended"
    assert chat.stage == "question/q1"
    assert due(chat.chat) == at(21)


def test_a_room_that_cools_down_is_asked_the_next_question() -> None:
    """A minute later nobody writes any more: on we go."""
    chat = a_chat().at(19.9).given(*HOT).at(21.1)

    assert chat.stage == "question/q2"


def test_nine_messages_are_not_hot() -> None:
    """Below the pace of ten a minute nobody is cut off."""
    assert a_chat().at(19.9).given(*HOT[1:]).at(20).stage == "question/q2"


def test_the_closing_waits_for_a_hot_room_too() -> None:
    """People who still answer Q4 are not interrupted."""
    chat = a_chat().at(53.9).given(*HOT).at(54.5)

    assert chat.stage == "question/q4"
    assert chat.at(55).chat.phase is Phase.CLOSING


def kept_hot(chat: Told, *, until: int) -> Told:
    """Have ten people write every minute."""
    for minute in range(19, until):
        chat.at(minute + 0.9)
        chat.given(*(hears(f"{minute}-{number}") for number in range(10)))
    return chat


def test_a_hot_room_is_waited_for_four_times_in_all() -> None:
    """People planned with the end of the hour: it is not put off for ever."""
    chat = kept_hot(a_chat(), until=53)

    assert sum(event.KIND == "extended" for event in chat.log) == 4
    assert chat.chat.shift == minutes(4)
    assert chat.at(64).chat.phase is Phase.AFTER_HOUR


def test_hellos_are_never_too_hot_for_the_first_question() -> None:
    """While people say hello nothing waits: nobody is answering yet."""
    assert a_chat().at(7.9).given(*HOT).at(8).stage == "question/q1"


def test_after_a_sleep_the_heat_of_the_room_does_not_matter() -> None:
    """With two questions missed, waiting longer would only lose more."""
    chat = a_chat().at(31.5)
    chat.now = at(33)
    chat.given(*HOT)
    chat.asleep_until(44)

    assert chat.stage == "question/q4"


# --- by hand -------------------------------------------------------------------------------------------------


def test_a_chat_by_hand_opens_by_itself_and_then_waits() -> None:
    """The clock opens the door, the moderator does the rest."""
    chat = a_chat(pace="manual").at(59)

    assert chat.stage == "introductions"


def test_thinking_ends_by_itself_even_by_hand() -> None:
    """A think minute is a minute, whoever asks the question."""
    chat = a_chat(pace="manual", think=minutes(1)).at(10).given(asked(c.Next)).at(11)

    assert chat.said()[-1] == "answers-please"


def test_a_forgotten_chat_by_hand_ends_after_half_an_hour_of_silence() -> None:
    """The moderator went home without closing: half an hour after the end the bot thanks."""
    chat = a_chat(pace="manual").at(10).given(asked(c.Next)).at(89.9)
    assert chat.chat.phase is Phase.QUESTION

    assert chat.at(90).chat.phase is Phase.AFTER_HOUR


def test_a_chat_by_hand_goes_on_while_people_talk() -> None:
    """Twenty minutes over time and still talking: nobody is thanked out of the room."""
    chat = a_chat(pace="manual").at(10).given(asked(c.Next)).at(80).given(hears("m1")).at(109)

    assert chat.chat.phase is Phase.QUESTION
    assert due(chat.chat) == at(110)


def test_a_question_asked_long_after_the_end_by_hand_is_answered_first() -> None:
    """Asking is a sign of life: the half hour counts from there."""
    chat = a_chat(pace="manual", think=minutes(2)).at(89).given(asked(c.Next)).at(92)

    assert chat.said()[-1] == "answers-please"
    assert due(chat.chat) == at(119)


# --- the calendar --------------------------------------------------------------------------------------------


def test_a_chat_across_midnight_and_a_change_of_clocks_keeps_its_minutes() -> None:
    """Times count in minutes from the start: neither midnight nor daylight saving moves a question."""
    night = STARTS.replace(year=2027, month=3, day=27, hour=23, minute=50)
    chat = a_chat(starts_at=night, zone="Europe/London")
    chat.at((night - STARTS) / minutes(1) + 61)

    assert [opening.asked_at - night for opening in chat.chat.openings] == [
        minutes(opens) for opens in (8, 20, 32, 44)
    ]
    assert chat.chat.id == "chat"


def test_a_tick_before_anything_is_due_changes_nothing() -> None:
    """The clock may look as often as it likes."""
    assert a_chat().running(1).when(told(c.Tick)) == ()
