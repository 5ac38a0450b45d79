"""`doctor --live`: tries everything in rooms set aside for it, cleans up, and writes down how it went, and when."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from bot.app import platform_for_trying, trials_of, view_of_nothing
from bot.cli.holding import held
from bot.config import Settings, load
from bot.core.names import RoomId
from bot.errors import BadInput, PlatformTrouble
from bot.live.attempt import Attempt, Check, Result, Skipped, judge
from bot.live.checks import AFTERWARDS, CHECKS, PEOPLE
from bot.live.listener import Listener
from bot.ports import Clock, Platform, Trial
from bot.runtime.clock import RandomIds, SystemClock
from bot.runtime.directory import platform_of
from bot.wording import Wording

console = Console(highlight=False)
PATIENCE = 30.0
"""Seconds that a platform has to let us in."""
SIGNS = {"passed": "✓", "failed": "✗", "skipped": "–"}


def run_live(
    config: Path | None, rooms: Sequence[str], *, person: str | None, yes: bool, report: Path | None
) -> None:
    """Try *rooms*, one after the other, and write *report*.

    Raises: BadInput for a room that cannot be tried, OwnedByAnother while the bot runs, PlatformTrouble when a platform
    refuses us or something failed.
    """
    settings = load(config)
    words = Wording.load(settings.language)
    names = _check_rooms(settings, rooms)
    _say(words.line("operator.trying.warning", rooms=", ".join(rooms)))
    if not yes and not typer.confirm(words.line("operator.trying.go-on"), default=False):
        raise typer.Exit(0)
    ask = None if yes else partial(_ask, words)
    clock, failed = SystemClock(), 0
    file = report or Path(f"doctor-{clock.now():%Y-%m-%d}.md")
    with held(settings):
        for room, name in zip(rooms, names, strict=True):
            results = asyncio.run(_try(settings, name, RoomId(room), clock, person, ask))
            _show(room, results, words)
            _write(file, _markdown(room, results, clock.now(), words))
            failed += sum(result.verdict == "failed" for result in results)
    _say(words.line("operator.trying.written", file=str(file)))
    if failed:
        raise PlatformTrouble(words.line("operator.trying.failed", n=failed), permanent=True)


def _check_rooms(settings: Settings, rooms: Sequence[str]) -> list[str]:
    """Return the platform of each room. Raises: BadInput."""
    if not rooms:
        raise BadInput(
            "name the rooms to try: what is posted there is seen by everybody in them.", place="--live"
        )
    names = [platform_of(RoomId(room)) for room in rooms]
    for room, name in zip(rooms, names, strict=True):
        if name not in settings.platforms():
            raise BadInput("its platform is not set up.", place=room, fix="README.md tells how.")
    return names


async def _try(
    settings: Settings,
    name: str,
    room: RoomId,
    clock: Clock,
    person: str | None,
    ask: Callable[[str], None] | None,
) -> list[Result]:
    view = view_of_nothing(settings)
    listener = Listener(rooms_here=frozenset({room}), view=view)
    platform = platform_for_trying(settings, name, listener)
    attempt = Attempt(
        platform=platform,
        listener=listener,
        clock=clock,
        room=room,
        run=RandomIds().new("run", room),
        says=Wording.load(settings.language).line("operator.trying.post"),
        person=person,
        ask=ask,
    )
    async with _connected(platform, listener, clock), asyncio.TaskGroup() as tasks:
        return [result async for result in try_everything(attempt, trials_of(name), tasks)]


@asynccontextmanager
async def _connected(platform: Platform, listener: Listener, clock: Clock) -> AsyncIterator[None]:
    """Give the connection once it stands. Raises: PlatformTrouble when it does not come to that."""
    running = asyncio.create_task(platform.run(listener))  # noqa: TID251  # its parent waits for it right here
    try:
        deadline = clock.monotonic() + PATIENCE
        while not platform.is_connected:
            if running.done():
                await running
            if clock.monotonic() > deadline:
                raise PlatformTrouble(f"{platform.name} does not answer")
            await clock.sleep(0.05)
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError, PlatformTrouble):
            await running


async def try_everything(
    attempt: Attempt, trials: Iterable[Trial], tasks: asyncio.TaskGroup
) -> AsyncIterator[Result]:
    """Give the result of every check, of the adapter's own trials, and of tidying up, which is never left out."""
    own = [Check(name=trial.name, run=partial(_own, trial)) for trial in trials]
    async for result in judge(attempt, (*CHECKS, *own, *PEOPLE, *AFTERWARDS), tasks):
        yield result


async def _own(trial: Trial, attempt: Attempt) -> str:
    found = await trial.run(attempt.platform, attempt.standing("first"))
    if found is None:
        raise Skipped("no --person")
    return found


# --- telling --------------------------------------------------------------------------------------------------


def _ask(words: Wording, key: str) -> None:
    _say("→ " + words.line(f"operator.trying.ask.{key}"))


def _show(room: str, results: Iterable[Result], words: Wording) -> None:
    table = Table("", room, words.line("operator.trying.found"), "s")
    for result in results:
        table.add_row(
            SIGNS[result.verdict],
            words.line(f"operator.live.{result.name}"),
            result.found,
            f"{result.seconds:.2f}",
        )
    console.print(table)


def _markdown(room: str, results: Iterable[Result], at: datetime, words: Wording) -> str:
    head = words.line("operator.trying.found")
    lines = [f"## {room}, {at:%Y-%m-%d %H:%M} UTC", "", f"| | | {head} | s |", "|---|---|---|---|"]
    for result in results:
        name = words.line(f"operator.live.{result.name}")
        found = result.found.replace("|", "\\|").replace("\n", " ")
        lines.append(f"| {SIGNS[result.verdict]} | {name} | {found} | {result.seconds:.2f} |")
    return "\n".join([*lines, "", ""])


def _write(file: Path, text: str) -> None:
    try:
        with file.open("a", encoding="utf-8") as table:
            table.write(text)
    except OSError as error:
        raise BadInput(
            f"cannot write here: {error.strerror}.", place=str(file), fix="Name another --report."
        ) from None


def _say(line: str) -> None:
    console.print(line, markup=False, soft_wrap=True)
