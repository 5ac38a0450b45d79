"""A platform that tells of one gesture twice: it is done once, and two gestures are two."""

from bot.core.phases import Phase
from bot.ports import HeardCommand, Reply
from tests.unit.runtime.house import ANDREW, MAIN, OLU, AtWork, at, at_work


async def gesture(house: AtWork, id: str, command: str, by=ANDREW, **given: str) -> Reply:
    """Have somebody make a gesture that the platform calls *id*."""
    heard = HeardCommand(room=MAIN, by=by, command=command, at=house.clock.now(), arguments=given, id=id)
    return await house.service.hear(heard)


async def test_next_told_twice_is_one_step() -> None:
    """Slack delivers a command again when its acknowledgement was lost: the room is asked one question, not two."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        first = await gesture(house, "t1", "next")
        again = await gesture(house, "t1", "next")

        assert (house.chat.phase, _open(house)) == (Phase.QUESTION, "q1")
        assert again == first


async def test_two_gestures_are_two_steps() -> None:
    """A moderator who types "next" a second time means it; so does whoever has no name for a gesture."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        await gesture(house, "t1", "next")
        await gesture(house, "t2", "next")
        assert _open(house) == "q2"

        await gesture(house, "", "back")
        await gesture(house, "", "next")
        assert _open(house) == "q2"


async def test_what_the_bot_shall_say_is_said_once_also_after_a_restart() -> None:
    """The gesture is remembered with what came of it, not in memory."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        await gesture(house, "t1", "say", text="Two minutes more")
        await house.until(at(2))
        store, platform, now = house.store, house.platform, house.clock.now()
    async with at_work(store=store, platform=platform, now=now) as house:
        await gesture(house, "t1", "say", text="Two minutes more")
        await house.until(at(3))

        assert sum("Two minutes more" in text for text in platform.texts(MAIN)) == 1


async def test_what_was_refused_can_be_told_again() -> None:
    """A refusal leaves nothing behind: asked again by somebody who may, it is done."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        refused = await gesture(house, "t1", "next", by=OLU)
        done = await gesture(house, "t1", "next")

        assert (refused.refused, done.refused) == (True, False)
        assert _open(house) == "q1"


def _open(house: AtWork) -> str | None:
    return house.chat.open_question.id if house.chat.open_question else None
