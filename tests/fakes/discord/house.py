"""The real bot on the pretended Discord: service, outbox, view and adapter in one, on a clock that runs faster."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.discord import Settings, connect
from adapters.discord.platform import DiscordPlatform
from bot.core.chat import Chat
from bot.core.names import ChatId, RoomId
from bot.core.plan import CLOSING, TITLE, Plan, PlannedQuestion, question_words
from bot.ports import Store
from bot.runtime.clock import DerivedIds
from bot.runtime.composer import InlineComposer
from bot.runtime.service import Service
from bot.showing.view import Links, View
from bot.store import MemoryStore
from tests.fakes.discord import FakeDiscord, opened

NOON = datetime(2026, 12, 3, 12, 0, tzinfo=UTC)
STARTS = NOON + timedelta(hours=8)
QUESTIONS = (
    "What helped you most this week?",
    "What would you ask your employer for?",
    "Whom do you tell about a bad day?",
    "What should a first appointment leave time for?",
    "Which help did you find too late?",
)
PATIENCE = 40.0


class FastClock:
    """A clock that runs *speed* times as fast as the machine's."""

    def __init__(self, speed: float = 60.0, start: datetime = NOON) -> None:
        self._speed, self._start, self._zero = speed, start, asyncio.get_running_loop().time()

    def now(self) -> datetime:
        """Return the time."""
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Return seconds since the clock began."""
        return (asyncio.get_running_loop().time() - self._zero) * self._speed

    async def sleep(self, seconds: float) -> None:
        """Return after *seconds* of this clock."""
        await asyncio.sleep(seconds / self._speed)

    async def sleep_until(self, at: datetime) -> None:
        """Return when it is *at*."""
        while (left := (at - self.now()).total_seconds()) > 0:  # noqa: ASYNC110  # time is no event
            await asyncio.sleep(min(left / self._speed, 1.0))


@dataclass(kw_only=True)
class DiscordHouse:
    """The bot at work on Discord."""

    discord: FakeDiscord
    service: Service
    platform: DiscordPlatform
    view: View
    clock: FastClock

    @property
    def room(self) -> RoomId:
        """Return the room of the chat."""
        return RoomId(f"discord/{self.discord.channel}")

    @property
    def chat(self) -> Chat:
        """Return the only chat."""
        [facilitator] = self.service.roster.chats.values()
        return facilitator.chat

    async def plan(self, questions: int = 5, **changes: Any) -> ChatId:
        """Begin a chat that a moderator leads by hand."""
        words = {TITLE: "Working with arthritis", CLOSING: "What do you take home?"}
        asked = tuple(
            PlannedQuestion(id=f"q{number}", number=number, opens_after=timedelta(minutes=8 * number))
            for number in range(1, questions + 1)
        )
        words |= {question_words(one.id): QUESTIONS[one.number - 1] for one in asked}
        usual: dict[str, Any] = {
            "hashtag": "#hcchat",
            "starts_at": STARTS,
            "zone": "Europe/Dublin",
            "length": timedelta(minutes=60),
            "rooms": (self.room,),
            "questions": asked,
            "closing_after": timedelta(minutes=54),
            "groups": ("patient", "clinician"),
            "quoting": "named",
            "pace": "manual",
        }
        return await self.service.plan(Plan(**(usual | changes)), words, None)

    async def until(self, claim: Callable[[], object]) -> None:
        """Return once *claim* is true. Raises: TimeoutError when it never is."""
        async with asyncio.timeout(PATIENCE):
            while not claim():  # noqa: ASYNC110  # what people see has no event
                await asyncio.sleep(0.01)

    async def until_posted(self, line: str) -> dict[str, Any]:
        """Return the post that says *line*, once it is there and the core knows."""
        await self.until(lambda: any(line in post["content"] for post in self.discord.posts()))
        await self.service.outbox.drained()
        return next(post for post in self.discord.posts() if line in post["content"])

    async def command(self, who: str, name: str, **given: str) -> dict[str, Any]:
        """Have somebody type a command; return what they are told."""
        token = await self.discord.slash(who, name, **given)
        return await self.discord.rest.answer_to(token)

    def said(self) -> list[str]:
        """Return what the bot posted in the room, first lines only."""
        return [post["content"].split("\n")[0] for post in self.discord.posts()]


def settings(discord: FakeDiscord, **more: Any) -> Settings:
    """Return the settings that lead to the pretended Discord."""
    return Settings(**({"token": "token", "api": discord.api, "gateway": discord.gateway.address} | more))


@asynccontextmanager
async def at_work(
    *,
    speed: float = 60.0,
    discord: FakeDiscord | None = None,
    store: Store | None = None,
    clock: FastClock | None = None,
    epoch: int = 0,
) -> AsyncIterator[DiscordHouse]:
    """Give the bot connected to Discord; *discord*, *store* and *clock* of an earlier run may be taken over."""
    clock = clock or FastClock(speed)
    if discord is None:
        async with (
            opened(clock) as fresh,
            at_work(discord=fresh, store=store, clock=clock, epoch=epoch) as house,
        ):
            yield house
        return
    store = store or MemoryStore()
    service = Service(
        store=store,
        clock=clock,
        ids=DerivedIds("house"),
        epoch=epoch,
        platforms={},
        composer=InlineComposer(store),
        summary_link=lambda chat: f"https://chat.example.org/summary/{chat}",
    )
    links = Links(
        moderator=lambda chat: f"https://chat.example.org/moderate/{chat}",
        summary=lambda chat: f"https://chat.example.org/summary/{chat}",
        draft=lambda chat: f"https://chat.example.org/draft/{chat}",
    )
    view = View(service=service, links=links)
    platform = connect(settings(discord), view, clock, DerivedIds("house"))
    service.platforms[platform.name] = platform
    await service.load()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(service.run())
        house = DiscordHouse(discord=discord, service=service, platform=platform, view=view, clock=clock)
        try:
            await house.until(lambda: platform.client.is_ready() and discord.rest.commands)
            yield house
        finally:
            running.cancel()
