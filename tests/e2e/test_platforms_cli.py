"""The bot as its operator meets it with Discord and Slack: refused in one line, looked over by `doctor`, invited in."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.slack.manifest import SCOPES
from bot.runtime.clock import SystemClock
from tests.fakes.discord import FakeDiscord, opened
from tests.fakes.discord.world import APPLICATION, HISTORY, MANAGE, SEND, USUAL, VIEW
from tests.fakes.slack.server import APP_TOKEN, BOT_TOKEN, FakeSlack, fake_slack
from tests.faults.process import Bot

CHANNEL = "C0HCCHAT"
PATIENCE = 30.0
NOT_OURS = "not-this-one"
"""A token that neither platform knows; it may stand in no output."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended and what it wrote."""

    code: int | None
    out: str
    err: str


async def call(*arguments: str, settings: Mapping[str, str], folder: Path) -> Ended:
    """Return how `python -m bot ARGUMENTS` ends."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "bot", *arguments),
        cwd=folder,
        env={**os.environ, **settings},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(process.returncode, out.decode(), err.decode())


async def refused(bot: Bot) -> str:
    """Return the one line with which a bot leaves that its platform does not want: exit 4, and no traceback."""
    try:
        await bot.launch()
        code = await bot.left()
    finally:
        await bot.make_sure_it_is_gone()
    last = bot.said.strip().splitlines()[-1]
    assert (code, last[:11]) == (4, "tweetchat: "), bot.said
    assert bot.said.count("tweetchat: ") == 1
    assert "Traceback" not in bot.said
    assert NOT_OURS not in bot.said
    return last


@asynccontextmanager
async def discord() -> AsyncIterator[FakeDiscord]:
    """Give a running Discord."""
    async with opened(SystemClock()) as fake:
        yield fake


@asynccontextmanager
async def slack() -> AsyncIterator[FakeSlack]:
    """Give a running Slack with one channel."""
    async with fake_slack(SystemClock().now) as fake:
        fake.workspace.add_channel(CHANNEL)
        yield fake


def on_discord(fake: FakeDiscord, **more: str) -> dict[str, str]:
    """Return the settings of a bot there."""
    usual = {"TOKEN": "token", "API": fake.api, "GATEWAY": fake.gateway.address}
    return {f"BOT_DISCORD__{name}": value for name, value in (usual | more).items()}


def on_slack(fake: FakeSlack, **more: str) -> dict[str, str]:
    """Return the settings of a bot there."""
    usual = {"BOT_TOKEN": BOT_TOKEN, "APP_TOKEN": APP_TOKEN, "API": f"{fake.url}/api/"}
    return {f"BOT_SLACK__{name}": value for name, value in (usual | more).items()}


def plan_in(bot: Bot, room: str) -> None:
    """Save the plan of a chat in *room* whose welcome is due now."""
    starts = bot.clock.now()
    text = f"""
title = "An hour elsewhere"
hashtag = "#hcchat"
starts = "{starts:%Y-%m-%d %H:%M}"
zone = "UTC"
minutes = 60
introductions = 0
rooms = ["{room}", "local/main"]

[[questions]]
text = "What would you tell somebody on their first day?"
at = 50
"""
    (bot.plans / "chat.toml").write_text(text, "utf-8")


# --- run: refused for good ------------------------------------------------------------------------------------


async def test_a_token_that_discord_refuses_ends_the_run_in_one_line(tmp_path: Path) -> None:
    """The line says where the right token is found; Discord was asked once."""
    async with discord() as fake:
        last = await refused(Bot(tmp_path, on_discord(fake, TOKEN=NOT_OURS)))

        assert "Reset Token" in last
        assert len(fake.rest.seen) == 1
        assert fake.gateway.identified == 0


async def test_a_missing_intent_ends_the_run_in_one_line(tmp_path: Path) -> None:
    """The line says which switch is off; the bot identified once and does not knock again."""
    async with discord() as fake:
        fake.gateway.intents_allowed = False

        last = await refused(Bot(tmp_path, on_discord(fake)))

        assert "Message Content Intent" in last
        assert fake.gateway.identified == 1
        assert len(fake.rest.seen) < 6


async def test_a_bot_token_that_slack_refuses_ends_the_run_in_one_line(tmp_path: Path) -> None:
    """The line says which of the two tokens is meant; Slack was asked once."""
    async with slack() as fake:
        last = await refused(Bot(tmp_path, on_slack(fake, BOT_TOKEN=NOT_OURS)))

        assert "the bot token" in last
        assert [method for method, _ in fake.asked] == ["auth.test"]


async def test_an_app_token_that_slack_refuses_ends_the_run_in_one_line(tmp_path: Path) -> None:
    """The line says which of the two tokens is meant, and what it has to allow; no socket is asked for twice."""
    async with slack() as fake:
        last = await refused(Bot(tmp_path, on_slack(fake, APP_TOKEN=NOT_OURS)))

        assert "connections:write" in last
        assert len(fake.requests("apps.connections.open")) == 1


async def test_a_missing_scope_ends_the_run_in_one_line(tmp_path: Path) -> None:
    """The line names the scopes; nothing but our own name was asked for."""
    async with slack() as fake:
        fake.scopes = fake.scopes.replace("reactions:read,", "").replace("im:write,", "")

        last = await refused(Bot(tmp_path, on_slack(fake)))

        assert "im:write, reactions:read" in last
        assert [method for method, _ in fake.asked] == ["auth.test"]


async def test_a_refused_platform_ends_the_run_with_a_chat_at_work(tmp_path: Path) -> None:
    """A chat that wants to post just then makes one line no longer."""
    async with slack() as fake:
        bot = Bot(tmp_path, on_slack(fake, BOT_TOKEN=NOT_OURS))
        plan_in(bot, f"slack/{CHANNEL}")

        last = await refused(bot)

        assert "the bot token" in last
        assert len(fake.asked) < 6


# --- run: no permission to post -------------------------------------------------------------------------------


async def test_no_permission_to_post_ends_the_run_in_one_line(tmp_path: Path) -> None:
    """The only channel on Discord is closed to the bot: the line names the permission and its fix."""
    async with discord() as fake:
        fake.world.bot_may = USUAL & ~SEND
        bot = Bot(tmp_path, on_discord(fake))
        plan_in(bot, f"discord/{fake.channel}")

        last = await refused(bot)

        assert "SEND_MESSAGES is missing. Allow it in" in last
        tried = [body["nonce"] for body in fake.rest.asked("POST", r"/channels/\d+/messages")]
        assert len(tried) == len(set(tried))


async def test_a_slack_channel_without_the_app_ends_the_run_in_one_line(tmp_path: Path) -> None:
    """The app was never invited: the line says how that is done."""
    async with slack() as fake:
        fake.workspace.channels[CHANNEL].members.clear()
        bot = Bot(tmp_path, on_slack(fake))
        plan_in(bot, f"slack/{CHANNEL}")

        last = await refused(bot)

        assert "/invite" in last
        tried = [post["metadata"]["event_payload"]["k"] for post in fake.requests("chat.postMessage")]
        assert len(tried) == len(set(tried))


async def test_a_permission_taken_away_in_the_hour_stops_nobody_else(tmp_path: Path) -> None:
    """Its posts there are tried once each, and the chat goes on in its other rooms."""
    async with slack() as fake:
        bot = Bot(tmp_path, on_slack(fake))
        try:
            await bot.start()
            fake.workspace.channels[CHANNEL].members.clear()
            plan_in(bot, f"slack/{CHANNEL}")
            await bot.until_planned()
            await bot.until(lambda: "not_in_channel" in bot.said, "a word about it")
            assert await bot.stop() == 0
        finally:
            await bot.make_sure_it_is_gone()
        tried = [post["metadata"]["event_payload"]["k"] for post in fake.requests("chat.postMessage")]
        assert tried
        assert len(tried) == len(set(tried))
        assert "Traceback" not in bot.said


# --- doctor ---------------------------------------------------------------------------------------------------


async def test_the_doctor_says_that_all_is_well(tmp_path: Path) -> None:
    """With everything in place it names each room, writes nothing to stderr, and leaves with 0."""
    async with discord() as fake, slack() as other:
        rooms = (f"discord/{fake.channel}", f"slack/{CHANNEL}")

        ended = await call("doctor", *rooms, settings=on_discord(fake) | on_slack(other), folder=tmp_path)

        assert (ended.code, ended.err) == (0, "")
        assert all(f"{room}: all is well." in ended.out for room in rooms)
        assert fake.rest.violations == other.violations == []
        assert fake.gateway.identified == 0


async def test_the_doctor_looks_at_the_rooms_of_all_plans(tmp_path: Path) -> None:
    """Asked about no room in particular, it goes through the plans; the browser room needs no doctor."""
    async with slack() as fake:
        bot = Bot(tmp_path, on_slack(fake))
        plan_in(bot, f"slack/{CHANNEL}")

        ended = await call("doctor", settings=bot.environment(), folder=tmp_path)

        assert ended.code == 0
        assert re.findall(r"^(\S+): all is well", ended.out, re.MULTILINE) == [f"slack/{CHANNEL}"]


@pytest.mark.parametrize(
    ("permission", "name"),
    [
        (VIEW, "VIEW_CHANNEL"),
        (SEND, "SEND_MESSAGES"),
        (HISTORY, "READ_MESSAGE_HISTORY"),
        (MANAGE, "MANAGE_MESSAGES"),
    ],
)
async def test_the_doctor_names_each_missing_permission(tmp_path: Path, permission: int, name: str) -> None:
    """What the bot may not do in a Discord channel is named with its fix; exit 4."""
    async with discord() as fake:
        fake.world.bot_may = USUAL & ~permission

        ended = await call("doctor", f"discord/{fake.channel}", settings=on_discord(fake), folder=tmp_path)

        assert f"{name} is missing." in ended.out
        assert_one_line(ended, "1 thing is missing")
        assert len(fake.rest.seen) < 10


async def test_the_doctor_names_a_missing_intent(tmp_path: Path) -> None:
    """It tells before the hour what the gateway would tell in it."""
    async with discord() as fake:
        fake.rest.content_intent = False

        ended = await call("doctor", f"discord/{fake.channel}", settings=on_discord(fake), folder=tmp_path)

        assert "MESSAGE_CONTENT is missing." in ended.out
        assert_one_line(ended, "1 thing is missing")


async def test_the_doctor_names_a_channel_the_app_was_not_invited_to(tmp_path: Path) -> None:
    """On Slack the fix is an invitation."""
    async with slack() as fake:
        fake.workspace.channels[CHANNEL].members.clear()

        ended = await call("doctor", f"slack/{CHANNEL}", settings=on_slack(fake), folder=tmp_path)

        assert "/invite" in ended.out
        assert_one_line(ended, "1 thing is missing")


async def test_the_doctor_names_a_missing_scope(tmp_path: Path) -> None:
    """A token without one of the scopes is told at once, with the fix."""
    async with slack() as fake:
        fake.scopes = fake.scopes.replace(",users:read", "")

        ended = await call("doctor", f"slack/{CHANNEL}", settings=on_slack(fake), folder=tmp_path)

        assert_one_line(ended, "users:read")
        assert "reinstall" in ended.err


async def test_the_doctor_names_a_wrong_token(tmp_path: Path) -> None:
    """One line, exit 4, the token is not repeated, and nobody is asked twice."""
    async with discord() as fake, slack() as other:
        wrong = await call("doctor", settings=on_discord(fake, TOKEN=NOT_OURS), folder=tmp_path)
        wrong_bot = await call("doctor", settings=on_slack(other, BOT_TOKEN=NOT_OURS), folder=tmp_path)
        wrong_app = await call("doctor", settings=on_slack(other, APP_TOKEN=NOT_OURS), folder=tmp_path)

        assert_one_line(wrong, "Reset Token")
        assert_one_line(wrong_bot, "the bot token")
        assert_one_line(wrong_app, "connections:write")
        assert len(fake.rest.seen) == 1
        assert len(other.asked) <= 3


def assert_one_line(ended: Ended, words: str) -> None:
    """Check that a command left with 4 and one line that says why."""
    assert ended.code == 4, ended
    assert ended.err.startswith("tweetchat: "), ended.err
    assert ended.err.count("\n") == 1, ended.err
    assert words in ended.err
    assert NOT_OURS not in ended.out + ended.err


# --- invitations ----------------------------------------------------------------------------------------------


async def test_the_invite_link_asks_for_what_the_bot_needs(tmp_path: Path) -> None:
    """The link is the application's own, asks for four permissions and for commands, and for nothing more."""
    async with discord() as fake:
        ended = await call("doctor", "--invite", settings=on_discord(fake), folder=tmp_path)

        assert ended.code == 0, ended
        [link] = re.findall(r"https://discord\.com/\S+", ended.out)
        asked = parse_qs(urlsplit(link).query)
        assert asked["client_id"] == [str(APPLICATION)]
        assert int(asked["permissions"][0]) == USUAL
        assert set(asked["scope"][0].split()) == {"bot", "applications.commands"}


async def test_the_manifest_makes_a_slack_app_that_the_doctor_likes(tmp_path: Path) -> None:
    """The manifest can be pasted as it is: Socket Mode, every scope, /chat and the message menu."""
    async with slack() as fake:
        ended = await call("doctor", "--invite", settings=on_slack(fake), folder=tmp_path)

        manifest = manifest_in(ended)
        assert manifest["oauth_config"]["scopes"]["bot"] == sorted(SCOPES)
        assert manifest["settings"]["socket_mode_enabled"] is True
        assert manifest["features"]["slash_commands"][0]["command"] == "/chat"
        assert "Keep as insight" in [one["name"] for one in manifest["features"]["shortcuts"]]


async def test_the_manifest_is_there_before_there_are_tokens(tmp_path: Path) -> None:
    """Who has no Slack app yet gets what to make it from, the same as later."""
    async with slack() as fake:
        early = await call("doctor", "--invite", settings={}, folder=tmp_path)
        late = await call("doctor", "--invite", settings=on_slack(fake), folder=tmp_path)

        assert manifest_in(early) == manifest_in(late)


def manifest_in(ended: Ended) -> dict[str, Any]:
    """Return the manifest among what a command wrote."""
    assert (ended.code, ended.err) == (0, ""), ended
    manifest: dict[str, Any] = json.loads(ended.out[ended.out.index("{") : ended.out.rindex("}") + 1])
    return manifest
