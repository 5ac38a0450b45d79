"""The facts that shaped the Slack adapter, each shown on the real library first and then on what we made of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import Settings, connect
from adapters.slack.inbox import MOST_WAITING
from bot.errors import PlatformTrouble, StoreTrouble
from bot.ports import Heard, HeardEcho, HeardGap, HeardMessage, Look, PostKey, Reply
from bot.runtime.clock import DerivedIds
from tests.fakes.slack.server import APP_TOKEN, BOT_TOKEN, FakeSlack, broken, dropped, settings_for, silent
from tests.fakes.slack.world import (
    ANDREW,
    CHANNEL,
    MEERA,
    ROOM,
    EmptyView,
    HurriedClock,
    Listener,
    at_work,
    connected,
    text_content,
    workspace,
)
from tests.unit.runtime.house import at

KEY = PostKey("chat/question/q1/slack")


def web_client(slack: FakeSlack, **given: Any) -> AsyncWebClient:
    """Return the library's own client, as it comes."""
    return AsyncWebClient(token=BOT_TOKEN, base_url=f"{slack.url}/api/", **given)


@asynccontextmanager
async def bolt(
    slack: FakeSlack, set_up: Callable[[AsyncApp], None], **given: Any
) -> AsyncIterator[AsyncSocketModeHandler]:
    """Give a Bolt app, connected, as its own tutorial makes one."""
    app = AsyncApp(client=web_client(slack), **given)
    set_up(app)
    handler = AsyncSocketModeHandler(app, APP_TOKEN, ping_interval=0.2)
    await handler.connect_async()
    await slack.until(lambda: slack.lines)
    try:
        yield handler
    finally:
        await handler.close_async()


def alone(slack: FakeSlack, clock: HurriedClock, **settings: Any) -> Any:
    """Return our platform, not connected."""
    given = Settings.model_validate(settings_for(slack, **settings))
    return connect(given, EmptyView(), clock, DerivedIds("slack"))


# --- 1: the library posts twice ------------------------------------------------------------------------------


async def test_the_library_posts_twice_when_an_answer_is_lost() -> None:
    """As it comes, Slack's library repeats a post whose answer was lost, and says nothing of it."""
    async with workspace() as (slack, _):
        slack.expect("chat.postMessage", dropped(done=True))
        await web_client(slack).chat_postMessage(channel=CHANNEL, text="Q1")

        assert slack.shown(CHANNEL) == ["Q1", "Q1"]


async def test_the_library_posts_twice_after_an_error_of_the_server() -> None:
    """Asked to retry server errors, the library repeats a post that was stored all the same."""
    async with workspace() as (slack, _):
        slack.expect("chat.postMessage", broken(503, done=True))
        client = web_client(slack, retry_handlers=[AsyncServerErrorRetryHandler()])
        await client.chat_postMessage(channel=CHANNEL, text="Q1")

        assert slack.shown(CHANNEL) == ["Q1", "Q1"]


@pytest.mark.parametrize("fault", [dropped(done=True), broken(502, done=True), broken(503, done=True)])
async def test_our_post_is_made_once_and_called_unknown(fault: Any) -> None:
    """A post whose answer is lost stands once, and is called unknown, so that history is asked."""
    async with workspace() as (slack, clock):
        slack.expect("chat.postMessage", fault)
        platform = alone(slack, clock)
        with pytest.raises(PlatformTrouble) as trouble:
            await platform.post(KEY, ROOM, text_content("Q1"))

        assert trouble.value.unknown
        assert slack.shown(CHANNEL) == ["Q1"]
        [copy] = (await platform.look_up(KEY, ROOM, clock.now())).copies
        assert copy.via == "history"


async def test_a_refused_connection_was_surely_not_sent() -> None:
    """Where nobody listens, nothing was posted: there is no doubt to wait for."""
    async with workspace() as (slack, clock):
        platform = alone(slack, clock, api="http://127.0.0.1:9/api/")
        with pytest.raises(PlatformTrouble) as trouble:
            await platform.post(KEY, ROOM, text_content("Q1"))

        assert (trouble.value.unknown, trouble.value.permanent) == (False, False)


# --- 3: acknowledged before stored ---------------------------------------------------------------------------


async def test_bolt_acknowledges_before_a_listener_has_run() -> None:
    """As it comes, Bolt tells Slack "taken" while its listener is still at work: a crash then loses the message."""
    gate = asyncio.Event()

    def set_up(app: AsyncApp) -> None:
        @app.event("message")
        async def slow(body: dict[str, Any]) -> None:
            await gate.wait()

    async with workspace() as (slack, _), bolt(slack, set_up):
        await slack.say(MEERA, CHANNEL, "Hello")
        await slack.until(lambda: slack.envelopes and not slack.unacknowledged)
        gate.set()


class Gated(Listener):
    """An intake whose store is slow, or full."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.reached = 0
        self.troubles = 0

    async def hear(self, heard: Heard) -> Reply:
        """Take *heard* once the gate is open; as often as there are troubles, do not."""
        self.reached += 1
        await self.gate.wait()
        if self.troubles:
            self.troubles -= 1
            raise StoreTrouble("the disk is full")
        return await super().hear(heard)


async def test_we_acknowledge_only_what_is_stored() -> None:
    """A message that is not stored yet is not acknowledged; once it is, it is."""
    intake = Gated()
    async with workspace() as (slack, clock), connected(slack, clock, intake):
        await slack.say(MEERA, CHANNEL, "Hello")
        await slack.until(lambda: intake.reached)
        assert slack.unacknowledged
        intake.gate.set()
        await slack.until(lambda: not slack.unacknowledged)


async def test_what_a_full_disk_refused_is_tried_again_in_order() -> None:
    """While nothing can be stored, messages wait unacknowledged and are stored in order once there is room."""
    intake = Gated()
    intake.troubles = 4  # the gap at the start, and the three messages
    async with workspace() as (slack, clock), connected(slack, clock, intake):
        for number in range(3):
            await slack.say(MEERA, CHANNEL, f"{number}")
        intake.gate.set()
        await slack.until(lambda: not slack.unacknowledged)

        assert intake.texts == ["0", "1", "2"]


async def test_a_message_that_comes_twice_is_kept_once() -> None:
    """Slack may deliver a message more than once, and Bolt runs every time; the room holds it once."""
    async with at_work() as world:
        from tests.e2e.test_slack import TEXTS, a_plan, standing  # noqa: PLC0415  # the same plan

        await world.service.plan(a_plan(), dict(TEXTS), None)
        await world.until(7)
        world.slack.twice = True
        await world.slack.say(MEERA, CHANNEL, "A1 Pacing")
        await world.slack.until(lambda: not world.slack.unacknowledged)

        assert list((await standing(world)).values()) == ["A1 Pacing"]


async def test_when_there_is_no_room_to_wait_nothing_is_acknowledged() -> None:
    """More than can wait is left to Slack, which delivers it again, and we ask for the histories to be read."""
    intake = Gated()
    async with workspace() as (slack, clock), connected(slack, clock, intake) as platform:
        assert platform.name == "slack"
        for number in range(MOST_WAITING + 300):
            await slack.say(MEERA, CHANNEL, f"{number}")
        await slack.until(lambda: len(slack.workspace.channels[CHANNEL].messages) > MOST_WAITING)
        intake.gate.set()
        await slack.until(lambda: any(gap.since for gap in intake.of(HeardGap)), "word of the flood")
        told = [one async for one in platform.history(ROOM, at(-120)) if isinstance(one, HeardMessage)]

        assert len({one.id for one in told}) == MOST_WAITING + 300
        assert len([gap for gap in intake.of(HeardGap) if gap.since]) == 1


# --- 4: what nobody listens to is never acknowledged ---------------------------------------------------------


async def a_change_and_a_reaction(slack: FakeSlack) -> None:
    """Have somebody write, change it, react to it, and take it back."""
    id = await slack.say(MEERA, CHANNEL, "Hello")
    await slack.edit(CHANNEL, id, "Hello all")
    await slack.react(MEERA, CHANNEL, id, "bulb")
    await slack.delete(CHANNEL, id)


async def test_bolt_does_not_acknowledge_what_nobody_listens_to() -> None:
    """As it comes, Bolt leaves events without a listener unacknowledged, and Slack counts failures."""
    async with workspace() as (slack, _), bolt(slack, lambda app: None):
        await a_change_and_a_reaction(slack)
        await slack.until(lambda: len(slack.unacknowledged) == 4)


async def test_we_acknowledge_everything() -> None:
    """Changes, reactions, deletions and events that concern no chat are all acknowledged."""
    async with workspace() as (slack, clock), connected(slack, clock, Listener()):
        await a_change_and_a_reaction(slack)
        await slack.happen({"type": "channel_rename", "event_ts": slack.workspace.ts()})
        await slack.happen({"type": "message", "channel": "C0ELSEWHERE", "event_ts": slack.workspace.ts()})
        await slack.until(lambda: len(slack.envelopes) == 6 and not slack.unacknowledged)


async def test_an_event_that_cannot_be_read_is_acknowledged_and_passed_over() -> None:
    """A payload of a shape nobody expected stops nothing: the next message is heard."""
    intake = Listener()
    async with workspace() as (slack, clock), connected(slack, clock, intake):
        await slack.happen({"type": "message", "channel": ["no", "text"], "event_ts": slack.workspace.ts()})
        await slack.say(MEERA, CHANNEL, "Hello")
        await slack.until(lambda: intake.of(HeardMessage) and not slack.unacknowledged)


# --- 5: deaf for ever ------------------------------------------------------------------------------------------


async def test_the_library_tries_a_dead_address_for_ever() -> None:
    """As it comes, the library never asks for another address when the one it got is dead."""
    async with workspace() as (slack, _):
        slack.dead_addresses = 1
        app = AsyncApp(client=web_client(slack))
        handler = AsyncSocketModeHandler(app, APP_TOKEN, ping_interval=0.05)
        async with asyncio.TaskGroup() as tasks:
            connecting = tasks.create_task(handler.connect_async())
            await slack.until(lambda: len(slack.tried_addresses) >= 4)
            connecting.cancel()
        await handler.close_async()

        assert set(slack.tried_addresses) == {"1"}
        assert len(slack.requests("apps.connections.open")) == 1


@pytest.mark.parametrize("kind", ["dead_addresses", "mute_addresses"])
async def test_we_leave_a_dead_address_for_a_new_one(kind: str) -> None:
    """An address that refuses, or that never says hello, is left within seconds."""
    intake = Listener()
    async with workspace() as (slack, clock):
        setattr(slack, kind, 2)
        async with connected(slack, clock, intake):
            await slack.say(MEERA, CHANNEL, "Hello")
            await slack.until(lambda: intake.of(HeardMessage))

            assert len(slack.requests("apps.connections.open")) == 3


async def test_a_wrong_app_token_is_said_once_and_not_tried_again() -> None:
    """The library would try a wrong token for ever; we say which token it is, and stop."""
    async with workspace() as (slack, clock):
        platform = alone(slack, clock, app_token="xapp-wrong")
        with pytest.raises(PlatformTrouble, match="app-level token") as trouble:
            await platform.run(Listener())

        assert trouble.value.permanent
        assert len(slack.requests("apps.connections.open")) == 1


async def test_a_wrong_bot_token_is_said_once_and_not_tried_again() -> None:
    """A token that Slack does not know ends the run with one line."""
    async with workspace() as (slack, clock):
        with pytest.raises(PlatformTrouble, match="the bot token") as trouble:
            await alone(slack, clock, bot_token="xoxb-wrong").run(Listener())

        assert trouble.value.permanent
        assert [method for method, _ in slack.asked] == ["auth.test"]


async def test_a_missing_scope_is_named_and_nothing_is_tried() -> None:
    """An app without the right to read reactions says so, and how to mend it, before anything else."""
    async with workspace() as (slack, clock):
        slack.scopes = slack.scopes.replace("reactions:read,", "")
        with pytest.raises(PlatformTrouble, match=r"lacks scopes: reactions:read\. Add them"):
            await alone(slack, clock).run(Listener())

        assert not slack.tried_addresses


# --- order, echoes, gaps --------------------------------------------------------------------------------------


async def test_messages_are_heard_in_the_order_in_which_they_came() -> None:
    """Two hundred messages of people whose names take their time are heard in order."""
    intake = Listener()
    async with workspace() as (slack, clock), connected(slack, clock, intake):
        gate = asyncio.Event()
        slack.expect("users.info", silent(gate, done=False))
        for number in range(200):
            await slack.say((MEERA, ANDREW)[number % 2], CHANNEL, f"{number}")
        gate.set()
        await slack.until(lambda: not slack.unacknowledged)

        assert intake.texts == [str(number) for number in range(200)]


async def test_our_own_post_comes_back_with_its_key() -> None:
    """Slack tells us of our own posts; their marker says which they are."""
    intake = Listener()
    async with workspace() as (slack, clock), connected(slack, clock, intake) as platform:
        receipt = await platform.post(KEY, ROOM, text_content("Q1"))
        await slack.until(lambda: intake.of(HeardEcho))

        assert [(echo.key, echo.id) for echo in intake.of(HeardEcho)] == [(KEY, receipt.id)]


async def test_an_announced_change_of_sockets_is_no_gap() -> None:
    """Slack renews sockets every few hours: moderators are not bothered with that, and nothing is missed."""
    intake = Listener()
    async with workspace() as (slack, clock), connected(slack, clock, intake):
        await slack.ask_to_leave()
        await slack.until(lambda: len(slack.tried_addresses) == 2 and slack.lines)
        await slack.say(MEERA, CHANNEL, "Still here")
        await slack.until(lambda: intake.of(HeardMessage))

        assert all(gap.quiet for gap in intake.of(HeardGap) if gap.since)


async def test_what_slack_was_too_busy_to_tell_is_fetched() -> None:
    """Above its hourly number of events Slack only says that it tells no more: then histories are read."""
    intake = Listener()
    async with workspace() as (slack, clock), connected(slack, clock, intake):
        slack.workspace.write(CHANNEL, {"user": MEERA, "text": "Said in the rush"})
        await slack.tell({"type": "app_rate_limited", "minute_rate_limited": 1})
        await slack.until(lambda: any(gap.since for gap in intake.of(HeardGap)))
        [gap] = [gap for gap in intake.of(HeardGap) if gap.since]

        assert gap.quiet


async def test_what_was_said_before_we_came_is_fetched() -> None:
    """A bot that comes back after a crash reads what it missed."""
    intake = Listener()
    async with workspace() as (slack, clock):
        first = await slack.say(MEERA, CHANNEL, "Anybody here?")
        await slack.say(ANDREW, CHANNEL, "The bot is down", thread=first)
        async with connected(slack, clock, intake) as platform:
            await slack.until(lambda: intake.of(HeardGap))
            told = [one async for one in platform.history(ROOM, at(-120)) if isinstance(one, HeardMessage)]

        assert [gap.since for gap in intake.of(HeardGap)] == [None]
        assert [one.text for one in told] == ["Anybody here?", "The bot is down"]


async def test_late_and_backward_deliveries_end_the_same() -> None:
    """A deletion before its message, an edit before what it changes: the room ends as it stands on Slack."""
    async with at_work() as world:
        from tests.e2e.test_slack import TEXTS, a_plan, standing  # noqa: PLC0415  # the same plan

        await world.service.plan(a_plan(), dict(TEXTS), None)
        await world.until(7)
        world.slack.held = []
        gone = await world.slack.say(MEERA, CHANNEL, "I take this back")
        stays = await world.slack.say(MEERA, CHANNEL, "A1 Pacing")
        await world.slack.edit(CHANNEL, stays, "A1 Pacing, and rest")
        await world.slack.delete(CHANNEL, gone)
        await world.slack.release(backwards=True)
        await world.slack.until(lambda: not world.slack.unacknowledged)

        assert await standing(world) == {stays: "A1 Pacing, and rest"}


# --- 10 and 11: blind histories, silent schedulers -------------------------------------------------------------


async def test_a_history_that_shows_nothing_is_no_proof() -> None:
    """Where not even our own coming in is seen, nobody can say that a post is not there."""
    async with workspace() as (slack, clock):
        slack.workspace.channels[CHANNEL].messages.clear()
        look = await alone(slack, clock).look_up(KEY, ROOM, clock.now())

        assert not look.shows


async def test_a_post_that_is_not_in_a_history_that_can_be_read_is_not_there() -> None:
    """Where other things are seen, a post that is not seen may be sent again."""
    async with workspace() as (slack, clock):
        assert await alone(slack, clock).look_up(KEY, ROOM, clock.now()) == Look()


async def test_nothing_is_ever_left_to_the_scheduler_of_slack() -> None:
    """Scheduled messages with a marker never appear, so that no such request is made in a whole chat."""
    async with at_work() as world:
        from tests.e2e.test_slack import TEXTS, a_plan  # noqa: PLC0415  # the same plan

        await world.service.plan(a_plan(), dict(TEXTS), None)
        await world.until(62)

        assert world.slack.requests("chat.postMessage")
        assert not world.slack.requests("chat.scheduleMessage")


async def test_a_connection_that_slack_closes_is_never_reused_for_a_post() -> None:
    """Each request gets a connection of its own: an old one that dies just then would put a post in doubt."""
    async with workspace() as (slack, clock):
        platform = alone(slack, clock)
        for number in range(3):
            await platform.post(PostKey(f"k{number}"), ROOM, text_content("Q"))

        assert len(set(slack.peers)) == 3
