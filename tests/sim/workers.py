"""Shares work out among the cores, with a word on standard error now and then."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from os import cpu_count
from typing import TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")

SAY_EVERY = 10.0
"""Seconds between words."""


def spread(work: Callable[[Job], Done], jobs: Sequence[Job], *, say: str = "") -> Iterator[Done]:
    """Give what *work* makes of each of *jobs*, in any order."""
    cores = min(cpu_count() or 1, len(jobs))
    if cores <= 1:
        yield from map(work, jobs)
        return
    said = began = time.monotonic()
    with get_context("spawn").Pool(cores) as pool:
        for count, done in enumerate(pool.imap_unordered(work, jobs, chunksize=4), start=1):
            yield done
            if say and time.monotonic() - said > SAY_EVERY:
                said = time.monotonic()
                print(f"{say}: {count} of {len(jobs)}, {said - began:.0f} s", file=sys.stderr, flush=True)
