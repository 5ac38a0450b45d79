"""`check`: looks a plan over, or the settings and the store, and says what to mend. Changes nothing."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from bot.config import Settings, load
from bot.errors import BadInput
from bot.plans.lines import lines_of
from bot.plans.lint import lint
from bot.plans.model import Plan
from bot.plans.overlap import overlaps
from bot.plans.read import read_plan
from bot.runtime.clock import SystemClock
from bot.store import is_shared, open_store, shown
from bot.wording import Wording, languages

console = Console(highlight=False)


def check_plan(file: Path) -> None:
    """Print what could be better in the plan *file*, line by line. Raises: BadInput when it cannot be used."""
    try:
        text = file.read_bytes()
    except OSError as error:
        raise BadInput(f"this plan cannot be read: {error.strerror}.", place=str(file)) from None
    now = SystemClock().now()
    plan = read_plan(text, name=file.name, languages=languages(), today=now)
    clash = overlaps(plan, _neighbours(file))
    if clash is not None:
        raise clash.problem(file.name)
    words = Wording.load(plan.language)
    warnings = lint(plan, now=now, lines=lines_of(text.decode("utf-8")))
    for warning in warnings:
        place = f"{file.name}:{warning.line}: " if warning.line else ""
        console.print(f"{place}{words.line(warning.key, **warning.arguments)}", markup=False, soft_wrap=True)
    summary = "cli.check.fine" if not warnings else "cli.check.warnings"
    console.print(words.line(summary, n=len(warnings)), markup=False)


def _neighbours(file: Path) -> Iterator[Plan]:
    """Give the other plans of the folder; one that cannot be used is checked on its own."""
    for other in sorted(file.parent.glob("*.toml")):
        if other.name != file.name:
            with suppress(BadInput, OSError):
                yield read_plan(other.read_bytes(), name=other.name, languages=languages())


def check_settings(config: Path | None) -> None:
    """Print whether settings, words, plans and store are in order. Raises: what is wrong with the first that isn't."""
    settings = load(config)
    words = Wording.load(settings.language)
    for language in languages():
        Wording.load(language)
    plans = sorted(settings.plans.glob("*.toml"))
    for file in plans:
        check_plan(file)
    if is_shared(settings.store) or Path(settings.store).exists():  # a file is made at the first start
        asyncio.run(_check_store(settings))
    console.print(words.line("cli.check.settings", n=len(plans), store=shown(settings.store)), markup=False)


async def _check_store(settings: Settings) -> None:
    store = await open_store(settings.store, installation=settings.installation)
    try:
        await store.chats()
    finally:
        await store.close()
