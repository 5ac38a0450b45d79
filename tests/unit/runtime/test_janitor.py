"""What appears twice is tidied up: the copy that came too late goes, the one people answered stays."""

from datetime import timedelta

import pytest

from bot.core.names import PostKey
from bot.ports import HeardEcho, Look
from tests.fakes.platform import lost_answer, slow_down
from tests.unit.runtime.house import MAIN, AtWork, at, at_work, quiet


async def twice_asked(house: AtWork) -> PostKey:
    """Have Q1 requested twice: the first request is lost, and may be applied later."""
    await house.plan()
    await house.until(at(7))
    house.platform.expect(MAIN, lost_answer(stands=False))
    await house.until(at(9))
    return next(key for key in house.posts("post.question") if key in house.chat.posts)


async def test_a_copy_that_turns_up_late_is_taken_away() -> None:
    """The platform applied the first request a minute and a half later: within a minute it is gone again."""
    async with at_work() as house:
        key = await twice_asked(house)
        house.platform.rooms[MAIN].append(house.platform.standing(key, MAIN))
        late = house.platform.rooms[MAIN][-1].id
        await house.pass_by(61)

        assert house.platform.gone == [late]
        assert list(house.chat.doubles.values()) == [key]
        await house.pass_by(600)
        assert house.platform.gone == [late]


async def test_an_echo_of_a_second_copy_is_enough() -> None:
    """Where the platform tells of it at once, it is gone at once."""
    async with at_work() as house:
        key = await twice_asked(house)
        await house.service.hear(HeardEcho(room=MAIN, key=key, id="late", at=house.clock.now()))
        await quiet()

        assert house.platform.gone == ["late"]


async def test_what_was_asked_once_is_not_watched() -> None:
    """One request makes one post at most: nobody looks for a second."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(7))
        asked = len(house.platform.asked)
        await house.until(at(30))

        assert not [what for what, _ in house.platform.asked[asked:] if what == "look_up"]


async def test_a_restart_forgets_no_watch() -> None:
    """Who was sent twice before a restart is watched after it, and not for ever."""
    async with at_work() as house:
        key = await twice_asked(house)
        store, platform, now = house.store, house.platform, house.clock.now()

    async with at_work(store=store, platform=platform, now=now) as house:
        platform.rooms[MAIN].append(platform.standing(key, MAIN))
        await house.pass_by(61)
        assert len(platform.gone) == 1

        await house.pass_by(timedelta(minutes=20).total_seconds())
        asked = len(platform.asked)
        await house.pass_by(600)
        assert not [what for what, _ in platform.asked[asked:] if what == "look_up"]


async def test_a_look_that_fails_is_taken_again() -> None:
    """A history that cannot be read now is read a minute later."""
    async with at_work() as house:
        key = await twice_asked(house)
        house.platform.rooms[MAIN].append(house.platform.standing(key, MAIN))
        house.platform.blind = True
        await house.pass_by(61)
        house.platform.blind = False
        house.platform.expect(MAIN, slow_down(5))  # the deletion has to wait a little
        await house.pass_by(70)

        assert len(house.platform.gone) == 1


async def test_a_look_that_is_a_riddle_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in looking is told, without its words; the bot goes on."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, slow_down(1))
        await house.command("say", text="Hello")
        await house.pass_by(3)

        async def stumble(*_: object) -> Look:
            raise LookupError("abracadabra")

        monkeypatch.setattr(type(house.platform), "look_up", stumble)
        await house.pass_by(130)
        await house.command("say", text="Still here")
        await quiet()

        assert house.platform.texts(MAIN)[-1] == "Still here"
