"""An edited plan file: which question is which."""

from bot.core.apply import replay
from bot.core.chat import Chat
from bot.core.events import ChatPlanned
from bot.core.names import ChatId, QuestionId, WordKey
from bot.core.plan import question_words
from bot.plans.model import Plan as PlanFile
from bot.runtime.planning import plan_of, recognised, words_of
from tests.builders import at

FIRST, SECOND, THIRD = "What helps at work?", "What gets in the way?", "What would you change?"


def a_file(*questions: str) -> PlanFile:
    """Return a plan file with these questions."""
    fields = {"title": "Work", "hashtag": "#hcchat", "starts": "2026-12-03 19:00", "zone": "UTC"}
    return PlanFile.model_validate(
        {**fields, "questions": [{"text": text} for text in questions]}, context={"languages": ("en",)}
    )


def edited(*questions: str, asked: tuple[str, ...] = ()) -> dict[str, str]:
    """Return, by id, the questions after a file with FIRST, SECOND and THIRD was changed to hold *questions*."""
    before = a_file(FIRST, SECOND, THIRD)
    chat: Chat = replay([ChatPlanned(at=at(0), chat=ChatId("chat"), plan=plan_of(before))])
    chat.asked.extend(QuestionId(id) for id in asked)
    after = a_file(*questions)
    plan, words = recognised(plan_of(after), words_of(after), chat, words_of(before))
    assert words[WordKey("title")] == "Work"
    return {question.id: words[question_words(question.id)] for question in plan.questions}


def test_a_question_that_moved_is_the_same_question() -> None:
    """Answers to it stay its answers."""
    assert list(edited(THIRD, FIRST, SECOND).items()) == [("q3", THIRD), ("q1", FIRST), ("q2", SECOND)]


def test_a_question_deleted_in_the_middle_renames_nobody() -> None:
    """The third question does not become the second one in people's answers."""
    assert edited(FIRST, THIRD) == {"q1": FIRST, "q3": THIRD}


def test_a_question_reworded_before_it_is_asked_stays_itself() -> None:
    """A typo mended is no new question."""
    assert edited(FIRST, "What gets in your way?", THIRD)["q2"] == "What gets in your way?"


def test_a_question_reworded_after_it_was_asked_stays_as_it_was_asked() -> None:
    """What people answered keeps the words that they answered, and nobody is asked the same thing twice."""
    assert edited("What really helps at work?", SECOND, THIRD, asked=("q1",)) == {
        "q1": FIRST,
        "q2": SECOND,
        "q3": THIRD,
    }


def test_another_question_in_the_place_of_an_asked_one_is_a_new_one() -> None:
    """Somebody overwrote the question that was over with one that is still to come."""
    assert edited("Who would you thank today?", SECOND, THIRD, asked=("q1",)) == {
        "q4": "Who would you thank today?",
        "q2": SECOND,
        "q3": THIRD,
    }


def test_new_questions_get_names_of_their_own() -> None:
    """Two more, one in between."""
    assert edited(FIRST, "Who helped you?", SECOND, THIRD, "What now?") == {
        "q1": FIRST,
        "q4": "Who helped you?",
        "q2": SECOND,
        "q3": THIRD,
        "q5": "What now?",
    }
