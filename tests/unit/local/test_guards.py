"""What guards the line: whose pages may speak, how much, and what becomes of those that cannot keep up."""

import asyncio

import pytest
from aiohttp import WSServerHandshakeError

from adapters.local.rooms import MOST_WAITING, Seat
from adapters.local.session import Session
from tests.fakes.room import FakeRoom, opened, page_words
from tests.unit.local.browsers import browser, joined

WORDS = page_words("en")


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
