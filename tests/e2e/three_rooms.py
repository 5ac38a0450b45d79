"""One chat in a Discord, a Slack and the local room at once, the real bot between them and a file behind it."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from adapters.local import LocalPlatform, Settings, connect
from bot.core.chat import Chat, Message
from bot.core.names import MessageId, RoomId
from bot.core.plan import CLOSING, TITLE, Plan, PlannedQuestion, question_words
from bot.ports import Store
from bot.runtime.clock import RandomIds
from bot.runtime.composer import InlineComposer
from bot.runtime.service import Service
from bot.showing.view import Links, View
from bot.store import open_store
from tests.conformance.platforms.recorder import Recorder
from tests.conformance.platforms.stage import Stage
from tests.conformance.platforms.stage_discord import DiscordStage
from tests.conformance.platforms.stage_local import SECRET, LocalStage
from tests.conformance.platforms.stage_slack import CHANNEL, SlackStage
from tests.fakes.discord import opened
from tests.fakes.discord.house import QUESTIONS, STARTS, FastClock
from tests.fakes.slack.server import fake_slack

LEADER = "U0ANDREW"
PATIENCE = 40.0


@dataclass(kw_only=True)
class ThreeRooms:
    """The bot at work in all three."""

    service: Service
    store: Store
    view: View
    clock: FastClock
    discord: DiscordStage
    slack: SlackStage
    local: LocalStage
    leaders: dict[RoomId, str]

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Return the rooms."""
        return (self.local, self.discord, self.slack)

    @property
    def chat(self) -> Chat:
        """Return the only chat."""
        [facilitator] = self.service.roster.chats.values()
        return facilitator.chat

    def message(self, stage: Stage, id: str) -> Message | None:
        """Return what the bot knows of a message, None while it has not heard it."""
        [facilitator] = self.service.roster.chats.values()
        ours = facilitator.ledger.ours.get((stage.room, id), MessageId(""))
        message = self.chat.messages.get(ours)
        return message if message and message.heard else None

    async def until_all_show(self, pattern: str) -> None:
        """Return once a post that begins like *pattern* stands in every room, and the bot knows that it does."""
        for stage in self.stages:
            await stage.until(lambda here=stage: any(re.match(pattern, post) for post in here.texts()))
        await self.quiet()

    async def quiet(self) -> None:
        """Return when nothing waits to be sent."""
        await asyncio.wait_for(self.service.outbox.drained(), PATIENCE)

    async def lead(self, command: str) -> None:
        """Have the moderator on Discord go on."""
        await self.discord.command(self.leaders[self.discord.room], command)


def a_plan(*rooms: RoomId) -> Plan:
    """Return a plan of five questions that a moderator asks by hand."""
    asked = tuple(
        PlannedQuestion(id=f"q{number}", number=number, opens_after=timedelta(minutes=8 * number))
        for number in range(1, 6)
    )
    return Plan(
        hashtag="#hcchat",
        starts_at=STARTS,
        zone="Europe/Dublin",
        length=timedelta(minutes=60),
        rooms=rooms,
        questions=asked,
        closing_after=timedelta(minutes=54),
        groups=("patient", "clinician"),
        quoting="named",
        pace="manual",
    )


TEXTS = {TITLE: "Working with arthritis", CLOSING: "What do you take home?"} | {
    question_words(f"q{number}"): text for number, text in enumerate(QUESTIONS, start=1)
}


@asynccontextmanager
async def at_work(folder: Path) -> AsyncIterator[ThreeRooms]:
    """Give the bot connected to all three, its chat planned, a moderator in each room."""
    clock = FastClock()
    store = await open_store(folder / "chats.db")
    service = Service(
        store=store,
        clock=clock,
        ids=RandomIds(),
        epoch=await store.lease.acquire("three rooms"),
        platforms={},
        composer=InlineComposer(store),
        summary_link=lambda chat: f"https://chat.example.org/summary/{chat}",
    )
    view = View(service=service, links=_links())
    try:
        async with opened(clock) as discord, fake_slack(clock.now) as slack, _served(view, clock) as local:
            slack.workspace.add_channel(CHANNEL)
            on_discord = DiscordStage(discord, clock, view)
            on_slack = SlackStage(slack, clock, view, moderators=[LEADER])
            for platform in (local[0], on_discord.platform, on_slack.platform):
                service.platforms[platform.name] = platform
            id = await service.plan(
                a_plan(RoomId("local/main"), on_discord.room, on_slack.room), dict(TEXTS), None
            )
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(service.run())
                async with LocalStage(local[0], Recorder(), clock, local[1]) as on_local:
                    await on_discord.until(lambda: discord.rest.commands and slack.lines)
                    link = local[0].moderator_link(id, on_local.room, 1)
                    house = ThreeRooms(
                        service=service,
                        store=store,
                        view=view,
                        clock=clock,
                        discord=on_discord,
                        slack=on_slack,
                        local=on_local,
                        leaders={
                            on_local.room: await on_local.join("Gary", link),
                            on_discord.room: discord.world.join("Ada", moderator=True),
                            on_slack.room: await on_slack.join("Andrew"),
                        },
                    )
                    for stage in house.stages:
                        stage.patience = PATIENCE
                    yield house
                running.cancel()
    finally:
        await store.close()


def _links() -> Links:
    return Links(
        moderator=lambda chat: f"https://chat.example.org/moderate/{chat}",
        summary=lambda chat: f"https://chat.example.org/summary/{chat}",
        draft=lambda chat: f"https://chat.example.org/draft/{chat}",
    )


@asynccontextmanager
async def _served(view: View, clock: FastClock) -> AsyncIterator[tuple[LocalPlatform, str]]:
    """Serve the local room; gives it and its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    platform = connect(Settings(public_url=url), view, clock, RandomIds(), SECRET)
    runner = web.AppRunner(platform.application(), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    try:
        yield platform, url
    finally:
        await runner.cleanup()
