"""Replays every log of the shared data and compares what comes out with what was said.

Each message has to stand once in the transcript, in order; of the meetings, what their MeetBot published has to
be in summary.json and nothing else. Prints one JSON line a set and a meeting; exits 1 where anything is missing.
"""

import argparse
import contextlib
import io
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from convert import SETS, convert
from meetings import report
from minutes import Kept, folded, kept_in

from bot.cli.replay import run_replay
from bot.errors import TweetchatError
from bot.transcripts import Entry, read

Line = tuple[str, str, str, str]


def lines_of(entries: Iterable[Entry]) -> list[Line]:
    """Return what was said, once each and in the order of its times: id, time, name and words."""
    said = {
        entry.id: entry for entry in reversed(tuple(entries)) if entry.kind == "message" and not entry.bot
    }
    ordered = sorted(said.values(), key=lambda entry: (entry.at, entry.sequence, entry.id))
    return [(one.id, one.at.isoformat(), one.author.name if one.author else "?", one.text) for one in ordered]


def replay(log: Path, plan: Path | None, out: Path, *, by_command_line: bool) -> str:
    """Replay *log* and return what was said on the standard error."""
    if by_command_line:
        command = [sys.executable, "-m", "bot", "replay", str(log), "--out", str(out)]
        done = subprocess.run(
            [*command, *(("--plan", str(plan)) if plan else ())], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stderr
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as told:
        run_replay(log, plan=plan, format="auto", out=out, edition="internal", quoting=None, day=None)
    return told.getvalue()


def kept_in_summary(summary: dict[str, Any]) -> Iterator[Kept]:
    """Yield every question, and every line that a moderator kept, of a summary."""
    for chapter in summary["chapters"]:
        for section in chapter["sections"]:
            for entry in section["entries"]:
                if entry["kind"] == "question" and entry.get("at"):
                    yield _kept(entry, entry["text"])
                if entry["kind"] == "quote" and section["id"].startswith("insights/"):
                    yield _kept(entry, "".join(entry["text"]))


def _kept(entry: dict[str, Any], text: str) -> Kept:
    name = entry["author"].translate({0x2068: None, 0x2069: None})
    return Kept(entry["at"][11:19], name, folded(text))


def compare_minutes(log: Path, out: Path, *, show: bool) -> Counter[str]:
    """Print how the summary of one meeting agrees with its minutes; return the figures."""
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    ours = Counter(kept_in_summary(summary))
    theirs = Counter(kept_in(Path(str(log).replace(".log.txt", ".minutes.txt")).read_text("utf-8")))
    figures = Counter(hits=(ours & theirs).total(), ours=ours.total(), theirs=theirs.total())
    report(log.name.removesuffix(".log.txt"), figures)
    if show:
        for mark, missed in (("missed", theirs - ours), ("too much", ours - theirs)):
            print(*(f"  {mark}: {kept}" for kept in sorted(missed)), sep="\n")
    return figures


def measure(name: str, logs: list[tuple[Path, Path | None]], out: Path, *, show: bool) -> Counter[str]:
    """Replay *logs* and print one line about them all."""
    figures, minutes = Counter[str](), Counter[str]()
    wall, cpu = time.perf_counter(), time.process_time()
    for number, (log, plan) in enumerate(logs):
        folder = out / "replayed" / name / log.stem
        try:
            told = replay(log, plan, folder, by_command_line=number % 40 == 0)
        except (TweetchatError, RuntimeError) as error:
            figures["crashed"] += 1
            print(json.dumps({"log": log.name, "error": str(error)}))
            continue
        said, kept = lines_of(read(log).entries), lines_of(read(folder / "transcript.jsonl").entries)
        refused = told.count("nothing came of this line")
        figures.update(logs=1, messages=len(said), refused=refused, different=said != kept)
        if show and (said != kept or refused):
            print(log.name, told, [pair for pair in zip(said, kept, strict=False) if pair[0] != pair[1]][:3])
        if name == "meetings":
            minutes += compare_minutes(log, folder, show=show)
    seconds, cpu = time.perf_counter() - wall, time.process_time() - cpu
    figures.setdefault("refused", 0)
    print(json.dumps({"set": name, **figures, "seconds": round(seconds, 2), "cpu": round(cpu, 2)}))
    if minutes:
        report("all", minutes)
        figures["different"] += not minutes["hits"] == minutes["ours"] == minutes["theirs"]
    return figures


def main() -> int:
    """Return 0 when every log gives what was said in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--show", action="store_true", help="print every difference")
    options = parser.parse_args()
    total = Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        meetings = sorted((options.shared / "data" / "meetings").glob("*.log.txt"))
        total += measure("meetings", [(log, None) for log in meetings], out, show=options.show)
        for name in SETS:
            convert(options.shared, out, name)
            logs = [(log, log.with_suffix(".toml")) for log in sorted((out / name).glob("*.jsonl"))]
            total += measure(name, logs, out, show=options.show)
    return 1 if total["crashed"] or total["different"] or not total["logs"] else 0


if __name__ == "__main__":
    sys.exit(main())
