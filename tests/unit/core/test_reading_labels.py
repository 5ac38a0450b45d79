"""Which labels the reader finds, and which look-alikes it leaves alone."""

import pytest

from bot.core.reading import read


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("A2 Plain words", (2,)),
        ("a2 plain words", (2,)),
        ("a 2. Plain words", (2,)),
        ("A 2: plain words", (2,)),
        ("A 2 - plain words", (2,)),
        ("A 2", (2,)),
        ("A2", (2,)),
        ("A2.Plain words", (2,)),
        ("A2-Plain words", (2,)),
        ("A02 plain words", (2,)),
        ("A12 plain words", (12,)),
        ("T2 Plain words", (2,)),
        ("T2: diabetes nurses", (2,)),
        ("#A2 plain words", (2,)),
        ("Ans 2: plain words", (2,)),
        ("Answer 2 - plain words", (2,)),
        ("Answer to Q2: plain words", (2,)),
        ("Re Q2, plain words", (2,)),
        ("re: question 2 plain words", (2,)),
        ("On Q2 I'd say plain words", (2,)),
        ("Antwort 2: klare Worte", (2,)),
        ("Zu Frage 2: klare Worte", (2,)),
        ("R2 : des mots simples", (2,)),
        ("Réponse 2 : des mots simples", (2,)),
        ("Pour la question 2, des mots simples", (2,)),
    ],
)
def test_a_label_at_the_start_names_the_question(text: str, numbers: tuple[int, ...]) -> None:
    """However people write "this is my answer to question two", it is understood."""
    assert read(text).answers == numbers


@pytest.mark.parametrize(
    "text",
    [
        "A1 A3 both",
        "A1, A3: both",
        "A1/3 both",
        "A1/A3 both",
        "A1 & A3 both",
        "A1+3: both",
        "A1 and A3 both",
        "A1 und A3 beides",
        "A1: the first\nA3: the third",
        "A1: the first. A3: the third",
        "A1 #A3 both",
        "A1 A3 A1 both",
    ],
)
def test_one_message_may_answer_several_questions(text: str) -> None:
    """Somebody who missed two questions answers both at once."""
    assert read(text).answers == (1, 3)


@pytest.mark.parametrize(
    "text",
    [
        "@mira @jo_k A2 yes",
        "#hcchat A2 yes",
        "👍 A2 yes",
        "“A2 yes”",
        "*A2* yes",
        "_A2_ yes",
        "(A2) yes",
        "<@U0123ABC> A2 yes",
        "<A2 yes",
        "RT @mira: A2 yes",
        ">> A2 yes",
        "Hello from Sligo! A2: yes",
    ],
)
def test_names_hashtags_emoji_and_quotes_may_stand_before_a_label(text: str) -> None:
    """A label still counts after whom it is addressed to."""
    assert read(text).answers == (2,)


@pytest.mark.parametrize(
    "text",
    [
        "Plain words help. A2",
        "Plain words help! A2 #hcchat",
        "Plain words help #hcchat A2",
        "Plain words help (A2)",
        "Plain words help\nA2",
        "Plain words help. Ans 2",
        "Plain words #A2 help",
    ],
)
def test_a_label_that_is_set_off_may_stand_at_the_end(text: str) -> None:
    """Some people put the label last."""
    assert read(text).answers == (2,)


@pytest.mark.parametrize(
    "text",
    [
        "A1C 7.2 last month",
        "A1c went down",
        "A4 paper is all we have",
        "A4-size leaflets",
        "A4 sized leaflets",
        "I print it on A4",
        "T2 diabetes runs in my family",
        "T1 and T2 diabetes are different",
        "T2-weighted images take longer",
        "T1 here since 2004",
        "I have type 2",
        "A&E was full",
        "I take vitamin A 2 times a day",
        "A 2 week course helped",
        "A 2.5 mg dose",
        "A2.5 is no number",
        "A1-antitrypsin was low",
        "A100 patients",
        "A0 posters",
        "A2's fine",
        "A2% of us",
        "R2 was 0.8",
        "F2 generation",
        "7 of us",
        "Answers 3 times a day",
        "#A2bc",
        "see page#A2",
    ],
)
def test_what_only_looks_like_a_label_is_none(text: str) -> None:
    """Blood values, paper, diabetes and doses are part of what people say."""
    assert (read(text).answers, read(text).asks) == ((), ())


@pytest.mark.parametrize(
    "text", ["Q2: what helps?", "q2 what helps?", "Question 2: what helps?", "Frage 2: was hilft?"]
)
def test_a_question_s_label_asks(text: str) -> None:
    """Q2 announces a question."""
    assert (read(text).answers, read(text).asks) == ((), (2,))


def test_a_quarter_of_the_year_asks_nothing() -> None:
    """Q2 2026 is spring."""
    assert read("Q2 2026 results are out").asks == ()


def test_a_question_and_its_answer_in_one_message_are_told_apart() -> None:
    """Some people repeat the question before they answer it."""
    reading = read("Q2: what helps?\nA2: plain words")

    assert (reading.answers, reading.asks) == ((2,), (2,))


def test_labels_have_an_end() -> None:
    """A message that names every question there could be costs no more than others."""
    text = " ".join(f"A{number}" for number in range(1, 60)) + "\nA60 yes"

    assert len(read(text).answers) == 9
