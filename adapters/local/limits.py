"""How much one person or one address may do in a while: token buckets that are told the time."""

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """*burst* at once, then *per_minute*."""

    burst: int
    per_minute: float


class Limit:
    """One bucket for each name, the least recently used forgotten first."""

    def __init__(self, rate: Rate, *, at_most: int = 20_000) -> None:
        self._rate, self._at_most = rate, at_most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, now: float) -> float:
        """Take one token of *name*; return 0, or the seconds to wait when there is none. *now*: monotonic seconds."""
        per_second = self._rate.per_minute / 60
        left, since = self._buckets.pop(name, (float(self._rate.burst), now))
        left = min(float(self._rate.burst), left + max(0.0, now - since) * per_second)
        wait = 0.0 if left >= 1 else (1 - left) / per_second
        self._buckets[name] = (left if wait else left - 1, now)
        if len(self._buckets) > self._at_most:
            self._buckets.popitem(last=False)
        return wait
