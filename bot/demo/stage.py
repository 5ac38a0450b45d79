"""The stage of the demo: the real house on a clock that is stepped, from one thing that happens to the next.

Whatever the speed, every act falls on the same moment of the chat, so the same seed gives the same summary.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from bot.app import FRONT_ROOM, Fittings, House, open_house
from bot.config import Settings
from bot.core.chat import Chat
from bot.core.due import due
from bot.core.names import ChatId
from bot.demo.players import Place, Players
from bot.demo.script import Act, acts
from bot.errors import BadInput
from bot.plans.model import Plan
from bot.plans.read import read_plan
from bot.runtime.clock import DerivedIds, SteppedClock, SystemClock
from bot.runtime.composer import read_texts
from bot.runtime.planning import plan_of, words_of
from bot.summary.document import Summary
from bot.summary.texts import Texts
from bot.wording import languages

BEFORE = timedelta(minutes=3)
"""How long before the start of the chat the demo begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """How the chat stands: what whoever looks on is shown. *room* and *moderate*: addresses."""

    chat: Chat
    at: datetime
    room: str
    moderate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What comes of a demo."""

    chat: Chat
    texts: Texts
    summary: Summary


Watch = Callable[[Glimpse], None]


async def play(*, seed: int, speed: float, port: int, watch: Watch) -> Played:
    """Play the chat of *seed* and return what came of it; *watch* is shown how it goes.

    speed: how many times faster than life; 0: as fast as the machine can. Raises: BadInput for a port in use.
    """
    plan = load_plan()
    clock = SteppedClock(plan.starts_at - BEFORE)
    ids = DerivedIds(f"demo {seed}")
    with TemporaryDirectory(prefix="tweetchat-demo-") as folder:
        settings = _settings(Path(folder), port, ids)
        async with open_house(
            settings, Fittings(clock=clock, ids=ids, on_problem=_raise, inline=True)
        ) as house:
            chat = await house.service.plan(plan_of(plan), words_of(plan), "demo")
            async with _crowd(house, chat, ids) as players:
                stage = _Stage(house, chat, clock, _Pace(clock.now(), speed), watch)
                await stage.perform(acts(seed), players, plan.starts_at)
            return await _collect(house, chat, clock)


def load_plan() -> Plan:
    """Return the plan of the demo's chat."""
    return read_plan((files("bot.demo") / "plan.toml").read_bytes(), name="plan.toml", languages=languages())


def _settings(folder: Path, port: int, ids: DerivedIds) -> Settings:
    # Links and message ids follow from the secret, so it is made from the seed: a demo guards nothing, listens on
    # this machine only and is gone after a minute.
    secret = SecretStr("".join(ids.new("secret", str(part)) for part in range(4)))
    return Settings(
        store=str(folder / "demo.db"), plans=folder, port=port, host="127.0.0.1", public_url="", secret=secret
    )


def _raise(problem: BadInput) -> None:
    raise problem


@asynccontextmanager
async def _crowd(house: House, chat: ChatId, ids: DerivedIds) -> AsyncIterator[Players]:
    """Give the crowd outside a house that runs; afterwards everybody has left and it has stopped."""
    place = Place(
        address=house.address,
        room=FRONT_ROOM.partition("/")[2],
        moderator_link=house.moderator_link(chat) or "",
    )
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(house.service.run(), name="house")
        players = Players(place, ids, tasks)
        yield players
        players.leave()
        running.cancel()


class _Pace:
    """Holds real time back until it has caught up with the chat's, at so many times its speed."""

    def __init__(self, since: datetime, speed: float) -> None:
        self._clock, self._since, self._speed = SystemClock(), since, speed
        self._began = self._clock.monotonic()

    async def reach(self, at: datetime) -> None:
        if self._speed:
            due = self._began + (at - self._since).total_seconds() / self._speed
            await self._clock.sleep(max(0.0, due - self._clock.monotonic()))


class _Stage:
    """One performance."""

    def __init__(self, house: House, chat: ChatId, clock: SteppedClock, pace: _Pace, watch: Watch) -> None:
        self._house, self._chat, self._clock, self._pace, self._watch = house, chat, clock, pace, watch

    async def perform(self, script: tuple[Act, ...], players: Players, starts_at: datetime) -> None:
        """Have the crowd perform *script*, each act at its moment."""
        await self._settle()
        for act in script:
            await self._advance(starts_at + act.at)
            await players.perform(act)
            await self._settle()

    async def _advance(self, to: datetime) -> None:
        """Let the chat's time pass until *to*, stopping wherever somebody in the house wants waking."""
        while (wake := self._next_wake()) is not None and wake <= to:
            await self._step(wake)
        await self._step(to)

    def _next_wake(self) -> datetime | None:
        # The house sets its alarm a moment after it was woken; the chat itself says at once when it wants waking.
        wanted = (self._clock.next_wake(), due(self._house.service.roster.chats[self._chat].chat))
        return min((at for at in wanted if at is not None and at > self._clock.now()), default=None)

    async def _step(self, to: datetime) -> None:
        await self._pace.reach(to)
        self._clock.step(to)
        await self._settle()

    async def _settle(self) -> None:
        await self._house.service.settle()
        chat = self._house.service.roster.chats[self._chat].chat
        glimpse = Glimpse(
            chat=chat,
            at=self._clock.now(),
            room=self._house.room_link(FRONT_ROOM),
            moderate=self._house.moderator_link(self._chat) or "",
        )
        self._watch(glimpse)


async def _collect(house: House, id: ChatId, clock: SteppedClock) -> Played:
    service = house.service
    chat = service.roster.chats[id].chat
    # Somebody who looked on may have taken the summary back: then there is the draft.
    summary = await service.publisher.published(chat) or await service.publisher.draft(chat)
    return Played(chat=chat, texts=await read_texts(house.store, chat), summary=summary)
