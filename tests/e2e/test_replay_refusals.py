"""Bad input for a replay, from the command line: one clear sentence, exit 2, and nothing half-written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.replay import run_replay
from bot.errors import BadInput
from tests.fakes.past import PLAN, chat, write

MESSAGE = json.dumps(chat()[1]).encode()


def run(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
    """Return what `replay` with *arguments* did."""
    command = [sys.executable, "-m", "bot", "replay", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def answered(*arguments: Path | str) -> str:
    """Return the one line that `replay` with *arguments* is refused with, asked in this process: that is quick."""
    log, *options = map(str, arguments)
    given = dict(zip(options[::2], options[1::2], strict=True))
    with pytest.raises(BadInput) as caught:
        run_replay(
            Path(log),
            plan=Path(given["--plan"]) if "--plan" in given else None,
            format=given.get("--format", "auto"),
            out=Path(given["--out"]),
            edition=given.get("--edition", "internal"),
            quoting=given.get("--quoting"),
            day=given.get("--date"),
        )
    (line,) = str(caught.value).splitlines()
    assert not Path(given["--out"]).exists()
    return line


def refused(done: subprocess.CompletedProcess[str], out: Path) -> str:
    """Return the one line that *done* said, having written nothing."""
    assert done.returncode == 2
    assert done.stdout == ""
    assert not out.exists() or list(out.iterdir()) == []
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "chat.jsonl: The file is empty."),
        (MESSAGE + b"\n{oops}\n", "chat.jsonl:2: This line is not JSON."),
        (b"nothing that any program writes\n", "The format of this log is not known."),
        (b"PK\x03\x04 no zip", "damaged or cut off"),
    ],
    ids=["empty", "broken line", "some text", "broken zip"],
)
def test_a_log_that_cannot_be_read_is_named(content: bytes, says: str, tmp_path: Path) -> None:
    """Which file, which line, what to do: no traceback and no folder of half a summary."""
    log = tmp_path / "chat.jsonl"
    log.write_bytes(content)

    assert says in answered(log, "--out", tmp_path / "out")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (MESSAGE + b"\n" + MESSAGE[:40], "chat.jsonl:2: The last line is cut off."),
        (bytes(range(256)), "chat.jsonl:2: This is not UTF-8 text."),
    ],
    ids=["cut off", "binary"],
)
def test_the_command_line_says_one_line_and_leaves(content: bytes, says: str, tmp_path: Path) -> None:
    """No traceback and exit 2, as a script that calls it expects."""
    log = tmp_path / "chat.jsonl"
    log.write_bytes(content)

    assert says in refused(run(log, "--out", tmp_path / "out"), tmp_path / "out")


def test_a_log_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A slip in the path is said as such."""
    line = answered(tmp_path / "missing.jsonl", "--out", tmp_path / "out")

    assert "missing.jsonl: There is no such file." in line


def test_a_folder_without_an_export_is_named(tmp_path: Path) -> None:
    """A folder is taken for a Slack export; one that holds none says so."""
    (tmp_path / "empty").mkdir()

    assert "empty" in answered(tmp_path / "empty", "--out", tmp_path / "out")


@pytest.mark.parametrize(
    ("plan", "place"),
    [
        (PLAN.replace("hashtag =", "hashtg ="), "plan.toml:2"),
        (PLAN + "minutes = 5\ntext = 7\n", "plan.toml:"),
        ("this is no plan", "plan.toml:1"),
    ],
    ids=["wrong field", "wrong value", "no plan"],
)
def test_a_plan_that_cannot_be_used_is_named(plan: str, place: str, tmp_path: Path) -> None:
    """The line of the plan and its mend come before anything is replayed."""
    log, file = write(chat(), tmp_path / "chat.jsonl"), tmp_path / "plan.toml"
    file.write_text(plan, "utf-8")

    assert place in answered(log, "--plan", file, "--out", tmp_path / "out")


def test_a_plan_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A plan that is missing is not a chat without one."""
    log = write(chat(), tmp_path / "chat.jsonl")

    line = refused(run(log, "--plan", tmp_path / "none.toml", "--out", tmp_path / "out"), tmp_path / "out")

    assert "none.toml" in line


@pytest.mark.parametrize("blocked", ["a file", "below a file"])
def test_where_nothing_can_be_written_nothing_is(blocked: str, tmp_path: Path) -> None:
    """An --out that cannot be a folder is said before the work is done, and the file there stays as it was."""
    log, file = write(chat(), tmp_path / "chat.jsonl"), tmp_path / "taken"
    file.write_text("mine", "utf-8")
    out = file if blocked == "a file" else file / "deeper"

    done = run(log, "--out", out)

    assert (done.returncode, file.read_text("utf-8")) == (2, "mine")
    assert len(done.stderr.splitlines()) == 1
    assert "--out" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to_is_named(tmp_path: Path) -> None:
    """A read-only folder is said to be one."""
    log, out = write(chat(), tmp_path / "chat.jsonl"), tmp_path / "out"
    out.mkdir(mode=0o500)

    assert "Permission denied" in refused(run(log, "--out", out), out)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--format", "csvx"),
        ("--edition", "secret"),
        ("--quoting", "loud"),
        ("--date", "soon"),
        ("--date", "9999-12-31"),
    ],
)
def test_an_option_that_is_not_known_names_the_choices(option: str, value: str, tmp_path: Path) -> None:
    """A mistyped option is answered with what it may be."""
    log = write(chat(), tmp_path / "chat.jsonl")

    line = answered(log, option, value, "--out", tmp_path / "out")

    assert value in line


def test_a_replay_leaves_only_its_files(tmp_path: Path) -> None:
    """Done rightly: exit 0, the path of the summary for pipes, and no scratch file left behind."""
    log = write(chat(), tmp_path / "chat.jsonl")

    done = run(log, "--out", tmp_path / "out")

    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path / "out" / "summary.md"))
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "summary.csv", "summary.html", "summary.json", "summary.md",
        "transcript.csv", "transcript.html", "transcript.jsonl",
    ]  # fmt: skip
