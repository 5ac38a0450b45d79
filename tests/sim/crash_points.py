"""Kill -9 before every single step of a small chat: `python -m tests.sim.crash_points` tries them all."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.sim.faults import Fault
from tests.sim.run import MODELS, Scene, Verdict, play
from tests.sim.workers import spread

DOWNTIMES = (0.2, 1.0, 20.0, 70.0)
"""Seconds for which the bot stays down: shorter and longer than a verdict, settling, and the window of a key."""
ANSWERS_LOST = (Fault(kind="reset-stored", p=0.2), Fault(kind="late", p=0.1))
"""Beside the kill, some answers get lost in half of the runs: a crash alone cannot show what settling is for."""


@dataclass(frozen=True, slots=True)
class Point:
    """One place to be killed at."""

    model: str
    step: int
    downtime: float
    lossy: bool

    def scene(self) -> Scene:
        """Return the small chat with this kill in it."""
        return Scene(
            seed=3,
            model=self.model,
            faults=ANSWERS_LOST if self.lossy else (),
            messages=4,
            questions=1,
            kill_at=self.step,
            downtime=self.downtime,
        )


def points(every: int = 1) -> Iterator[Point]:
    """Give every point, or one in *every*: each step of the first life, on each platform, with each downtime."""
    count = 0
    for model in MODELS:
        for lossy in (False, True):
            steps = play(Point(model, -1, 0.0, lossy).scene()).steps
            for step in range(1, steps):
                for downtime in DOWNTIMES:
                    count += 1
                    if count % every == 0:
                        yield Point(model, step, downtime, lossy)


def try_out(point: Point) -> tuple[Point, tuple[str, ...]]:
    """Return what does not hold when the bot is killed at *point*."""
    verdict: Verdict = play(point.scene())
    return point, verdict.found


def main() -> int:
    """Try every point; print the failures and one JSON line; return 0 when there were none."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="try one point in so many")
    given = parser.parse_args()
    began, tried, failures = time.monotonic(), 0, 0
    for point, found in spread(try_out, list(points(given.every)), say="crash points"):
        tried += 1
        if found:
            failures += 1
            print(f"{point}: {'; '.join(found)}")
    print(
        json.dumps(
            {"crash_points": tried, "failures": failures, "seconds": round(time.monotonic() - began, 1)}
        )
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
