"""A post as Discord gets it: within its limits, mentioning nobody, with every button saying what it means."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import wishes
from adapters.discord.content import Frame, components, markdown, message
from bot.markup import (
    Bullets,
    Button,
    Buttons,
    Content,
    Countdown,
    Fields,
    Heading,
    Paragraph,
    Picture,
    Quote,
    Run,
)
from bot.ports import RoomId
from tests.fakes.discord import schema

ROOM = RoomId("discord/1578017960889417728")
FRAME = Frame(room=ROOM, mark="abcdefghijkl", standing=Button(label="You", command="me"))
AT = datetime(2026, 12, 3, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (Heading(text="Q1\nand *more*"), r"### Q1 and \*more\*"),
        (Paragraph(runs=(Run(text="plain "), Run(text="strong", weight="strong"))), "plain **strong**"),
        (Paragraph(runs=(Run(text="a\nb", weight="quiet"),)), "-# a\n-# b"),
        (Paragraph(runs=(Run(text="Thursday", at=AT, weight="strong"),)), "**<t:1796324400:F>**"),
        (Paragraph(runs=(Run(text="here", link="https://x.org/a"),)), "[here](<https://x.org/a>)"),
        (Quote(text="two\nlines", by="Maren"), "> two\n> lines\n> -# — Maren"),
        (Quote(text="no name", by=""), "> no name"),
        (Quote(text="said", by="", link="https://x.org/a"), "> said\n> -# [↗](<https://x.org/a>)"),
        (Bullets(items=("one", "- two")), "- one\n- \\- two"),
        (Fields(rows=(("Now", "Q1"), ("People", "3"))), "**Now** Q1\n**People** 3"),
        (Countdown(label="Next in", until=AT), "Next in <t:1796324400:R>"),
    ],
)
def test_every_kind_of_block_has_its_own_look(block: Any, expected: str) -> None:
    """What is said reads well on Discord."""
    assert markdown((block,)) == expected


def test_nothing_ever_mentions_anybody() -> None:
    """Not even a post that says so."""
    body = message(Content(blocks=(Paragraph(runs=(Run(text="@everyone <@123>"),)),)), FRAME)

    assert body["allowed_mentions"] == {"parse": []}
    assert body["content"] == r"\@everyone \<\@123\>"


def test_a_picture_comes_with_the_text_that_says_the_same() -> None:
    """Whoever cannot see it reads it; previews of links stay off without one."""
    with_picture = message(Content(blocks=(Picture(url="https://x.org/a.png", alt="A *chart*"),)), FRAME)

    assert with_picture["embeds"] == [
        {"image": {"url": "https://x.org/a.png"}, "description": r"A \*chart\*"}
    ]
    assert message(Content(blocks=(Heading(text="Q1"),)), FRAME)["flags"] == 4


def _button(number: int, command: str = "unkeep") -> Button:
    return Button(label=f"Let go {number}", command=command, arguments=(("insight", f"i{number}"),))


def test_the_first_buttons_are_buttons_and_those_about_lines_are_a_menu() -> None:
    """A card's main buttons stay under the thumb; what can be done about a line says which line."""
    blocks = (
        Buttons(buttons=tuple(_button(number) for number in range(7))),
        Quote(text="A later start helped", by="Maren"),
        Buttons(buttons=(_button(8), _button(9))),
    )
    rows = components(blocks, FRAME)

    assert [len(row["components"]) for row in rows] == [5, 3, 1]
    options = rows[2]["components"][0]["options"]
    assert [option["label"] for option in options] == ["Let go 8", "Let go 9"]
    assert {option["description"] for option in options} == {"A later start helped"}


@pytest.mark.skipif(not schema.are_there(), reason=schema.MISSING)
@given(
    st.lists(
        st.one_of(
            st.builds(Heading, text=st.text(max_size=200)),
            st.builds(Quote, text=st.text(max_size=3000), by=st.text(max_size=30)),
            st.builds(Bullets, items=st.lists(st.text(max_size=50), max_size=5).map(tuple)),
            st.builds(
                Buttons,
                buttons=st.lists(st.builds(
                    Button,
                    label=st.text(min_size=1, max_size=120),
                    command=st.sampled_from(["keep", "answer-to", "change-entry"]),
                    arguments=st.lists(
                        st.tuples(st.sampled_from(["message", "text"]), st.text(max_size=90)), max_size=2
                    ).map(tuple),
                    expects=st.none() | st.text(max_size=20),
                    style=st.sampled_from(["main", "plain", "danger"]),
                ), max_size=40).map(tuple),
            ),
        ),
        max_size=6,
    )
)  # fmt: skip
def test_whatever_is_said_fits_what_discord_takes(blocks: list[Any]) -> None:
    """Every post fits the published schema, its five rows, its 2,000 characters and its ids."""
    body = message(Content(blocks=(Heading(text="Q1"), *blocks)), FRAME)

    assert schema.problems("POST", "/channels/1/messages", body) == []
    assert len(body["content"]) <= 2_000
    assert len(body["components"]) <= 5
    ids = [inside["custom_id"] for row in body["components"] for inside in row["components"]]
    assert len(ids) == len(set(ids))


# --- what a button means -----------------------------------------------------------------------------------

NAMES = st.sampled_from(["message", "number", "choice", "insight", "entry"])
WISHES = st.builds(
    Button,
    label=st.just("Press"),
    command=st.sampled_from(["keep", "answer-to", "next", "change-entry"]),
    arguments=st.dictionaries(NAMES, st.text(max_size=80), max_size=3).map(
        lambda given: tuple(given.items())
    ),
    expects=st.none() | st.text(min_size=1, max_size=30),
)


@given(WISHES, st.integers(min_value=0, max_value=99))
def test_a_button_means_after_its_journey_what_it_meant_before(wish: Button, number: int) -> None:
    """Command, arguments and stage come back; what is too long is known again by its digest."""
    id = wishes.custom_id(wish, ROOM, "abcdefghijkl", number)
    pressed = wishes.read(id)

    assert len(id) <= 100
    assert pressed is not None
    assert pressed.room == ROOM
    assert wishes.means(wish, pressed)
    if pressed.digest is None:
        assert (pressed.arguments, pressed.expects) == (dict(wish.arguments), wish.expects)


@given(WISHES, WISHES)
def test_two_wishes_are_never_taken_for_one(one: Button, other: Button) -> None:
    """A digest is of everything that a button says."""
    pressed = wishes.read(wishes.custom_id(one, ROOM, "m", 0))

    assert pressed is not None
    is_same = (other.command, dict(other.arguments), other.expects) == (
        one.command,
        dict(one.arguments),
        one.expects,
    )
    assert wishes.means(other, pressed) == is_same


@pytest.mark.parametrize(
    "id",
    [
        "",
        "x",
        "h|a|b",
        "h|m|FeY--YmAAAA|0|z|keep|",
        "h|m|???|0|n|keep|",
        "h|m|FeY--YmAAAA|0|n|KEEP|",
        "a" * 101,
    ],
)
def test_an_id_that_is_none_of_ours_means_nothing(id: str) -> None:
    """Old bots, other bots and forgeries are not obeyed."""
    assert wishes.read(id) is None
