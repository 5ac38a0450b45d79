"""Many simulated chats: `sh dev.sh sim --chats 2000 --seed 1`, `sh dev.sh soak`. One JSON line says what came of it.

A chat that fails is told with its seed, shortened and kept in tests/sim/regressions, which are played first.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator

from tests.sim import regressions
from tests.sim.run import Scene, Verdict, play
from tests.sim.workers import spread

SOAK = 100_000
KINDS = {
    "lost": (
        "lost",
        "never",
        "posted,",
        "failed,",
        "ask,",
        "not known",
        "another",
        "taken for",
        "acknowledged",
    ),
    "doubled": ("doubled", "a message is in the log twice"),
    "out_of_order": ("out of order",),
    "log_differs": ("log and state", "the log is not", "two replays"),
}


def main() -> int:
    """Play them; return 0 when nothing was found."""
    given = _given()
    if given.one is not None:
        return _tell_all(play(Scene(seed=given.one, model=given.model, lines=True)))
    began, counts, failed = time.monotonic(), Counter[str](), list[Verdict]()
    models = Counter[str]()
    for verdict in _verdicts(given):
        counts.update(verdict.counts)
        models[verdict.model] += 1
        if verdict.found:
            failed.append(verdict)
            print(f"seed {verdict.seed} ({verdict.model}): {'; '.join(verdict.found[:5])}", flush=True)
    for verdict in failed[: given.keep]:
        print(f"kept {regressions.keep(verdict).name}", flush=True)
    print(json.dumps(_summary(counts, models, failed, time.monotonic() - began)))
    return 1 if failed else 0


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.sh sim", description=__doc__)
    parser.add_argument("--chats", type=int, default=200, help="how many chats")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the first; the others follow")
    parser.add_argument("--soak", action="store_true", help=f"{SOAK} chats, unless --chats says otherwise")
    parser.add_argument("--keep", type=int, default=3, help="how many failures to shorten and keep")
    parser.add_argument("--one", type=int, help="play this seed alone and tell everything that happened")
    parser.add_argument("--model", default="", help="with --one: discord or slack, whatever the seed says")
    given = parser.parse_args()
    if given.soak and "--chats" not in sys.argv:
        given.chats = SOAK
    return given


def _verdicts(given: argparse.Namespace) -> Iterator[Verdict]:
    yield from map(play, regressions.scenes())
    seeds = range(given.seed, given.seed + given.chats)
    yield from spread(play, [Scene(seed=seed) for seed in seeds], say="chats")


def _tell_all(verdict: Verdict) -> int:
    for line in verdict.lines:
        print(line)
    for fault in verdict.faults:
        print(fault.told())
    print(
        f"seed {verdict.seed} ({verdict.model}) {verdict.digest}: {'; '.join(verdict.found) or 'nothing found'}"
    )
    return 1 if verdict.found else 0


def _summary(
    counts: Counter[str], models: Counter[str], failed: list[Verdict], seconds: float
) -> dict[str, object]:
    found = [what for verdict in failed for what in verdict.found]
    kinds = {kind: sum(what.startswith(begins) for what in found) for kind, begins in KINDS.items()}
    return {
        "chats": sum(models.values()),
        "models": dict(sorted(models.items())),
        "failed": len(failed),
        **kinds,
        "other": len(found) - sum(kinds.values()),
        **{name.replace(" ", "_"): count for name, count in sorted(counts.items())},
        "seconds": round(seconds, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
