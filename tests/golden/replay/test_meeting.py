"""An invented meeting with everything that goes wrong in real ones, and the minutes that a MeetBot makes of it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli.replay import run_replay

HERE = Path(__file__).parent
LOG = HERE / "hcchat.2026-12-03-23.30.log.txt"
BENCH = HERE.parents[1] / "bench"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a replay of the meeting."""
    folder = tmp_path_factory.mktemp("replay") / "out"
    run_replay(LOG, plan=None, format="auto", out=folder, edition="internal", quoting=None, day=None)
    return folder


def entries(out: Path) -> list[tuple[str, Any]]:
    """Return every entry of the summary with its section."""
    chapters = json.loads((out / "summary.json").read_text("utf-8"))["chapters"]
    return [
        (section["id"], entry)
        for one in chapters
        for section in one["sections"]
        for entry in section["entries"]
    ]


def minutes() -> list[tuple[str, str, str]]:
    """Return time, name and words of every entry in the minutes."""
    script = "import json, minutes, pathlib, sys; from dataclasses import astuple\n"
    script += "print(json.dumps([astuple(k) for k in minutes.kept_in(pathlib.Path(sys.argv[1]).read_text('utf-8'))]))"
    file = str(LOG).replace(".log.", ".minutes.")
    done = subprocess.run(
        [sys.executable, "-c", script, file], cwd=BENCH, capture_output=True, text=True, check=True
    )
    return [(clock, nick, text) for clock, nick, text in json.loads(done.stdout)]


def test_the_summary_holds_what_the_minutes_hold_and_nothing_else(out: Path) -> None:
    """Topics and kept lines, each under the name of that moment, to the second; nothing undone, nothing refused."""
    found = [
        (entry["at"][11:19], entry["author"].strip("\u2068\u2069"), " ".join("".join(entry["text"]).split()))
        for section, entry in entries(out)
        if entry["kind"] == "question" or (entry["kind"] == "quote" and section.startswith("insights/"))
    ]

    assert sorted(found) == sorted(minutes())
    assert len(found) == 11


def test_what_was_kept_has_the_tag_that_the_chair_gave(out: Path) -> None:
    """Every MeetBot command stands for one of our tags."""
    tags = {
        "".join(entry["text"]).split()[0]: entry["tags"]
        for section, entry in entries(out)
        if section.startswith("insights/") and entry["kind"] == "quote"
    }

    assert tags == {
        "stretching": ["insight"],
        "https://example.org/stretching": ["resource"],
        "a": ["idea"],
        "ask": ["strategy"],
        "anna": ["pledge"],
        "who": ["question"],
        "https://example.org/leaflet": ["resource"],
        "told": ["insight"],
        "paper": ["barrier"],
    }


def test_the_chat_goes_on_past_midnight(out: Path) -> None:
    """Who talks at 23:59 and at 00:01 is in one chat, in order."""
    lines = [json.loads(line) for line in (out / "transcript.jsonl").read_text("utf-8").splitlines()]

    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    assert lines[-1]["at"] == "2026-12-04T00:03:20Z"
    assert json.loads((out / "summary.json").read_text("utf-8"))["title"] == "Living with RA at work"
