"""What a page and the room tell each other: nothing too early, nothing lost or doubled, nothing to the wrong person."""

import pytest

from bot.markup import Content, Paragraph, Run
from bot.ports import HeardEdit, PostKey
from tests.fakes.room import ROOM, FakeRoom, opened, page_words
from tests.unit.local.browsers import browser, joined, welcomed

WORDS = page_words("en")
HELLO = Content(label="post.said", blocks=(Paragraph(runs=(Run(text="Hello"),)),))


def texts(items: object) -> list[str]:
    """Return what the messages among *items* say."""
    assert isinstance(items, list)
    return [item["text"] for item in items if item["kind"] == "message"]


# --- saying things --------------------------------------------------------------------------------------------


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


# --- changing, deleting, reacting -----------------------------------------------------------------------------


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


async def test_what_was_refused_is_shown_to_nobody() -> None:
    """A deletion that the core refuses takes the message off no page."""
    fake = FakeRoom()
    async with opened(fake) as room, joined(room, "Jo") as jo:
        id = (await jo.say("Hello"))["id"]
        fake.muted.add(fake.messages[str(id)].author_id)
        answer = await jo.ask(type="delete", nonce="n2", id=id)
        await room.platform.post(PostKey("k1"), ROOM, HELLO)
        await jo.hear("post")

    assert answer["refused"]
    assert not any('"deleted"' in text for text in jo.received)


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


# --- history and coming back ----------------------------------------------------------------------------------


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


async def test_who_asks_for_the_end_of_time_keeps_their_line() -> None:
    """There is no moment after the last one: the page is told that it makes no sense."""
    async with opened(FakeRoom()) as room, joined(room, "Jo") as jo:
        await jo.send(type="earlier", nonce="e1", before="9999-12-31T23:59:59.999999+00:00")

        assert (await jo.hear("trouble"))["text"]
        assert not (await jo.ask(type="here", nonce="h1"))["refused"]


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
