"""Facts about discord.py and Discord that shaped the adapter, each shown on the real library and then on ours.

If one of these fails after an upgrade of the library, the fact has changed, and the adapter may become simpler.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import discord
import pytest

from adapters.discord import wishes
from adapters.discord.client import Gateway
from bot.errors import PlatformTrouble
from bot.ports import HeardEcho, HeardEdit, HeardGap, HeardMessage, PostKey, RoomId
from tests.fakes.discord import FakeDiscord, opened
from tests.fakes.discord.house import FastClock, settings
from tests.fakes.discord.listener import listening, words
from tests.fakes.discord.rest import dropped, error, hung, limited
from tests.fakes.discord.world import HISTORY, USUAL

POSTS = r"/channels/\d+/messages"
KEY = PostKey("chat/q1")


@asynccontextmanager
async def bare() -> AsyncIterator[tuple[FakeDiscord, discord.Client, discord.PartialMessageable]]:
    """Give the library by itself, logged in but for its addresses as anybody would use it."""
    clock = FastClock()
    async with opened(clock) as fake:
        Gateway(settings(fake), clock).point()
        client = discord.Client(intents=discord.Intents.none())
        async with client:
            await client.login("token")
            yield fake, client, client.get_partial_messageable(int(fake.channel))


# --- 2: there is a key that makes a message unique ----------------------------------------------------------


async def test_fact_2_the_library_makes_up_a_nonce_for_every_call() -> None:
    """Sent again by hand, a message stands there twice, unless we bring a nonce of our own."""
    async with bare() as (fake, _, channel):
        await channel.send("hello")
        await channel.send("hello")
        await channel.send("hello", nonce="mine")
        await channel.send("hello", nonce="mine")

        assert len(fake.posts()) == 3
        assert all(body["enforce_nonce"] for body in fake.rest.asked("POST", POSTS))


async def test_fact_2_a_post_whose_answer_was_lost_stands_once() -> None:
    """The line breaks after Discord took the post: sent again it is the same message."""
    async with listening() as ear:
        ear.discord.rest.expect("POST", POSTS, dropped(stands=True))

        with pytest.raises(PlatformTrouble) as lost:
            await ear.platform.post(KEY, ear.room, words("What helped you?"))
        receipt = await ear.platform.post(KEY, ear.room, words("What helped you?"))

        assert lost.value.unknown
        assert [post["id"] for post in ear.discord.posts()] == [receipt.id]


async def test_fact_2_history_does_not_tell_the_nonce_but_it_tells_our_mark() -> None:
    """A post is found again by what stands under it, hours later and by another process."""
    async with listening() as ear:
        posted = await ear.platform.post(KEY, ear.room, words("What helped you?"))
        since = ear.clock.now() - timedelta(minutes=5)

        found = await ear.platform.look_up(KEY, ear.room, since)
        other = await ear.platform.look_up(PostKey("chat/q2"), ear.room, since)

        assert "nonce" not in ear.discord.posts()[0]
        assert [(copy.id, copy.via) for copy in found.copies] == [(posted.id, "history")]
        assert (other.copies, other.shows) == ((), True)


async def test_fact_2_what_was_posted_and_deleted_is_not_posted_again() -> None:
    """Somebody deletes a post before we know that it stood there: it stays deleted, and we are told."""
    async with listening() as ear:
        ear.discord.rest.expect("POST", POSTS, dropped(stands=True))
        with pytest.raises(PlatformTrouble):
            await ear.platform.post(KEY, ear.room, words("What helped you?"))
        await ear.discord.delete(ear.discord.posts()[0]["id"])

        with pytest.raises(PlatformTrouble, match="deleted") as told:
            await ear.platform.post(KEY, ear.room, words("What helped you?"))

        assert told.value.permanent
        assert ear.discord.posts() == []


def test_fact_2_a_nonce_belongs_to_a_post_in_one_room() -> None:
    """One key in two rooms is two messages; Discord takes 25 characters."""
    names = {wishes.nonce(KEY, RoomId(f"discord/{room}")) for room in (1, 2)}

    assert len(names) == 2
    assert {len(name) for name in names} == {25}


# --- 6: a request cancelled during a global rate limit --------------------------------------------------------


async def test_fact_6_the_library_locks_up_when_a_request_is_cancelled_in_a_global_limit() -> None:
    """Every later request of the process would wait for ever."""
    async with bare() as (fake, client, channel):
        fake.rest.expect("POST", POSTS, limited(5.0, is_global=True))

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(channel.send("hello"), 0.3)

        assert not client.http._global_over.is_set()
        client.http._global_over.set()
        await channel.send("hello again")
        assert len(fake.posts()) == 1


async def test_fact_6_we_wait_without_cancelling_and_everything_goes_on() -> None:
    """A post that nobody waits for any more finishes by itself; the next one goes out."""
    async with listening() as ear:
        ear.discord.rest.expect("POST", POSTS, limited(0.4, is_global=True))
        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(ear.platform.post(KEY, ear.room, words("One")))
            await asyncio.wait({first}, timeout=0.1)
            assert not first.done()
            await ear.platform.post(PostKey("chat/q2"), ear.room, words("Two"))

        assert len(ear.discord.posts()) == 2
        assert ear.platform.client.http._global_over.is_set()


# --- 7: the very first connection -----------------------------------------------------------------------------


async def test_fact_7_the_library_dies_when_the_first_connection_fails() -> None:
    """It looks for the number of an event in a connection that there never was."""
    async with bare() as (fake, client, _):
        fake.gateway.refuse_upgrades = 1

        with pytest.raises(AttributeError):
            await client.connect()


async def test_fact_7_we_try_again_until_the_first_connection_stands() -> None:
    """A gateway that is away while we start is no reason to give up."""
    async with listening(ready=False) as ear:
        ear.discord.gateway.refuse_upgrades = 1

        await ear.until(lambda: ear.discord.gateway.identified == 1)


# --- 8: the answer comes late ---------------------------------------------------------------------------------


async def test_fact_8_we_know_of_a_post_from_its_echo_before_the_library_returns() -> None:
    """With nothing left in its rate limit the library waits before it returns; the post stands there long since."""
    async with listening() as ear:
        ear.discord.rest.headers = lambda method, _path: (
            {"X-RateLimit-Limit": "1", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "0.6"}
            if method == "POST"
            else {}
        )
        async with asyncio.TaskGroup() as tasks:
            posting = tasks.create_task(ear.platform.post(KEY, ear.room, words("What helped you?")))
            [echo] = await ear.until_heard(HeardEcho)

            assert not posting.done()

        assert (echo.key, echo.id) == (KEY, posting.result().id)


# --- 9: a hung request, and which errors the library tries again ----------------------------------------------


async def test_fact_9_a_hung_request_of_the_library_blocks_its_channel() -> None:
    """It waits five minutes, and everything for the same channel waits behind it."""
    async with bare() as (fake, client, channel):
        released = asyncio.Event()
        fake.rest.expect("POST", POSTS, hung(released))
        async with asyncio.TaskGroup() as tasks:
            asked = len(fake.rest.seen)
            first = tasks.create_task(_sent(channel))
            async with asyncio.timeout(5):
                while len(fake.rest.seen) == asked:  # noqa: ASYNC110  # until the first one hangs over there
                    await asyncio.sleep(0)
            second = tasks.create_task(_sent(channel))
            done, _ = await asyncio.wait({first, second}, timeout=0.3)
            released.set()

        assert not done
        assert client.http._HTTPClient__session.timeout.total == 300


async def _sent(channel: discord.PartialMessageable) -> object:
    try:
        return await channel.send("hello")
    except (OSError, aiohttp.ClientError, discord.DiscordException):
        return None


async def test_fact_9_a_hung_post_of_ours_frees_its_channel() -> None:
    """After our own patience its fate is unknown, and the next post goes out."""
    async with listening(patience=0.3) as ear:
        released = asyncio.Event()
        ear.discord.rest.expect("POST", POSTS, hung(released))

        with pytest.raises(PlatformTrouble) as lost:
            await ear.platform.post(KEY, ear.room, words("One"))
        await ear.platform.post(PostKey("chat/q2"), ear.room, words("Two"))
        released.set()

        assert lost.value.unknown


@pytest.mark.parametrize(("status", "tries"), [(502, 2), (503, 1)])
async def test_fact_9_the_library_tries_some_errors_again_and_we_know_of_the_others(
    status: int, tries: int
) -> None:
    """502 is tried again under the same nonce, 503 comes to us: its fate is unknown."""
    async with listening() as ear:
        ear.discord.rest.expect("POST", POSTS, error(status, stands=True))
        try:
            await ear.platform.post(KEY, ear.room, words("One"))
            is_unknown = False
        except PlatformTrouble as trouble:
            is_unknown = trouble.unknown

        assert len(ear.discord.rest.asked("POST", POSTS)) == tries
        assert is_unknown == (tries == 1)
        assert len(ear.discord.posts()) == 1


# --- 10: what is missed is not told again ---------------------------------------------------------------------


async def test_fact_10_what_was_missed_is_read_back() -> None:
    """A session is lost: what was said, changed and deleted meanwhile is fetched, and the gap is told."""
    async with listening(speed=10) as ear:
        maren = ear.discord.world.join("Maren")
        kept, gone = await ear.discord.say(maren, "I stay"), await ear.discord.say(maren, "I go")
        await ear.until_heard(HeardMessage, 2)
        await ear.clock.sleep(10)  # what came a moment ago may not be in every history yet
        await ear.until(ear.platform.client.is_ready)
        ear.discord.gateway.forget_sessions()
        missed = await ear.discord.say(maren, "Nobody told you of me")
        await ear.discord.edit(kept, "I stay, changed")
        await ear.discord.delete(gone)
        ear.discord.gateway.refuse_resumes = 1
        await ear.discord.cut_all()

        await ear.until(lambda: any(gap.since for gap in ear.listener.of(HeardGap)))
        told = [heard async for heard in ear.platform.history(ear.room, ear.clock.now() - timedelta(hours=1))]

        assert missed in [heard.id for heard in told if isinstance(heard, HeardMessage)]
        assert [heard.id for heard in told if isinstance(heard, HeardEdit)] == [kept]
        assert await ear.platform.stands(ear.room, kept, None)
        assert not await ear.platform.stands(ear.room, gone, None)
        assert ear.discord.gateway.identified == 2


async def test_fact_10_an_empty_history_is_never_taken_for_a_post_that_is_not_there() -> None:
    """Without the permission to read history Discord shows an empty one: that is no answer, and it is named."""
    async with listening() as ear:
        await ear.platform.post(KEY, ear.room, words("What helped you?"))
        ear.discord.world.bot_may = USUAL & ~HISTORY
        channel = ear.platform.client.get_partial_messageable(int(ear.discord.channel))

        seen = [message async for message in channel.history()]
        with pytest.raises(PlatformTrouble) as untold:
            await ear.platform.look_up(KEY, ear.room, ear.clock.now() - timedelta(hours=1))

        assert seen == []
        assert untold.value.unknown
        assert [lack.name for lack in await ear.platform.lacks(ear.room)] == ["READ_MESSAGE_HISTORY"]


async def test_fact_10_a_history_that_shows_nothing_at_all_is_not_trusted() -> None:
    """With every permission, and still nothing to be seen: who knows what Discord does not show."""
    async with listening() as ear:
        look = await ear.platform.look_up(KEY, ear.room, ear.clock.now() - timedelta(hours=1))

        assert not look.shows


# --- and three more that the library does not promise ---------------------------------------------------------


async def test_everything_is_heard_in_the_order_in_which_it_was_said() -> None:
    """The library starts a task for each event, and they overtake one another; ours wait their turn."""
    async with listening() as ear:
        maren = ear.discord.world.join("Maren")
        said = [await ear.discord.say(maren, f"line {number}") for number in range(200)]

        heard = await ear.until_heard(HeardMessage, 200)

        assert [message.id for message in heard] == said


async def test_what_cannot_be_stored_is_heard_again_in_the_same_order() -> None:
    """While the disk is full nothing is lost and nothing overtakes."""
    async with listening() as ear:
        maren = ear.discord.world.join("Maren")
        ear.listener.full = True
        said = [await ear.discord.say(maren, f"line {number}") for number in range(20)]
        await ear.until(lambda: ear.listener.refused >= 20)
        ear.listener.full = False
        said += [await ear.discord.say(maren, f"later {number}") for number in range(20)]

        heard = await ear.until_heard(HeardMessage, 40)

        assert [message.id for message in heard] == said


@pytest.mark.parametrize(("case", "told"), [("token", "token"), ("intent", "Message Content Intent")])
async def test_who_is_refused_for_good_hears_it_once_and_clearly(case: str, told: str) -> None:
    """A wrong token or a missing intent ends with one line that says what to do, and no storm of attempts."""
    with pytest.raises(ExceptionGroup) as group:
        await _refused(case)

    refused = group.value.exceptions[0]
    assert isinstance(refused, PlatformTrouble)
    assert refused.permanent
    assert told in refused.reason


async def _refused(case: str) -> None:
    async with listening(ready=False, token="wrong" if case == "token" else "token") as ear:
        ear.discord.gateway.intents_allowed = case != "intent"
        try:
            async with asyncio.timeout(5):  # the refusal comes first and ends this
                await asyncio.get_running_loop().create_future()
        finally:
            assert ear.discord.gateway.identified <= 1
            assert len(ear.discord.rest.seen) <= 4
