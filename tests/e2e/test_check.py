"""`check` and `plan` on the command line: one clear sentence with the place and the fix, exit 2, nothing written."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "prompts" / "chats"
PLAN = (EXAMPLES / "first-chat.toml").read_text("utf-8")


def bot(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Return how the command line answers."""
    command = [sys.executable, "-P", "-m", "bot", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.toml")), ids=lambda file: file.stem)
def test_every_example_can_be_used(example: Path) -> None:
    """A newcomer copies one of them first."""
    answer = bot("check", str(example), cwd=example.parent)

    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('hashtag = "#hcchat"', 'hashtagg = "#hcchat"', 'Did you mean "hashtag"?'),
        ('starts = "2026-12-10 19:00"', 'starts = "2027-03-28 01:30"', "does not exist"),
        ('starts = "2026-12-10 19:00"', 'starts = "2027-10-31 01:30"', "twice"),
    ],
)
def test_a_slip_in_a_plan_is_named_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    """A wrong field, a time that never comes, a time that comes twice."""
    assert old in PLAN
    file = tmp_path / "plan.toml"
    file.write_text(PLAN.replace(old, new), "utf-8")
    line = next(number for number, text in enumerate(file.read_text("utf-8").splitlines(), 1) if new in text)

    answer = bot("check", str(file), cwd=tmp_path)

    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.startswith(f"tweetchat: plan.toml:{line}: ")
    assert said in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_two_chats_in_one_room_at_one_time_are_refused(tmp_path: Path) -> None:
    """Before either is announced; the sentence names the other one."""
    for name in ("mine.toml", "theirs.toml"):
        (tmp_path / name).write_text(PLAN, "utf-8")

    answer = bot("check", "mine.toml", cwd=tmp_path)

    assert answer.returncode == 2
    assert answer.stderr.startswith("tweetchat: mine.toml: the room local/main is taken then: #hcchat")
    assert answer.stderr.count("\n") == 1


def test_a_new_plan_never_overwrites_one(tmp_path: Path) -> None:
    """What is there stays as it was."""
    (tmp_path / "plan.toml").write_text(PLAN, "utf-8")

    answer = bot("plan", "new", "plan.toml", cwd=tmp_path)

    assert answer.returncode == 2
    assert (tmp_path / "plan.toml").read_text("utf-8") == PLAN
