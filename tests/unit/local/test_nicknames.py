"""A name is what others can read, and nobody can be mistaken for a moderator."""

import pytest

from adapters.local.nicknames import is_reserved, is_short_enough, mentioned, skeleton, tidy

RESERVED = ("moderator", "bot", "Tweetchat")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Jo   Ellery ", "Jo Ellery"),
        ("Ｊｏ", "Jo"),
        ("Jo\u202eyrellE", "JoyrellE"),
        ("J\u200bo\u2060\ufeff", "Jo"),
        ("Zoe\u0308", "Zoë"),
        ("\u202e\u200b", ""),
        ("\u3164\u2800\u1160", ""),
        ("\u0301\u0301", ""),
        ("Jo\n\x00Ellery", "Jo Ellery"),
        ("שירה", "שירה"),
        ("🦊", "🦊"),
    ],
)
def test_a_name_is_tidied(typed: str, kept: str) -> None:
    """Signs that cannot be seen go, look-alike widths become plain, and every script stays."""
    assert tidy(typed) == kept


@pytest.mark.parametrize(
    ("name", "fits"),
    [("a" * 40, True), ("a" * 41, False), ("é" * 40, True), ("a" + "\u0301" * 9, False), ("👩🏽" * 40, True)],
)
def test_names_have_at_most_forty_letters(name: str, fits: bool) -> None:
    """Letters are counted as people count them; a tower of accents is no letter."""
    assert is_short_enough(name) is fits


@pytest.mark.parametrize(
    "name",
    [
        "Moderator",
        "MODERATOR",
        "m0derator",
        "Mοderatοr",
        "мoderаtоr",
        "moderat0r!",
        "The Moderator",
        "M.o.d.e.r.a.t.o.r",
        "rnoderator",
        "Möderatör",
        "b0t",
        "BΟT",
        "tweetchat",
        "Tweetchat Team",
        "twееtchаt",
    ],
)
def test_look_alikes_of_reserved_names_are_refused(name: str) -> None:
    """No spelling of "moderator", or of the bot's name, gets past the door."""
    assert is_reserved(tidy(name), RESERVED)


@pytest.mark.parametrize(
    "name", ["Jo", "Bothe", "Abbott", "Modesta", "Rater", "Dr. Robot-Smith", "李雷", "Ωμέγα"]
)
def test_ordinary_names_are_not_reserved(name: str) -> None:
    """People whose names merely resemble a reserved one come in."""
    assert not is_reserved(name, RESERVED)


def test_names_that_look_the_same_have_one_skeleton() -> None:
    """Cyrillic, digits and accents cannot make a second Anna."""
    assert len({skeleton(name) for name in ("Anna", "Аnnа", "ANNA", "Ánna", "a-n-n-a")}) == 1
    assert skeleton("Anna") != skeleton("Hanna")
    assert skeleton("🦊") != skeleton("🐻")


def test_people_present_are_mentioned_by_their_name() -> None:
    """An @ and a name speak to somebody who is here; a name without @ does not."""
    people = (("p1", "Jo Ellery"), ("p2", "Kofi"))

    assert mentioned("@jo ellery and @KOFI: thank you", people) == ("p1", "p2")
    assert mentioned("Kofi said it", people) == ()
    assert mentioned("me@example.org", people) == ()
