"""The adapter alone on the pretended Discord: whoever listens writes down what they heard, and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.discord import Settings
from adapters.discord.platform import DiscordPlatform
from bot.errors import StoreTrouble
from bot.markup import Ask, Button, Content, Heading, Paragraph, Run
from bot.ports import Heard, Reply, RoomId, RoomState, ShownMessage, ShownPost
from tests.fakes.discord import FakeDiscord, opened
from tests.fakes.discord.house import FastClock, settings

YOU = "You and your choices"
PATIENCE = 40.0

COMMANDS = (
    Button(
        label="Next",
        command="next",
        help="Go on.",
        asks=(Ask(name="message", label="message", required=False),),
    ),
    Button(
        label="Say …", command="say", help="Say it.", asks=(Ask(name="text", label="What?", kind="long"),)
    ),
    Button(
        label="Keep as insight",
        command="keep",
        asks=(
            Ask(name="message", label="message"),
            Ask(
                name="tag",
                label="Tag",
                kind="choice",
                choices=(("insight", "💡"),),
                value="insight",
                required=False,
            ),
        ),
    ),
    Button(
        label="Answer to …",
        command="answer-to",
        asks=(
            Ask(name="message", label="message"),
            Ask(name="number", label="Which question?", kind="number"),
        ),
    ),
    Button(
        label="Remove for everybody",
        command="remove",
        style="danger",
        confirm="Remove it for everybody?",
        asks=(Ask(name="message", label="message"),),
    ),
)


@dataclass
class Listener:
    """An Intake and a RoomView in one. *full*: nothing can be stored."""

    heard: list[Heard] = field(default_factory=list)
    places: set[RoomId] = field(default_factory=set)
    full: bool = False
    refused: int = 0
    reply: Reply = field(default_factory=Reply)
    card: Content | None = None
    led_by: tuple[str, ...] = ()
    mine: tuple[Button, ...] = ()
    known: list[ShownMessage | ShownPost] = field(default_factory=list)

    async def hear(self, heard: Heard) -> Reply:
        """Write it down."""
        if self.full:
            self.refused += 1
            raise StoreTrouble("the disk is full")
        self.heard.append(heard)
        return self.reply

    def of(self, kind: type[Heard]) -> list[Any]:
        """Return everything heard of one kind."""
        return [heard for heard in self.heard if isinstance(heard, kind)]

    async def state(self, room: RoomId, person: str | None) -> RoomState:
        """Return a room in which everything is possible."""
        leads = person in self.led_by
        return RoomState(
            chat=None,
            title="Working with arthritis",
            hashtag="#hcchat",
            language="en",
            open=True,
            moderating=leads,
            header=None,
            card=self.card if leads else None,
            menu=(),
            compose=(),
            words={"page.you-menu": YOU},
            groups=(),
            reactions=(),
            mine=self.mine,
        )

    async def history(
        self, room: RoomId, person: str | None, before: datetime | None = None, limit: int = 200
    ) -> tuple[ShownMessage | ShownPost, ...]:
        """Return what the core is said to have."""
        return tuple(self.known[-limit:])

    def rooms(self, platform: str) -> frozenset[RoomId]:
        """Return where chats live."""
        return frozenset(self.places)

    async def moderators(self, room: RoomId) -> tuple[str, ...]:
        """Return who leads."""
        return self.led_by

    def commands(self) -> tuple[Button, ...]:
        """Return a few commands."""
        return COMMANDS

    async def message(self, room: RoomId, person: str | None, id: str) -> ShownMessage | None:
        """Return nothing."""
        return None


@dataclass(kw_only=True)
class Ear:
    """The adapter at work, and its listener."""

    discord: FakeDiscord
    platform: DiscordPlatform
    listener: Listener
    clock: FastClock

    @property
    def room(self) -> RoomId:
        """Return the first room."""
        return RoomId(f"discord/{self.discord.channel}")

    async def until(self, claim: Callable[[], object]) -> None:
        """Return once *claim* is true. Raises: TimeoutError when it never is."""
        async with asyncio.timeout(PATIENCE):
            while not claim():  # noqa: ASYNC110  # what people see has no event
                await asyncio.sleep(0.005)

    async def until_heard(self, kind: type[Heard], count: int = 1) -> list[Any]:
        """Return everything heard of *kind*, once it is so many."""
        await self.until(lambda: len(self.listener.of(kind)) >= count)
        return self.listener.of(kind)


def words(text: str) -> Content:
    """Return a post of one paragraph."""
    return Content(blocks=(Heading(text="Q1"), Paragraph(runs=(Run(text=text),))), label="post.question")


@asynccontextmanager
async def listening(
    *, speed: float = 60.0, patience: float = 5.0, ready: bool = True, **more: Any
) -> AsyncIterator[Ear]:
    """Give the adapter, connected. *more*: settings."""
    clock = FastClock(speed)
    async with opened(clock) as discord:
        listener = Listener()
        chosen: Settings = settings(discord, **more)
        platform = DiscordPlatform(chosen, listener, clock, patience=patience)
        ear = Ear(discord=discord, platform=platform, listener=listener, clock=clock)
        listener.places.add(ear.room)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(platform.run(listener))
            try:
                if ready:
                    await ear.until(lambda: discord.rest.commands and discord.gateway.identified)
                    await ear.until(lambda: platform.client.get_channel(int(discord.channel)))
                yield ear
            finally:
                running.cancel()
