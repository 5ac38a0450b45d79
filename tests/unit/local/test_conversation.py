"""What a page and the room tell each other: nothing too early, nothing lost or doubled, nothing to the wrong person."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import WSServerHandshakeError

from adapters.local.rooms import MOST_WAITING, Seat
from adapters.local.session import Session
from bot.markup import Content, Heading, Paragraph, Run
from bot.ports import HeardCommand, HeardEdit, PostKey
from tests.fakes.room import CHAT, ROOM, FakeRoom, Opened, opened, page_words
from tests.unit.local.browsers import Json, Page, browser, joined

HELLO = Content(label="post.said", blocks=(Paragraph(runs=(Run(text="Hello"),)),))

WORDS = page_words("en")


@asynccontextmanager
async def welcomed(room: Opened, name: str = "Rosalind", by: str = "") -> AsyncIterator[tuple[Page, Json]]:
    """Bring somebody in, by a moderator's link if one is given; gives their page and its welcome."""
    async with browser(room) as person:
        if by:
            await person.get(by)
        await person.join(name)
        async with person.page() as page:
            yield page, await page.hear("welcome")


def texts(items: object) -> list[str]:
    """Return what the messages among *items* say."""
    assert isinstance(items, list)
    return [item["text"] for item in items if item["kind"] == "message"]


# --- saying things ------------------------------------------------------------------------------------------


async def test_what_one_says_reaches_everybody() -> None:
    """A message is acknowledged to its author and shown to all, author included."""
    async with opened(FakeRoom()) as room, joined(room, "Jo", "patient") as jo, joined(room, "Kofi") as kofi:
        answer = await jo.say("Hello")
        seen = await kofi.hear("message")

    assert not answer["refused"]
    message = seen["message"]
    assert isinstance(message, dict)
    assert (message["id"], message["text"], message["author"], message["group"]) == (
        answer["id"],
        "Hello",
        "Jo",
        "patient",
    )


async def test_nothing_is_acknowledged_before_it_is_durable() -> None:
    """While the commit is under way nobody sees the message and its author is told nothing."""
    fake = FakeRoom()
    async with opened(fake) as room, joined(room, "Jo") as jo:
        fake.gate.clear()
        await jo.send(type="say", nonce="n1", text="Hello")
        async with browser(room) as other:
            await other.join("Kofi")
            async with other.page() as kofi:
                welcome = await kofi.hear("welcome")
                fake.gate.set()
                seen = await kofi.hear("message")
        answer = await jo.hear("reply")

    assert welcome["history"] == []
    assert seen["message"]["id"] == answer["id"]  # type: ignore[index]  # a message is an object
    assert not any('"reply"' in text for text in other.received)


async def test_saying_it_again_says_it_once() -> None:
    """A page that lost its line sends again; the room keeps one copy and acknowledges it as before."""
    fake = FakeRoom()
    async with opened(fake) as room, browser(room) as jo:
        await jo.join("Jo")
        async with jo.page() as page:
            await page.hear("welcome")
            first = await page.say("Hello")
        async with jo.page() as page:
            welcome = await page.hear("welcome")
            again = await page.say("Hello")

    assert texts(welcome["history"]) == ["Hello"]
    assert first["id"] == again["id"]
    assert len(fake.messages) == 1


async def test_what_cannot_be_stored_is_not_acknowledged() -> None:
    """With a full disk the page is told to keep the message and try again; then it is there once."""
    fake = FakeRoom(is_full=True)
    async with opened(fake) as room, joined(room, "Jo") as jo:
        await jo.send(type="say", nonce="n1", text="Hello")
        trouble = await jo.hear("trouble")
        fake.is_full = False
        answer = await jo.say("Hello")

    assert (trouble["nonce"], trouble["text"]) == ("n1", WORDS["page.unsaved"])
    assert not answer["refused"]
    assert len(fake.messages) == 1


async def test_while_nobody_listens_nothing_is_acknowledged() -> None:
    """Before the core listens, and after it stopped, a message is kept by its page."""
    fake = FakeRoom()
    async with opened(fake) as room, joined(room, "Jo") as jo:
        room.platform._premises.intake = None  # as between the server's start and the core's
        await jo.send(type="say", nonce="n1", text="Hello")

        assert (await jo.hear("trouble"))["nonce"] == "n1"


@pytest.mark.parametrize(
    ("text", "key"),
    [("", "page.text-empty"), (" \n\x00", "page.text-empty"), ("x" * 4_001, "page.text-long")],
)
async def test_a_text_that_is_no_message_is_refused(text: str, key: str) -> None:
    """Nothing, and too much, are refused with what to do instead."""
    fake = FakeRoom()
    async with opened(fake) as room, joined(room, "Jo") as jo:
        answer = await jo.say(text)

    assert (answer["refused"], answer["text"]) == (True, WORDS[key])
    assert fake.heard == []


async def test_four_thousand_letters_are_a_message() -> None:
    """The longest message is counted in letters, not in bytes."""
    async with opened(FakeRoom()) as room, joined(room, "Jo") as jo:
        assert not (await jo.say("ä" * 4_000))["refused"]


async def test_what_the_core_refuses_is_shown_to_nobody() -> None:
    """A closed room says so to the one who wrote, and to nobody else."""
    fake = FakeRoom(open=False)
    async with opened(fake) as room, joined(room, "Jo") as jo, joined(room, "Kofi"):
        answer = await jo.say("Hello")
        fake.open = True
        await jo.say("Hello again", nonce="n2")
        seen = await jo.hear("message")

    assert (answer["refused"], answer["text"]) == (True, "The room is closed.")
    assert seen["message"]["text"] == "Hello again"  # type: ignore[index]  # a message is an object


# --- changing, deleting, reacting -------------------------------------------------------------------------


async def test_ones_own_message_can_be_changed_and_deleted() -> None:
    """Everybody sees the new words, and then that they are gone."""
    async with opened(FakeRoom()) as room, joined(room, "Jo") as jo, joined(room, "Kofi") as kofi:
        id = (await jo.say("Helo"))["id"]
        await jo.ask(type="edit", nonce="n2", id=id, text="Hello")
        edited = await kofi.hear("edited")
        await jo.ask(type="delete", nonce="n3", id=id)
        deleted = await kofi.hear("deleted")

    assert edited["message"]["text"] == "Hello"  # type: ignore[index]  # a message is an object
    assert edited["message"]["edited"]  # type: ignore[index]
    assert deleted["id"] == id


async def test_nobody_changes_what_somebody_else_said() -> None:
    """The room refuses before the core is even asked."""
    fake = FakeRoom()
    async with opened(fake) as room, joined(room, "Jo") as jo, joined(room, "Kofi") as kofi:
        id = (await jo.say("Hello"))["id"]
        changed = await kofi.ask(type="edit", nonce="n2", id=id, text="Nonsense")
        deleted = await kofi.ask(type="delete", nonce="n3", id=id)

    assert changed["refused"]
    assert deleted["refused"]
    assert not any(isinstance(heard, HeardEdit) for heard in fake.heard)
    assert [message.text for message in fake.messages.values()] == ["Hello"]


async def test_a_reaction_counts_people() -> None:
    """Two people are two, however often one of them presses; everybody sees whose press it was."""
    async with opened(FakeRoom()) as room, joined(room, "Jo") as jo, joined(room, "Kofi") as kofi:
        id = (await jo.say("Hello"))["id"]
        for number, page in enumerate((jo, kofi, kofi)):
            await page.ask(type="react", nonce=f"r{number}", id=id, reaction="heart", present=True)
        counts = [await jo.hear("reactions") for _ in range(3)]
        await kofi.ask(type="react", nonce="r9", id=id, reaction="heart", present=False)
        after = await jo.hear("reactions")

    assert [each["reactions"] for each in counts][-1] == [{"id": "heart", "count": 2, "mine": False}]
    assert after["reactions"] == [{"id": "heart", "count": 1, "mine": False}]
    assert counts[1]["by"] == counts[2]["by"] != counts[0]["by"]


async def test_the_ids_of_others_stay_in_the_house() -> None:
    """In nothing that a page receives stands the id under which the bot knows somebody."""
    fake = FakeRoom()
    async with opened(fake) as room, joined(room, "Jo") as jo, browser(room) as kofi:
        id = (await jo.say("Hello"))["id"]
        await jo.ask(type="react", nonce="n2", id=id, reaction="heart", present=True)
        await kofi.join("Kofi")
        async with kofi.page() as page:
            await page.hear("welcome")
            await page.say("Hi")
            await page.hear("message")

    known = {message.author_id for message in fake.messages.values()}
    assert len(known) == 2
    assert not any(person in text for person in known for text in kofi.received)


# --- history and coming back ------------------------------------------------------------------------------


async def test_the_history_is_read_page_by_page() -> None:
    """Whoever scrolls up gets everything that was said before, nothing left out."""
    fake = FakeRoom()
    async with opened(fake, messages_at_once=1_000) as room, joined(room, "Jo") as jo:
        for number in range(130):
            await jo.say(f"line {number}", nonce=f"n{number}")
        async with welcomed(room) as (kofi, welcome):
            await kofi.send(type="earlier", nonce="e1", before=welcome["history"][0]["at"])  # type: ignore[index]
            earlier = await kofi.hear("earlier")

    assert (len(texts(welcome["history"])), welcome["more"], earlier["more"]) == (100, True, False)
    assert set(texts(earlier["items"])) | set(texts(welcome["history"])) == {f"line {n}" for n in range(130)}


async def test_a_post_is_there_for_whoever_comes_before_its_receipt() -> None:
    """Somebody who comes in while a question is being written down sees it all the same, once."""
    async with opened(FakeRoom()) as room:
        receipt = await room.platform.post(PostKey("k1"), ROOM, HELLO)
        async with welcomed(room) as (_, welcome):
            pass

    assert [item["id"] for item in welcome["history"]] == [receipt.id]  # type: ignore[index,union-attr]


async def test_the_page_is_asked_whether_it_is_still_there() -> None:
    """A phone that woke up learns at once whether its line is alive."""
    async with opened(FakeRoom()) as room, joined(room, "Jo") as jo:
        assert not (await jo.ask(type="here", nonce="h1"))["refused"]


# --- what the bot posts ------------------------------------------------------------------------------------


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

        assert found is not None
        assert (found.id, found.via) == (id, "history")
        assert await room.platform.look_up(PostKey("never"), ROOM, since) is None
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
    assert '"notice"' not in "".join(kofi._browser.received)


async def test_card_and_header_have_their_own_places() -> None:
    """What is labelled as card or header is no message of the room."""
    fake = FakeRoom()
    async with opened(fake) as room, browser(room) as jo:
        await jo.get(room.moderator_url)
        await jo.join("Rosalind")
        async with jo.page() as page:
            await page.hear("welcome")
            (person,) = fake.moderators
            await room.platform.private(
                PostKey("k1"), ROOM, person, Content(label="card", blocks=HELLO.blocks)
            )
            card = await page.hear("card")
            await room.platform.post(PostKey("k2"), ROOM, Content(label="header", blocks=HELLO.blocks))
            header = await page.hear("header")

    assert card["content"]["label"] == "card"  # type: ignore[index]
    assert header["content"]["label"] == "header"  # type: ignore[index]


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


# --- moderators --------------------------------------------------------------------------------------------


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


# --- guards ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None, "http://127.0.0.1:1"])
async def test_a_page_of_another_site_gets_no_line(origin: str | None) -> None:
    """A page on another site cannot speak with the cookies of somebody who is here."""
    async with opened(FakeRoom()) as room, browser(room) as jo:
        await jo.join("Jo")
        with pytest.raises(WSServerHandshakeError) as caught:
            async with jo.page(origin):
                pass

    assert caught.value.status == 403


async def test_without_a_name_there_is_no_line() -> None:
    """A stranger's page is sent to the door."""
    async with opened(FakeRoom()) as room, browser(room) as jo, jo.page() as page:
        assert await page.closed() == 4401


async def test_too_large_a_message_ends_the_line() -> None:
    """Nobody fills the memory with one message."""
    async with opened(FakeRoom()) as room, joined(room, "Jo") as jo:
        await jo.socket.send_str("x" * 70_000)

        assert await jo.closed() == 1009


async def test_too_much_at_once_is_slowed_for_one_person_only() -> None:
    """A flood is told when to go on; the others talk as before."""
    async with (
        opened(FakeRoom(), messages_at_once=2, messages_per_minute=6) as room,
        joined(room, "Jo") as jo,
        joined(room, "Kofi") as kofi,
    ):
        answers = [await jo.say("!", nonce=f"n{number}") for number in range(3)]
        other = await kofi.say("Hello")

    assert [answer["refused"] for answer in answers] == [False, False, True]
    assert 9 < answers[2]["retry"] <= 10  # type: ignore[operator]
    assert not other["refused"]


async def test_a_new_name_does_not_buy_a_new_allowance() -> None:
    """Coming in again under another name is still the same person."""
    async with opened(FakeRoom(), messages_at_once=1) as room, browser(room) as jo:
        refused = []
        for name in ("Jo", "Jo E."):
            await jo.join(name)
            async with jo.page() as page:
                await page.hear("welcome")
                refused.append((await page.say("!", nonce=f"n{len(refused)}"))["refused"])

    assert refused == [False, True]


async def test_rubbish_is_named_and_then_ends_the_line() -> None:
    """A page that sends what nobody understands is told, and let go when it does not stop."""
    async with opened(FakeRoom()) as room, joined(room, "Jo") as jo:
        for _ in range(11):
            await jo.socket.send_str('{"type":"rule the world"}')
        trouble = await jo.hear("trouble")

        assert trouble["text"] == WORDS["page.unreadable"]
        assert await jo.closed() == 1008


async def test_binary_frames_end_the_line() -> None:
    """The room speaks text."""
    async with opened(FakeRoom()) as room, joined(room, "Jo") as jo:
        await jo.socket.send_bytes(b"\x00")

        assert await jo.closed() == 1008


async def test_one_person_opens_so_many_pages() -> None:
    """A seventh tab waits until another is closed."""
    async with opened(FakeRoom(), pages_per_person=1) as room, browser(room) as jo:
        await jo.join("Jo")
        async with jo.page() as first:
            await first.hear("welcome")
            async with jo.page() as second:
                assert await second.closed() == 4429


async def test_a_page_that_cannot_keep_up_is_cut_off() -> None:
    """One slow phone costs a bounded queue and its own line, never the room's memory."""
    cut = asyncio.Event()
    session = Session(person="p1", until=FakeRoom().clock.now())
    seat = Seat(session, "a1", cut.set)
    seat.welcome("welcome")
    for number in range(MOST_WAITING - 1):
        seat.send(str(number))
    assert not cut.is_set()

    seat.send("one too many")

    assert cut.is_set()


async def test_what_happens_during_the_welcome_comes_after_it() -> None:
    """The first thing a page reads is the welcome, whatever else was said meanwhile."""
    seat = Seat(Session(person="p1", until=FakeRoom().clock.now()), "a1", lambda: None)
    seat.send("early bird")
    seat.welcome("welcome")

    assert [await seat.next(), await seat.next()] == ["welcome", "early bird"]
