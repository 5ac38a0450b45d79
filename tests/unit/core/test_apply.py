"""How events make a chat, and that a replay makes the same one."""

import pytest

from bot.core import commands as c
from bot.core.apply import replay
from bot.core.phases import Phase
from bot.core.plan import objective_words
from bot.core.reading import read
from tests.builders import Told, a_chat, a_plan, asked, at, hears, kinds, minutes, publishing, questions, told


def busy() -> Told:
    """Return a chat in which much has happened."""
    chat = a_chat(quoting="ask", publish="auto").running(1).with_answer("m1").with_answer("m2", by="jonas")
    chat.given(
        asked(c.Keep, message="m1"), asked(c.KeepExchange, messages=("m1", "m2")), asked(c.Park, message="m2")
    )
    chat.given(
        asked(c.AnswerTo, message="m2", number=1),
        asked(c.AddQuestion, question="a1", ask=True),
        asked(c.Back),
    )
    chat.given(asked(c.Propose, "mira", words="p/1"), asked(c.Mute, person="jonas"), asked(c.RotateLink)).at(
        45
    )
    chat.given(told(c.NoteGap, room="local/main", since=at(40), until=at(41)), asked(c.Undo)).at(90)
    return chat.given(
        asked(c.ChangeEntry, change="drop", entry="entry/1"), publishing("m1"), asked(c.Forget, "mira")
    )


def test_a_replay_gives_the_same_chat() -> None:
    """Every field of it."""
    chat = busy()

    assert replay(chat.log) == chat.chat
    assert chat.chat.version == len(chat.log)


def test_a_log_without_its_plan_is_no_chat() -> None:
    """Nor is an empty one."""
    with pytest.raises(ValueError, match="begins with its plan"):
        replay([])
    with pytest.raises(ValueError, match="begins with its plan"):
        replay(busy().log[1:])


def test_a_plan_saved_again_at_the_head_of_a_log_is_taken() -> None:
    """Two plans in a row are one plan, the later."""
    log = a_chat().log
    chat = replay([log[0], *a_chat(questions=questions(8)).log])

    assert len(chat.plan.questions) == 1


def test_a_question_of_another_plan_is_not_found() -> None:
    """Asking the plan for it says so."""
    with pytest.raises(KeyError):
        a_plan().question("q9")
    assert a_plan().question("q2").number == 2


def test_what_is_open_is_known_to_everybody() -> None:
    """During a question which, and outside none."""
    assert a_chat().running(0).chat.open_question is None
    assert a_chat().running(2).chat.open_question.id == "q2"


def test_an_unheard_message_has_no_place_in_time() -> None:
    """FAULTS 31: only the message itself says when it was sent."""
    chat = a_chat().running(1).given(told(c.HearDeletion, message="m1"), hears("m2"))

    with pytest.raises(ValueError, match="not heard"):
        _ = chat.chat.messages["m1"].order
    assert chat.chat.messages["m2"].order == (at(9), 0, "m2")


def test_the_first_time_a_phase_was_entered_is_the_one_that_counts() -> None:
    """Closed, gone back and closed again: the closing began the first time."""
    chat = a_chat().at(55).given(asked(c.Back)).at(62)

    assert chat.chat.entered[Phase.CLOSING] == at(54)


def test_resuming_what_was_never_held_moves_nothing() -> None:
    """An old log may say so all the same."""
    chat = a_chat().running(1)
    held = chat.copy().given(asked(c.Hold), asked(c.Resume))
    resumed = held.log[-1]

    assert replay([*chat.log, resumed]).shift == minutes(0)


def test_objectives_have_keys_of_their_own() -> None:
    """They count from one."""
    assert objective_words(1) == "objective/1"


def test_a_question_taken_back_after_going_on_leaves_the_open_one_alone() -> None:
    """FAULTS 56: "undo" of an old log, of a question that was not open."""
    chat = a_chat().running(2)
    withdrawn = chat.copy().given(asked(c.Undo)).log[-1]
    later = chat.given(asked(c.Next))

    again = replay([*later.log, withdrawn])
    assert str(again.stage) == "question/q3"
    assert [opening.question for opening in again.openings] == ["q1", "q3"]
    assert kinds((withdrawn,)) == ("question-withdrawn",)


def test_a_question_withdrawn_twice_is_withdrawn() -> None:
    """A log is believed, whatever it repeats."""
    chat = a_chat().running(2).given(asked(c.Undo))

    assert replay([*chat.log, chat.log[-1]]).stage == chat.chat.stage


def test_a_log_in_the_wrong_order_still_ends_with_the_newest_words() -> None:
    """FAULTS 31: an older edit or reaction that stands later in a log overrides nothing."""
    chat = a_chat().running(1).given(hears("m1", sent=8))
    edits = [told(c.HearEdit, message="m1", edited_at=at(when), reading=read(f"A{when}")) for when in (9, 10)]
    reactions = [
        told(
            c.HearReaction, message="m1", person="anna", reaction="👍", present=when == 9, reacted_at=at(when)
        )
        for when in (9, 10)
    ]
    older, newer = (chat.copy().given(edits[turn], reactions[turn]).log[-2:] for turn in (0, 1))

    again = replay([*chat.log, *newer, *older])
    assert again.messages["m1"].reading.answers == (10,)
    assert again.reactions["m1"]["anna", "👍"] == (at(10), False)
