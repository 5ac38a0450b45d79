"""Numbers and times as people read them."""

import pytest

from bot.summary import say
from tests.unit.summary.chats import START


@pytest.mark.parametrize(
    ("language", "zone", "text"),
    [
        ("en", "Europe/London", "Thursday, 3 December 2026, 19:00 GMT"),
        ("de", "Europe/Vienna", "Donnerstag, 3. Dezember 2026, 20:00 CET"),
        ("fr", "America/Sao_Paulo", "jeudi 3 décembre 2026, 16:00 UTC-03"),
    ],
)
def test_a_moment_has_its_zone(language: str, zone: str, text: str) -> None:
    """Nobody has to guess whose seven o'clock it was."""
    assert say.moment(START, zone, language) == text


@pytest.mark.parametrize(("language", "text"), [("en", "12,345.5"), ("de", "12.345,5"), ("fr", "12 345,5")])
def test_numbers_have_the_separators_of_their_language(language: str, text: str) -> None:
    """A comma means different things in different places."""
    assert say.count(12345.5, language).replace("\u202f", " ") == text
