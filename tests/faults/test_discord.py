"""What Discord, and whatever stands between us and it, does to a bot at work: the real library on a Discord of ours."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from discord.http import Route

from bot.errors import PlatformTrouble
from bot.ports import HeardDeletion, HeardGap, HeardMessage, PostKey, RoomId
from tests.fakes.discord.house import QUESTIONS, DiscordHouse, at_work
from tests.fakes.discord.listener import Ear, listening, words
from tests.fakes.discord.rest import Fault, limited, page, refused
from tests.fakes.discord.world import GUILD, SEND, USUAL, VIEW

POSTS = r"/channels/\d+/messages"
KEY = PostKey("chat/q1")
IN_TIME = 15.0


def posts_in(channel: str) -> str:
    """Return the address that posts in *channel* go to."""
    return f"/channels/{channel}/messages"


async def trouble_of(ear: Ear, room: RoomId | None = None) -> PlatformTrouble:
    """Return what a post came to that did not go well."""
    with pytest.raises(PlatformTrouble) as trouble:
        await ear.platform.post(KEY, room or ear.room, words("What helped you?"))
    return trouble.value


# --- between us and Discord -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="truncated", stands=True),
        Fault(kind="rubbish", stands=True),
        page(stands=True),
    ],
    ids=lambda fault: fault.kind,
)
async def test_an_answer_that_cannot_be_read_leaves_doubt_and_one_post(fault: Fault) -> None:
    """Cut short, no JSON, a page of somebody else's: it may stand, and sent again it stands once."""
    async with listening() as ear:
        ear.discord.rest.expect("POST", POSTS, fault)

        trouble = await trouble_of(ear)
        receipt = await ear.platform.post(KEY, ear.room, words("What helped you?"))

        assert (trouble.unknown, trouble.permanent) == (True, False)
        assert [post["id"] for post in ear.discord.posts()] == [receipt.id]


@pytest.mark.parametrize("status", [403, 407, 511])
async def test_what_a_proxy_or_a_hotel_says_is_not_what_discord_says(status: int) -> None:
    """A page in Discord's place gives up no post, and is not taken for a refusal."""
    async with listening() as ear:
        ear.discord.rest.expect("POST", POSTS, page(status))

        assert not (await trouble_of(ear)).permanent
        await ear.platform.post(KEY, ear.room, words("What helped you?"))

        assert len(ear.discord.posts()) == 1


async def test_a_history_that_is_a_page_of_somebody_elses_is_trouble() -> None:
    """Nobody concludes from it that a post is not there."""
    async with listening() as ear:
        ear.discord.rest.expect("GET", POSTS, page())

        with pytest.raises(PlatformTrouble) as trouble:
            await ear.platform.look_up(KEY, ear.room, ear.clock.now() - timedelta(minutes=5))

        assert trouble.value.unknown


async def test_a_line_that_cannot_be_made_secure_was_surely_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handshake that fails comes before anything is said: there is no doubt to wait for."""
    async with listening() as ear:
        monkeypatch.setattr(Route, "BASE", ear.discord.api.replace("http:", "https:"))

        trouble = await trouble_of(ear)

        assert (trouble.unknown, trouble.permanent) == (False, False)


def test_a_name_without_an_address_is_a_line_that_was_never_made() -> None:
    """No test may ask for names of other machines; the library tells of both in the same way."""
    assert issubclass(aiohttp.ClientConnectorDNSError, aiohttp.ClientConnectorError)
    assert issubclass(aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorError)


async def test_a_line_that_went_silent_is_left_and_nothing_is_missed() -> None:
    """The router forgot the connection and nobody was told: a new one is made, and it tells what was said."""
    async with listening() as ear:
        ana = ear.discord.world.join("Ana")
        ear.platform.client.ws._max_heartbeat_timeout = 0.3  # a minute, as the library has it
        await ear.discord.say(ana, "one")
        await ear.until_heard(HeardMessage)
        ear.discord.gateway.go_silent()
        await ear.discord.say(ana, "two")

        heard = await ear.until_heard(HeardMessage, 2)

        assert [one.text for one in heard] == ["one", "two"]
        assert ear.discord.gateway.resumed


async def test_after_a_silent_line_and_a_lost_session_moderators_learn_since_when_we_were_blind() -> None:
    """Nobody tells what was said meanwhile: the gap has a beginning, and the room is read back."""
    async with listening() as ear:
        ana = ear.discord.world.join("Ana")
        ear.platform.client.ws._max_heartbeat_timeout = 0.3
        await ear.discord.say(ana, "one")
        await ear.until_heard(HeardMessage)
        ear.discord.gateway.go_silent()
        ear.discord.gateway.forget_sessions()

        await ear.until(lambda: any(gap.since for gap in ear.listener.of(HeardGap)))


# --- what Discord asks for ----------------------------------------------------------------------------------------


async def test_an_hour_of_patience_is_told_and_holds_up_no_other_room() -> None:
    """The wait is named so that moderators know what to expect; one request, and the next room is served at once."""
    async with listening() as ear:
        other = ear.discord.world.add_channel("other")
        ear.discord.rest.expect("POST", posts_in(ear.discord.channel), limited(3_600))

        trouble = await trouble_of(ear)
        await ear.platform.post(KEY, RoomId(f"discord/{other}"), words("What helped you?"))

        assert (trouble.retry_after, trouble.permanent) == (3_600, False)
        assert "3600 s" in trouble.reason
        assert len(ear.discord.rest.asked("POST", posts_in(ear.discord.channel))) == 1
        assert len(ear.discord.posts(other)) == 1


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (200_000, "AutoMod"),
        (240_000, "link"),
        (160_005, "locked"),
        (50_083, "archived"),
        (50_013, "may not do that"),
    ],
)
async def test_a_refusal_by_the_rules_of_a_server_says_which_rule(code: int, says: str) -> None:
    """Blocked by a filter, by a locked thread, or because the bot was told to be quiet."""
    async with listening() as ear:
        ear.discord.rest.expect("POST", POSTS, refused(code))

        trouble = await trouble_of(ear)

        assert says in trouble.reason
        assert trouble.permanent


# --- in the middle of a chat -----------------------------------------------------------------------------------


@asynccontextmanager
async def two_rooms() -> AsyncIterator[tuple[DiscordHouse, str, str]]:
    """Give a chat in two channels that has begun, its second channel and a moderator."""
    async with at_work() as house:
        other = house.discord.world.add_channel("other")
        await house.discord.gateway.tell("CHANNEL_CREATE", house.discord.world.channels[other])
        ada = house.discord.world.join("Ada", moderator=True)
        await house.plan(rooms=(house.room, RoomId(f"discord/{other}")))
        await house.command(ada, "start")
        await house.until(
            lambda: all("Welcome to" in str(said(house, here)) for here in (house.discord.channel, other))
        )
        yield house, other, ada


def said(house: DiscordHouse, channel: str) -> list[str]:
    """Return the first line of everything that the bot posted in *channel*."""
    return [post["content"].split("\n")[0] for post in house.discord.posts(channel)]


async def test_a_channel_that_is_deleted_stops_no_other_room() -> None:
    """The moderators read that the post is missing, and why; the chat goes on where it can."""
    async with two_rooms() as (house, other, ada):
        gone = house.discord.world.channels.pop(house.discord.channel)
        house.discord.channel = other  # where the moderator goes on
        await house.discord.gateway.tell("CHANNEL_DELETE", gone)

        await house.command(ada, "next")
        await house.until(lambda: asks(house, other, 1) and house.chat.failed)

        assert "no such channel" in await card(house, ada)


async def test_a_permission_that_is_taken_away_is_named() -> None:
    """By the name that Discord's own settings show; given back, the next question is asked again."""
    async with two_rooms() as (house, other, ada):
        house.discord.world.bot_may = USUAL & ~SEND
        await house.command(ada, "next")
        await house.until(lambda: len(house.chat.failed) == 2)
        told = await card(house, ada)
        house.discord.world.bot_may = USUAL
        await house.command(ada, "next")
        await house.until(lambda: asks(house, other, 2) and asks(house, house.discord.channel, 2))

        assert "SEND_MESSAGES" in told
        assert not asks(house, other, 1)


def asks(house: DiscordHouse, channel: str, number: int) -> bool:
    """Return whether question *number* was asked in *channel*."""
    return any(f"Q{number}" in line for line in said(house, channel))


async def card(house: DiscordHouse, who: str) -> str:
    """Return everything on the card of *who*."""
    return repr((await house.view.state(house.room, who)).card)


async def test_a_server_that_is_away_for_a_while_is_waited_for() -> None:
    """Discord takes a server offline and brings it back: nothing ends, and people are heard again."""
    async with listening() as ear:
        ana = ear.discord.world.join("Ana")
        await ear.discord.gateway.tell("GUILD_DELETE", {"id": str(GUILD), "unavailable": True})
        await ear.discord.gateway.tell("GUILD_CREATE", ear.discord.world.guild())
        await ear.discord.say(ana, "Back again")

        [heard] = await ear.until_heard(HeardMessage)

        assert heard.text == "Back again"


async def test_a_bot_that_was_kicked_says_so_and_is_heard_again_once_invited() -> None:
    """Its posts fail with what to do, and the run goes on: it may have other servers."""
    async with listening() as ear:
        ear.discord.world.bot_may = USUAL & ~VIEW
        await ear.discord.gateway.tell("GUILD_DELETE", {"id": str(GUILD)})

        trouble = await trouble_of(ear)
        assert trouble.permanent
        assert "View Channel" in trouble.reason

        ear.discord.world.bot_may = USUAL
        await ear.discord.gateway.tell("GUILD_CREATE", ear.discord.world.guild())
        await ear.discord.say(ear.discord.world.join("Ana"), "Welcome back")
        await ear.until_heard(HeardMessage)
        await ear.platform.post(KEY, ear.room, words("What helped you?"))


async def test_a_token_that_counts_no_more_ends_the_run_and_gives_up_no_post() -> None:
    """After one refusal nothing is asked any more, or Discord would ban the address; what waits is sent later."""
    troubles: list[PlatformTrouble] = []

    async def speak(ear: Ear) -> None:
        ear.discord.rest.revoked = True
        troubles.extend([await trouble_of(ear), await trouble_of(ear)])
        assert len(ear.discord.rest.asked("POST", POSTS)) == 1

    with pytest.raises(ExceptionGroup) as ended:
        await listen_until_the_end(speak)

    assert [trouble.permanent for trouble in troubles] == [False, False]
    assert ended.group_contains(PlatformTrouble, match="copy it anew")


async def test_a_token_that_was_reset_ends_the_run() -> None:
    """Discord closes the line with its number for that: we do not try again."""
    with pytest.raises(ExceptionGroup) as ended:
        await listen_until_the_end(lambda ear: ear.discord.gateway.turn_away(4004))

    assert ended.group_contains(PlatformTrouble, match="copy it anew")


async def listen_until_the_end(first: Callable[[Ear], Awaitable[None]]) -> None:
    """Listen, have *first* happen, and stay until the run ends by itself. Raises: ExceptionGroup."""
    async with asyncio.timeout(IN_TIME), listening() as ear:
        await first(ear)
        await asyncio.Event().wait()


async def test_everybody_who_was_banned_with_their_messages_is_gone_from_the_room() -> None:
    """Discord tells of it as one deletion of many; each is heard."""
    async with listening() as ear:
        ana = ear.discord.world.join("Ana")
        messages = [await ear.discord.say(ana, f"{number}") for number in range(60)]
        await ear.discord.delete(*messages)

        gone = await ear.until_heard(HeardDeletion, 60)

        assert {one.id for one in gone} == set(messages)


async def test_a_huge_message_is_heard_whole() -> None:
    """The longest that anybody can write there, with as many attachments as it takes."""
    text = "A1 " + "pacing 🌿 " * 450
    attachment = {
        "id": "1",
        "filename": "photo.png",
        "size": 1,
        "url": "",
        "proxy_url": "",
        "content_type": "image/png",
    }
    async with listening() as ear:
        ana = ear.discord.world.join("Ana")
        embed = {"type": "rich", "description": "x" * 4_096}
        await ear.discord.say(ana, text[:4_000], attachments=[attachment] * 25, embeds=[embed] * 10)

        [heard] = await ear.until_heard(HeardMessage)

        assert heard.text.startswith(text[:4_000].strip())


@pytest.mark.parametrize(("code", "status"), [(10_062, 404), (40_060, 400), (50_027, 401)])
async def test_an_answer_that_comes_too_late_for_discord_stops_nobody(code: int, status: int) -> None:
    """Expired, answered already, its token void: the command counts all the same, and the next one is answered."""
    async with at_work() as house:
        ada = house.discord.world.join("Ada", moderator=True)
        await house.plan()
        house.discord.rest.expect("POST", r"/interactions/.*", refused(code, status))
        await house.discord.slash(ada, "start")
        await house.until_posted("Welcome to")

        await house.command(ada, "next")

        await house.until_posted(QUESTIONS[0])


async def test_a_room_of_ten_thousand_costs_what_speaks_in_it() -> None:
    """Nobody who only reads is kept in memory; a message that mentions a crowd is one message."""
    async with listening() as ear:
        crowd = [ear.discord.world.join(f"Person {number}") for number in range(500)]
        mentioned = " ".join(f"<@{id}>" for id in crowd)[:4_000]
        await ear.discord.say(
            crowd[0], mentioned, mentions=[ear.discord.world.users[id] for id in crowd[:100]]
        )

        [heard] = await ear.until_heard(HeardMessage)

        assert "Person 7" in heard.text
        [guild] = ear.platform.client.guilds
        assert len(guild.members) <= 1
