"""What Slack, and whatever stands between us and it, does to a bot at work: the real library on a Slack of ours."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from adapters.slack import Settings, connect
from adapters.slack.platform import SlackPlatform
from bot.core.plan import CLOSING, TITLE, question_words
from bot.errors import PlatformTrouble
from bot.ports import HeardGap, HeardMessage, PostKey, RoomId
from bot.runtime.clock import DerivedIds
from tests.fakes.slack.server import (
    FakeSlack,
    Fault,
    broken,
    cut_short,
    garbled,
    limited,
    refused,
    settings_for,
)
from tests.fakes.slack.workspace import BOT_USER
from tests.fakes.slack.world import (
    ANDREW,
    CHANNEL,
    MEERA,
    ROOM,
    EmptyView,
    HurriedClock,
    Listener,
    World,
    a_plan,
    at_work,
    connected,
    text_content,
    workspace,
)

KEY = PostKey("chat/question/q1/slack")
OTHER = "C0OTHER"
IN_TIME = 15.0
TEXTS = {
    TITLE: "Working with arthritis",
    CLOSING: "What do you take home?",
    **{question_words(f"q{number}"): f"What about number {number}?" for number in range(1, 6)},
}


def alone(slack: FakeSlack, clock: HurriedClock, **settings: Any) -> SlackPlatform:
    """Return the platform, not connected."""
    given = Settings.model_validate(settings_for(slack, **settings))
    return connect(given, EmptyView(), clock, DerivedIds("slack"))


async def trouble_of(platform: SlackPlatform, room: RoomId = ROOM) -> PlatformTrouble:
    """Return what a post came to that did not go well."""
    with pytest.raises(PlatformTrouble) as trouble:
        await platform.post(KEY, room, text_content("Q1"))
    return trouble.value


# --- between us and Slack ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        cut_short(),
        garbled('{"ok": tr'),
        garbled(""),
        garbled("[]"),
        garbled('{"ok": true}'),
        garbled("<html>Please log in</html>", mime="text/html"),
    ],
    ids=lambda fault: str(fault.body) or "nothing",
)
async def test_an_answer_that_cannot_be_read_leaves_doubt_and_the_post_is_found(fault: Fault) -> None:
    """Cut short, no JSON, no id, a page of somebody else's: it may stand, and the channel says that it does."""
    async with workspace() as (slack, clock):
        slack.expect("chat.postMessage", fault)
        platform = alone(slack, clock)

        trouble = await trouble_of(platform)
        look = await platform.look_up(KEY, ROOM, clock.now())

        assert (trouble.unknown, trouble.permanent) == (True, False)
        assert len(look.copies) == 1


@pytest.mark.parametrize("status", [403, 407, 511])
async def test_what_a_proxy_says_is_not_what_slack_says(status: int) -> None:
    """A page in Slack's place gives up no post."""
    async with workspace() as (slack, clock):
        slack.expect("chat.postMessage", broken(status))

        assert not (await trouble_of(alone(slack, clock))).permanent


@pytest.mark.parametrize("fault", [garbled("<html>", mime="text/html"), garbled("[]"), cut_short()])
async def test_a_history_that_cannot_be_read_is_trouble(fault: Fault) -> None:
    """Nobody concludes from it that a post is not there."""
    async with workspace() as (slack, clock):
        slack.expect("conversations.history", fault)

        with pytest.raises(PlatformTrouble) as trouble:
            await alone(slack, clock).look_up(KEY, ROOM, clock.now())

        assert not trouble.value.permanent


async def test_a_line_that_cannot_be_made_secure_was_surely_not_used() -> None:
    """A handshake that fails comes before anything is said: there is no doubt to wait for."""
    async with workspace() as (slack, clock):
        platform = alone(slack, clock, api=slack.url.replace("http:", "https:") + "/api/")

        trouble = await trouble_of(platform)

        assert (trouble.unknown, trouble.permanent) == (False, False)


async def test_a_socket_that_went_silent_is_left_and_the_room_is_read_back() -> None:
    """Open, but nothing comes through: after two heartbeats there is another one, and a gap with its beginning."""
    intake = Listener()
    async with workspace() as (slack, clock), connected(slack, clock, intake):
        slack.go_silent()
        await slack.until(lambda: len(slack.tried_addresses) == 2 and slack.lines, "another socket")
        await slack.say(MEERA, CHANNEL, "Anybody here?")
        await slack.until(lambda: intake.of(HeardMessage))

        assert any(gap.since for gap in intake.of(HeardGap))


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
async def test_a_socket_that_slack_ends_is_followed_by_another(reason: str) -> None:
    """Whatever reason it gives: nothing that is said from then on is missed."""
    intake = Listener()
    async with workspace() as (slack, clock), connected(slack, clock, intake):
        await slack.ask_to_leave(reason)
        await slack.until(lambda: len(slack.tried_addresses) == 2 and slack.lines, "another socket")
        await slack.say(MEERA, CHANNEL, "Still here")
        await slack.until(lambda: intake.of(HeardMessage))


# --- what Slack asks for ------------------------------------------------------------------------------------------


async def test_an_hour_of_patience_is_told_and_holds_up_no_other_channel() -> None:
    """The wait is named so that moderators know what to expect; the next channel is served at once."""
    async with workspace() as (slack, clock):
        slack.workspace.add_channel(OTHER)
        slack.expect("chat.postMessage", limited(3_600))
        platform = alone(slack, clock)

        trouble = await trouble_of(platform)
        await platform.post(KEY, RoomId(f"slack/{OTHER}"), text_content("Q1"))

        assert (trouble.retry_after, trouble.permanent) == (3_600, False)
        assert "3600 s" in trouble.reason
        assert slack.shown(OTHER) == ["Q1"]


# --- in the middle of a chat --------------------------------------------------------------------------------------


@asynccontextmanager
async def two_channels() -> AsyncIterator[World]:
    """Give a chat in two channels whose doors are open."""
    async with at_work() as world:
        world.slack.workspace.add_channel(OTHER)
        await world.service.plan(a_plan(rooms=(ROOM, RoomId(f"slack/{OTHER}"))), dict(TEXTS), None)
        await world.slack.slash(ANDREW, CHANNEL, "moderate")
        await world.until(1)
        yield world


@pytest.mark.parametrize("word", ["is_archived", "channel_not_found", "not_in_channel"])
async def test_a_channel_that_is_gone_stops_no_other_channel(word: str) -> None:
    """Archived, deleted, or the app was taken out: moderators read it, and the chat goes on where it can."""
    async with two_channels() as world:
        here = world.slack.workspace.channels[CHANNEL]
        match word:
            case "is_archived":
                here.is_archived = True
            case "channel_not_found":
                del world.slack.workspace.channels[CHANNEL]
            case _:
                here.members.discard(BOT_USER)

        await world.until(7)
        card = repr((await world.view.state(ROOM, ANDREW)).card)

        assert any(text.startswith("Q1") for text in world.slack.shown(OTHER))
        assert word in card


async def test_a_token_that_is_revoked_in_the_middle_ends_the_run_and_gives_up_no_post() -> None:
    """The post that was refused is not given up: it is sent once there is a token that counts."""
    troubles: list[PlatformTrouble] = []

    async def post(slack: FakeSlack, platform: SlackPlatform) -> None:
        slack.expect("chat.postMessage", refused("token_revoked"))
        troubles.append(await trouble_of(platform))

    with pytest.raises(ExceptionGroup) as ended:
        await listen_until_the_end(post)

    assert not troubles[0].permanent
    assert ended.group_contains(PlatformTrouble, match="Install the app again")


@pytest.mark.parametrize(
    "event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}]
)
async def test_an_app_that_is_taken_out_of_the_workspace_ends_the_run(event: dict[str, Any]) -> None:
    """Slack tells of it: nothing is asked any more."""
    with pytest.raises(ExceptionGroup) as ended:
        await listen_until_the_end(lambda slack, _: slack.happen(event | {"event_ts": slack.workspace.ts()}))

    assert ended.group_contains(PlatformTrouble, match="Install the app again")


async def test_a_link_that_is_disabled_ends_the_run() -> None:
    """Socket Mode was switched off, or the app-level token is void: Slack says so when the next socket is asked for."""

    async def disable(slack: FakeSlack, _: SlackPlatform) -> None:
        slack.expect("apps.connections.open", refused("not_allowed_token_type"))
        await slack.ask_to_leave("link_disabled")

    with pytest.raises(ExceptionGroup) as ended:
        await listen_until_the_end(disable)

    assert ended.group_contains(PlatformTrouble, match="switch Socket Mode on")


async def test_a_person_who_leaves_the_workspace_ends_nothing() -> None:
    """Tokens of people are revoked all the time; only our own concerns us."""
    intake = Listener()
    async with workspace() as (slack, clock), connected(slack, clock, intake):
        event = {"type": "tokens_revoked", "tokens": {"oauth": [MEERA]}, "event_ts": slack.workspace.ts()}
        await slack.happen(event)
        await slack.say(MEERA, CHANNEL, "Still here")
        await slack.until(lambda: intake.of(HeardMessage))


async def listen_until_the_end(first: Callable[[FakeSlack, SlackPlatform], Awaitable[None]]) -> None:
    """Listen, have *first* happen, and stay until the run ends by itself. Raises: ExceptionGroup."""
    async with (
        asyncio.timeout(IN_TIME),
        workspace() as (slack, clock),
        connected(slack, clock, Listener()) as platform,
    ):
        await first(slack, platform)
        await asyncio.Event().wait()


async def test_a_huge_message_is_heard_whole() -> None:
    """The longest that Slack keeps in one piece."""
    text = ("A1 " + "pacing 🌿 " * 5_000)[:40_000].strip()
    intake = Listener()
    async with workspace() as (slack, clock), connected(slack, clock, intake):
        await slack.say(MEERA, CHANNEL, text)
        await slack.until(lambda: intake.of(HeardMessage))

        assert intake.texts == [text]
