"""Posts in Slack's blocks: every sign in them is a letter, every limit is kept, every button says what it means."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.blocks import key_of, render
from adapters.slack.settings import LONGEST_POST
from adapters.slack.wishes import unpack
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
from bot.ports import PostKey, RoomId
from tests.fakes.slack.schema import violations

ROOM = RoomId("slack/C0HCCHAT")
AT = datetime(2026, 12, 3, 19, 0, tzinfo=UTC)
HOSTILE = [
    "<!channel> come here",
    "<@U0MEERA> & <https://evil.example|example.org>",
    "*not bold* _not italic_ ~no~ `no`",
    ":bulb: stays letters",
    "&lt;!here&gt;",
    "```fence``` > no quote\n> none here",
    "\u202eevil reversed",
]
TEXT = st.text(min_size=1, max_size=60).map(lambda text: text.replace("\x00", ""))
BLOCKS = st.one_of(
    st.builds(Heading, text=TEXT),
    st.builds(Quote, text=TEXT, by=TEXT, link=st.sampled_from([None, "https://example.org/m1"])),
    st.builds(Bullets, items=st.lists(TEXT, max_size=4).map(tuple)),
    st.builds(Fields, rows=st.lists(st.tuples(TEXT, TEXT), max_size=4).map(tuple)),
    st.builds(Countdown, label=TEXT, until=st.just(AT)),
    st.builds(
        Paragraph,
        runs=st.lists(
            st.builds(
                Run,
                text=TEXT,
                weight=st.sampled_from(["plain", "strong", "quiet"]),
                link=st.sampled_from([None, "https://example.org", "javascript:alert(1)"]),
                at=st.sampled_from([None, AT]),
            ),
            max_size=4,
        ).map(tuple),
    ),
    st.builds(Picture, url=st.just("https://example.org/card.png"), alt=TEXT),
    st.builds(
        Buttons,
        buttons=st.lists(
            st.builds(
                Button,
                label=TEXT,
                command=st.just("keep"),
                arguments=st.lists(st.tuples(st.just("text"), st.text(max_size=3_000)), max_size=1).map(
                    tuple
                ),
                style=st.sampled_from(["main", "plain", "danger"]),
                confirm=st.one_of(st.none(), TEXT),
            ),
            max_size=7,
        ).map(tuple),
    ),
)


def texts(part: Any) -> list[str]:
    """Return every text inside *part*, in order."""
    if isinstance(part, list):
        return [text for one in part for text in texts(one)]
    if not isinstance(part, dict):
        return []
    own = [part["text"]] if isinstance(part.get("text"), str) else []
    return own + [text for value in part.values() for text in texts(value)]


def as_request(content: Content) -> dict[str, Any]:
    """Return the request that posts *content*."""
    native = render(content, ROOM, key=PostKey("chat/q1"))
    return {"channel": "C0HCCHAT", "text": native.text, "blocks": native.blocks}


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", ["heading", "quote", "bullets", "paragraph", "field"])
def test_hostile_words_are_shown_letter_by_letter(text: str, kind: str) -> None:
    """Nothing that people write calls anybody, becomes a link, or changes how it looks."""
    made = {
        "heading": Heading(text=text),
        "quote": Quote(text=text, by=text),
        "bullets": Bullets(items=(text,)),
        "paragraph": Paragraph(runs=(Run(text=text),)),
        "field": Fields(rows=((text, text),)),
    }[kind]
    request = as_request(Content(blocks=(made,)))

    assert text in texts(request["blocks"])
    assert violations("chat.postMessage", request) == []


@given(st.lists(BLOCKS, max_size=60))
def test_every_post_is_one_that_slack_takes(blocks: list[Any]) -> None:
    """Whatever a post is made of, it keeps the published schema and every known limit."""
    assert violations("chat.postMessage", as_request(Content(blocks=tuple(blocks)))) == []


@given(st.lists(st.text(min_size=1, max_size=2_000), min_size=1, max_size=6))
def test_a_post_is_never_longer_than_what_stays_in_one_piece(items: list[str]) -> None:
    """A long post is cut: one that Slack splits in two could not be looked up."""
    native = render(Content(blocks=(Bullets(items=tuple(items)),)), ROOM)

    assert sum(map(len, texts(native.blocks))) <= LONGEST_POST


def test_a_very_long_post_is_cut_to_its_limit() -> None:
    """What comes last is left out; what comes first is whole."""
    native = render(Content(blocks=(Bullets(items=("a" * 2_000, "b" * 2_000, "c" * 2_000)),)), ROOM)

    assert [len(text) for text in texts(native.blocks)] == [2_000, LONGEST_POST - 2_000]


def test_a_time_is_shown_in_each_readers_own_zone() -> None:
    """A moment goes out as such, with words for whoever cannot see it so."""
    native = render(Content(blocks=(Paragraph(runs=(Run(text="Thursday, 19:00 UTC", at=AT),)),)), ROOM)
    [element] = native.blocks[0]["elements"][0]["elements"]

    assert element["type"] == "date"
    assert element["timestamp"] == AT.timestamp()
    assert element["fallback"] == "Thursday, 19:00 UTC"


def test_only_web_addresses_become_links() -> None:
    """An address that would run something is shown as the words it stands under."""
    runs = (Run(text="a", link="https://example.org"), Run(text="b", link="javascript:alert(1)"))
    native = render(Content(blocks=(Paragraph(runs=runs),)), ROOM)

    assert [one["type"] for one in native.blocks[0]["elements"][0]["elements"]] == ["link", "text"]


def test_a_post_carries_its_key_in_its_first_block() -> None:
    """A second marker beside the metadata: where that is not told, the post is known all the same."""
    native = render(Content(blocks=(Heading(text="Q1"),)), ROOM, key=PostKey("chat/q1"))

    assert key_of(native.blocks) == "chat/q1"
    assert key_of([]) is None
    assert key_of([{"type": "section", "block_id": "x"}]) is None


def test_a_button_that_asks_twice_uses_slacks_own_question() -> None:
    """What cannot be undone is confirmed by Slack before anything reaches us."""
    button = Button(
        label="Close", command="close", confirm="Close the hour?", style="danger", expects="question/q2"
    )
    native = render(Content(blocks=(Buttons(buttons=(button,)),)), ROOM)
    [element] = native.blocks[0]["elements"]

    assert element["confirm"]["text"]["text"] == "Close the hour?"
    assert element["style"] == "danger"
    assert unpack(element["value"]).expects == "question/q2"
