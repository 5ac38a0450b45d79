"""Whether the bot hears a platform is told truly: before it is connected, while it is, and when the line was cut."""

import asyncio

import pytest

from tests.conformance.platforms.stage_discord import DiscordStage
from tests.conformance.platforms.stage_discord import opened_stage as on_discord
from tests.conformance.platforms.stage_slack import SlackStage
from tests.conformance.platforms.stage_slack import opened_stage as on_slack


async def test_discord_tells_whether_it_is_heard() -> None:
    """A gateway that lets nobody back in is a cut line, until it does."""
    async with on_discord() as stage:
        assert isinstance(stage, DiscordStage)
        await stage.until(lambda: stage.platform.is_connected)
        stage.discord.gateway.refuse_upgrades = 1
        await stage.discord.gateway.cut()
        await stage.until(lambda: not stage.platform.is_connected)
        await stage.until(lambda: stage.platform.is_connected)


async def test_slack_tells_whether_it_is_heard() -> None:
    """A socket that broke is a cut line, until there is another."""
    async with on_slack() as stage:
        assert isinstance(stage, SlackStage)
        await stage.until(lambda: stage.platform.is_connected)
        stage.slack.cut()
        await stage.until(lambda: not stage.platform.is_connected)
        await stage.until(lambda: stage.platform.is_connected)


@pytest.mark.parametrize("opened", [on_discord, on_slack], ids=["discord", "slack"])
async def test_a_stopped_bot_hears_nothing(opened: object) -> None:
    """Once the connection is let go of, nobody takes it for one."""
    async with opened() as stage:  # type: ignore[operator]  # one of two functions
        await stage.until(lambda: stage.platform.is_connected)
        platform = stage.platform
    await asyncio.sleep(0)

    assert not platform.is_connected
