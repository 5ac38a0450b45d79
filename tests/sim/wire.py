"""One request on its way to a platform and back: lost, late, refused, cut off on the way, or just slow."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.errors import PlatformTrouble
from tests.sim.faults import Weather
from tests.sim.loop import Process
from tests.sim.world import World

T = TypeVar("T")

LATEST = 30.0
"""Seconds after which a request that was cut off can still be carried out; very late ones take three times that."""
POST_FATES = (
    "429", "500", "502-stored", "reset", "reset-stored", "late", "very-late", "hang", "hang-stored", "slow-answer",
    "unreachable", "forbidden",
)  # fmt: skip
SMALL_FATES = ("429", "reset", "slow-answer", "unreachable")


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a request: whether and when it is carried out, and what is answered when."""

    done: bool = True
    after: float = 0.0
    answer: float = 0.0
    trouble: PlatformTrouble | None = None


def fate_of(weather: Weather, room: str, kinds: tuple[str, ...]) -> Fate:
    """Return what becomes of a request to *room*, to which one of *kinds* can happen."""
    if weather.outage:
        return Fate(False, 0, 0.05, PlatformTrouble("cannot connect"))
    if room in weather.stopped and kinds:
        return Fate(False, 0, 0.05, PlatformTrouble("slow down", retry_after=weather.between(1, 8)))
    return _struck(weather.first_of(kinds), weather.between)


def _struck(kind: str, between: Callable[[float, float], float]) -> Fate:
    def lost() -> PlatformTrouble:
        return PlatformTrouble("the line broke", unknown=True)

    fates: dict[str, Callable[[], Fate]] = {
        "": Fate,
        "429": lambda: Fate(False, 0, 0, PlatformTrouble("slow down", retry_after=between(0.5, 6))),
        "500": lambda: Fate(False, 0, 0.1, PlatformTrouble("server trouble", unknown=True)),
        "502-stored": lambda: Fate(True, 0, 0.1, PlatformTrouble("bad gateway", unknown=True)),
        "reset": lambda: Fate(False, 0, 0.1, lost()),
        "reset-stored": lambda: Fate(True, 0, 0.1, lost()),
        "late": lambda: Fate(True, between(0.5, LATEST - 1), between(0.05, 5), lost()),
        "very-late": lambda: Fate(True, between(LATEST, 3 * LATEST), between(0.05, 5), lost()),
        "hang": lambda: Fate(False, 0, between(60, 300), lost()),
        "hang-stored": lambda: Fate(True, 0, between(60, 300), None),
        "slow-answer": lambda: Fate(True, 0, between(1, 6), None),
        "unreachable": lambda: Fate(False, 0, 0.05, PlatformTrouble("cannot connect")),
        "forbidden": lambda: Fate(False, 0, 0, PlatformTrouble("missing permission", permanent=True)),
    }
    return fates[kind]()


class Request(Generic[T]):
    """One request. Once it has left it is the world's: whoever made it may die."""

    def __init__(self, world: World, process: Process, fate: Fate, do: Callable[[], T]) -> None:
        self._world, self._process, self._fate, self._do = world, process, fate, do
        self._results: list[T | PlatformTrouble] = []
        self._answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    async def answer(self) -> T:
        """Return what it gave. Raises: PlatformTrouble."""
        self._world.loop.after(self._way(), self._arrive)
        return await self._answer

    def _way(self) -> float:
        return self._world.net.uniform(0.01, 0.06)

    def _arrive(self) -> None:
        if not self._process.alive and self._world.net.random() < 0.5:
            return  # it was cut off on its way
        if self._fate.done:
            self._world.loop.after(self._fate.after, self._carry_out)
        self._world.loop.after(self._way() + self._fate.answer, self._give)

    def _carry_out(self) -> None:
        try:
            self._results.append(self._do())
        except PlatformTrouble as trouble:
            self._results.append(trouble)

    def _give(self) -> None:
        if self._answer.done():
            if self._process.alive and not self._process.ending:
                self._world.oracles.fail("a request under way was cancelled")
            return
        told = self._fate.trouble or self._results[0]
        if isinstance(told, PlatformTrouble):
            self._answer.set_exception(told)
            self._answer.exception()  # nobody may be waiting any more
        else:
            self._answer.set_result(told)
