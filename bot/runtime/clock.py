"""The clocks and the only source of new names: the rest of the house is told the time, and lint sees to it."""

import asyncio
import heapq
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

JUMP = timedelta(seconds=30)
"""A wall clock that was set by more than this is not believed at once."""
BELIEVED_AFTER = 300.0
"""Seconds for which a clock has to stay as it was set before it is believed."""


def steady() -> float:
    """Return seconds that nobody can set and that go on while the machine is suspended, where the system has such."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class SystemClock:
    """The machine's own time, but for a wall clock that was set by a lot: that is believed once it has stayed so.

    wall, steady: the machine's two clocks, in seconds. What the first is ahead of the second says that it was set.
    """

    # Waits are cut short so that a wall clock that was set, or a machine that slept, is noticed within this time.
    LOOK_AGAIN = 20.0

    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = steady) -> None:
        self._wall, self._steady = wall, steady
        self._ahead = wall() - steady()
        self._doubted: tuple[float, float] | None = None

    def now(self) -> datetime:
        """Return the wall time in UTC, as far as it is believed."""
        steady = self._steady()
        self._look(self._wall() - steady, steady)
        return datetime.fromtimestamp(self._ahead + steady, UTC)

    def set_by(self) -> timedelta:
        """Return by how much the wall clock differs from the time that is believed; nothing while it is believed."""
        self.now()
        return timedelta(seconds=self._doubted[0] - self._ahead) if self._doubted else timedelta()

    def _look(self, ahead: float, steady: float) -> None:
        """Take *ahead* for true, or doubt it; what is doubted for the first time, or moved since, begins anew."""
        if not _is_jump(ahead, self._ahead):
            self._ahead, self._doubted = ahead, None
        elif self._doubted is None or _is_jump(ahead, self._doubted[0]):
            self._doubted = (ahead, steady)
        elif steady - self._doubted[1] >= BELIEVED_AFTER:
            self._ahead, self._doubted = ahead, None

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after *seconds*."""
        self.now()  # a standby only sleeps, and shall know by the time that it takes over whether its clock is right
        await asyncio.sleep(seconds)

    async def sleep_until(self, at: datetime) -> None:
        """Return when it is *at*, by the time that is believed, however that was set meanwhile; never early."""
        while (left := (at - self.now()).total_seconds()) > 0:  # noqa: ASYNC110  # time is no event
            await asyncio.sleep(min(left, self.LOOK_AGAIN))


def _is_jump(ahead: float, before: float) -> bool:
    return abs(ahead - before) > JUMP.total_seconds()


class SteppedClock:
    """Time that stands still until somebody steps it on: for replays, the demo and tests."""

    def __init__(self, start: datetime) -> None:
        self._start = self._now = start
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> datetime:
        """Return the time that was last stepped to."""
        return self._now

    def set_by(self) -> timedelta:
        """Return nothing: who steps a clock is believed."""
        return timedelta()

    def monotonic(self) -> float:
        """Return seconds since the clock began."""
        return (self._now - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Return when the clock has been stepped on by *seconds*."""
        await self.sleep_until(self._now + timedelta(seconds=seconds))

    async def sleep_until(self, at: datetime) -> None:
        """Return when the clock has been stepped to *at*."""
        if at <= self._now:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (at, self._count, woken))
        await woken

    def next_wake(self) -> datetime | None:
        """Return when the first sleeper wants waking."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def step(self, to: datetime) -> None:
        """Set the time to *to* (never back) and wake whom that concerns."""
        self._now = max(self._now, to)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)


class RandomIds:
    """Names that nobody can guess or trace back."""

    def new(self, kind: str, hint: str) -> str:
        """Return a new random name; *hint* leaves no trace in it."""
        return secrets.token_hex(8)


def new_secret() -> str:
    """Return a secret that nobody can guess: 256 bits, as text."""
    return secrets.token_hex(32)


class DerivedIds:
    """The same name for the same hint: a replay or a demo told twice gives the same log."""

    def __init__(self, seed: str) -> None:
        self._key = seed.encode()

    def new(self, kind: str, hint: str) -> str:
        """Return the name that seed, *kind* and *hint* give."""
        return blake2b(f"{kind}\0{hint}".encode(), key=self._key[:64], digest_size=8).hexdigest()
