"""What deserves to be quoted, and what belongs together."""

import pytest

from bot.core.names import MessageId, PersonId, QuestionId
from bot.core.reading import read
from bot.summary.dissent import is_dissent
from bot.summary.rank import Line, Ranked, Regard, is_worth_reading, nods, ranked
from bot.summary.themes import allot, budget, group, pick
from bot.summary.tokens import Relevance, overlap, tokens

NOBODY = Regard(kept=frozenset(), nominated={}, nodded={})
GOOD = "A standing desk and an honest talk with my manager kept me in my job through two bad years."


def a_line(id: str, text: str, author: str | None = None) -> Line:
    """Return a line that may be quoted."""
    return Line(MessageId(id), PersonId(author or id), read(text), text)


def a_ranked(id: str, words: str, *, author: str | None = None, score: float = 1.0) -> Ranked:
    """Return a line with its worth and its words."""
    return Ranked(a_line(id, words, author), score, frozenset(words.split()))


@pytest.mark.parametrize(
    "text",
    [
        "Hello everyone!",
        "+1",
        "so true",
        "RT @ada what she said about desks today",
        "ok",
        "https://a.example #ad #sale #hcchat buy",
    ],
)
def test_greetings_nods_reposts_and_advertisements_are_never_quoted(text: str) -> None:
    """A summary quotes what somebody had to say."""
    assert not is_worth_reading(read(text))


def test_an_answer_is_worth_reading() -> None:
    """A whole sentence is more than a nod."""
    assert is_worth_reading(read(GOOD))


def test_the_line_that_answers_the_question_at_some_length_comes_first() -> None:
    """Length and words in common with the question decide; a question in return stands back."""
    lines = [
        a_line("short", "Desk, mostly."),
        a_line("good", GOOD),
        a_line(
            "asks", "Has anybody here ever asked their own manager for such a big standing desk and got it?"
        ),
    ]

    assert ranked(lines, "What helps you keep your job?", NOBODY)[0].line.id == "good"


def test_what_moderators_kept_comes_before_everything() -> None:
    """The moderator was there."""
    lines = [a_line("short", "Desk, mostly."), a_line("good", GOOD)]
    regard = Regard(kept=frozenset({MessageId("short")}), nominated={}, nodded={})

    assert ranked(lines, "What helps?", regard)[0].line.id == "short"


def test_what_people_nominated_or_nodded_at_comes_before_its_like() -> None:
    """Between two lines of the same length the room decides."""
    lines = [a_line("a", "My desk is a standing one."), a_line("b", "My chair is a moving one.")]
    nominated = Regard(kept=frozenset(), nominated={MessageId("b"): 2}, nodded={})
    nodded = Regard(kept=frozenset(), nominated={}, nodded={MessageId("b"): 3})

    assert ranked(lines, "Which?", nominated)[0].line.id == "b"
    assert ranked(lines, "Which?", nodded)[0].line.id == "b"


def test_no_lines_have_no_order() -> None:
    """A question without answers is no error."""
    assert ranked([], "Anybody?", NOBODY) == []


def test_nods_go_to_the_message_or_person_they_answer() -> None:
    """A yes counts for the line it hangs on, or for the last line of whoever it names; never for oneself."""
    yes, said = read("so true!"), read(GOOD)
    ada, ben = PersonId("ada"), PersonId("ben")
    names_ada = read("so true!", mentions=(ada,))
    names_nobody = read("so true!", mentions=(PersonId("zoe"),))
    m1, m2, m3, m4, m5, m6 = map(MessageId, ("m1", "m2", "m3", "m4", "m5", "m6"))

    found = nods(
        [
            (m1, ada, said, None),
            (m2, ben, yes, m1),
            (m3, ada, yes, m1),
            (m4, ben, names_ada, None),
            (m5, ben, names_nobody, None),
            (m6, ben, yes, MessageId("unheard")),
        ]
    )

    assert found == {m1: 2}


def test_words_are_compared_without_their_endings_and_links() -> None:
    """Diagnosis and diagnosed are one word here; addresses and "the" are none."""
    assert tokens("The diagnosis, https://example.org/x diagnosed") == ("diagno", "diagno")


def test_rare_words_tell_more() -> None:
    """A match in a word that everybody uses is worth less."""
    relevance = Relevance([("desk", "talk"), ("desk",), ("desk", "nurse")])

    assert relevance.weight("nurse") > relevance.weight("desk")
    assert relevance.of(("nurse",), ["nurse"]) > relevance.of(("desk",), ["desk"])
    assert relevance.of(("desk",), ["pill"]) == 0


def test_overlap_is_a_share() -> None:
    """Two lines with the same words share everything, two without any nothing."""
    assert overlap(frozenset("ab"), frozenset("ab")) == 1
    assert overlap(frozenset("ab"), frozenset("cd")) == 0


@pytest.mark.parametrize(
    "text",
    [
        "I disagree, telling them cost me my job.",
        "On the other hand my boss never asked.",
        "Das sehe ich anders, mir hat es geschadet.",
        "Pas d’accord : chez nous c'était l'inverse.",
    ],
)
def test_somebody_who_sees_it_differently_is_noticed(text: str) -> None:
    """Both sides belong into a summary, in three languages."""
    assert is_dissent(text)


def test_a_but_is_no_dissent() -> None:
    """Half of all sentences have a but."""
    assert not is_dissent("It was hard, but it went well.")


def test_a_tenth_of_a_chat_is_quoted_and_a_line_for_each_question_at_least() -> None:
    """Between five and thirteen per cent, which of ten messages would be none: there, two voices for each."""
    assert budget(200, 4) == 20
    assert budget(45, 8) == 8
    assert budget(10, 3) == 6


def test_nine_themes_are_shared_out_by_how_much_was_said() -> None:
    """Every question gets one; the busiest get more, up to three."""
    few = allot({QuestionId("q1"): 40, QuestionId("q2"): 3})
    many = allot({QuestionId(f"q{number}"): 10 + number for number in range(12)})

    assert few == {"q1": 3, "q2": 1}
    assert sum(many.values()) == 9
    assert many[QuestionId("q0")] == 0


def test_nobody_is_quoted_more_than_twice() -> None:
    """One eager person does not make the summary theirs."""
    lines = [a_ranked(f"m{number}", f"word{number} other{number}", author="ada") for number in range(9)]

    themes = pick({QuestionId("q1"): lines}, messages=200)

    assert sum(len(theme) for theme in themes[QuestionId("q1")]) == 2


def test_the_same_thing_said_twice_is_quoted_once() -> None:
    """A copied line adds nothing."""
    lines = [a_ranked(f"m{number}", "desk talk manager") for number in range(5)]

    themes = pick({QuestionId("q1"): lines}, messages=200)

    assert [len(theme) for theme in themes[QuestionId("q1")]] == [1]


def test_somebody_who_disagreed_is_heard() -> None:
    """Where all chosen lines agree, the last makes room for the other side."""
    agreeing = [a_ranked(f"m{number}", f"tell{number} manager{number}", score=2.0) for number in range(3)]
    other = a_ranked("other", "I disagree, it cost me my job", score=0.5)

    themes = pick({QuestionId("q1"): [*agreeing, other]}, messages=30)

    assert "other" in {one.line.id for theme in themes[QuestionId("q1")] for one in theme}


def test_a_kept_line_makes_no_room() -> None:
    """What a moderator kept is not pushed out by a rule."""
    kept = [a_ranked(f"m{number}", f"tell{number} manager{number}", score=11.0) for number in range(3)]
    other = a_ranked("other", "I disagree, it cost me my job", score=0.5)

    themes = pick({QuestionId("q1"): [*kept, other]}, messages=30)

    assert "other" not in {one.line.id for theme in themes[QuestionId("q1")] for one in theme}


def test_lines_that_share_words_make_a_theme() -> None:
    """Three lines about desks and three about managers are two themes."""
    lines = [
        a_ranked("d1", "desk stand wrist"),
        a_ranked("m1", "manager told boss"),
        a_ranked("d2", "desk stand chair"),
        a_ranked("m2", "manager boss talk"),
        a_ranked("d3", "desk wrist chair"),
        a_ranked("m3", "manager told talk"),
    ]

    themes = [{one.line.id for one in theme} for theme in group(lines, 2)]

    assert themes == [{"d1", "d2", "d3"}, {"m1", "m2", "m3"}]


@pytest.mark.parametrize("lines", range(1, 10))
@pytest.mark.parametrize("themes", [1, 2, 3])
def test_themes_are_small_and_few_whatever_was_said(lines: int, themes: int) -> None:
    """At most three lines in each, and never more themes than there is room for."""
    chosen = [a_ranked(f"m{number}", f"w{number // 2} x{number}") for number in range(min(lines, themes * 3))]

    found = group(chosen, themes)

    assert len(found) <= themes
    assert max(len(theme) for theme in found) <= 3
    assert sum(len(theme) for theme in found) == len(chosen)


def test_a_theme_has_two_voices_where_there_are_two() -> None:
    """Two lines of one person find a line of another."""
    lines = [
        a_ranked("a1", "desk", author="ada"),
        a_ranked("a2", "boss", author="ada"),
        a_ranked("b1", "tea"),
    ]

    (theme, *_rest) = sorted(group(lines, 3), key=len, reverse=True)

    assert len({one.line.author for one in theme}) == 2


def test_four_lines_are_two_themes_of_two_voices() -> None:
    """Nobody stands alone under a heading while another theme has three lines to spare."""
    lines = [
        a_ranked(id, words)
        for id, words in (("a", "desk chair"), ("b", "desk chair"), ("c", "desk tea"), ("d", "tea"))
    ]

    assert [{one.line.id for one in theme} for theme in group(lines, 2)] == [{"a", "b"}, {"c", "d"}]


def test_a_line_stays_alone_where_company_would_leave_a_voice_alone() -> None:
    """Two lines of Ada and one of Ben stay together: without Ben that theme would be Ada's alone."""
    lines = [
        a_ranked("a1", "desk chair", author="ada"),
        a_ranked("a2", "desk chair", author="ada"),
        a_ranked("b1", "desk chair tea", author="ben"),
        a_ranked("a3", "rain", author="ada"),
    ]

    assert sorted(len(theme) for theme in group(lines, 2)) == [1, 3]
