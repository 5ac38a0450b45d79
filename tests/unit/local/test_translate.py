"""What the page sends becomes what the core hears, and what the bot says becomes what the page draws."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.local import translate
from adapters.local.session import Grant, Session
from adapters.local.translate import Speaker, heard, room_id, room_name
from adapters.local.wishes import Unreadable, read_wish, written
from bot.markup import (
    Ask,
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
from bot.ports import (
    HeardCommand,
    HeardDeletion,
    HeardEdit,
    HeardMessage,
    HeardReaction,
    ShownMessage,
    Somebody,
)

AT = datetime(2026, 12, 3, 19, 5, tzinfo=UTC)
SESSION = Session(
    person="p1", until=AT, name="Jo", group="patient", grants=(Grant(room="main", chat="c1", generation=2),)
)
SPEAKER = Speaker(room="main", session=SESSION, alias="a1", chat="c1")
JO = Somebody(id="p1", name="Jo", group="patient")
ROOM = room_id("main")


def hear(**wish: object) -> object:
    """Return what the core hears of *wish*."""
    spoken = read_wish(json.dumps({"nonce": "n1", **wish}))
    return heard(spoken, SPEAKER, at=AT, sequence=7)  # type: ignore[arg-type]  # only spoken wishes are given


def test_every_wish_becomes_what_was_heard() -> None:
    """Saying, changing, deleting, reacting and commanding each arrive as what they are, by whom they are."""
    assert hear(type="say", text="Hello", reply_to="a2.x") == HeardMessage(
        room=ROOM, id="a1.n1", author=JO, at=AT, text="Hello", sequence=7, reply_to="a2.x"
    )
    assert hear(type="edit", id="a1.n0", text="Hullo") == HeardEdit(
        room=ROOM, id="a1.n0", at=AT, text="Hullo", by=JO
    )
    assert hear(type="delete", id="a1.n0") == HeardDeletion(room=ROOM, id="a1.n0", at=AT, by=JO)
    assert hear(type="react", id="a2.x", reaction="heart", present=False) == HeardReaction(
        room=ROOM, id="a2.x", by=JO, reaction="heart", at=AT, present=False
    )


def test_a_command_carries_the_proof_of_the_moderators_link() -> None:
    """The core learns which link was shown; the adapter itself makes nobody a moderator."""
    command = hear(type="command", command="next", arguments={"text": " now "}, expects="question/q3")

    assert command == HeardCommand(
        room=ROOM,
        by=JO,
        command="next",
        at=AT,
        arguments={"text": "now"},
        expects="question/q3",
        chat="c1",
        generation=2,
        id="a1.n1",
    )
    assert not JO.may_moderate


def test_a_link_for_one_room_proves_nothing_in_another() -> None:
    """A moderator of one room is a participant in the next."""
    command = translate.commanded(replace(SPEAKER, room="side"), "next", {}, at=AT)

    assert (command.chat, command.generation) == (None, None)


@pytest.mark.parametrize("chat", ["c2", None])
def test_a_link_for_last_months_chat_says_nothing_in_this_months(chat: str | None) -> None:
    """Who moderated the last chat takes part in this one: what they choose concerns the chat they see."""
    command = translate.commanded(replace(SPEAKER, chat=chat), "consent", {"choice": "no"}, at=AT)

    assert (command.chat, command.generation) == (None, None)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"type":"say"}',
        '{"type":"say","nonce":"a b","text":"x"}',
        '{"type":"rule","nonce":"n"}',
        '{"type":"say","nonce":"n","text":"x","author":"p2"}',
        '{"type":"say","nonce":"n","text":"\\ud800"}',
        '{"type":"react","nonce":"n","id":"x","reaction":"","present":true}',
        "[" * 50_000,
        '{"type":"command","nonce":"n","command":"Next; drop","arguments":{}}',
        json.dumps(
            {"type": "command", "nonce": "n", "command": "x", "arguments": {f"a{i}": "" for i in range(21)}}
        ),
    ],
)
def test_what_is_no_wish_is_refused(raw: str) -> None:
    """Nothing but the few known shapes gets in, however it is dressed up."""
    with pytest.raises(Unreadable):
        read_wish(raw)


def test_a_refusal_never_quotes_what_was_sent() -> None:
    """An error that ends in a log holds none of the words."""
    with pytest.raises(Unreadable) as caught:
        read_wish('{"type":"say","nonce":"!","text":"my secret"}')

    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_text_is_kept_verbatim_but_for_control_signs() -> None:
    """Line breaks, emoji, scripts and markup stay; signs that are no writing go."""
    assert written(" a\r\nb\x00\x1b[31m\t<b>é</b> 👩🏽\u202e \n") == "a\nb[31m\t<b>é</b> 👩🏽\u202e"


def test_other_peoples_ids_leave_as_aliases() -> None:
    """Nobody learns under which id the bot knows somebody else."""
    message = ShownMessage(
        id="a2.x",
        at=AT,
        author="Kofi",
        author_id="p2",
        group=None,
        text="Hi",
        reactions=(("heart", 2, True),),
        badges=("💡",),
    )
    drawn = translate.shown(message, lambda person: f"alias of {person}")

    assert drawn["author_id"] == "alias of p2"
    assert drawn["reactions"] == [{"id": "heart", "count": 2, "mine": True}]


def test_every_block_reaches_the_page() -> None:
    """Whatever the bot can say, the page gets all of it as plain JSON."""
    button = Button(
        label="More",
        command="extend",
        arguments=(("minutes", "2"),),
        expects="question/q1",
        style="danger",
        asks=(
            Ask(
                name="minutes", label="How long?", kind="choice", choices=(("2", "two"),), value="2", limit=3
            ),
        ),
        confirm="Sure?",
    )
    content = Content(
        label="post.question",
        blocks=(
            Heading(text="Q1"),
            Paragraph(
                runs=(Run(text="Why?", weight="strong", link="https://example.org"), Run(text="", at=AT))
            ),
            Quote(text="<b>", by="Jo"),
            Bullets(items=("a",)),
            Fields(rows=(("People", "3"),)),
            Countdown(label="left", until=AT),
            Buttons(buttons=(button,)),
            Picture(url="/p.png", alt="A chart"),
        ),
    )
    drawn = json.loads(json.dumps(translate.content(content)))

    assert drawn["label"] == "post.question"
    assert [block["kind"] for block in drawn["blocks"]] == [
        "heading",
        "paragraph",
        "quote",
        "bullets",
        "fields",
        "countdown",
        "buttons",
        "picture",
    ]
    assert drawn["blocks"][1]["runs"][1]["at"] == AT.isoformat()
    assert drawn["blocks"][6]["buttons"][0] == {
        "label": "More",
        "command": "extend",
        "arguments": [["minutes", "2"]],
        "expects": "question/q1",
        "style": "danger",
        "confirm": "Sure?",
        "asks": [
            {
                "name": "minutes",
                "label": "How long?",
                "kind": "choice",
                "choices": [["2", "two"]],
                "value": "2",
                "limit": 3,
            }
        ],
    }


def test_rooms_have_one_name_for_people_and_one_for_the_bot() -> None:
    """What people read in the address and what the log says name the same room."""
    assert (room_id("main"), room_name(room_id("main"))) == ("local/main", "main")
