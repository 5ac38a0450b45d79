"""Wishes: what a button carries comes back whole, what is typed is understood, what is forged is nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.forms import CALLBACK, filled_in, form
from adapters.slack.wishes import LONGEST_VALUE, find, pack, parse, unpack
from bot.markup import Ask, Button
from bot.ports import RoomId
from tests.fakes.slack.schema import violations

ROOM = RoomId("slack/C0HCCHAT")
TAGS = (("insight", "💡 Insight"), ("idea", "✨ Idea"))
COMMANDS = (
    Button(label="Next", command="next"),
    Button(label="+2 min", command="extend", asks=(Ask(name="minutes", label="Minutes", required=False),)),
    Button(label="Say", command="say", asks=(Ask(name="text", label="What?", kind="long"),)),
    Button(
        label="Ask",
        command="ask",
        asks=(
            Ask(name="text", label="Your question", kind="long"),
            Ask(name="message", label="message", required=False),
        ),
    ),
    Button(
        label="Keep",
        command="keep",
        asks=(
            Ask(name="message", label="message"),
            Ask(name="tag", label="Tag", kind="choice", choices=TAGS, required=False),
        ),
    ),
    Button(label="Hand over", command="handover", asks=(Ask(name="person", label="To whom?"),)),
)
NAMES = st.from_regex(r"\A[a-z][a-z-]{0,30}\Z")


@given(
    NAMES,
    st.dictionaries(NAMES, st.text(max_size=50), max_size=5),
    st.one_of(st.none(), st.text(max_size=50)),
)
def test_a_button_comes_back_as_it_went_out(
    command: str, arguments: dict[str, str], expects: str | None
) -> None:
    """Command, arguments, stage and room survive the way through Slack."""
    button = Button(label="x", command=command, arguments=tuple(arguments.items()), expects=expects)
    wish = unpack(pack(button, ROOM))

    assert wish is not None
    assert (wish.command, wish.arguments, wish.expects, wish.room) == (command, arguments, expects, ROOM)
    assert find(wish, (COMMANDS[0], button)) == button


@given(st.text(min_size=700, max_size=2_000, alphabet='👍é"'))
def test_a_button_too_long_to_spell_out_is_found_again(text: str) -> None:
    """A long argument leaves a digest, by which the button is found in what the room shows now."""
    button = Button(label="Ask now", command="ask", arguments=(("text", text),))
    packed = pack(button, ROOM)
    wish = unpack(packed)

    assert len(packed.encode("utf-16-le")) // 2 <= LONGEST_VALUE
    assert wish is not None
    assert find(wish, (*COMMANDS, button)) == button


def test_a_button_that_the_room_no_longer_shows_is_not_found() -> None:
    """Nothing else is taken for it."""
    wish = unpack(pack(Button(label="x", command="keep", arguments=(("message", "1.2"),)), ROOM))

    assert wish is not None
    assert find(wish, COMMANDS) is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "next",
        "[]",
        "{}",
        json.dumps({"command": "NEXT", "channel": "C0HCCHAT"}),
        json.dumps({"command": "next", "channel": "../etc"}),
        json.dumps({"command": "next", "channel": "C0HCCHAT", "admin": True}),
        json.dumps({"command": "next", "channel": "C0HCCHAT", "arguments": {"text": "x" * 2_001}}),
        json.dumps(
            {"command": "next", "channel": "C0HCCHAT", "arguments": {f"a{'b' * n}": "x" for n in range(21)}}
        ),
    ],
)
def test_what_is_none_of_our_buttons_means_nothing(value: str) -> None:
    """A value that we never made is not obeyed."""
    assert unpack(value) is None


@pytest.mark.parametrize(
    ("text", "command", "arguments", "missing"),
    [
        ("next", "next", {}, []),
        ("NEXT", "next", {}, []),
        ("extend 5", "extend", {"minutes": "5"}, []),
        ("extend", "extend", {}, []),
        ("say Hello all, a &lt; b", "say", {"text": "Hello all, a < b"}, []),
        ("say", "say", {}, ["text"]),
        ("ask Why not?", "ask", {"text": "Why not?"}, []),
        ("keep 1796324835.000000 idea", "keep", {"message": "1796324835.000000", "tag": "idea"}, []),
        ("keep tag=idea 1796324835.000000", "keep", {"message": "1796324835.000000", "tag": "idea"}, []),
        (
            "keep <https://hc.slack.example/archives/C0HCCHAT/p1796324835000100?thread_ts=1.2>",
            "keep",
            {"message": "1796324835.000100"},
            [],
        ),
        ("keep", "keep", {}, ["message"]),
        ("handover <@U0OLU|olu>", "handover", {"person": "U0OLU"}, []),
        ("dance all night", "dance", {}, []),
    ],
)
def test_what_is_typed_is_understood(
    text: str, command: str, arguments: dict[str, str], missing: list[str]
) -> None:
    """Names, words in order, links to messages and people; what is still missing is asked for."""
    typed = parse(text, COMMANDS)

    assert typed is not None
    assert (typed.command, typed.arguments) == (command, arguments)
    assert [ask.name for ask in typed.missing] == missing


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_typed_is_no_command(text: str) -> None:
    """``/chat`` alone asks what there is to do."""
    assert parse(text, COMMANDS) is None


@given(
    st.lists(
        st.builds(
            Ask,
            name=NAMES,
            label=st.text(min_size=1, max_size=3_000),
            kind=st.sampled_from(["text", "long", "number", "choice"]),
            choices=st.just((*TAGS, ("", "none of these"))),
            value=st.sampled_from(["", "insight", "a" * 5_000]),
            required=st.booleans(),
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda ask: ask.name,
    ),
    st.one_of(st.none(), st.text(min_size=1)),
)
def test_every_form_is_one_that_slack_takes(asks: list[Ask], confirm: str | None) -> None:
    """Whatever is asked, the form keeps the published schema and every known limit."""
    button = Button(label="Keep this line as an insight", command="keep", asks=tuple(asks), confirm=confirm)
    view = form(button, ROOM, {"page.send": "Send", "page.cancel": "Cancel"})

    assert view["callback_id"] == CALLBACK
    assert violations("views.open", {"trigger_id": "1", "view": view}) == []


def test_what_people_fill_in_is_read_by_its_name() -> None:
    """Texts as typed, choices by what they stand for, and "none of these" as nothing."""
    values = {
        "text": {"value": {"type": "plain_text_input", "value": "Hello"}},
        "tag": {"value": {"type": "static_select", "selected_option": {"value": "=idea"}}},
        "group": {"value": {"type": "static_select", "selected_option": {"value": "="}}},
        "empty": {"value": {"type": "plain_text_input", "value": None}},
    }

    assert filled_in(values) == {"text": "Hello", "tag": "idea", "group": ""}
