"""The adapter on simcord, a pretended Discord that others made: what agrees with both has fewer of our own errors."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from adapters.discord.platform import DiscordPlatform
from adapters.discord.settings import Settings
from bot.ports import (
    HeardCommand,
    HeardDeletion,
    HeardEcho,
    HeardEdit,
    HeardMessage,
    HeardReaction,
    PostKey,
    Reply,
    RoomId,
)
from tests.fakes.discord.house import FastClock
from tests.fakes.discord.listener import YOU, Listener, words

simcord = pytest.importorskip("simcord", reason="simcord is not installed")


@dataclass(kw_only=True)
class Simulated:
    """The adapter on a server of simcord's, with one channel."""

    platform: DiscordPlatform
    listener: Listener
    room: RoomId
    guild: Any
    channel: Any
    env: Any

    async def join(self, name: str) -> Any:
        """Let somebody join, once the bot has listed its commands."""
        member = self.guild.add_member(self.env.create_user(name))
        await self.until(lambda: "chat next" in member.available_commands(self.channel))
        return member

    async def until(self, claim: Callable[[], object]) -> None:
        """Return once *claim* is true."""
        for _ in range(2_000):
            if claim():
                return
            await asyncio.sleep(0)
        raise TimeoutError


@asynccontextmanager
async def simulated() -> AsyncIterator[Simulated]:
    """Give the adapter at work on simcord, which holds the connection itself."""
    listener = Listener()
    platform = DiscordPlatform(Settings(token="token"), listener, FastClock(speed=1.0))
    async with simcord.run(platform.client) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("chat")
        room = RoomId(f"discord/{channel.id}")
        listener.places.add(room)
        async with asyncio.TaskGroup() as tasks:
            working = tasks.create_task(platform.work(listener))
            yield Simulated(
                platform=platform, listener=listener, room=room, guild=guild, channel=channel, env=env
            )
            working.cancel()


async def test_what_people_write_is_heard_as_on_our_own_discord() -> None:
    """A post, an answer, a change, a reaction and a deletion."""
    async with simulated() as sim:
        maren = await sim.join("Maren")
        receipt = await sim.platform.post(PostKey("chat/q1"), sim.room, words("What helped you?"))
        said = await maren.send(sim.channel, "A later start", reply_to=sim.channel.last_message)
        await maren.edit(said, "A later start, at ten")
        await maren.react(said, "💡")
        await maren.delete(said)

        await sim.until(lambda: sim.listener.of(HeardDeletion))

        [heard] = sim.listener.of(HeardMessage)
        assert (heard.text, heard.reply_to, heard.room) == ("A later start", receipt.id, sim.room)
        assert [edit.text for edit in sim.listener.of(HeardEdit)] == ["A later start, at ten"]
        assert [reaction.reaction for reaction in sim.listener.of(HeardReaction)] == ["💡"]
        assert [echo.id for echo in sim.listener.of(HeardEcho)] == [receipt.id]


async def test_commands_menus_and_buttons_work_as_on_our_own_discord() -> None:
    """Simcord knows which commands were listed, who may see an answer, and that none is given twice."""
    async with simulated() as sim:
        maren = await sim.join("Maren")
        sim.listener.reply = Reply(text="Kept.")
        await sim.platform.post(PostKey("chat/q1"), sim.room, words("What helped you?"))
        post = sim.channel.last_message
        said = await maren.send(sim.channel, "A later start")

        await maren.slash(sim.channel, "chat next")
        await maren.context_menu(sim.channel, "Keep as insight", said)
        panel = await maren.click(post, label=YOU)
        await sim.until(lambda: len(sim.listener.of(HeardCommand)) == 2)

        assert [heard.command for heard in sim.listener.of(HeardCommand)] == ["next", "keep"]
        assert sim.listener.of(HeardCommand)[1].arguments == {"message": str(said.id)}
        assert panel.ephemeral
