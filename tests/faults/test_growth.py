"""A bot that runs for days: what is over leaves nothing running behind, and memory grows by what is kept of a chat."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.growth import FOR_EACH_CHAT, ONCE, STEADY

ROOT = Path(__file__).parents[2]


def grown(chats: int, hours: int) -> dict[str, object]:
    """Return what a run in a process of its own came to."""
    asked = [sys.executable, "-P", "-m", "tests.faults.growth", "--chats", str(chats), "--hours", str(hours)]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    outcome: dict[str, object] = json.loads(done.stdout)
    return outcome


def check_tasks(outcome: dict[str, object]) -> None:
    """Hold the tasks that are left against what has to be there: so many for each chat, the rest once."""
    tasks, chats = outcome["tasks"], outcome["chats"]
    assert isinstance(tasks, dict)
    assert isinstance(chats, int)
    assert tasks.keys() <= STEADY
    assert all(count == 1 for kind, count in tasks.items() if kind in ONCE)
    assert all(count <= chats + 1 for kind, count in tasks.items() if kind in FOR_EACH_CHAT)


def test_chats_that_are_over_leave_no_task_behind() -> None:
    """A few simulated hours: each chat keeps its clock and its line, and nothing else runs on."""
    outcome = grown(5, 4)

    assert outcome["published"] == 5
    check_tasks(outcome)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_day_of_two_hundred_chats_grows_by_what_is_kept() -> None:
    """Twenty-four simulated hours: at most one MiB of memory an hour, and no task left over."""
    outcome = grown(200, 24)

    assert outcome["published"] == 200
    assert isinstance(outcome["slope"], float)
    assert outcome["slope"] <= 1.0
    check_tasks(outcome)
