"""What goes wrong in a world: drawn by its seed as a list that can be shortened, and played out by the weather."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from random import Random
from typing import Any

from bot.ports import RoomId

POSTS_NEAR = 1.5
"""Seconds round a planned post at which most crashes are aimed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong *at* a time, for *lasts* seconds; a rate (*p*) holds for the whole world."""

    kind: str
    at: float = 0.0
    lasts: float = 0.0
    p: float = 0.0
    node: int = 0
    room: str = ""
    by: float = 0.0

    def told(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {name: value for name, value in asdict(self).items() if value or name == "kind"}


RATES: Mapping[str, tuple[float, float]] = {
    # of posts and other requests
    "429": (0.05, 0.3),
    "500": (0.03, 0.15),
    "502-stored": (0.03, 0.15),
    "reset": (0.03, 0.15),
    "reset-stored": (0.03, 0.15),
    "late": (0.03, 0.15),
    "very-late": (0.02, 0.08),
    "hang": (0.02, 0.08),
    "hang-stored": (0.02, 0.08),
    "slow-answer": (0.1, 0.4),
    "unreachable": (0.02, 0.1),
    "forbidden": (0.005, 0.02),
    # of history
    "history-error": (0.1, 0.5),
    "history-empty": (0.05, 0.3),
    # of events
    "event-dropped": (0.01, 0.08),
    "event-doubled": (0.05, 0.3),
    "event-slow": (0.05, 0.3),
    # of the disk
    "store-unsure": (0.005, 0.03),
    # of people
    "own-post-taken-out": (0.05, 0.3),
}


RARE = frozenset({"very-late", "forbidden"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What faults are aimed at. *end*: when they stop."""

    posts: tuple[float, ...]
    rooms: tuple[RoomId, ...]
    end: float


def draw(seed: int, times: Times) -> tuple[Fault, ...]:
    """Return the faults of *seed*: some kinds of them, at rates of their own. One seed in twenty has none."""
    chance = Random(f"faults of {seed}")
    if seed % 20 == 19:
        return ()
    rates = [
        Fault(kind=kind, p=round(chance.uniform(*between), 4))
        for kind, between in RATES.items()
        if chance.random() < (0.1 if kind in RARE else 0.3)
    ]
    faults = [*rates, *_crashes(chance, times), *_blind_restarts(chance, times), *_troubles(chance, times)]
    return tuple(fault if fault.p else replace(fault, at=round(fault.at, 4)) for fault in faults)


def _crashes(chance: Random, times: Times) -> list[Fault]:
    if chance.random() < 0.3:
        return []
    return [
        Fault(
            kind="power-cut" if chance.random() < 0.2 else "kill",
            at=_aimed(chance, times),
            lasts=round(chance.choice([0.5, 2.0, 10.0, 45.0, 150.0]) * chance.uniform(0.5, 1.5), 3),
        )
        for _ in range(chance.randrange(1, 5))
    ]


def _blind_restarts(chance: Random, times: Times) -> list[Fault]:
    """Return a crash right after a request has left, from which the bot wakes late, and to a history that is hidden."""
    if chance.random() >= 0.15:
        return []
    at = chance.choice(times.posts) + chance.uniform(0.03, 0.2)
    down = round(chance.uniform(1, 180), 3)
    hidden = [Fault(kind="history-hidden", at=at, lasts=down + 90, room=room) for room in times.rooms]
    return [Fault(kind="kill", at=at, lasts=down), *hidden]


def _aimed(chance: Random, times: Times) -> float:
    if chance.random() < 0.6:
        return max(1.0, chance.choice(times.posts) + chance.uniform(-POSTS_NEAR, POSTS_NEAR))
    return chance.uniform(1.0, times.end)


_LASTING: Mapping[str, tuple[float, float, float]] = {
    # kind: chance of it, shortest, longest
    "crash-loop": (0.05, 60, 600),
    "stop": (0.15, 1, 60),
    "disk-full": (0.15, 5, 90),
    "disk-slow": (0.15, 20, 200),
    "clock-jump": (0.2, 30, 280),
    "second-node": (0.3, 0, 0),
    "frozen": (0.15, 2, 60),
    "cut": (0.4, 1, 90),
    "cut-unresumed": (0.4, 1, 120),
    "outage": (0.15, 5, 120),
    "room-stopped": (0.25, 10, 120),
    "history-hidden": (0.15, 20, 150),
}


def _troubles(chance: Random, times: Times) -> list[Fault]:
    faults = []
    for kind, (likely, shortest, longest) in _LASTING.items():
        if chance.random() < likely:
            count = 1 if kind in {"second-node", "crash-loop"} else chance.randrange(1, 4)
            faults += [_lasting(kind, chance, times, (shortest, longest)) for _ in range(count)]
    return faults


def _lasting(kind: str, chance: Random, times: Times, lasts: tuple[float, float]) -> Fault:
    return Fault(
        kind=kind,
        at=min(_aimed(chance, times), times.end - 1),
        lasts=round(chance.uniform(*lasts), 3),
        room=chance.choice(times.rooms),
        by=_jump(chance) if kind == "clock-jump" else 0.0,
    )


def _jump(chance: Random) -> float:
    return round(chance.choice([-1, 1]) * chance.choice([5, 29, 90, 3600]) * chance.uniform(0.8, 1.0), 3)


class Weather:
    """How requests, events and history fare: by the rates of a world's faults, and by what is broken right now."""

    def __init__(self, seed: int, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        self.rates = {fault.kind: fault.p for fault in faults if fault.p}
        self._chance = Random(f"weather of {seed}")
        self.outage = 0
        self.stopped: list[str] = []
        self.hidden: list[str] = []
        self.calm = False

    def strikes(self, kind: str) -> bool:
        """Return whether *kind* of trouble strikes this time."""
        p = self.rates.get(kind)
        return p is not None and not self.calm and self._chance.random() < p

    def first_of(self, kinds: tuple[str, ...]) -> str:
        """Return the first of *kinds* that strikes, "" for none."""
        return next((kind for kind in kinds if self.strikes(kind)), "")

    def between(self, low: float, high: float) -> float:
        """Return some number between the two."""
        return self._chance.uniform(low, high)
