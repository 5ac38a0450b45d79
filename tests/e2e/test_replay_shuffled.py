"""Deliveries overtake one another and come twice: a chat told again must not notice."""

import random  # noqa: TID251  # a seeded shuffle
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.fakes.past import ANNA, PLAN, Line, chat, replayed, said

SAME = ("summary.json", "summary.md", "summary.csv", "transcript.jsonl")


def delivered(lines: list[Line], seed: int) -> list[Line]:
    """Return *lines* as a bad network delivers them: up to ten seconds late, a third twice; commands in time."""
    rng = random.Random(seed)  # noqa: S311  # the same shuffle each time
    heard = [line for line in lines if line["kind"] != "command"]
    late = [
        (_arrival(line, rng.uniform(0, 10)), line) for line in [*heard, *rng.sample(heard, len(heard) // 3)]
    ]
    in_time = [(_arrival(line, 0), line) for line in lines if line["kind"] == "command"]
    return [line for _, line in sorted([*late, *in_time], key=lambda pair: pair[0])]


def _arrival(line: Line, seconds: float) -> datetime:
    return datetime.fromisoformat(line["at"]) + timedelta(seconds=seconds)


def contents(out: Path) -> dict[str, bytes]:
    """Return what stands in the files that must not change."""
    return {name: (out / name).read_bytes() for name in SAME}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("plan", [PLAN, None], ids=["with a plan", "without"])
def test_the_order_of_delivery_changes_nothing(plan: str | None, seed: int, tmp_path: Path) -> None:
    """Shuffled within ten seconds and a third of it twice, a chat gives the same summary, byte for byte."""
    straight, _ = replayed(chat(), tmp_path / "straight", plan=plan)
    told = delivered(chat(), seed)
    assert told != chat()

    shuffled, _ = replayed(told, tmp_path / "shuffled", plan=plan)

    assert contents(shuffled) == contents(straight)


@pytest.mark.parametrize("seed", range(3, 6))
def test_people_who_change_their_name_or_role_are_the_same_in_any_order(seed: int, tmp_path: Path) -> None:
    """Which of several names or groups is heard first plays no part."""
    away = {**ANNA, "name": "Anna_away", "role": "industry"}
    last = [
        said(f"m2{second}", 1480 + second, away if second % 2 else ANNA, "And so on") for second in range(5)
    ]
    lines = [*chat()[:-2], *last, chat()[-2]]

    straight, _ = replayed(lines, tmp_path / "straight", plan=PLAN)
    shuffled, _ = replayed(delivered(lines, seed), tmp_path / "shuffled", plan=PLAN)

    assert contents(shuffled) == contents(straight)


def test_wholly_shuffled_messages_change_nothing_either(tmp_path: Path) -> None:
    """Even in reverse, replies before what they reply to: the platform's times are the order."""
    lines = [line for line in chat() if line["kind"] != "command"]

    straight, _ = replayed(lines, tmp_path / "straight", plan=PLAN)
    reverse, _ = replayed(lines[::-1], tmp_path / "reverse", plan=PLAN)

    assert contents(reverse) == contents(straight)
