"""Which part of a text a quote shows."""

import pytest

from bot.core.reading import read
from bot.summary.graphemes import FARTHEST, boundary
from bot.summary.links import spans_of_links
from bot.summary.names import shown_name
from bot.summary.spans import cut, part, pieces, whole


def shown(text: str, longest: int = 600) -> str:
    """Return what a quote of *text* shows."""
    return " | ".join(pieces(text, whole(text, read(text), "#hcchat", longest=longest)))


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("A2: a standing desk", "a standing desk"),
        ("A2 a standing desk", "a standing desk"),
        ("A1, A3: a standing desk", "a standing desk"),
        ("#A2 - a standing desk #hcchat", "a standing desk"),
        ("a standing desk #HCchat", "a standing desk"),
        ("a standing desk #work", "a standing desk #work"),
        ("a standing desk" + " #hcchat" * 5000, "a standing desk"),
        ("  a standing desk\n", "a standing desk"),
        ("A4 paper is what I print on", "A4 paper is what I print on"),
    ],
)
def test_labels_and_the_chats_hashtag_are_not_quoted(text: str, quote: str) -> None:
    """A quote begins where the answer begins, and leaves out what every line of the chat has."""
    assert shown(text) == quote


def test_a_line_of_nothing_but_the_hashtag_stays() -> None:
    """A hashtag alone is all that was said."""
    assert shown("#hcchat") == "#hcchat"


def test_a_long_line_ends_after_a_sentence() -> None:
    """A line cut for its length stops where a sentence does."""
    text = (
        "One short sentence. " * 5
        + "And a long one that nobody will ever read to its end because it never stops"
    )

    assert shown(text, longest=110) == ("One short sentence. " * 5).strip()


def test_a_long_line_without_sentences_ends_after_a_word() -> None:
    """No word is cut in two."""
    assert shown("word " * 100, longest=52) == ("word " * 10).strip()


def test_a_long_line_without_words_ends_between_two_characters() -> None:
    """A family emoji is never cut into its members."""
    family = "👩‍👩‍👧‍👦"

    assert shown(family * 20, longest=10) == family


def test_what_no_page_can_show_splits_a_quote() -> None:
    """Control signs are left out, and the quote shows that something is missing."""
    assert shown("one\x00two\x1b[31m three") == "one | two | [31m three"


def test_only_a_part_that_was_kept_is_quoted() -> None:
    """A moderator's cut is respected, and never reaches beyond the text."""
    text = "one two three"

    assert pieces(text, part(text, 3, 8)) == ("two",)
    assert pieces(text, part(text, -5, 99)) == (text,)
    assert part(text, 9, 9) == ()


def test_a_quote_can_only_be_made_shorter() -> None:
    """A cut that reaches further than the quote does not make it longer."""
    text = "one two three four"

    assert pieces(text, cut(text, ((4, 13),), 0, 8)) == ("two",)
    assert pieces(text, cut(text, ((4, 13),), 0, 99)) == ("two three",)
    assert cut(text, ((4, 13),), 14, 18) == ()


@pytest.mark.parametrize(
    ("text", "at", "place"),
    [
        ("abc", 2, 2),
        ("abc", 9, 3),
        ("e\u0301a", 1, 0),
        ("x🇮🇪🇫🇷", 2, 1),
        ("x🇮🇪🇫🇷", 3, 3),
        ("a👍🏽b", 2, 1),
        ("a\r\nb", 2, 1),
        ("\u1112\u1161\u11ab!", 1, 0),
        ("한국", 1, 1),
        ("a👩\u200d🔬", 3, 1),
    ],
)
def test_a_text_is_cut_between_what_people_see_as_characters(text: str, at: int, place: int) -> None:
    """Accents, flags, skin tones, joined emoji and syllables stay whole."""
    assert boundary(text, at) == place


def test_a_tower_of_marks_is_cut_somewhere() -> None:
    """Hundreds of marks on one letter are no reason to search for ever."""
    text = "a" + "\u0301" * 1000

    assert boundary(text, 900) == 900 - FARTHEST


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("  Ada\n\tLovelace ", "Ada Lovelace"),
        ("mod\u202eerator\u2066", "moderator"),
        ("\u200b\u0000", ""),
        (None, ""),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_names_are_one_line_without_tricks(name: str | None, line: str) -> None:
    """A name can't turn the line around or look like somebody else's by hidden signs."""
    assert shown_name(name) == line


def test_endless_names_are_shortened() -> None:
    """A name of a thousand letters does not push the quote off the page."""
    assert shown_name("x" * 1000) == "x" * 59 + "…"


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://example.org/a.", ["https://example.org/a"]),
        ("(https://example.org/a_(b))", ["https://example.org/a_(b)"]),
        ("https://example.org/a https://example.org/a", ["https://example.org/a"]),
        (
            "http://a.example/x?y=1&z=2, and https://b.example/!",
            ["http://a.example/x?y=1&z=2", "https://b.example/"],
        ),
        ("no link, javascript:alert(1) and www.example.org", []),
    ],
)
def test_links_are_found_without_the_sentence_around_them(text: str, links: list[str]) -> None:
    """A full stop or a bracket after a link is no part of it."""
    assert list(pieces(text, spans_of_links(text))) == links


def test_a_link_that_is_listed_already_is_not_listed_again() -> None:
    """Each resource is named once, with whoever shared it first."""
    assert spans_of_links("https://example.org/a", {"https://example.org/a"}) == ()
