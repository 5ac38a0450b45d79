"""When nobody can tell whether a post stands: the moderators are asked, and what they say is done."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.core.names import PostKey
from bot.ports import HeardEcho
from tests.fakes.platform import lost_answer
from tests.unit.runtime.house import MAIN, MEERA, SIDE, AtWork, at, at_work, quiet


@asynccontextmanager
async def in_doubt(*, stands: bool = False) -> AsyncIterator[tuple[AtWork, PostKey]]:
    """Give a chat of two rooms in one of which Q1 is in doubt: its answer was lost, and the history shows nothing."""
    async with at_work() as house:
        await house.plan(rooms=(MAIN, SIDE))
        await house.command("moderate")
        await house.until(at(7))
        house.platform.expect(MAIN, lost_answer(stands=stands))
        house.platform.empty = True
        await house.until(at(8) if stands else at(11.5))
        yield house, next(key for key in house.posts("post.question") if key.endswith(MAIN))


def copies(house: AtWork, key: PostKey) -> int:
    """Return how often the post *key* stands in its room."""
    return house.platform.keys(MAIN).count(key)


async def test_the_moderators_are_asked_after_two_minutes_and_only_that_room_waits() -> None:
    """Q1 is read in the other room; here what comes later waits behind it."""
    async with in_doubt() as (house, key):
        await house.command("say", text="Hello")
        await house.pass_by(60)

        assert list(house.chat.in_doubt) == [key]
        assert house.platform.texts(SIDE)[-1] == "Hello"
        assert "Hello" not in house.platform.texts(MAIN)
        [waiting] = [row for row in await house.store.unsent(MAIN) if row.post.key == key]
        assert waiting.state == "ask"


@pytest.mark.parametrize(("answer", "stand"), [("again", 1), ("leave", 0), ("there", 0)])
async def test_what_a_moderator_says_is_done_and_the_room_goes_on(answer: str, stand: int) -> None:
    """Posted again, left out, or taken for there: once, and at once."""
    async with in_doubt() as (house, key):
        await house.command("say", text="Hello")
        reply = await house.command("settle-post", post=key, answer=answer)
        await quiet()

        assert not reply.refused
        assert copies(house, key) == stand
        assert "Hello" in house.platform.texts(MAIN)
        assert house.chat.in_doubt == {}
        assert (key in house.chat.failed) == (answer == "leave")


async def test_participants_are_not_asked() -> None:
    """Only who moderates says what becomes of a post."""
    async with in_doubt() as (house, key):
        assert (await house.command("settle-post", by=MEERA, post=key, answer="leave")).refused


async def test_who_presses_second_is_told_that_it_is_settled() -> None:
    """Two moderators look at the same card."""
    async with in_doubt() as (house, key):
        await house.command("settle-post", post=key, answer="again")
        reply = await house.command("settle-post", post=key, answer="again")
        await quiet()

        assert reply.refused
        assert copies(house, key) == 1


async def test_a_post_that_shows_itself_needs_no_answer() -> None:
    """The history is seen again, and the post in it: nobody need look."""
    async with in_doubt() as (house, key):
        house.platform.rooms[MAIN].append(house.platform.standing(key, MAIN))
        house.platform.empty = False
        await house.pass_by(61)

        assert house.chat.in_doubt == {}
        assert copies(house, key) == 1
        assert key in house.chat.posts


async def test_an_echo_ends_the_doubt() -> None:
    """The platform tells of our own post after all."""
    async with in_doubt() as (house, key):
        await house.service.hear(HeardEcho(room=MAIN, key=key, id="late", at=house.clock.now()))
        await house.pass_by(61)

        assert house.chat.in_doubt == {}
        assert copies(house, key) == 0


async def test_an_answer_given_before_a_restart_is_done_after_it() -> None:
    """The moderator need not press again because the bot was restarted."""
    async with in_doubt() as (house, key):
        store, platform, now = house.store, house.platform, house.clock.now()

    async with at_work(store=store, platform=platform, now=now) as house:
        await house.command("settle-post", post=key, answer="again")
        await house.pass_by(61)

        assert copies(house, key) == 1


async def test_a_new_attempt_is_given_its_time_before_anybody_is_asked() -> None:
    """The history was hidden, then seen, then the second answer was lost: two minutes begin anew."""
    async with in_doubt() as (house, key):
        house.platform.empty = False
        house.platform.expect(MAIN, lost_answer(stands=False))
        await house.pass_by(61)  # looked, nothing there, asked for once more, and again no answer
        house.platform.empty = True
        assert house.platform.asked.count(("post", key)) == 2

        await house.command("settle-post", post=key, answer="again")
        await house.pass_by(30)
        assert house.platform.asked.count(("post", key)) == 2


async def test_an_old_answer_says_nothing_about_a_new_doubt() -> None:
    """Posted again, and the answer lost again: the moderators are asked again before a third attempt."""
    async with in_doubt() as (house, key):
        house.platform.expect(MAIN, lost_answer(stands=True))
        await house.command("settle-post", post=key, answer="again")
        await house.pass_by(200)

        assert list(house.chat.in_doubt) == [key]
        assert copies(house, key) == 1
