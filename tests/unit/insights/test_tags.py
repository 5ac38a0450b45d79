"""The tags of prompts/tags.toml: what people write and press for them."""

import pytest

from bot.errors import BadInput
from bot.insights import tags
from bot.wording import Wording


@pytest.mark.parametrize(
    ("word", "tag"),
    [
        ("info", "insight"),
        ("idea", "idea"),
        ("agreed", "strategy"),
        ("action", "pledge"),
        ("link", "resource"),
        ("help", "question"),
        ("#Story", "story"),
        (" tactic ", "tactic"),
    ],
)
def test_the_words_of_meeting_minutes_mean_tags(word: str, tag: str) -> None:
    """Somebody who writes #info or #action keeps an insight or a pledge."""
    found = tags.load().named(word)

    assert found is not None
    assert found.id == tag


def test_a_word_for_no_tag_means_none() -> None:
    """A word that nobody listed keeps nothing by accident."""
    assert tags.load().named("lunch") is None


@pytest.mark.parametrize("reaction", ["💡", ":bulb:", "bulb", "insight"])
def test_a_reaction_stands_for_a_tag_however_a_platform_names_it(reaction: str) -> None:
    """A light bulb nominates an insight on every platform."""
    found = tags.load().of_reaction(reaction)

    assert found is not None
    assert found.id == "insight"


def test_a_plain_heart_is_the_red_one() -> None:
    """Platforms send the heart with or without its "as a picture" sign."""
    plain = tags.load().of_reaction("\u2764")
    picture = tags.load().of_reaction("\u2764\ufe0f")

    assert plain == picture
    assert plain is not None


def test_the_colour_of_a_hand_changes_nothing() -> None:
    """A handshake is a pledge in every skin tone."""
    found = tags.load().of_reaction("🤝🏽")

    assert found is not None
    assert found.id == "pledge"


def test_any_other_reaction_stands_for_no_tag() -> None:
    """A pizza is a pizza."""
    assert tags.load().of_reaction("🍕") is None


def test_a_tag_that_left_the_list_has_no_emoji() -> None:
    """Old chats may hold tags that the list no longer has; they are shown without a picture."""
    assert tags.load().emoji("insight") == "💡"
    assert tags.load().emoji("gone") == ""


@pytest.mark.parametrize("tag", tags.load().tags)
def test_every_tag_has_a_name_and_a_meaning(tag: str) -> None:
    """A moderator can read what each tag is for."""
    words = Wording.load("en")

    assert words.line(f"tag.{tag}")
    assert words.line(f"tag-means.{tag}").endswith(".")


@pytest.mark.parametrize("text", ["[idea]\ncolour = 'red'\nemoji = 'x'", "[idea", "[idea]\naliases = ['x']"])
def test_a_damaged_list_says_where_it_is(text: str) -> None:
    """An organiser who edits the list and slips is told which file."""
    with pytest.raises(BadInput, match=r"my-tags\.toml: this list of tags cannot be read"):
        tags.read(text, place="my-tags.toml")


def test_two_tags_cannot_want_the_same_word() -> None:
    """A word that meant two tags would leave it to chance which is kept."""
    text = "[a]\nemoji = '1'\naliases = ['same']\n[b]\nemoji = '2'\naliases = ['same']"

    with pytest.raises(BadInput, match="'same' means both a and b"):
        tags.read(text, place="my-tags.toml")
