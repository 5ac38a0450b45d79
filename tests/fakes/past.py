"""An invented past chat as the published JSONL: who said what, when, and what its moderator did."""

import contextlib
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.cli.replay import run_replay

BEGIN = datetime(2026, 12, 3, 19, tzinfo=UTC)
Line = dict[str, Any]
MARA = {"id": "u1", "name": "Mara", "role": "moderator"}
ANNA = {"id": "u2", "name": "Anna", "role": "patient"}
BEN = {"id": "u3", "name": "Ben", "role": "clinician"}
CHIDI = {"id": "u4", "name": "Chidi", "role": "carer"}


def said(id: str, seconds: float, author: Mapping[str, str], text: str, **more: object) -> Line:
    """Return one message."""
    at = (BEGIN + timedelta(seconds=seconds)).isoformat()
    return {"id": id, "at": at, "author": dict(author), "text": text, "kind": "message", **more}


def order(seconds: float, text: str, **more: object) -> Line:
    """Return one command of the moderator."""
    at = (BEGIN + timedelta(seconds=seconds)).isoformat()
    return {"at": at, "author": dict(MARA), "text": text, "kind": "command", **more}


PLAN = """\
title = "Living with RA at work"
hashtag = "#hcchat"

[[questions]]
text = "What helps you through a working day?"

[[questions]]
text = "Whom did you tell at work, and how?"
"""


def chat() -> list[Line]:
    """Return the whole chat, in order, with commands for a plan of two questions."""
    return [
        order(0, "start"),
        said("m1", 5, MARA, "Welcome to #hcchat everybody, who is here?"),
        said("m2", 20, ANNA, "Hello from Cork, first time here #hcchat"),
        said("m3", 31, BEN, "Good evening, rheumatology nurse in Leeds"),
        order(300, "next"),
        said("m4", 301, MARA, "Q1: What helps you through a working day? #hcchat"),
        said("m5", 340, ANNA, "A1 Ten minutes of stretching before the first meeting saves my hands #hcchat"),
        said("m6", 342, CHIDI, "My wife keeps a warm drink beside the keyboard all through the morning"),
        said("m7", 342, BEN, "Patients tell me that a later start matters more than any special chair"),
        said("m8", 355, ANNA, "A later start would change my whole week", reply_to="m7"),
        order(360, "keep m5 tactic"),
        order(365, "/chat keep m7"),
        order(366, "keep m6 story"),
        order(368, "undo"),
        said("m9", 400, CHIDI, "She wrote it al down in a diary for the doctor"),
        {**said("m9", 410, CHIDI, "She wrote it all down in a diary for the doctor"), "kind": "edit"},
        said("m10", 420, ANNA, "please ignore this one"),
        {"id": "m10", "at": (BEGIN + timedelta(seconds=425)).isoformat(), "kind": "delete"},
        {**said("m8", 430, CHIDI, ""), "kind": "reaction", "reaction": "💡"},
        order(900, "next"),
        said("m11", 905, MARA, "Q2: Whom did you tell at work, and how? #hcchat"),
        said("m12", 940, ANNA, "A2 I told my manager in the second year and wish I had done it in the first"),
        said("m13", 948, BEN, "A2 Occupational health first, they can explain it to everybody else for you"),
        said(
            "m14", 955, CHIDI, "A1 late answer: a stool by the till helped my wife more than painkillers did"
        ),
        order(960, "keep", message="m12", tag="insight"),
        order(1500, "close"),
        said("m15", 1503, ANNA, "Thank you all, this was a good hour"),
    ]


def write(lines: Iterable[Mapping[str, object]], file: Path) -> Path:
    """Write *lines* as JSONL and return *file*."""
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return file


def replayed(
    lines: Iterable[Mapping[str, object]],
    folder: Path,
    *,
    plan: str | None = None,
    edition: str = "internal",
    quoting: str | None = None,
) -> tuple[Path, str]:
    """Replay *lines* as a file in the new *folder*; return where the files are, and what was said beside them."""
    folder.mkdir(parents=True)
    log, file = write(lines, folder / f"{folder.name}.jsonl"), folder / "plan.toml"
    if plan is not None:
        file.write_text(plan, "utf-8")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as told:
        run_replay(
            log,
            plan=file if plan is not None else None,
            format="auto",
            out=folder / "out",
            edition=edition,
            quoting=quoting,
            day=None,
        )
    return folder / "out", told.getvalue()


def summary_in(out: Path) -> Any:
    """Return the summary that was written into *out*."""
    return json.loads((out / "summary.json").read_text("utf-8"))


def entries_in(out: Path, chapter: str, kind: str) -> list[Any]:
    """Return the entries of one *kind* in one chapter of the summary in *out*."""
    chapters = [one for one in summary_in(out)["chapters"] if one["id"] == chapter]
    sections = [section for one in chapters for section in one["sections"]]
    return [entry for section in sections for entry in section["entries"] if entry["kind"] == kind]
