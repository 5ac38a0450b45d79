"""The only sources of time and of names."""

from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Wall time and monotonic time."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""

    def set_by(self) -> timedelta:
        """Return by how much the machine's wall clock differs from `now`: it was set, and is not believed yet."""

    def monotonic(self) -> float:
        """Return seconds that never jump."""

    async def sleep_until(self, at: datetime) -> None:
        """Return when it is *at* by `now`, however the machine's clock was set meanwhile."""

    async def sleep(self, seconds: float) -> None:
        """Return after *seconds*."""


class Ids(Protocol):
    """New names. *hint*: what the name is for; a replay derives it from the hint, everybody else ignores it."""

    def new(self, kind: str, hint: str) -> str:
        """Return a name never given before (or, in a replay, the same for the same hint)."""
