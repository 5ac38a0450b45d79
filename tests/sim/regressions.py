"""Seeds that failed once, with as few faults as it took: they are played before all others."""

import json
from pathlib import Path

from tests.sim.faults import Fault
from tests.sim.run import Scene, Verdict, play

FOLDER = Path(__file__).parent / "regressions"


def scenes() -> list[Scene]:
    """Return every scene that is kept."""
    return [read(path) for path in sorted(FOLDER.glob("*.json"))]


def read(path: Path) -> Scene:
    """Return the scene kept in *path*."""
    kept = json.loads(path.read_text())
    faults = tuple(Fault(**fault) for fault in kept["faults"])
    return Scene(seed=kept["seed"], model=kept["model"], faults=faults)


def keep(verdict: Verdict) -> Path:
    """Shorten the faults of a failed chat as far as it still fails, and keep it; return where."""
    faults = shrink(verdict)
    scene = Scene(seed=verdict.seed, model=verdict.model, faults=faults)
    kept = {
        "seed": verdict.seed,
        "model": verdict.model,
        "found": list(play(scene).found[:3]),
        "faults": [fault.told() for fault in faults],
    }
    path = FOLDER / f"{verdict.model}-{verdict.seed}.json"
    path.write_text(json.dumps(kept, indent=1) + "\n")
    return path


def shrink(verdict: Verdict) -> tuple[Fault, ...]:
    """Return as few of the faults as still make the chat fail in the same way: one after the other is left out."""
    faults, way = verdict.faults, _ways(verdict)
    left_out = True
    while left_out:
        left_out = False
        for fault in faults:
            fewer = tuple(one for one in faults if one is not fault)
            again = play(Scene(seed=verdict.seed, model=verdict.model, faults=fewer))
            if way & _ways(again):
                faults, left_out = fewer, True
    return faults


def _ways(verdict: Verdict) -> set[str]:
    return {found.partition(":")[0] for found in verdict.found}
