"""What the bot shows: posts for everybody, words for one person, the card and the links that bring it."""

from bot.markup import Content, Heading, Paragraph, Run
from bot.ports import HeardCommand, Look, PostKey
from tests.fakes.room import CHAT, ROOM, FakeRoom, opened
from tests.unit.local.browsers import browser, joined, welcomed

HELLO = Content(label="post.said", blocks=(Paragraph(runs=(Run(text="Hello"),)),))


# --- posts ------------------------------------------------------------------------------------------------


async def test_posts_are_shown_changed_and_taken_back() -> None:
    """Everybody sees what the bot posts, how it changes, and that it goes; sent twice it stands once."""
    async with opened(FakeRoom()) as room, joined(room, "Jo") as jo:
        receipt = await room.platform.post(PostKey("k1"), ROOM, HELLO)
        again = await room.platform.post(PostKey("k1"), ROOM, HELLO)
        await room.platform.edit(PostKey("k2"), ROOM, receipt.id, Content(blocks=(Heading(text="Q1"),)))
        await room.platform.delete(PostKey("k3"), ROOM, receipt.id)
        shown = await jo.hear("post")
        edited = await jo.hear("post-edited")
        deleted = await jo.hear("post-deleted")

    assert receipt.id == again.id
    assert shown["post"]["id"] == edited["post"]["id"] == deleted["id"] == receipt.id  # type: ignore[index]
    assert edited["post"]["content"]["blocks"] == [{"kind": "heading", "text": "Q1"}]  # type: ignore[index]


async def test_a_moderators_removal_reaches_every_page() -> None:
    """A message that the bot takes down goes like one its author deleted."""
    async with opened(FakeRoom()) as room, joined(room, "Jo") as jo:
        id = str((await jo.say("Hello"))["id"])
        await room.platform.delete(PostKey("k1"), ROOM, id)

        assert (await jo.hear("deleted"))["id"] == id


async def test_a_post_is_found_again_by_its_key() -> None:
    """After a crash the outbox learns from the room whether a post stands, and never posts it twice."""
    fake = FakeRoom()
    async with opened(fake) as room:
        since = fake.clock.now()
        id = await fake.say("post.said", Heading(text="Hello"))
        found = await room.platform.look_up(PostKey(f"{CHAT}/0"), ROOM, since)

        assert [(copy.id, copy.via) for copy in found.copies] == [(id, "history")]
        assert await room.platform.look_up(PostKey("never"), ROOM, since) == Look()
        assert [heard async for heard in room.platform.history(ROOM, since)] == []


async def test_a_private_word_reaches_one_person_only() -> None:
    """A notice goes to the one it is for, waits for them while they are away, and goes when they put it away."""
    fake = FakeRoom()
    async with opened(fake) as room, joined(room, "Kofi") as kofi, browser(room) as jo:
        await jo.join("Jo")
        async with jo.page() as page:
            await page.hear("welcome")
            await page.say("Hello")
        person = next(iter(fake.messages.values())).author_id
        await room.platform.private(PostKey("k1"), ROOM, person, HELLO)
        async with jo.page() as page:
            back = await page.hear("welcome")
            await page.ask(type="dismiss", nonce="d1", key="k1")
        async with jo.page() as page:
            after = await page.hear("welcome")
        await kofi.say("Hi")

    assert [notice["key"] for notice in back["notices"]] == ["k1"]  # type: ignore[union-attr,index]
    assert after["notices"] == []
    assert '"notice"' not in "".join(kofi.received)


async def test_card_and_header_have_their_own_places() -> None:
    """What is labelled as card or header is no message of the room, and the card is for one person."""
    fake = FakeRoom()
    card_content = Content(label="card", blocks=HELLO.blocks)
    async with (
        opened(fake) as room,
        joined(room, "Jo") as jo,
        welcomed(room, by=room.moderator_url) as (page, _),
    ):
        (person,) = fake.moderators
        await room.platform.private(PostKey("k1"), ROOM, person, card_content)
        card = await page.hear("card")
        await room.platform.post(PostKey("k2"), ROOM, Content(label="header", blocks=HELLO.blocks))
        header = await page.hear("header")
        await jo.hear("header")

    assert card["content"]["label"] == "card"  # type: ignore[index]
    assert header["content"]["label"] == "header"  # type: ignore[index]
    assert not any('"type":"card"' in text for text in jo.received)


async def test_pages_are_drawn_anew_when_the_room_changes() -> None:
    """When the chat moves on, every page learns how the room looks to its person now."""
    fake = FakeRoom()
    async with opened(fake) as room, joined(room, "Jo") as jo:
        fake.open = False
        room.platform.refresh(ROOM)
        state = await jo.hear("state")

    assert not state["state"]["open"]  # type: ignore[index]
    assert "words" not in state["state"]  # type: ignore[operator]


async def test_people_are_counted_once() -> None:
    """Somebody with two pages open is one person."""
    async with opened(FakeRoom()) as room, browser(room) as jo:
        await jo.join("Jo")
        async with jo.page() as first, jo.page() as second:
            await first.hear("welcome")
            assert (await second.hear("welcome"))["people"] == 1


# --- moderators -------------------------------------------------------------------------------------------


async def test_a_moderators_link_brings_the_card() -> None:
    """The card is there with the welcome, before any button was pressed; a participant has none."""
    fake = FakeRoom()
    async with opened(fake) as room:
        async with welcomed(room, by=room.moderator_url) as (_, welcome):
            pass
        async with welcomed(room, name="Jo") as (_, other):
            pass

    assert welcome["state"]["moderating"]  # type: ignore[index]
    assert welcome["state"]["card"]["label"] == "card"  # type: ignore[index]
    assert (other["state"]["moderating"], other["state"]["card"], other["state"]["menu"]) == (False, None, [])  # type: ignore[index]


async def test_a_command_carries_what_its_maker_saw() -> None:
    """A button pressed on an old card is recognised as one."""
    fake = FakeRoom()
    async with opened(fake) as room, welcomed(room, by=room.moderator_url) as (page, _):
        answer = await page.ask(
            type="command", nonce="c1", command="next", arguments={}, expects="introductions"
        )

    command = fake.heard[-1]
    assert not answer["refused"]
    assert isinstance(command, HeardCommand)
    assert (command.command, command.expects, command.chat, command.generation) == (
        "next",
        "introductions",
        CHAT,
        1,
    )
    assert not command.by.may_moderate


async def test_a_replaced_link_moderates_nothing() -> None:
    """Whoever comes with the old link is told so privately, and their commands carry the old generation."""
    fake = FakeRoom()
    async with opened(fake) as room:
        old = room.moderator_url
        fake.generation = 2
        async with welcomed(room, by=old) as (page, welcome):
            answer = await page.ask(type="command", nonce="c1", command="next")

    assert not welcome["state"]["moderating"]  # type: ignore[index]
    assert welcome["notices"][0]["text"] == "This moderator's link has been replaced."  # type: ignore[index]
    assert answer["refused"]


async def test_what_a_command_touched_is_shown_anew() -> None:
    """A kept message wears its badge on every page."""
    fake = FakeRoom()
    async with (
        opened(fake) as room,
        joined(room, "Jo") as jo,
        welcomed(room, by=room.moderator_url) as (page, _),
    ):
        id = (await jo.say("Worth keeping"))["id"]
        answer = await page.ask(
            type="command", nonce="c1", command="keep", arguments={"message": id, "tag": "insight"}
        )
        seen = await jo.hear("edited")

    assert answer["text"] == "Kept as an insight."
    assert seen["message"]["badges"] == ["💡 insight"]  # type: ignore[index]
