"""A plan saved today announces, reminds and opens by itself, over any restarts, and says each thing once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.phases import Phase
from bot.errors import BadInput
from bot.ports import HeardCommand, RoomId, Somebody
from bot.runtime.clock import DerivedIds, SteppedClock
from bot.runtime.composer import InlineComposer
from bot.runtime.planbook import Planbook
from bot.runtime.service import Service
from bot.store import open_store
from tests.fakes.platform import FakePlatform

STARTS = datetime(2026, 12, 3, 19, 0, tzinfo=UTC)
ROOM = "fake/main"
ANDREW = Somebody(id="u-andrew", name="Andrew", may_moderate=True)
PLAN = """
title = "Working with arthritis"
hashtag = "#hcchat"
starts = "2026-12-03 19:00"
zone = "Europe/London"
rooms = ["fake/main"]
late_answers_hours = 1
publish = "auto"

[[questions]]
text = "What helped you this week?"

[[questions]]
text = "What would you ask your employer for?"
"""
HOURS = 60.0
TURNS = 20
SAVED = -26 * HOURS
MOMENTS = (SAVED, -24 * HOURS, -0.5 * HOURS, -10, 0, 8, 30, 31, 54, 60, 60 + HOURS)
"""When something is due, in minutes from the start: the announcement, two reminders, doors ... thanks, the summary."""
SAID = ["announced", "reminder", "reminder", "doors", "introductions", "q1", "q2", "closing", "after-hour"]


def at(minutes: float) -> datetime:
    """Return the moment that many minutes after the start."""
    return STARTS + timedelta(minutes=minutes)


@dataclass(slots=True)
class World:
    """What outlives the bot: the disk, the room, the time."""

    folder: Path
    clock: SteppedClock = field(default_factory=lambda: SteppedClock(at(SAVED)))
    platform: FakePlatform = field(init=False)
    lives: int = 0

    def __post_init__(self) -> None:
        """Save the plan."""
        self.platform = FakePlatform(self.clock)
        (self.folder / "chat.toml").write_text(PLAN, "utf-8")

    async def live(self, *, until: float) -> None:
        """Have a bot run until so many minutes from the start; then it is gone."""
        async with self._running() as service:
            await self._pass(service, at(until))

    async def order(self, command: str) -> None:
        """Have a moderator give a command to a bot that lives just long enough for it."""
        async with self._running() as service:
            reply = await service.hear(
                HeardCommand(room=RoomId(ROOM), by=ANDREW, command=command, at=self.clock.now())
            )
            assert not reply.refused
            await _settled(service)

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[Service]:
        self.lives += 1
        store = await open_store(self.folder / "chats.db")
        service = Service(
            store=store,
            clock=self.clock,
            ids=DerivedIds(f"life {self.lives}"),
            epoch=await store.lease.acquire(f"life {self.lives}"),
            platforms={"fake": self.platform},
            composer=InlineComposer(store),
            summary_link=lambda chat: f"https://chat.example.org/summary/{chat}",
        )
        try:
            await service.load()
            running = asyncio.get_running_loop().create_task(service.run())
            await _planbook(self, service).look()
            yield service
            running.cancel()
            await asyncio.wait({running})
        finally:
            await store.lease.release()
            await store.close()

    async def _pass(self, service: Service, moment: datetime) -> None:
        await _settled(service)
        while (wake := self.clock.next_wake()) is not None and wake <= moment:
            self.clock.step(wake)
            await _settled(service)
        self.clock.step(moment)
        await _settled(service)

    def parts(self) -> list[str]:
        """Return the keys of the summary's posts."""
        return [key for key in self.platform.keys(ROOM) if key.split("/")[1] == "summary"]


async def _settled(service: Service) -> None:
    await service.settle()
    for _ in range(TURNS):  # until every chat waits for its clock again
        await asyncio.sleep(0)
    async with asyncio.timeout(10):
        while any(chat.chat.phase is Phase.REVIEW for chat in service.roster.chats.values()):  # noqa: ASYNC110
            await asyncio.sleep(0.005)  # the summary is made beside everything else
    await service.outbox.drained()


def _planbook(world: World, service: Service) -> Planbook:
    def complain(problem: BadInput) -> None:
        raise problem

    return Planbook(
        folder=world.folder, service=service, clock=world.clock, links=lambda *_: "", on_problem=complain
    )


def _short(key: str) -> str:
    _, kind, name, *_ = key.split("/")
    return name if kind in {"question", "last-thoughts"} else kind


async def test_without_a_restart_the_hour_is_this(tmp_path: Path) -> None:
    """Announcement, two reminders, doors, welcome, questions, closing, thanks, and the summary: all by itself."""
    world = World(tmp_path)

    await world.live(until=130)

    assert without_last_thoughts(world) == SAID
    assert len(world.parts()) == 1


def without_last_thoughts(world: World) -> list[str]:
    """Return what was said but for "last thoughts on ...", which a restart may come too late for."""
    return [
        _short(key)
        for key in world.platform.keys(ROOM)
        if key.split("/")[1] not in {"summary", "last-thoughts"}
    ]


async def test_a_restart_before_and_after_everything_changes_nothing(tmp_path: Path) -> None:
    """Stopped a second before each thing is due and started again at once, and the same a second after."""
    world = World(tmp_path)

    for moment in MOMENTS[1:]:
        await world.live(until=moment - 1 / 60)
        await world.live(until=moment + 1 / 60)
    await world.live(until=130)

    assert world.lives == 21
    assert without_last_thoughts(world) == SAID
    assert len(set(world.platform.keys(ROOM))) == len(world.platform.keys(ROOM))
    assert len(world.parts()) == 1


@pytest.mark.parametrize("moment", MOMENTS[1:])
async def test_what_was_due_while_the_bot_was_down_comes_when_it_is_back(
    tmp_path: Path, moment: float
) -> None:
    """Down for two minutes round any moment: the room misses nothing and reads nothing twice."""
    world = World(tmp_path)
    await world.live(until=moment - 1)
    world.clock.step(at(moment + 1))

    await world.live(until=130)

    assert without_last_thoughts(world) == SAID
    assert len(set(world.platform.keys(ROOM))) == len(world.platform.keys(ROOM))
    assert len(world.parts()) == 1


async def test_a_bot_that_slept_through_the_chat_opens_nothing(tmp_path: Path) -> None:
    """Down from before the doors until after the end: nothing is asked into an empty room."""
    world = World(tmp_path)
    await world.live(until=-20)
    said = len(world.platform.keys(ROOM))
    world.clock.step(at(90))

    await world.live(until=130)

    assert world.platform.keys(ROOM)[said:] == []


async def test_a_chat_on_hold_stays_on_hold_over_a_restart(tmp_path: Path) -> None:
    """A clock that a moderator stopped stands still for the bot that comes back, until somebody resumes."""
    world = World(tmp_path)
    await world.live(until=9)
    await world.order("hold")
    await world.live(until=59)
    assert without_last_thoughts(world)[-2:] == ["q1", "held"]

    await world.order("resume")
    await world.live(until=240)

    assert without_last_thoughts(world)[-4:] == ["resumed", "q2", "closing", "after-hour"]


async def test_of_questions_slept_through_only_the_newest_is_asked(tmp_path: Path) -> None:
    """Down from the welcome until both questions were due: only the second is asked."""
    world = World(tmp_path)
    await world.live(until=5)
    world.clock.step(at(40))

    await world.live(until=130)

    assert "q1" not in without_last_thoughts(world)
    assert without_last_thoughts(world).count("q2") == 1


async def test_a_plan_saved_while_the_bot_was_down_is_taken_up(tmp_path: Path) -> None:
    """Who edits a plan during a restart finds it changed, and told, when the bot is back."""
    world = World(tmp_path)
    await world.live(until=-25 * HOURS)
    changed = PLAN.replace("this week", "this month")
    (tmp_path / "chat.toml").write_text(changed, "utf-8")

    await world.live(until=130)

    assert "this month" in "\n".join(world.platform.texts(ROOM))
    assert without_last_thoughts(world) == SAID
