"""Discord, held against its promises: the real library against the pretended servers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from adapters.discord import connect
from bot.ports import RoomId, RoomView
from bot.runtime.clock import DerivedIds
from tests.conformance.platforms.recorder import Recorder
from tests.conformance.platforms.stage import Action, Stage, Standing
from tests.fakes.discord import FakeDiscord, opened
from tests.fakes.discord.house import FastClock, settings
from tests.fakes.discord.rest import dropped, limited
from tests.fakes.discord.world import VIEW

_MESSAGES = r"/channels/\d+/messages"
_ONE = r"/channels/\d+/messages/\d+"
_REQUESTS: dict[Action, tuple[str, str]] = {
    "post": ("POST", _MESSAGES),
    "private": ("POST", _MESSAGES),
    "edit": ("PATCH", _ONE),
    "delete": ("DELETE", _ONE),
    "look_up": ("GET", _MESSAGES),
    "history": ("GET", _MESSAGES),
    "lacks": ("GET", "/oauth2/applications/@me"),
}


class DiscordStage(Stage):
    """One server with one channel."""

    sign = "💡"

    def __init__(self, discord: FakeDiscord, clock: FastClock, view: RoomView | None = None) -> None:
        self.discord, self.clock = discord, clock
        self.room = RoomId(f"discord/{discord.channel}")
        self.recorder = Recorder(rooms_here={self.room})
        self.platform = connect(settings(discord), view or self.recorder, clock, DerivedIds("stage"))

    # --- what people do ---

    async def join(self, name: str) -> str:
        return self.discord.world.join(name)

    async def say(self, who: str, text: str, *, reply_to: str | None = None) -> str:
        return await self.discord.say(who, text, to=reply_to)

    async def say_in_thread(self, who: str, text: str, root: str) -> str:
        thread = await self.discord.begin_thread(root)
        return await self.discord.say(who, text, channel=thread)

    async def edit(self, who: str, id: str, text: str) -> None:
        await self.discord.edit(id, text)

    async def delete(self, who: str, id: str) -> None:
        await self.discord.delete(id)

    async def react(self, who: str, id: str, *, present: bool = True) -> None:
        await self.discord.react(who, id, self.sign, present=present)

    async def command(self, who: str, name: str, **given: str) -> str:
        return await self._told(await self.discord.slash(who, name, **given))

    async def press(self, who: str, label: str) -> str:
        return await self._told(await self._pressed(who, label))

    async def fill_in(self, who: str, label: str, **given: str) -> str:
        form = await self.discord.rest.answer_to(await self._pressed(who, label))
        where = self.discord.letters(who)[-1]["channel_id"]
        return await self._told(await self.discord.hand_in(who, form, channel=where, **given))

    async def _pressed(self, who: str, label: str) -> str:
        card = self.discord.letters(who)[-1]
        return await self.discord.press(who, card, label, channel=card["channel_id"])

    async def _told(self, token: str) -> str:
        answer: dict[str, Any] = await self.discord.rest.answer_to(token)
        return str(answer.get("content", ""))

    # --- what people see ---

    def standing(self) -> list[Standing]:
        return [Standing(id=post["id"], text=post["content"]) for post in self.discord.posts()]

    def letters(self, who: str) -> list[str]:
        return [letter["content"] for letter in self.discord.letters(who)]

    def card(self, who: str) -> str:
        return "\n".join(self.letters(who))

    # --- what goes wrong ---

    def tell_twice(self) -> None:
        self.discord.gateway.twice = True

    @asynccontextmanager
    async def held_back(self) -> AsyncIterator[None]:
        self.discord.gateway.held = []
        yield
        await self.discord.gateway.release(backwards=True)

    @asynccontextmanager
    async def deaf(self) -> AsyncIterator[None]:
        gateway = self.discord.gateway
        await gateway.cut()
        gateway.forget_sessions()
        yield
        await self.until(lambda: gateway.sessions)

    def be_busy(self, action: Action) -> None:
        self.discord.rest.expect(*_REQUESTS[action], limited())

    def lose_answer(self) -> bool:
        self.discord.rest.expect("POST", _MESSAGES, dropped(stands=True))
        return True

    def forbid(self) -> bool:
        self.discord.world.bot_may = VIEW
        return True

    def shut_out(self, who: str) -> bool:
        self.discord.world.closed_to_bot.add(who)
        return True

    def violations(self) -> list[str]:
        return self.discord.rest.violations


@asynccontextmanager
async def opened_stage() -> AsyncIterator[DiscordStage]:
    """Give Discord, connected."""
    clock = FastClock()
    async with opened(clock) as discord:
        stage = DiscordStage(discord, clock)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(stage.platform.run(stage.recorder))
            await stage.until(lambda: discord.rest.commands)
            await stage.until(lambda: stage.platform.client.get_channel(int(discord.channel)))
            yield stage
            running.cancel()
