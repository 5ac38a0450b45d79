"""An event loop in virtual time: chance decides who runs next, and a process can be killed between any two steps.

A `Process` rides in the context of every callback that it started. Callbacks of a dead one are dropped, so that no
``finally`` and no ``except`` runs: as after kill -9. Those of a frozen one wait until it thaws.
"""

import asyncio
import heapq
import sys
import warnings
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from random import Random
from typing import Any
from weakref import WeakSet


class Process:
    """One life of the bot: what runs in its context dies with it. *kill_at*: the step before which it is killed.

    ending: it was asked to stop, and is on its way.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive = True
        self.frozen = False
        self.ending = False
        self.steps = 0
        self.kill_at = -1
        self.killed: Callable[[], None] = lambda: None
        self.tasks: WeakSet[asyncio.Task[Any]] = WeakSet()
        self.parked: list[asyncio.Handle] = []


class SimTask(asyncio.Task[Any]):
    """A task that is told from others by its number, not by its address: groups cancel theirs in the order of a set."""

    def __init__(
        self, coroutine: Coroutine[Any, Any, Any], *, loop: "SimLoop", context: Context | None
    ) -> None:
        self._number = loop.next_number()
        super().__init__(coroutine, loop=loop, context=context)

    def __hash__(self) -> int:
        """Return its number."""
        return self._number


NODE: ContextVar[Process | None] = ContextVar("NODE", default=None)


class Stuck(Exception):
    """Nothing is left to run, and nobody waits for any time."""


class SimLoop(asyncio.BaseEventLoop):
    """The loop. *complaints*: what asyncio would have logged; there should be none."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._ready: list[asyncio.Handle] = []  # type: ignore[assignment]
        self._clock_now = 0.0
        self._chance = Random(f"order of {seed}").random
        self._graveyard: list[asyncio.Task[Any]] = []
        self.outside: Context = copy_context()
        self.complaints: list[str] = []
        self.steps = self._tasks = 0
        self.set_exception_handler(lambda _, about: self.complaints.append(_complaint(about)))
        self.set_task_factory(_registered)

    def time(self) -> float:
        """Return the virtual seconds since the world began."""
        return self._clock_now

    def after(self, seconds: float, do: Callable[..., object], *args: object) -> asyncio.TimerHandle:
        """Have the world do something later, whoever asked for it: it outlives every process."""
        return self.call_at(self._clock_now + seconds, do, *args, context=self.outside)

    def next_number(self) -> int:
        """Return a number that no task of this loop has yet."""
        self._tasks += 1
        return self._tasks

    def run_to(self, at: float) -> None:
        """Return when it is *at*."""
        self.call_at(at, self.stop, context=self.outside)
        self.run_forever()

    # --- steps ---

    def _run_once(self) -> None:
        ready, scheduled = self._ready, self._scheduled  # type: ignore[attr-defined]
        while not self._stopping:  # type: ignore[attr-defined]
            self._wake(scheduled, ready)
            place = int(self._chance() * len(ready)) if len(ready) > 1 else 0
            handle = ready[place]
            ready[place] = ready[-1]
            ready.pop()
            if not handle._cancelled and self._may_run(handle):  # type: ignore[attr-defined]
                self.steps += 1
                handle._run()

    def _wake(self, scheduled: list[asyncio.TimerHandle], ready: list[asyncio.Handle]) -> None:
        while not ready or (scheduled and scheduled[0]._when <= self._clock_now):  # type: ignore[attr-defined]
            if not scheduled:
                raise Stuck
            timer = heapq.heappop(scheduled)
            timer._scheduled = False  # type: ignore[attr-defined]
            if not timer._cancelled:  # type: ignore[attr-defined]
                self._clock_now = max(self._clock_now, timer._when)  # type: ignore[attr-defined]
                ready.append(timer)

    def _may_run(self, handle: asyncio.Handle) -> bool:
        process: Process | None = handle._context.get(NODE)  # type: ignore[attr-defined]
        if process is None:
            return True
        if process.steps == process.kill_at:
            process.killed()
        if not process.alive:
            return False
        if process.frozen:
            process.parked.append(handle)
            return False
        process.steps += 1
        return True

    def _write_to_self(self) -> None:
        """Nobody has to be woken: there are no threads here."""

    # --- processes ---

    def start(self, process: Process, main: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin *main* as the whole of *process*."""
        context = copy_context()
        context.run(NODE.set, process)
        return self.create_task(main, context=context)

    def kill(self, process: Process) -> None:
        """End *process* where it stands. Its tasks are kept, for collecting them would let their ``finally`` run."""
        process.alive = False
        process.parked.clear()
        self._graveyard.extend(process.tasks)

    def freeze(self, process: Process) -> None:
        """Stop *process* without its noticing."""
        process.frozen = True

    def thaw(self, process: Process) -> None:
        """Let *process* go on as if nothing had been."""
        process.frozen = False
        self._ready.extend(process.parked)
        process.parked.clear()

    def bury(self) -> None:
        """Take everything apart without letting it act or complain, and close."""
        with in_peace():
            for task in [*self._graveyard, *asyncio.all_tasks(self)]:
                task._log_destroy_pending = False  # type: ignore[attr-defined]
                _close(task.get_coro())
            self._graveyard.clear()
            self._ready.clear()
            self._scheduled.clear()  # type: ignore[attr-defined]
            self.close()
            self.set_task_factory(None)


@contextmanager
def in_peace() -> Iterator[None]:
    """Let what is taken apart meanwhile not complain."""
    hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    sys.unraisablehook = hook


def _close(coroutine: Any) -> None:
    for _ in range(5):
        try:
            coroutine.close()
        except BaseException:  # noqa: BLE001, S112  # it would not go quietly: again
            continue
        return


def _registered(
    loop: "SimLoop", coroutine: Coroutine[Any, Any, Any], context: Context | None = None
) -> asyncio.Task[Any]:
    task = SimTask(coroutine, loop=loop, context=context)
    process = (context or copy_context()).get(NODE)
    if process is not None:
        process.tasks.add(task)
    return task


def _complaint(about: dict[str, Any]) -> str:
    error = about.get("exception")
    return f"{about.get('message')}: {error!r}" if error else str(about.get("message"))
