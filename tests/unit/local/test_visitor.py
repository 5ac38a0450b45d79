"""A visitor without a browser says each thing once, through lost lines and restarts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from adapters.local.visitor import TurnedAway, Visitor
from bot.runtime.clock import DerivedIds, SystemClock
from tests.fakes.room import FakeRoom, Opened, opened


class HastyClock(SystemClock):
    """Nobody waits for anything."""

    async def sleep(self, seconds: float) -> None:
        """Let the others have a turn instead of sleeping."""
        await asyncio.sleep(0)


@asynccontextmanager
async def visiting(room: Opened, name: str = "Jo", link: str | None = None) -> AsyncIterator[Visitor]:
    """Bring a visitor in, who stays for as long as the block lasts."""
    async with (
        Visitor(room.url, "main", HastyClock(), DerivedIds(name)) as visitor,
        asyncio.TaskGroup() as tasks,
    ):
        await visitor.join(name, "patient", link=link)
        staying = tasks.create_task(visitor.run())
        yield visitor
        staying.cancel()


async def test_a_visitor_lives_through_a_chat() -> None:
    """Saying, replying, reacting, changing and deleting all work as from the page."""
    fake = FakeRoom()
    async with opened(fake) as room, visiting(room) as jo, visiting(room, "Kofi") as kofi:
        said = await jo.say("Hello")
        reply = await kofi.say("Hi Jo", reply_to=said.id)
        await kofi.react(said.id, "heart")
        await jo.edit(said.id, "Hello all")
        await kofi.delete(reply.id)

    assert {message.text for message in fake.messages.values()} == {"Hello all"}
    assert fake.reactions[said.id, "heart"] != set()
    assert said.id.startswith(f"{jo.id}.")


async def test_a_visitor_with_the_link_moderates() -> None:
    """A simulated moderator opens the link and gives commands as a button would."""
    fake = FakeRoom()
    async with opened(fake) as room, visiting(room, "Rosalind", room.moderator_url) as rosalind:
        answer = await rosalind.command("next", expects="introductions")

    assert not answer.refused
    assert fake.asked == 1


async def test_what_was_not_acknowledged_is_said_again_after_a_restart() -> None:
    """The room dies before it answers; the visitor comes back and says it once more, and it stands there once."""
    fake = FakeRoom()
    async with asyncio.TaskGroup() as tasks:
        async with opened(fake) as room:
            port = int(room.url.rpartition(":")[2])
            visits = visiting(room)
            jo = await visits.__aenter__()
            first = await jo.say("before")
            fake.gate.clear()
            saying = tasks.create_task(jo.say("during"))
        fake.gate.set()
        async with opened(fake, port):
            during = await saying
            after = await jo.say("after")
            await visits.__aexit__(None, None, None)

    assert [message.text for message in fake.messages.values()] == ["before", "during", "after"]
    assert list(fake.messages) == [first.id, during.id, after.id]


async def test_whoever_is_told_to_wait_waits_and_says_it() -> None:
    """Slowed down, or with a full disk, a visitor loses nothing."""
    fake = FakeRoom()
    async with opened(fake, messages_at_once=1, messages_per_minute=6_000) as room, visiting(room) as jo:
        answers = [await jo.say(f"line {number}") for number in range(5)]

    assert not any(answer.refused for answer in answers)
    assert len(fake.messages) == 5


async def test_a_visitor_who_may_not_come_in_learns_so() -> None:
    """A name that is refused at the door is an error, not a silent crowd."""
    async with (
        opened(FakeRoom()) as room,
        Visitor(room.url, "main", HastyClock(), DerivedIds("x")) as visitor,
    ):
        with pytest.raises(TurnedAway, match="422"):
            await visitor.join("Moderator")
        with pytest.raises(TurnedAway, match="4401"):
            await visitor.run()


async def test_a_line_that_is_cut_is_mended() -> None:
    """Whoever is cut off comes back by themselves and is welcomed again."""
    kinds: asyncio.Queue[object] = asyncio.Queue()
    async with (
        opened(FakeRoom()) as room,
        Visitor(
            room.url, "main", HastyClock(), DerivedIds("x"), lambda heard: kinds.put_nowait(heard["type"])
        ) as jo,
        asyncio.TaskGroup() as tasks,
    ):
        await jo.join("Jo")
        staying = tasks.create_task(jo.run())
        assert await kinds.get() == "welcome"
        for seat in room.platform._premises.rooms.everyone():
            seat.cut()
        while await kinds.get() != "welcome":
            pass
        staying.cancel()
