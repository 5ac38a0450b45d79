"""Counts and times of this process, for Prometheus. Labels are platforms, kinds, outcomes: never words, never ids."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest

from bot.core.events import GapNoticed, PostDoubled, PostInDoubt, StageEntered
from bot.core.names import PostKey
from bot.ports import Batch, Clock, Heard, Mark, Unsent
from bot.runtime.directory import platform_of

NAMESPACE = "tweetchat"
_DURABLE = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LATE = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 600)
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_DONE = frozenset({"posted", "failed", "cancelled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    platform: str
    action: str
    since: float
    due: datetime | None = None


class Metrics:
    """The `bot.ports.Meter` of one house. What was counted starts at nought with every start of the process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: dict[PostKey, _Waiting] = {}
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        counter = partial(Counter, namespace=NAMESPACE, registry=registry)
        histogram = partial(Histogram, namespace=NAMESPACE, registry=registry)
        by_platform = ("platform",)
        self._heard = counter("heard", "What adapters told", ("platform", "kind", "outcome"))
        self._durable = histogram(
            "durable_seconds", "From being told to being durable", by_platform, buckets=_DURABLE
        )
        self._commits = counter("commits", "Batches that became durable")
        self._batch = histogram("batch_events", "Events in a batch", buckets=_SIZES)
        self._posts = counter("posts", "What became of posts", ("platform", "action", "outcome", "via"))
        self._late = histogram(
            "post_late_seconds", "From when a stage was due to its post", by_platform, buckets=_LATE
        )
        self._doubts = counter("doubts", "Posts that moderators were asked about", by_platform)
        self._doubles = counter("doubles", "Second copies that were taken away", by_platform)
        self._gaps = counter("gaps", "Times that a room could not be heard", by_platform)

    # --- the meter ---

    def heard(self, heard: Heard, seconds: float, *, refused: bool) -> None:
        """Count it, and how long it took."""
        platform, kind = platform_of(heard.room), type(heard).__name__.removeprefix("Heard").lower()
        self._heard.labels(platform, kind, "refused" if refused else "stored").inc()
        if not refused:
            self._durable.labels(platform).observe(seconds)

    def lined_up(self, row: Unsent) -> None:
        """Count it among what waits, from now on."""
        self._waiting[row.post.key] = _Waiting(
            platform=platform_of(row.post.room), action=row.post.action, since=self._clock.monotonic()
        )

    def left_line(self, row: Unsent) -> None:
        """Count it no more: it was done without our hearing of it, or is another row's business now."""
        self._waiting.pop(row.post.key, None)

    def committed(self, batch: Batch) -> None:
        """Count what it holds."""
        self._commits.inc()
        self._batch.observe(len(batch.events))
        self._note_events(batch)
        for mark in batch.marks:
            if mark.state in _DONE:
                self._note_done(mark)

    def _note_events(self, batch: Batch) -> None:
        for event in batch.events:
            match event:
                case PostInDoubt():
                    self._doubts.labels(platform_of(event.room)).inc()
                case PostDoubled():
                    self._doubles.labels(platform_of(event.room)).inc()
                case GapNoticed():
                    self._gaps.labels(platform_of(event.room)).inc()
                case StageEntered(cause="clock"):
                    self._note_due(batch, event.due)
                case _:
                    pass

    def _note_due(self, batch: Batch, due: datetime) -> None:
        for post in batch.posts:
            waiting = self._waiting.get(post.key)
            if waiting is not None and waiting.due is None and post.action == "post":
                self._waiting[post.key] = replace(waiting, due=due)

    def _note_done(self, mark: Mark) -> None:
        waiting = self._waiting.pop(mark.key, None)
        if waiting is None:  # a second receipt for what is done
            return
        self._posts.labels(waiting.platform, waiting.action, mark.state, mark.via or "none").inc()
        if waiting.due is not None and mark.state == "posted":
            self._late.labels(waiting.platform).observe((self._clock.now() - waiting.due).total_seconds())

    # --- for whoever asks ---

    def rendered(self) -> bytes:
        """Return all counters and times in Prometheus's text format."""
        return generate_latest(self.registry)

    def waiting(self) -> dict[str, tuple[int, float]]:
        """Return for each platform how many posts wait, and since how many seconds the oldest of them does."""
        found: dict[str, tuple[int, float]] = {}
        for waiting in self._waiting.values():
            count, oldest = found.get(waiting.platform, (0, 0.0))
            age = self._clock.monotonic() - waiting.since
            found[waiting.platform] = (count + 1, max(oldest, age))
        return found
