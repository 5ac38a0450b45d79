"""A bot at work in a test: real chats, outbox and store in memory, a scripted platform, and a clock that is stepped."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.chat import Chat
from bot.core.names import ChatId, PostKey, RoomId, WordKey
from bot.core.plan import CLOSING, TITLE, Plan, PlannedQuestion, question_words
from bot.errors import StoreTrouble
from bot.ports import (
    Batch,
    Heard,
    HeardCommand,
    HeardDeletion,
    HeardEdit,
    HeardMessage,
    HeardReaction,
    Mark,
    Reply,
    Somebody,
)
from bot.runtime.clock import DerivedIds, SteppedClock
from bot.runtime.composer import Composer, InlineComposer
from bot.runtime.service import Service
from bot.store import MemoryStore
from tests.fakes.platform import FakePlatform

STARTS = datetime(2026, 12, 3, 19, 0, tzinfo=UTC)
MAIN, SIDE = RoomId("fake/main"), RoomId("fake/side")
ANDREW = Somebody(id="u-andrew", name="Andrew", may_moderate=True)
MEERA = Somebody(id="u-meera", name="Meera", group="patient")
OLU = Somebody(id="u-olu", name="Olu", group="clinician")
TEXTS = {
    TITLE: "Working with arthritis",
    CLOSING: "What do you take home?",
    question_words("q1"): "What helped you this week?",
    question_words("q2"): "What would you ask your employer for?",
}
BUG = "abracadabra"
"""What the store of a test cannot bear to keep: a bug of ours."""
TURNS = 60
"""How often everybody gets a turn before a test looks: in memory nothing takes longer."""


def at(minutes: float) -> datetime:
    """Return the moment that many minutes after the planned start."""
    return STARTS + timedelta(minutes=minutes)


def a_plan(**changes: Any) -> Plan:
    """Return a plan of an hour with two questions."""
    usual: dict[str, Any] = {
        "hashtag": "#hcchat",
        "starts_at": STARTS,
        "zone": "Europe/Dublin",
        "length": timedelta(minutes=60),
        "rooms": (MAIN,),
        "questions": (
            PlannedQuestion(id="q1", number=1, opens_after=timedelta(minutes=8)),
            PlannedQuestion(id="q2", number=2, opens_after=timedelta(minutes=30)),
        ),
        "closing_after": timedelta(minutes=54),
        "groups": ("patient", "clinician"),
        "quoting": "named",
    }
    return Plan(**(usual | changes))


class TroubledStore(MemoryStore):
    """A store whose disk can be full, which notes what was asked of it, and may store without saying so."""

    def __init__(self) -> None:
        super().__init__()
        self.full = False
        self.answers_lost = 0
        self.batches: list[Batch] = []

    async def append(self, batch: Batch) -> None:
        """Refuse while the disk is full; stumble over a certain word."""
        if any(BUG in words.text for words in batch.words):
            raise LookupError(f"somebody said {BUG}")
        if self.full:
            raise StoreTrouble("the disk is full")
        await super().append(batch)
        self.batches.append(batch)
        if self.answers_lost:
            self.answers_lost -= 1
            raise StoreTrouble("stored, and then the connection broke")

    async def mark(self, mark: Mark, *, epoch: int) -> None:
        """Refuse while the disk is full."""
        if self.full:
            raise StoreTrouble("the disk is full")
        await super().mark(mark, epoch=epoch)


@dataclass(slots=True, kw_only=True)
class AtWork:
    """The bot and everything round it."""

    service: Service
    store: TroubledStore
    clock: SteppedClock
    platform: FakePlatform
    tasks: asyncio.TaskGroup

    @property
    def chat(self) -> Chat:
        """Return the only chat."""
        [facilitator] = self.service.roster.chats.values()
        return facilitator.chat

    async def plan(self, source: str | None = None, **changes: Any) -> ChatId:
        """Begin a chat."""
        return await self.service.plan(a_plan(**changes), dict(TEXTS), source)

    async def until(self, moment: datetime) -> None:
        """Let time pass until *moment*, waking everybody who asked to be woken on the way."""
        await quiet()
        while (wake := self.clock.next_wake()) is not None and wake <= moment:
            self.clock.step(wake)
            await quiet()
        self.clock.step(moment)
        await quiet()

    async def pass_by(self, seconds: float) -> None:
        """Let some seconds pass."""
        await self.until(self.clock.now() + timedelta(seconds=seconds))

    async def say(self, id: str, text: str, by: Somebody = MEERA, room: RoomId = MAIN, **more: Any) -> Reply:
        """Have somebody write, now."""
        heard = HeardMessage(room=room, id=id, author=by, at=self.clock.now(), text=text, **more)
        return await self.service.hear(heard)

    async def edit(self, id: str, text: str, by: Somebody | None = MEERA) -> Reply:
        """Have somebody change a message."""
        return await self.service.hear(
            HeardEdit(room=MAIN, id=id, at=self.clock.now() + timedelta(seconds=1), text=text, by=by)
        )

    async def delete(self, id: str, by: Somebody | None = MEERA) -> Reply:
        """Have somebody take a message back."""
        return await self.service.hear(HeardDeletion(room=MAIN, id=id, at=self.clock.now(), by=by))

    async def react(self, id: str, reaction: str, by: Somebody = OLU) -> Reply:
        """Have somebody react."""
        return await self.service.hear(
            HeardReaction(room=MAIN, id=id, by=by, reaction=reaction, at=self.clock.now())
        )

    async def command(
        self,
        name: str,
        by: Somebody = ANDREW,
        *,
        room: RoomId = MAIN,
        chat: ChatId | None = None,
        **given: str,
    ) -> Reply:
        """Have somebody give a command; *expects* and *generation* go with it, the rest are its arguments."""
        expects = given.pop("expects", None)
        generation = int(given.pop("generation", 0)) or None
        heard = HeardCommand(
            room=room,
            by=by,
            command=name,
            at=self.clock.now(),
            arguments=given,
            expects=expects,
            chat=chat,
            generation=generation,
        )
        return await self.service.hear(heard)

    async def hear(self, *all_of_it: Heard) -> list[Reply]:
        """Have several things heard at once."""
        return list(await asyncio.gather(*map(self.service.hear, all_of_it)))

    async def stored_texts(self) -> dict[WordKey, str]:
        """Return the newest kept texts of the only chat."""
        stored = await self.store.words(self.chat.id)
        return {text.key: text.text for text in sorted(stored, key=lambda text: text.revision)}

    def posts(self, line: str) -> list[PostKey]:
        """Return the keys of all posts of *line* that were ever written down."""
        return [post.key for batch in self.store.batches for post in batch.posts if post.line == line]


async def quiet() -> None:
    """Give everybody their turns."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


@asynccontextmanager
async def at_work(
    *,
    store: TroubledStore | None = None,
    now: datetime | None = None,
    platform: FakePlatform | None = None,
    composer: Composer | None = None,
    epoch: int = 0,
    may_speak: Callable[[], bool] = lambda: True,
) -> AsyncIterator[AtWork]:
    """Give a running bot, an hour before the start of the hour; a *store* or *platform* of before may be taken over."""
    store = store or TroubledStore()
    clock = SteppedClock(now or at(-60))
    platform = platform or FakePlatform(clock)
    platform.clock = clock
    service = Service(
        store=store,
        clock=clock,
        ids=DerivedIds("house"),
        epoch=epoch,
        platforms={platform.name: platform},
        composer=composer or InlineComposer(store),
        summary_link=lambda chat: f"https://chat.example.org/summary/{chat}",
        may_speak=may_speak,
    )
    await service.load()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(service.run())
        await quiet()
        yield AtWork(service=service, store=store, clock=clock, platform=platform, tasks=tasks)
        running.cancel()
