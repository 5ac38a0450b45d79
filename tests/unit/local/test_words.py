"""Every word of the page exists in every language, and every word that exists is said."""

import re
from pathlib import Path

import pytest

from adapters.local.paper import FOLDER
from adapters.local.words import WORDS, reserved_names, say
from tests.fakes.room import page_words

LANGUAGES = ("en", "de", "fr")
CODE = Path(FOLDER).parent
SAID_IN_CODE = re.compile(r"\bpage(?:\.[a-z][a-z0-9-]*)+")


def said(folder: Path, pattern: str) -> set[str]:
    """Return the keys that files of one kind name in full."""
    texts = (file.read_text("utf-8") for file in folder.glob(pattern) if file.name != "words.py")
    return {key for text in texts for key in SAID_IN_CODE.findall(text)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word(language: str) -> None:
    """Nobody meets a bare key on the page, whatever their language."""
    assert set(page_words(language)) == set(WORDS)


def test_the_page_says_only_words_that_exist() -> None:
    """A slip in a key shows here and not as an empty button."""
    families = {"page.kind", "page.new.quoting", "page.new.publish"}
    used = said(FOLDER, "*.js") | said(FOLDER, "*.html") | said(CODE, "*.py")

    assert {key for key in used if not any(key.startswith(family) for family in families)} <= set(WORDS)


def test_every_word_is_said_somewhere() -> None:
    """A word that no page says is deleted, not translated."""
    made = ("page.kind.", "page.new.quoting-", "page.new.publish-")
    used = said(FOLDER, "*.js") | said(FOLDER, "*.html") | said(CODE, "*.py")

    assert {key for key in WORDS if not key.startswith(made)} - used == {"page.reserved-names"}


def test_gaps_are_filled_and_missing_words_show_their_key() -> None:
    """A text with a gap is filled; a word that a language lacks is at least named."""
    assert say({"page.people": "Here: {{ n }} of {{ most }}"}, "page.people", n=3) == "Here: 3 of {{ most }}"
    assert say({}, "page.send") == "page.send"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_keeps_names_for_moderators(language: str) -> None:
    """The list of reserved names is read name by name."""
    assert len(reserved_names(page_words(language))) >= 5
