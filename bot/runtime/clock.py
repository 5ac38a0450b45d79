"""The clocks and the only source of new names: the rest of the house is told the time, and lint sees to it."""

import asyncio
import heapq
import secrets
import time
from datetime import UTC, datetime, timedelta
from hashlib import blake2b


class SystemClock:
    """The machine's own time."""

    # Waits are cut short so that a wall clock that was set, or a machine that slept, is noticed within this time.
    LOOK_AGAIN = 20.0

    def now(self) -> datetime:
        """Return the wall time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after *seconds*."""
        await asyncio.sleep(seconds)

    async def sleep_until(self, at: datetime) -> None:
        """Return when the wall clock shows *at*, however it was set meanwhile; never early."""
        while (left := (at - self.now()).total_seconds()) > 0:  # noqa: ASYNC110  # time is no event
            await asyncio.sleep(min(left, self.LOOK_AGAIN))


class SteppedClock:
    """Time that stands still until somebody steps it on: for replays, the demo and tests."""

    def __init__(self, start: datetime) -> None:
        self._start = self._now = start
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> datetime:
        """Return the time that was last stepped to."""
        return self._now

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
