"""Discord's Markdown: what people wrote is shown letter by letter, and never acts."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.text import cut, cut_markdown, escape, escape_all, link, moment, strong
from tests.unit.discord.screen import ActsAsMarkup, shown

LETTERS = "*_~`|<>[]()@#\\-.:/!+=\"' \n0a1é😀"
PIECES = (
    "https://",
    "http://x.org/a_b",
    "steam://",
    "://",
    "@everyone",
    "<@123>",
    "<t:1:R>",
    "```",
    "||",
    "](",
)
SIGNS = st.sampled_from([*LETTERS, *PIECES, "1. ", "- ", "-# ", "> ", "### "])
HOSTILE = st.lists(SIGNS, max_size=25).map("".join)


@given(HOSTILE | st.text(max_size=60))
def test_hostile_text_shows_as_itself(text: str) -> None:
    """Whatever somebody wrote, that is what everybody reads."""
    assert shown(escape(text)) == text
    assert shown(escape_all(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "**bold**",
        "@everyone",
        "<@1>",
        "||hidden||",
        "# big",
        "- item",
        "1. one",
        "[a](http://b.c)",
        "> quote",
    ],
)
def test_the_screen_would_notice_markup(text: str) -> None:
    """The stand-in for Discord's screen is strict enough to fail."""
    with pytest.raises(ActsAsMarkup):
        shown(text)


@pytest.mark.parametrize(
    "address", ["https://example.org/a_b_c", "https://example.org/?a=1&b=2#c", "http://example.org/@somebody"]
)
def test_addresses_stay_links(address: str) -> None:
    """An address in somebody's words can be followed, also at the end of a sentence."""
    assert escape(f"see {address}.") == f"see {address}."


def test_bold_leaves_space_outside() -> None:
    """Discord shows no bold that begins or ends with a space."""
    assert strong(" hello ") == " **hello** "
    assert strong("  ") == "  "


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:x", "discord://x", "//x.org"])
def test_only_web_addresses_become_links(address: str) -> None:
    """Nothing but the web can be linked."""
    assert "(" not in link("here", address)


def test_a_link_cannot_be_left_early() -> None:
    """Neither its words nor its address end it."""
    made = link("a](b", "https://x.org/>)[c](https://y.org")

    assert made == "[a\\](b](<https://x.org/%3E%29%5Bc%5D%28https://y.org>)"


def test_moments_are_shown_in_the_readers_own_time() -> None:
    """Discord counts seconds since 1970."""
    at = datetime(2026, 12, 3, 19, 0, tzinfo=UTC)
    assert (moment(at), moment(at, "R")) == ("<t:1796324400:F>", "<t:1796324400:R>")


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 4, "abc…"),
        ("ab👩‍🚀cd", 4, "ab…"),
        ("abe\u0301f", 4, "ab…"),
        ("ab👍🏽c", 4, "ab…"),
    ],
)
def test_text_is_cut_between_characters(text: str, limit: int, expected: str) -> None:
    """What people see as one sign is never torn."""
    assert cut(text, limit) == expected


@given(st.lists(HOSTILE, min_size=1, max_size=4), st.integers(min_value=8, max_value=60))
def test_cut_markdown_is_whole(texts: list[str], limit: int) -> None:
    """However it is cut, no bold, link or escape of ours stays half open."""
    whole = " ".join(
        part for text in texts for part in (strong(escape(text)), link(text, "https://x.org"), "<t:1:R>")
    )
    made = cut_markdown(whole, limit)

    assert len(made) <= limit
    without_bold = re.sub(r"(?<!\\)((?:\\\\)*)\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)", r"\1\2", made)
    ours = re.compile(r"(\\.)|<t:1:R>|\[((?:\\.|[^\]\\])*)\]\(<https://x\.org>\)", re.DOTALL)
    shown(ours.sub(lambda found: found[1] or found[2] or "", without_bold))
