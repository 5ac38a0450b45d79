"""Clocks of the simulated machines: virtual monotonic time, and a wall clock that can be wrong; names in a row."""

from datetime import UTC, datetime, timedelta

from bot.runtime.clock import SystemClock
from tests.sim.loop import SimLoop

BEGIN = datetime(2026, 12, 3, 18, 30, tzinfo=UTC)
"""The true time at which every world begins."""


class TrueTime:
    """What time it really is: the platforms go by it."""

    def __init__(self, loop: SimLoop) -> None:
        self._loop = loop

    def now(self) -> datetime:
        """Return the true time."""
        return BEGIN + timedelta(seconds=self._loop.time())


class SimClock(SystemClock):
    """A machine's clocks, and what the bot believes of them. *off*: seconds by which its wall clock is wrong."""

    def __init__(self, loop: SimLoop) -> None:
        self._loop = loop
        self.off = 0.0
        self.restart()

    def restart(self) -> None:
        """Believe what the wall clock shows, as a process that starts does."""
        super().__init__(wall=self._shown, steady=self._loop.time)

    def _shown(self) -> float:
        return BEGIN.timestamp() + self._loop.time() + self.off

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return self._loop.time()


class SimIds:
    """Names that never come twice, and tell nothing."""

    def __init__(self) -> None:
        self._count = 0

    def new(self, kind: str, hint: str) -> str:
        """Return the next name of this world."""
        self._count += 1
        return f"{kind[0]}{self._count:05x}"
