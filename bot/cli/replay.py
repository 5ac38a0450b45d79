"""`replay`: a past chat through the real core, store and summary, with progress, into a folder of plain files."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast, get_args

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.cli.files import Written, must_be_writable, write_all
from bot.core.names import WordKey
from bot.core.plan import Plan, Quoting
from bot.errors import BadInput
from bot.plans.read import read_plan
from bot.ports import Store
from bot.replay.plan import title_of
from bot.replay.replay import Passed, Past, Replayed, plan_for, replay_log
from bot.runtime.composer import Edition, make_draft, read_texts
from bot.runtime.planning import plan_of, words_of
from bot.store import open_store
from bot.transcripts import Transcript, read
from bot.transcripts.moment import day_of
from bot.wording import languages

console = Console(stderr=True)
MOST_NOTES = 20
PUBLIC_LOG_QUOTING: Quoting = "named"
"""Without a plan, people are called by the names in the log: whoever replays it has it open already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What the command line asked for."""

    log: Path
    plan: Path | None
    out: Path
    edition: Edition
    quoting: Quoting | None


def run_replay(
    log: Path,
    *,
    plan: Path | None,
    format: str,  # noqa: A002  # the option's name
    out: Path | None,
    edition: str,
    quoting: str | None,
    day: str | None,
) -> None:
    """Replay *log* and write what comes of it. Raises: BadInput, before anything is written."""
    asked = Replay(
        log=log,
        plan=plan,
        out=out or Path(f"{log.stem}-replay"),
        edition=cast("Edition", _one_of("--edition", edition, get_args(Edition))),
        quoting=cast("Quoting", _one_of("--quoting", quoting, get_args(Quoting))) if quoting else None,
    )
    must_be_writable(asked.out)
    transcript = read(log, format, day=_day(day))
    words: dict[WordKey, str] = {}
    found = _planned(asked, transcript, words)
    # In public an id of the log could lead to a name.
    own_ids = asked.edition == "internal"
    past = Past(entries=transcript.entries, plan=found, words=words, own_ids=own_ids)
    written, passed = asyncio.run(_replay(asked, past))
    for note in (*transcript.notes, *_left_out(passed)):
        console.print(note, style="yellow", markup=False)
    console.print(f"{len(written)} files in {asked.out}", markup=False)
    print(asked.out / "summary.md")  # noqa: T201  # for pipes


def _left_out(passed: Sequence[Passed]) -> Iterator[str]:
    for one in passed[:MOST_NOTES]:
        yield f"{one.place}: nothing came of this line. {one.why}"
    if len(passed) > MOST_NOTES:
        yield f"Nothing came of {len(passed) - MOST_NOTES} lines more."


def _one_of(option: str, given: str, choices: tuple[str, ...]) -> str:
    if given not in choices:
        raise BadInput(f"{given!r} is not known.", place=option, fix=f"Choose one of: {', '.join(choices)}.")
    return given


def _day(given: str | None) -> date | None:
    if given is None:
        return None
    try:
        return day_of(given)
    except ValueError:
        raise BadInput(f"{given!r} is no date.", place="--date", fix="Write it like 2026-12-03.") from None


def _planned(asked: Replay, transcript: Transcript, words: dict[WordKey, str]) -> Plan:
    plan = _read_plan(asked.plan, transcript, words) if asked.plan else None
    found = plan_for(transcript.entries, plan, words)
    quoting = asked.quoting or (None if plan else PUBLIC_LOG_QUOTING)
    return replace(found, quoting=quoting) if quoting else found


def _read_plan(file: Path, transcript: Transcript, words: dict[WordKey, str]) -> Plan:
    try:
        text = file.read_bytes()
    except OSError as error:
        raise BadInput(f"the plan cannot be read: {error.strerror}.", place=str(file)) from None
    first = min(entry.at for entry in transcript.entries).astimezone(UTC)
    past = {
        "title": title_of(transcript.entries) or file.stem,
        "zone": "UTC",
        "starts": first.strftime("%Y-%m-%d %H:%M"),
        "hashtag": "#chat",
        "questions": [],
    }
    written = read_plan(text, name=file.name, languages=languages(), past=past)
    words.update(words_of(written))
    return plan_of(written)


async def _replay(asked: Replay, past: Past) -> tuple[list[Path], tuple[Passed, ...]]:
    with TemporaryDirectory(prefix="tweetchat-") as folder, _progress() as bar:
        total = len(past.entries)
        task = bar.add_task("Replaying", total=total)

        def step(done: int) -> None:
            bar.update(task, completed=min(done, total))

        store = await open_store(Path(folder) / "replay.db")
        try:
            epoch = await store.lease.acquire("replay")
            told = await replay_log(past, store, epoch=epoch, progress=step)
            written = await _compose(told, store, asked.edition)
            await store.lease.release()
        finally:
            await store.close()
    return write_all(written, asked.out), told.passed


async def _compose(told: Replayed, store: Store, edition: Edition) -> Written:
    texts = replace(await read_texts(store, told.chat), signed=told.signed)
    composed = make_draft(told.chat, texts, told.ended_at, edition, limit=4_000, link="")
    return Written(chat=told.chat, texts=texts, summary=composed.summary)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)
