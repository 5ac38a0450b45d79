"""Where in a transcript the prepared questions are found."""

from hypothesis import given
from hypothesis import strategies as st

from bot.insights.asked import find_asked

QUESTIONS = (
    "What helps you to understand a leaflet?",
    "Which words would you ban from clinics?",
    "Who explains your medicine best?",
)


def lines(*texts: str, moderator: str = "Q") -> list[tuple[str, str, bool]]:
    """Return *texts* as numbered lines; those that begin with the mark are a moderator's."""
    return [
        (str(place), text.removeprefix(moderator), text.startswith(moderator))
        for place, text in enumerate(texts)
    ]


def test_each_question_is_found_where_it_was_asked() -> None:
    """Word for word, or a little shorter."""
    said = lines(
        "hi all",
        "QFirst of all, what helps you to understand a leaflet?",
        "pictures, and nothing in Latin",
        "QAnd which words would you ban from clinics",
        "compliance",
        "QWho explains your medicine best?",
    )

    assert find_asked(QUESTIONS, said) == ["1", "3", "5"]


def test_a_question_nobody_asked_is_found_nowhere() -> None:
    """Time ran out before the last one."""
    said = lines(
        "QWhat helps you to understand a leaflet?", "pictures", "QThanks for coming, which was great"
    )

    assert find_asked(QUESTIONS, said) == ["0", None, None]


def test_a_moderator_s_line_wins_over_one_just_like_it() -> None:
    """Somebody had pasted the question before the moderator asked it."""
    said = lines(
        "hi",
        "What helps you to understand a leaflet?",
        "QWhat helps you to understand a leaflet?",
        "pictures",
    )

    assert find_asked(QUESTIONS[:1], said) == ["2"]


def test_of_two_like_lines_the_order_of_the_plan_decides() -> None:
    """The second question looks back on the first; each finds its own place."""
    questions = ("What helps you with leaflets?", "What helps you with letters?")
    said = lines(
        "QWhat helps you with leaflets?", "pictures", "QWhat helps you with leaflets or letters?", "time"
    )

    assert find_asked(questions, said) == ["0", "2"]


def test_a_question_asked_out_of_turn_is_found_all_the_same() -> None:
    """The moderator changed the order on the day."""
    said = lines(
        "Q" + QUESTIONS[2], "my pharmacist", "Q" + QUESTIONS[0], "pictures", "Q" + QUESTIONS[1], "compliance"
    )

    assert find_asked(QUESTIONS, said) == ["2", "4", "0"]


def test_two_questions_in_one_line_are_found_there_both() -> None:
    """A moderator in a hurry asks two at once."""
    said = lines("hi", "Q" + QUESTIONS[0] + " " + QUESTIONS[1], "pictures", "compliance")

    assert find_asked(QUESTIONS[:2], said) == ["1", "1"]


def test_rare_words_tell_more_than_common_ones() -> None:
    """What everybody says all the time says little about which question it is."""
    said = lines(
        "what do you do in the", "what is in the post", *["what do you do in the end"] * 8, "waiting rooms"
    )

    assert find_asked(["What do you do in waiting rooms?"], said) == ["10"]


def test_endings_of_words_make_no_difference() -> None:
    """A question put in the moderator's own words."""
    said = lines(
        "hi", "QWhich word should we be banning from our clinic?", "compliance", "leaflets", "letters"
    )

    assert find_asked(QUESTIONS, said)[1] == "1"


def test_without_questions_or_lines_nothing_is_found() -> None:
    """Nothing prepared, or an empty log."""
    assert find_asked((), lines("hi")) == []
    assert find_asked(QUESTIONS, ()) == [None, None, None]
    assert find_asked(("?", ""), lines("hi", "")) == [None, None]


TEXT = st.text(alphabet="abc ?Q", max_size=12)


@given(questions=st.lists(TEXT, max_size=5), texts=st.lists(TEXT, max_size=8))
def test_every_question_gets_one_line_of_the_transcript_or_none(
    questions: list[str], texts: list[str]
) -> None:
    """Whatever was prepared and said."""
    found = find_asked(questions, lines(*texts))

    assert len(found) == len(questions)
    assert {one for one in found if one is not None} <= {str(place) for place in range(len(texts))}
    assert found == find_asked(questions, lines(*texts))
