"""Machines that run the bot, one life after another: started again when it dies, and standing by for one another."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from bot.core.names import WordKey
from bot.core.plan import Plan
from bot.errors import Conflict, OwnedByAnother, Refused, StoreTrouble
from bot.runtime.clock import JUMP
from bot.runtime.composer import InlineComposer
from bot.runtime.service import Service
from tests.sim.clock import SimClock, SimIds
from tests.sim.disk import Disk, DiskStore
from tests.sim.loop import Process
from tests.sim.platforms import SimSite
from tests.sim.world import World

RESTART = 2.0
"""Seconds after which whoever watches over a process starts it again."""
LOOK_FOR_PLANS = 5.0
STAND_BY = 2.0
"""Seconds between a standby's looks at the lease."""


@dataclass(slots=True)
class PlanFile:
    """The plan as it stands in its file. *version* grows with each change; *readers* wait for the next one."""

    plan: Plan
    words: dict[WordKey, str]
    version: int = 1
    readers: list[asyncio.Future[None]] = field(default_factory=list)

    def save(self) -> None:
        """Let everybody know that it changed."""
        self.version += 1
        readers, self.readers = self.readers, []
        for reader in readers:
            if not reader.done():  # whoever read may have ended
                reader.set_result(None)

    async def changed(self) -> None:
        """Return once it changed."""
        reader: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.readers.append(reader)
        await reader


@dataclass(slots=True, kw_only=True)
class House:
    """What the lives of the bot share. *contested*: there is another node that would take the lease over."""

    world: World
    disk: Disk
    file: PlanFile
    sites: list[SimSite]
    contested: bool = False
    ids: SimIds = field(default_factory=SimIds)
    make: Callable[..., Service] = Service


class Node:
    """One machine."""

    def __init__(self, house: House, name: str) -> None:
        self._house = house
        self.name = name
        self.clock = SimClock(house.world.loop)
        self.process: Process | None = None
        self.service: Service | None = None
        self.up_since: float | None = None
        self.kill_at = -1
        self.lives = 0
        self.down = 0.0
        self.downtime = RESTART
        self._first: Process | None = None
        self._main: asyncio.Task[None] | None = None

    @property
    def first_steps(self) -> int:
        """Return how many steps the first life had."""
        return self._first.steps if self._first else 0

    def start(self) -> None:
        """Begin a new life, unless there is one."""
        world = self._house.world
        if (self.process is not None and self.process.alive) or world.loop.time() < self.down:
            return
        self.lives += 1
        self.clock.restart()
        world.oracles.may_miss |= abs(self.clock.off) > JUMP.total_seconds()
        process = self.process = Process(f"{self.name}{self.lives}")
        process.kill_at, self.kill_at = self.kill_at, -1
        self._first = self._first or process
        process.killed = self._killed
        main = self._main = world.loop.start(process, self._live(process))
        main.add_done_callback(lambda task: self._ended(process, task), context=world.loop.outside)
        world.oracles.trace("starts", process.name)

    def _killed(self) -> None:
        self.kill(self.downtime)

    def kill(self, downtime: float) -> None:
        """Kill -9, and start again after *downtime*."""
        process, world = self.process, self._house.world
        self.down = max(self.down, world.loop.time() + downtime)
        world.loop.after(downtime + 0.001, self.start)
        if process is None or not process.alive:
            return
        world.oracles.trace("dies", process.name, process.steps)
        world.oracles.counts["deaths"] += 1
        self._bury(process)

    def stop(self, downtime: float) -> None:
        """Ask the process to end, as SIGTERM does, and start again after *downtime*."""
        process, world = self.process, self._house.world
        self.down = max(self.down, world.loop.time() + downtime)
        world.loop.after(downtime + 0.001, self.start)
        if process is not None and process.alive and self._main is not None:
            process.ending = True
            self._main.cancel()

    def _bury(self, process: Process) -> None:
        self._house.world.loop.kill(process)
        self._house.disk.died(process)
        for site in self._house.sites:
            site.hang_up(process)
        self.service, self.up_since = None, None

    def _ended(self, process: Process, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        oracles = self._house.world.oracles
        oracles.trace("ends", process.name, repr(error))
        if not process.ending and not _is_expected(error):
            oracles.fail(f"the bot fell over: {_kinds(error)}")
        self._bury(process)
        self._house.world.loop.after(RESTART, self.start)

    async def _live(self, process: Process) -> None:
        house, store = self._house, DiskStore(self._house.disk)
        epoch = await _own(store, process.name, self.clock)
        service = house.make(
            store=store,
            clock=self.clock,
            ids=house.ids,
            epoch=epoch,
            platforms={site.name: site.connect(self.clock) for site in house.sites},
            composer=InlineComposer(store),  # type: ignore[arg-type]
            summary_link=lambda chat: f"https://chat.example.org/summary/{chat}",
            may_speak=store.lease.surely_ours if house.contested else lambda: True,
        )
        async with asyncio.TaskGroup() as tasks:
            if house.contested:
                tasks.create_task(store.lease.keep())
            await service.load()
            self.service, self.up_since = service, house.world.loop.time()
            tasks.create_task(service.run())
            tasks.create_task(self._read_plans(service))

    async def _read_plans(self, service: Service) -> None:
        known, file = 0, self._house.file
        while True:
            version = file.version
            if version == known:
                await file.changed()
                continue
            try:
                with suppress(Refused):
                    await service.plan(file.plan, dict(file.words), "plan.toml")
                known = version
            except (StoreTrouble, Conflict):
                await self.clock.sleep(LOOK_FOR_PLANS)


async def _own(store: DiskStore, owner: str, clock: SimClock) -> int:
    while True:
        try:
            return await store.lease.acquire(owner)
        except OwnedByAnother:
            await clock.sleep(STAND_BY)


def _is_expected(error: BaseException | None) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_expected, error.exceptions))
    return isinstance(error, OwnedByAnother | StoreTrouble)


def _kinds(error: BaseException | None) -> str:
    if isinstance(error, BaseExceptionGroup):
        return ", ".join(map(_kinds, error.exceptions))
    return repr(error)
