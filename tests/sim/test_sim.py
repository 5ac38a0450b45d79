"""Simulated chats in small: fixed seeds on both platform models, kept regressions, some crash points, three mutants.

The whole of it is `sh dev.sh sim`, `python -m tests.sim.crash_points` and `python -m tests.sim.mutants`.
"""

import asyncio
import subprocess
import sys
from itertools import islice

import pytest

from tests.sim import regressions
from tests.sim.crash_points import Point, points, try_out
from tests.sim.loop import Process, SimLoop
from tests.sim.mutants import MUTANTS, caught
from tests.sim.run import Scene, play

GROUPS = 6
CHATS_IN_GROUP = 10
EVERY = 91


@pytest.mark.parametrize("group", range(GROUPS))
def test_chats_survive_whatever_goes_wrong(group: int) -> None:
    """Nothing is lost, doubled or out of order, and the log tells the same as the bot's memory."""
    found = {
        seed: verdict.found
        for seed in range(group * CHATS_IN_GROUP, (group + 1) * CHATS_IN_GROUP)
        if (verdict := play(Scene(seed=seed))).found
    }

    assert found == {}


@pytest.mark.parametrize("scene", regressions.scenes(), ids=lambda scene: f"{scene.model}-{scene.seed}")
def test_what_failed_once_holds_now(scene: Scene) -> None:
    """Each seed that ever failed is played again with the faults that it took."""
    assert play(scene).found == ()


@pytest.mark.parametrize("begin", range(4))
def test_a_kill_before_any_step_loses_and_doubles_nothing(begin: int) -> None:
    """A sample of the crash points; all of them have a command of their own."""
    sample = list(islice(points(EVERY), begin, None, 4))

    failures: dict[Point, tuple[str, ...]] = {point: found for point, found in map(try_out, sample) if found}

    assert len(sample) > 20
    assert failures == {}


DIGESTS = (
    "import sys; from tests.sim.run import *; print(sorted((n, play(Scene(seed=n)).digest) for n in %s))"
)


def test_the_same_seed_tells_the_same_story_in_every_process() -> None:
    """Whatever was played before, and whatever way a process orders its sets: nothing decided depends on it."""
    told = {
        subprocess.run(
            [sys.executable, "-c", DIGESTS % str(seeds)],
            env={"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed, seeds in (("1", (4, 315, 318)), ("2", (318, 315, 4)))
    }

    assert len(told) == 1


@pytest.mark.parametrize("name", ["blind re-send", "no dedupe", "cancel on timeout"])
def test_a_weakened_protocol_is_caught(name: str) -> None:
    """The simulation can see: a weakened bot fails within a few chats."""
    [mutant] = [mutant for mutant in MUTANTS if mutant.name == name]

    assert caught(mutant, most=8) is not None


class TestLoop:
    """Virtual time, and processes that can be killed."""

    def test_what_is_killed_runs_no_finally(self) -> None:
        """As after kill -9: the process simply is not there any more."""
        loop, process, ran = SimLoop(1), Process("a"), []

        async def live() -> None:
            try:
                await asyncio.sleep(10)
            finally:
                ran.append("finally")

        loop.start(process, live())
        loop.run_to(5)
        loop.kill(process)
        loop.run_to(20)

        assert ran == []
        loop.bury()

    def test_what_is_frozen_goes_on_where_it_was(self) -> None:
        """As after SIGSTOP and SIGCONT: late, and none the wiser."""
        loop, process, woke = SimLoop(1), Process("a"), []

        async def live() -> None:
            await asyncio.sleep(10)
            woke.append(loop.time())

        loop.start(process, live())
        loop.run_to(5)
        loop.freeze(process)
        loop.run_to(30)
        loop.thaw(process)
        loop.run_to(31)

        assert woke == [30.0]
        loop.bury()

    def test_hours_pass_in_no_time(self) -> None:
        """Time jumps to the next thing that anybody waits for."""
        loop, woke = SimLoop(1), []

        async def live() -> None:
            async with asyncio.timeout(7200):
                await asyncio.sleep(3600)
            woke.append(loop.time())

        loop.start(Process("a"), live())
        loop.run_to(9000)

        assert woke == [3600.0]
        loop.bury()
