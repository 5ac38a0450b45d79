"""What the README says about getting started is true."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def dev(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Return how dev.sh answers, called from another folder."""
    command = ["sh", str(ROOT / "dev.sh"), *arguments]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=30, check=False)


def offered() -> set[str]:
    """Return the commands that `sh dev.sh help` offers."""
    return set(re.findall(r"^  (\w+) ", dev("help").stdout, re.MULTILINE))


def test_the_readme_begins_with_two_commands() -> None:
    """A newcomer reads how to see the bot and how to test it."""
    assert "sh dev.sh demo" in README
    assert "sh dev.sh test" in README


def test_every_command_in_the_readme_exists() -> None:
    """No command that the README names is refused."""
    assert set(re.findall(r"sh dev\.sh (\w+)", README)) <= offered()


def test_every_offered_command_has_its_branch() -> None:
    """What the help offers is what the script does, no more and no less."""
    branches = re.findall(r"^    ([\w |-]+)\) ", (ROOT / "dev.sh").read_text(), re.MULTILINE)
    words = {word for branch in branches for word in re.split(r"[ |]+", branch) if not word.startswith("-")}

    assert words == offered()


def test_an_unknown_command_is_refused_with_help() -> None:
    """A slip of the fingers shows what there is, and changes nothing."""
    answer = dev("tset")

    assert answer.returncode == 2
    assert "there is no command tset" in answer.stderr
    assert "Usage: sh dev.sh" in answer.stderr
