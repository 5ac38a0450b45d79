"""Simulated days of many chats in one process: what memory and tasks come to.

`python -m tests.faults.growth --chats 200 --hours 24` prints one JSON line.
"""

import argparse
import asyncio
import gc
import json
import logging
import os
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import linear_regression

import structlog

from bot.core.commands import Tick
from bot.core.names import RoomId
from bot.core.phases import Phase
from bot.core.plan import CLOSING, TITLE, Plan, PlannedQuestion, question_words
from bot.ports import HeardMessage, HeardReaction, Somebody
from bot.runtime.clock import DerivedIds, SteppedClock
from bot.runtime.composer import InlineComposer
from bot.runtime.facilitator import Facilitator
from bot.runtime.service import Service
from bot.store import open_store
from tests.fakes.platform import FakePlatform

BEGIN = datetime(2026, 12, 3, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ALIVE = timedelta(minutes=80)
"""How long after its start somebody still talks in a chat, or something is due."""
PEOPLE = tuple(Somebody(id=f"u-{number}", name=f"Person {number}") for number in range(12))
TEXTS = {TITLE: "Working with arthritis", CLOSING: "What do you take home?"} | {
    question_words(f"q{number}"): f"What about number {number}, this week at work?" for number in range(1, 5)
}
FOR_EACH_CHAT = frozenset({"Facilitator.run", "Facilitator._watch_clock", "_Line.run"})
"""Tasks that a chat keeps for as long as the bot runs."""
ONCE = frozenset(
    {"Backfill._fill", "Backfill._sweep", "Backfill.run", "FakePlatform.run", "Janitor.run", "Outbox.run"}
    | {"Service.run", "grow"}
)
"""Tasks that a bot has, whatever its chats do."""
STEADY = FOR_EACH_CHAT | ONCE
WARM_UP = 2
"""Hours that count for nothing: libraries are loaded, tables are made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What a run came to. *slope*: MiB an hour; *tasks*: by what they do, once everything is over."""

    chats: int
    hours: int
    published: int
    messages: int
    slope: float
    first: float
    last: float
    tasks_for_each_chat: float
    tasks: dict[str, int] = field(default_factory=dict)


def plan_of(starts_at: datetime, room: RoomId) -> Plan:
    """Return an hour with four questions whose summary is published by itself."""
    return Plan(
        hashtag="#hcchat",
        starts_at=starts_at,
        zone="Europe/Dublin",
        length=timedelta(minutes=60),
        rooms=(room,),
        questions=tuple(
            PlannedQuestion(id=f"q{number}", number=number, opens_after=timedelta(minutes=12 * number - 4))
            for number in range(1, 5)
        ),
        closing_after=timedelta(minutes=55),
        groups=("patient", "clinician"),
        quoting="named",
        late_answers=timedelta(minutes=5),
        publish="auto",
    )


class Season:
    """Chats one after another, several at a time."""

    def __init__(self, service: Service, clock: SteppedClock, platform: FakePlatform) -> None:
        self.service, self.clock, self.platform = service, clock, platform
        self.messages = 0
        self.sizes: list[float] = []

    async def run(self, chats: int, hours: int) -> None:
        """Play them all."""
        between = timedelta(hours=hours - 2) / chats
        begun = 0
        for minute in range(hours * 60):
            while begun < chats and BEGIN + begun * between <= self.clock.now():
                await self._begin(begun)
                begun += 1
            await self._pass_a_minute(minute)
            if minute % 60 == 59:
                self._weigh()

    async def _begin(self, number: int) -> None:
        room = RoomId(f"fake/r{number}")
        await self.service.plan(plan_of(self.clock.now() + 15 * MINUTE, room), dict(TEXTS), None)

    async def _pass_a_minute(self, minute: int) -> None:
        self.clock.step(BEGIN + (minute + 1) * MINUTE)
        now = self.clock.now()
        alive = [one for one in self.service.roster if one.chat.starts_at + ALIVE > now]
        for facilitator in alive:
            await facilitator.put(Tick(at=now))
        await self.service.outbox.drained()
        for facilitator in alive:
            if facilitator.chat.hears and minute % 5:  # sixty messages in a chat
                await self._talk(facilitator, minute)

    async def _talk(self, facilitator: Facilitator, minute: int) -> None:
        [room] = facilitator.chat.plan.rooms
        who, id = PEOPLE[minute % len(PEOPLE)], f"{room}/{minute}"
        text = f"A1 What helped me in week {minute} was pacing, and a manager who asks before she plans."
        await self.service.hear(HeardMessage(room=room, id=id, author=who, at=self.clock.now(), text=text))
        self.messages += 1
        for present in (True, False, True) if minute % 3 == 0 else ():
            by = PEOPLE[(minute + 1) % len(PEOPLE)]
            await self.service.hear(
                HeardReaction(room=room, id=id, by=by, reaction="heart", at=self.clock.now(), present=present)
            )

    def _weigh(self) -> None:
        # What the pretended platform remembers is not the bot's.
        for memory in (self.platform.asked, self.platform.refreshed, self.platform.told, self.platform.gone):
            memory.clear()
        for room in [room for room, facilitator in self._rooms() if facilitator.chat.is_over]:
            self.platform.rooms.pop(room, None)
        gc.collect()
        self.sizes.append(resident())

    def _rooms(self) -> list[tuple[RoomId, Facilitator]]:
        return [(room, one) for one in self.service.roster for room in one.chat.plan.rooms]


async def grow(folder: Path, *, chats: int, hours: int) -> Growth:
    """Return what *chats* within *hours* come to."""
    clock = SteppedClock(BEGIN)
    platform = FakePlatform(clock)
    store = await open_store(folder / "chats.db")
    service = Service(
        store=store,
        clock=clock,
        ids=DerivedIds("season"),
        epoch=await store.lease.acquire("season"),
        platforms={"fake": platform},
        composer=InlineComposer(store),
        summary_link=lambda chat: f"https://chat.example.org/summary/{chat}",
    )
    await service.load()
    async with asyncio.TaskGroup() as tasks:
        before = len(asyncio.all_tasks())
        running = tasks.create_task(service.run())
        season = Season(service, clock, platform)
        await season.run(chats, hours)
        await until_published(service)
        left = asyncio.all_tasks()
        running.cancel()
    await store.lease.release()
    await store.close()
    steady = season.sizes[WARM_UP:]
    return Growth(
        chats=chats,
        hours=hours,
        published=sum(one.chat.phase is Phase.PUBLISHED for one in service.roster),
        messages=season.messages,
        slope=round(linear_regression(range(len(steady)), steady).slope, 3),
        first=round(steady[0], 1),
        last=round(steady[-1], 1),
        tasks_for_each_chat=round((len(left) - before) / chats, 2),
        tasks=dict(Counter(kind_of(task) for task in left)),
    )


async def until_published(service: Service) -> None:
    """Return when no summary is being made any more, and what was under way is done, or will never be."""
    async with asyncio.timeout(60):
        while any(one.chat.phase is Phase.REVIEW for one in service.roster):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        await service.outbox.drained()
        with suppress(TimeoutError):
            async with asyncio.timeout(20):
                while {kind_of(task) for task in asyncio.all_tasks()} - STEADY:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)


def kind_of(task: asyncio.Task[object]) -> str:
    """Return what a task does, by the name of its function."""
    coroutine = task.get_coro()
    return str(getattr(coroutine, "__qualname__", type(coroutine).__name__))


def resident() -> float:
    """Return the memory that this process holds, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Play, and print one line."""
    parser = argparse.ArgumentParser(description="Simulated days of many chats in one process.")
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--hours", type=int, default=24)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder:
        grown = asyncio.run(grow(Path(folder), chats=given.chats, hours=given.hours))
    print(json.dumps(asdict(grown)))  # noqa: T201


if __name__ == "__main__":
    main()
