"""What does not work reaches the moderators within thirty seconds, by two routes: their card, and the log."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from bot.runtime.lookout import Lookout
from bot.showing.view import Links, View
from tests.fakes.platform import lost_answer, silence, slow_down
from tests.unit.runtime.house import ANDREW, MAIN, AtWork, at, at_work

IN_TIME = 30.0
"""Seconds."""


def view_of(house: AtWork) -> View:
    """Return what moderators are shown."""
    nowhere = Links(moderator=lambda _: None, summary=lambda _: "", draft=lambda _: "")
    return View(service=house.service, links=nowhere)


async def card(house: AtWork) -> str:
    """Return everything on the moderator's card."""
    return repr((await view_of(house).state(MAIN, ANDREW.id)).card)


async def a_long_wait(house: AtWork) -> None:
    """Have the platform ask for an hour of patience."""
    house.platform.expect(MAIN, slow_down(3_600))
    await house.command("say", text="Hello")


async def a_silence(house: AtWork) -> None:
    """Have the platform say nothing at all, and hide what stands in the room."""
    house.platform.blind = True
    house.platform.expect(MAIN, silence(asyncio.Event(), stands=False))
    await house.command("say", text="Hello")


async def a_lost_answer(house: AtWork) -> None:
    """Have the platform lose an answer; whether the post stands is only known once late requests have settled."""
    house.platform.expect(MAIN, lost_answer(stands=False))
    await house.command("say", text="Hello")


async def a_full_disk(house: AtWork) -> None:
    """Have the store take nothing."""
    house.store.full = True
    asking = asyncio.get_running_loop().create_task(house.say("m-1", "Does anybody hear me?"))
    await asyncio.wait({asking}, timeout=0.05)
    asking.cancel()


async def a_cut_line(house: AtWork) -> None:
    """Have the platform tell us nothing."""
    house.platform.is_connected = False


TROUBLES = (a_long_wait, a_silence, a_lost_answer, a_full_disk, a_cut_line)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
async def test_the_card_tells_within_half_a_minute(trouble: Callable[[AtWork], Awaitable[None]]) -> None:
    """The moderator reads it on the card, and their pages and messages are drawn anew for it."""
    async with at_work() as house, asyncio.TaskGroup() as tasks:
        watching = await _begin(house, tasks)
        assert "Not working" not in await card(house)
        house.platform.refreshed.clear()

        await trouble(house)
        await house.pass_by(IN_TIME - 5)  # a card is drawn anew every five seconds at most

        assert "Not working right now" in await card(house)
        assert MAIN in house.platform.refreshed
        watching.cancel()


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
async def test_the_log_tells_within_half_a_minute(trouble: Callable[[AtWork], Awaitable[None]]) -> None:
    """Whoever watches the log of the machine reads it as well, with the chat's id and without any words."""
    with capture_logs() as logged:
        async with at_work() as house, asyncio.TaskGroup() as tasks:
            watching = await _begin(house, tasks)
            logged.clear()

            await trouble(house)
            await house.pass_by(IN_TIME)

            told = [line for line in logged if line["event"] == "trouble"]
            assert [line["chat"] for line in told][:1] == [house.chat.id]
            assert told[0]["reason"] != "over"
            assert "Hello" not in str(logged)
            watching.cancel()


async def test_a_line_that_comes_back_is_told_as_well() -> None:
    """What is over leaves the card; a line that was cut for a moment only never comes onto it."""
    async with at_work() as house, asyncio.TaskGroup() as tasks:
        watching = await _begin(house, tasks)
        house.platform.is_connected = False
        await house.pass_by(9)
        house.platform.is_connected = True
        await house.pass_by(30)
        assert house.service.desk.trouble == {}

        house.platform.is_connected = False
        await house.pass_by(25)
        assert house.service.desk.trouble
        house.platform.is_connected = True
        await house.pass_by(6)

        assert house.service.desk.trouble == {}
        assert "Not working" not in await card(house)
        watching.cancel()


async def _begin(house: AtWork, tasks: asyncio.TaskGroup) -> asyncio.Task[None]:
    await house.plan()
    await house.until(at(1))
    await house.command("say", text="Good evening")
    return tasks.create_task(Lookout(desk=house.service.desk, clock=house.clock).run())
