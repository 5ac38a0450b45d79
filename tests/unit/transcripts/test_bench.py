"""The measuring scripts read what they compare with rightly; shown on invented minutes and chats."""

import importlib.util
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

from bot.transcripts import read

BENCH = Path(__file__).parents[2] / "bench"
MINUTES = """\
Meeting summary
---------------
* LINK: https://example.org/before ?  (ben, 19:01:00)
* Sleep  (anna, 19:02:00)
  * Heat helps my hands, and so does a
    warm  bath  (ben, 19:03:00)
  * ACTION: ben writes to the
    ward (soon)  (ben,
    19:04:00)

Meeting ended at 20:00:00 UTC.

* ben (3)
"""
LOG = """\
19:00:00 <anna> #startmeeting Living with RA
19:01:00 <ben> https://example.org/before ?
19:02:00 <anna> #topic Sleep
19:03:00 <ben> #info Heat helps my hands, and so does a warm bath
19:04:00 <ben> #action ben writes to the ward (soon)
20:00:00 <anna> #endmeeting"""


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, BENCH / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCH / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def _meeting(shared: Path, log: str) -> None:
    folder = shared / "data" / "meetings"
    folder.mkdir(parents=True)
    (folder / "hcchat.2026-12-03-19.00.log.txt").write_text(log, "utf-8")
    (folder / "hcchat.2026-12-03-19.00.minutes.txt").write_text(MINUTES, "utf-8")


def test_minutes_are_read_over_their_wrapped_lines() -> None:
    """Topics and items come out with name, second and words, their labels taken off."""
    kept = [(item.clock, item.nick, item.text) for item in _load("minutes").kept_in(MINUTES)]

    assert kept == [
        ("19:01:00", "ben", "https://example.org/before ?"),
        ("19:02:00", "anna", "Sleep"),
        ("19:03:00", "ben", "Heat helps my hands, and so does a warm bath"),
        ("19:04:00", "ben", "ben writes to the ward (soon)"),
    ]


def test_meetings_that_agree_with_their_minutes_pass(tmp_path: Path) -> None:
    """Recall and precision of a whole meeting are printed as JSON, and 100 of both is success."""
    _meeting(tmp_path, LOG)

    done = _run("meetings.py", "--shared", str(tmp_path))

    assert json.loads(done.stdout.splitlines()[-1]) == {
        "meeting": "all", "hits": 4, "ours": 4, "theirs": 4, "recall": 100.0, "precision": 100.0
    }  # fmt: skip
    assert done.returncode == 0


def test_meetings_that_miss_an_item_fail(tmp_path: Path) -> None:
    """An item that was not kept lowers the recall and fails the comparison."""
    _meeting(tmp_path, LOG.replace("#info", "#inof"))

    done = _run("meetings.py", "--shared", str(tmp_path), "--show")

    assert "Heat helps" in done.stdout
    assert done.returncode == 1


def test_chats_become_transcripts_and_plans(tmp_path: Path) -> None:
    """Every message of a chat is written once, system lines are not, and questions go into the plan."""
    lines = [
        [1, "23:59", "anna", "hello"],
        [2, "23:59", "", "-!- ben has joined"],
        [3, "00:01", "ben", "waves", "action"],
        [4, "00:02", "", "* ben smiles"],
    ]
    review = {
        "id": "7",
        "date": "2026-12-03",
        "title": 'RA "at work"',
        "host": "anna",
        "prepared_questions": ["What\nhelps?"],
        "messages": lines,
    }
    tweets = {"id": "dec", "messages": [[1, "2026-12-03T19:00:05.250Z", "u1", "hello #hcchat"]]}
    for name, chat in (("reviewclub", review), ("pstweetchat", tweets)):
        (tmp_path / "data" / name).mkdir(parents=True)
        (tmp_path / "data" / name / "dev.jsonl").write_text(json.dumps(chat) + "\n", "utf-8")

    assert _run("convert.py", "--shared", str(tmp_path), "--out", str(tmp_path / "out")).returncode == 0

    entries = read(tmp_path / "out" / "reviewclub" / "7.jsonl").entries
    assert [(f"{entry.at:%d %H:%M}", entry.id, entry.text, dict(entry.arguments)) for entry in entries] == [
        ("03 23:59", "m00001", "hello", {}),
        ("04 00:01", "m00003", "waves", {"action": "yes"}),
        ("04 00:02", "m00004", "smiles", {"action": "yes"}),
    ]
    assert [entry.author and entry.author.role for entry in entries] == ["moderator", None, None]
    plan = tomllib.loads((tmp_path / "out" / "reviewclub" / "7.toml").read_text("utf-8"))
    assert plan == {"title": 'RA "at work"', "hashtag": "#reviewclub", "questions": [{"text": "What helps?"}]}
    assert read(tmp_path / "out" / "pstweetchat" / "dec.jsonl").entries[0].at.microsecond == 250_000
