"""The bot at work in the fake workspace: real chats, store in memory, the real library, and a clock that hurries."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from adapters.slack import Settings, connect
from adapters.slack.platform import SlackPlatform
from bot.core.chat import Chat
from bot.core.plan import Plan, PlannedQuestion
from bot.markup import Button, Content, Paragraph, Run
from bot.ports import Heard, HeardCommand, HeardMessage, Intake, Reply, RoomId, RoomState
from bot.runtime.clock import DerivedIds, SteppedClock
from bot.runtime.composer import InlineComposer
from bot.runtime.service import Service
from bot.showing.view import Links, View
from bot.store import MemoryStore
from tests.fakes.slack.server import FakeSlack, fake_slack, settings_for

CHANNEL = "C0HCCHAT"
ROOM = RoomId(f"slack/{CHANNEL}")
ANDREW, MEERA, OLU, JO = "U0ANDREW", "U0MEERA", "U0OLU", "U0JO"
NAMES = {ANDREW: "Andrew", MEERA: "Meera", OLU: "Olu", JO: "Jo"}


STARTS = datetime(2026, 12, 3, 19, 0, tzinfo=UTC)
TURNS = 60


def at(minutes: float) -> datetime:
    """Return the moment that many minutes after the planned start."""
    return STARTS + timedelta(minutes=minutes)


async def quiet() -> None:
    """Give everybody their turns."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


class HurriedClock(SteppedClock):
    """Time that stands still, but for short waits: those pass two hundred times as fast as people's."""

    SHORT = 120.0
    HURRY = 200.0

    async def sleep(self, seconds: float) -> None:
        """Return after *seconds* of this clock."""
        await self.sleep_until(self.now() + timedelta(seconds=seconds))

    async def sleep_until(self, at: datetime) -> None:
        """Return when the clock shows *at*."""
        left = (at - self.now()).total_seconds()
        if left <= self.SHORT:
            asyncio.get_running_loop().call_later(max(left, 0.0) / self.HURRY, self.step, at)
        await super().sleep_until(at)


H = TypeVar("H")


@dataclass(slots=True)
class Listener:
    """An intake that keeps everything it hears. *replies*: what commands are told."""

    heard: list[Heard] = field(default_factory=list)
    replies: dict[str, Reply] = field(default_factory=dict)

    async def hear(self, heard: Heard) -> Reply:
        """Take *heard*."""
        self.heard.append(heard)
        return self.replies.get(heard.command, Reply()) if isinstance(heard, HeardCommand) else Reply()

    @property
    def texts(self) -> list[str]:
        """Return what people wrote, in the order in which it was first heard."""
        return list(dict.fromkeys(one.text for one in self.of(HeardMessage)))

    def of(self, kind: type[H]) -> list[H]:
        """Return what was heard of one kind."""
        return [one for one in self.heard if isinstance(one, kind)]


@dataclass(slots=True, kw_only=True)
class World:
    """The bot and everything round it."""

    slack: FakeSlack
    service: Service
    clock: HurriedClock
    platform: SlackPlatform
    view: View

    @property
    def chat(self) -> Chat:
        """Return the only chat."""
        [facilitator] = self.service.roster.chats.values()
        return facilitator.chat

    async def until(self, minute: float) -> None:
        """Let time pass until that many minutes after the start, in steps, as everybody who sleeps wants."""
        while self.clock.now() < at(minute):
            await self.settled()
            soon = min(self.clock.now() + timedelta(seconds=30), at(minute))
            self.clock.step(min(self.clock.next_wake() or soon, soon))
        await self.settled()

    async def settled(self) -> None:
        """Return when everything that could be done by now is done."""
        await asyncio.wait_for(self.service.settle(), 20)
        await quiet()


@asynccontextmanager
async def workspace(now: datetime | None = None) -> AsyncIterator[tuple[FakeSlack, HurriedClock]]:
    """Give a workspace with one channel and four people, an hour before the start."""
    clock = HurriedClock(now or at(-60))
    async with fake_slack(clock.now) as slack:
        slack.workspace.add_channel(CHANNEL)
        for id, name in NAMES.items():
            slack.workspace.add_user(id, name)
        yield slack, clock


@asynccontextmanager
async def at_work(**settings: Any) -> AsyncIterator[World]:
    """Give a bot at work there."""
    async with workspace() as (slack, clock):
        store = MemoryStore()
        service = Service(
            store=store,
            clock=clock,
            ids=DerivedIds("house"),
            epoch=0,
            platforms={},
            composer=InlineComposer(store),
            summary_link=lambda chat: f"https://chat.example.org/summary/{chat}",
        )
        links = Links(
            moderator=lambda chat: f"https://chat.example.org/moderate/{chat}",
            summary=service.summary_link,
            draft=lambda chat: f"https://chat.example.org/draft/{chat}",
        )
        view = View(service=service, links=links)
        given = Settings.model_validate(settings_for(slack, moderators=[ANDREW], **settings))
        platform = connect(given, view, clock, DerivedIds("slack"))
        service.platforms[platform.name] = platform
        await service.load()
        world = World(slack=slack, service=service, clock=clock, platform=platform, view=view)
        async with running(service.run()):
            await slack.until(lambda: slack.lines, "a socket")
            yield world


@asynccontextmanager
async def running(work: Any) -> AsyncIterator[None]:
    """Have *work* run for as long as the block lasts."""
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(work)
        yield
        task.cancel()


def a_plan(**changes: Any) -> Plan:
    """Return a plan of an hour with five questions in our channel."""
    usual: dict[str, Any] = {
        "hashtag": "#hcchat",
        "starts_at": STARTS,
        "zone": "Europe/Dublin",
        "length": timedelta(minutes=60),
        "rooms": (ROOM,),
        "questions": tuple(
            PlannedQuestion(id=f"q{number}", number=number, opens_after=timedelta(minutes=10 * number - 4))
            for number in range(1, 6)
        ),
        "closing_after": timedelta(minutes=56),
        "groups": ("patient", "clinician"),
        "quoting": "named",
        "late_answers": timedelta(minutes=5),
    }
    return Plan(**(usual | changes))


class EmptyView:
    """A view of one channel in which nobody moderates."""

    def rooms(self, platform: str) -> frozenset[RoomId]:
        """Return the one room."""
        return frozenset({ROOM})

    async def moderators(self, room: RoomId) -> tuple[str, ...]:
        """Return nobody."""
        return ()

    async def history(self, *_: object, **__: object) -> tuple[()]:
        """Return nothing: the room holds nothing yet."""
        return ()

    async def state(self, *_: object) -> RoomState:
        """Return a room that is open."""
        return RoomState(
            chat=None,
            title="",
            hashtag="#hcchat",
            language="en",
            open=True,
            moderating=False,
            header=None,
            card=None,
            menu=(),
            compose=(),
            words={},
            groups=(),
            reactions=(),
        )

    def commands(self) -> tuple[Button, ...]:
        """Return no commands."""
        return ()

    async def message(self, *_: object) -> None:
        """Return no message."""


@asynccontextmanager
async def connected(
    slack: FakeSlack, clock: HurriedClock, intake: Intake, view: Any = None, **settings: Any
) -> AsyncIterator[SlackPlatform]:
    """Give the platform alone, connected, with *intake* behind it."""
    given = Settings.model_validate(settings_for(slack, moderators=[ANDREW], **settings))
    platform = connect(given, view or EmptyView(), clock, DerivedIds("slack"))
    async with running(platform.run(intake)):
        await slack.until(lambda: slack.lines, "a socket")
        yield platform


def text_content(text: str) -> Content:
    """Return a post of one paragraph."""
    return Content(blocks=(Paragraph(runs=(Run(text=text),)),))
