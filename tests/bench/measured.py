"""How a measurement is written down, and the messages that all of them use."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

WORDS = tuple(
    "pain morning joints work manager desk flare medicine clinic nurse support tired walking results".split()  # noqa: SIM905  # a word list reads better as words
)


def tell(name: str, value: float, unit: str, **context: object) -> None:
    """Print one figure as a JSON line."""
    print(json.dumps({"name": name, "value": round(value, 4), "unit": unit, **context}), flush=True)


def text_of(number: int) -> str:
    """Return what message *number* says: four to twenty-eight words, sometimes with a label."""
    words = (WORDS[(number * 7 + place * (number % 13 + 1)) % len(WORDS)] for place in range(4 + number % 25))
    return f"{'A1 ' if number % 15 == 0 else ''}{' '.join(words)} #hcchat"


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class Spent:
    """Wall and CPU seconds between begin and end."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0


@contextmanager
def spent() -> Iterator[Spent]:
    """Give an object that holds, afterwards, the time that the block took."""
    found = Spent()
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        yield found
    finally:
        found.wall, found.cpu = time.perf_counter() - wall, time.process_time() - cpu
