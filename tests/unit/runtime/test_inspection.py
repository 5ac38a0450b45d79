"""What is missing in a room is said before the hour, by its name and with its fix."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.core.names import RoomId
from bot.errors import PlatformTrouble
from bot.ports import Lack
from bot.runtime.inspection import Inspection
from tests.unit.runtime.house import MAIN, SIDE, AtWork, at, at_work, quiet

NO_POSTS = Lack(name="SEND_MESSAGES", fix="Let the bot write in #hcchat.")


@asynccontextmanager
async def inspected(*lacking: RoomId) -> AsyncIterator[tuple[AtWork, Inspection]]:
    """Give a bot with a chat in two rooms, some of which lack something."""
    async with at_work() as house:
        await house.plan(rooms=(MAIN, SIDE))
        house.platform.lacking = dict.fromkeys(lacking, (NO_POSTS,))
        service = house.service
        yield house, Inspection(desk=service.desk, roster=service.roster, clock=house.clock)


async def test_a_bot_that_may_write_nowhere_goes_no_further() -> None:
    """One sentence names the room, the permission and the fix."""
    async with inspected(MAIN, SIDE) as (_, inspection):
        with pytest.raises(PlatformTrouble) as refused:
            await inspection.run()

    assert refused.value.permanent
    assert str(refused.value) == "fake/main: SEND_MESSAGES is missing. Let the bot write in #hcchat."


async def test_one_room_that_lacks_something_stops_no_other() -> None:
    """Its moderators are told, and told again when somebody has mended it."""
    async with inspected(SIDE) as (house, inspection):
        looking = house.tasks.create_task(inspection.run())
        await quiet()
        assert list(house.service.desk.trouble.values()) == ["SEND_MESSAGES: Let the bot write in #hcchat."]

        house.platform.lacking = {}
        await house.pass_by(61)
        assert house.service.desk.trouble == {}
        assert looking.done()


async def test_nothing_missing_is_not_worth_a_word() -> None:
    """Also where no chat is to come any more."""
    async with inspected() as (house, inspection):
        await inspection.run()
        assert house.service.desk.trouble == {}

    async with inspected(MAIN, SIDE) as (house, inspection):
        await house.until(at(24 * 60))
        await inspection.run()


async def test_a_platform_that_does_not_answer_is_asked_again() -> None:
    """A platform that is away for a moment is no reason to stop."""
    async with inspected(MAIN, SIDE) as (house, inspection):
        house.platform.blind = True
        looking = house.tasks.create_task(inspection.run())
        await quiet()
        assert not looking.done()

        house.platform.blind, house.platform.lacking = False, {}
        await house.pass_by(6)
        assert looking.done()
