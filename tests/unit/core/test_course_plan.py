"""A plan edited before, during and after its chat: what people have read stays, what is to come changes."""

from typing import Any

import pytest

from bot.core import commands as c
from bot.core.due import due
from bot.core.phases import Phase
from tests.builders import Wish, a_chat, a_plan, asked, at, kinds, minutes, questions

DAY = 24 * 60


def saved(**changes: Any) -> Wish:
    """Return that the plan was saved with these changes."""
    return lambda now: c.PlanChat(at=now, plan=a_plan(**changes), by="andrew")


def test_saving_an_unchanged_plan_changes_nothing() -> None:
    """However often it is saved, and whatever was asked or added meanwhile."""
    chat = a_chat().running(2).given(asked(c.AddQuestion, question="a1", ask=True), asked(c.Back))

    assert chat.when(saved()) == ()


def test_an_announced_plan_that_changes_is_told_in_the_room() -> None:
    """People see what they will be asked."""
    chat = a_chat().at(-3 * DAY)
    (post,) = chat.says_of(saved(questions=questions(8, 20)))

    assert post.line == "post.plan-changed"
    assert [ref.key for ref in post.arguments["questions"]] == ["question/q1", "question/q2"]


def test_an_unannounced_plan_changes_in_silence() -> None:
    """Nobody has read it yet."""
    assert a_chat().says_of(saved(questions=questions(8, 20))) == []


def test_a_chat_moved_to_another_day_is_reminded_of_again() -> None:
    """Yesterday's "in half an hour" does not count for next week."""
    chat = a_chat().at(-20).given(saved(starts_at=at(7 * DAY))).at(7 * DAY - 20)

    assert chat.said().count("reminder") == 4


def test_a_chat_moved_nearer_is_not_reminded_of_a_day_that_is_past() -> None:
    """Moved to two hours from now, "in a day" is left out and "in half an hour" comes."""
    chat = a_chat().at(-3 * DAY).given(saved(starts_at=at(-3 * DAY + 120))).at(-3 * DAY + 100)

    assert chat.said() == ["announcement", "plan-changed", "reminder"]


def test_a_new_reminder_that_is_past_already_is_not_given() -> None:
    """A reminder two days before, added the day before, is too late."""
    chat = a_chat().at(-1430).given(saved(reminders=(minutes(2 * DAY), minutes(DAY), minutes(30))))

    assert chat.at(-1000).said().count("reminder") == 1


def test_a_chat_moved_a_little_with_its_doors_open_keeps_them_open() -> None:
    """Five minutes later: the room is told, and stays open."""
    chat = a_chat().at(-5)
    chat.given(saved(starts_at=at(5)))

    assert chat.said()[-1] == "plan-changed"
    assert chat.chat.phase is Phase.DOORS
    assert due(chat.chat) == at(5)


def test_a_chat_moved_away_with_its_doors_open_is_announced_anew() -> None:
    """Its doors close, and open again ten minutes before the new start."""
    chat = a_chat().at(-5)
    said = len(chat.said())
    chat.given(saved(starts_at=at(DAY))).at(DAY + 1)

    assert chat.said()[said:] == ["announcement", "reminder", "reminder", "how-it-works", "welcome"]
    assert len({post.key for post in chat.posts}) == len(chat.posts)


def test_a_missed_chat_is_moved_to_a_new_date() -> None:
    """FAULTS 58: the bot slept through the hour; with a new date it is announced and run like any other."""
    chat = a_chat().in_phase(Phase.MISSED).given(saved(starts_at=at(7 * DAY)))
    assert chat.said()[-1] == "announcement"

    assert chat.at(7 * DAY + 9).stage == "question/q1"


def test_a_missed_chat_moved_into_the_past_stays_missed() -> None:
    """A slip of the date announces nothing."""
    chat = a_chat().in_phase(Phase.MISSED).given(saved(starts_at=at(-DAY)))

    assert chat.chat.phase is Phase.MISSED


def test_other_changes_leave_a_missed_chat_missed() -> None:
    """Only a new date makes it a chat to come."""
    chat = a_chat().in_phase(Phase.MISSED).given(saved(questions=questions(8)))

    assert chat.chat.phase is Phase.MISSED


def test_a_hold_that_moved_the_start_is_forgotten_with_the_old_date() -> None:
    """The new date is the one that was typed."""
    chat = a_chat().at(-5).given(asked(c.Hold))
    chat.now = at(4)
    chat.given(asked(c.Resume), saved(starts_at=at(DAY))).at(DAY + 1)

    assert chat.chat.anchor == at(DAY)


# --- during the hour -----------------------------------------------------------------------------------------


def test_during_the_hour_only_questions_to_come_change() -> None:
    """FAULTS 57: what was asked stays as it was asked; nothing is posted again."""
    chat = a_chat().running(2)
    posts = chat.says_of(saved(questions=questions(1, 2, 40, 44), starts_at=at(30)))

    assert posts == []
    assert [one.opens_after for one in chat.chat.plan.questions] == [minutes(m) for m in (8, 20, 40, 44)]
    assert chat.at(41).stage == "question/q3"


def test_a_question_asked_and_then_deleted_from_the_plan_stays_in_the_record() -> None:
    """FAULTS 57: Q2 was read and answered."""
    chat = a_chat().running(2).given(saved(questions=questions(8)))

    assert [one.id for one in chat.chat.plan.questions] == ["q1", "q2"]
    assert chat.at(56).said().count("question") == 2


def test_a_question_gone_back_from_and_then_deleted_is_not_asked_again() -> None:
    """FAULTS 57: its answers keep their question, the room is spared it."""
    chat = a_chat().running(2).given(asked(c.Back), saved(questions=questions(8))).at(60)

    assert chat.chat.phase is Phase.CLOSING
    assert chat.chat.plan.question("q2").number == 2


def test_a_question_moved_while_the_hour_runs_comes_at_its_new_time() -> None:
    """FAULTS 57: brought forward to the present minute, it is asked at once, and once."""
    chat = a_chat().running(1).given(saved(questions=questions(8, 9, 32, 44))).at(21)

    assert chat.said().count("question") == 2


def test_a_question_from_the_audience_stays_whatever_the_plan_says() -> None:
    """It never stood in the plan file, so saving the file cannot delete it."""
    chat = a_chat().running(1).given(asked(c.AddQuestion, question="a1"), saved(questions=questions(8, 20)))

    assert [(one.id, one.number) for one in chat.chat.plan.questions] == [("q1", 1), ("q2", 2), ("a1", 5)]


def test_a_number_is_given_once() -> None:
    """FAULTS 57: the audience's question is Q5; one more in the plan file becomes Q6, and stays Q6."""
    chat = a_chat().running(1).given(asked(c.AddQuestion, question="a1", ask=True))
    longer = saved(questions=questions(8, 20, 32, 44, 50))
    chat.given(longer)

    assert {one.id: one.number for one in chat.chat.plan.questions}["q5"] == 6
    assert chat.when(longer) == ()


def test_a_plan_that_grows_while_the_closing_runs_is_not_asked() -> None:
    """The hour ends when people expect it to."""
    chat = a_chat().at(55).given(saved(questions=questions(8, 20, 32, 44, 56))).at(61)

    assert kinds(tuple(chat.log[-2:])) == ("question-skipped", "stage-entered")
    assert chat.said()[-1] == "thanks"


@pytest.mark.parametrize("phase", [Phase.AFTER_HOUR, Phase.REVIEW, Phase.PUBLISHED, Phase.WITHDRAWN])
def test_after_the_hour_the_plan_is_history(phase: Phase) -> None:
    """FAULTS 57: nobody rewrites what was planned; saving the same plan again does no harm."""
    chat = a_chat().in_phase(phase)

    assert chat.refusal(saved(questions=questions(8, 20, 32, 44, 50))) == "refused.plan-is-history"
    assert chat.when(saved()) == ()
