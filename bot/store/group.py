"""Group commit: all that wait are written together, in one transaction, and told together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.errors import StoreTrouble, TweetchatError

Work = TypeVar("Work")

WAITING = 1_024
"""How many may wait; whoever comes later waits to wait, which slows the adapters down and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(Generic[Work]):
    """Some work, how heavy it is, and where its outcome is awaited."""

    work: Work
    rows: int
    last: bool
    outcome: asyncio.Future[None]

    def settle(self, refusal: BaseException | None) -> None:
        """Tell whoever still waits."""
        if self.outcome.done():
            return
        if refusal is None:
            self.outcome.set_result(None)
        else:
            self.outcome.set_exception(refusal)


Write = Callable[[Sequence[Work]], Awaitable[Sequence[TweetchatError | None]]]
"""Writes some work whole or not at all; returns for each piece why it was left out, None when it is durable."""


class GroupWriter(Generic[Work]):
    """The one place that writes. Its task lives while anything waits; *rows* bound how long one commit takes."""

    def __init__(self, write: Write[Work], *, rows: int = 4_000) -> None:
        self._write, self._rows = write, rows
        self._queue: asyncio.Queue[Waiting[Work]] = asyncio.Queue(WAITING)
        self._drain: asyncio.Task[None] | None = None
        self._closed = False

    async def submit(self, work: Work, *, rows: int = 1, last: bool = False) -> None:
        """Return once *work* is durable. *last*: nothing that comes later may be written with it.

        Raises: whatever kept it from being written. Cancelling leaves open whether it was.
        """
        if self._closed:
            raise StoreTrouble("the store is closed")
        waiting = Waiting(work=work, rows=rows, last=last, outcome=asyncio.get_running_loop().create_future())
        await self._queue.put(waiting)
        if self._drain is None or self._drain.done():
            # Its parent is this object: `close` waits for it, and what goes wrong goes to those who wait.
            self._drain = asyncio.create_task(self._work_off())  # noqa: TID251
        await waiting.outcome

    async def close(self) -> None:
        """Take nothing more, and return when all that waited is written."""
        self._closed = True
        if self._drain is not None:
            await self._drain

    async def _work_off(self) -> None:
        while not self._queue.empty():
            await self._settle(self._take())
            # Those just told may have more to write at once: let them join the next group, not the one after.
            await asyncio.sleep(0)

    def _take(self) -> list[Waiting[Work]]:
        group: list[Waiting[Work]] = []
        rows = 0
        while rows < self._rows and not self._queue.empty():
            waiting = self._queue.get_nowait()
            if waiting.outcome.cancelled():
                continue
            group.append(waiting)
            rows += waiting.rows
            if waiting.last:
                break
        return group

    async def _settle(self, group: list[Waiting[Work]]) -> None:
        try:
            refusals = await self._write([waiting.work for waiting in group])
        except TweetchatError as error:
            for waiting in group:
                waiting.settle(error)
        except Exception as error:  # noqa: BLE001 - a bug in one piece, told to its owner below
            await self._one_by_one(group, error)
        except BaseException:
            for waiting in group:
                waiting.settle(StoreTrouble("the store was stopped while it wrote"))
            raise
        else:
            for waiting, refusal in zip(group, refusals, strict=True):
                waiting.settle(refusal)

    # What one piece does wrong must not cost the others theirs.
    async def _one_by_one(self, group: list[Waiting[Work]], error: Exception) -> None:
        if len(group) == 1:
            group[0].settle(error)
            return
        for waiting in group:
            await self._settle([waiting])
