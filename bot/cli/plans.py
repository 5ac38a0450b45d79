"""`plan new` and `plan list`: makes a plan by asking for it in the terminal, and lists those in the plans folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from bot.config import load
from bot.errors import BadInput
from bot.plans.ask import ASKS, Answers, Ask, build
from bot.plans.lint import lint
from bot.plans.read import read_plan
from bot.plans.series import next_plan
from bot.plans.write import write_plan
from bot.runtime.clock import SystemClock
from bot.runtime.rendering import local_time
from bot.wording import Wording, languages

console = Console(highlight=False)


def new_plan(file: Path, config: Path | None) -> None:
    """Ask for everything a plan needs and write it to *file*, whole or not at all.

    Raises: BadInput when the file is there already, or cannot be written.
    """
    if file.exists():
        raise BadInput(
            "there is a plan already.", place=str(file), fix="Name another file, or edit that one."
        )
    words = Wording.load(load(config).language)
    answers: dict[str, Any] = {}
    for ask in ASKS:
        if ask.is_due(answers):
            _answer(ask, answers, words)
    plan = build(answers, languages=languages())
    _write(file, write_plan(plan))
    for warning in lint(plan, now=SystemClock().now()):
        console.print(words.line(warning.key, **warning.arguments), markup=False, soft_wrap=True)
    console.print(words.line("cli.plan.written", file=str(file)), markup=False, soft_wrap=True)


def _answer(ask: Ask, answers: dict[str, Any], words: Wording) -> None:
    """Put the answer to *ask* into *answers*; what may be left out and was leaves no trace."""
    if ask.many:
        found = list(_several(ask, answers, words))
        if found:
            answers[ask.field] = found
        return
    value = _one(ask, answers, words, needed=ask.needed)
    if value is not None:
        answers[ask.field] = value


def _several(ask: Ask, answers: Answers, words: Wording) -> Iterator[Any]:
    needed = ask.needed
    while (value := _one(ask, answers, words, needed=needed)) is not None:
        needed = False
        yield value


def _one(ask: Ask, answers: Answers, words: Wording, *, needed: bool) -> Any:
    """Return what was answered, None for nothing; a slip is told and asked again."""
    while True:
        typed = typer.prompt(
            words.line(ask.line), default=ask.default, show_default=bool(ask.default)
        ).strip()
        if not typed and not needed:
            return None
        try:
            return ask.read(typed, answers)
        except BadInput as problem:
            console.print(str(problem), style="yellow", markup=False, soft_wrap=True)


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        staged = file.with_name(f".{file.name}.writing")
        staged.write_text(text, encoding="utf-8")
        staged.replace(file)
    except OSError as error:
        raise BadInput(f"the plan cannot be written: {error.strerror}.", place=str(file)) from None


def list_plans(config: Path | None) -> None:
    """Print the plans of the plans folder with their next dates; a plan that cannot be used says why."""
    settings = load(config)
    words = Wording.load(settings.language)
    files = sorted(settings.plans.glob("*.toml"))
    if not files:
        console.print(words.line("cli.plan.none", folder=str(settings.plans)), markup=False, soft_wrap=True)
        return
    columns = (words.line(f"cli.plan.column.{name}") for name in ("file", "chat", "when"))
    table = Table(*columns, box=None)
    for file in files:
        table.add_row(file.name, *_described(file, settings.language))
    console.print(table)


def _described(file: Path, language: str) -> tuple[str, str]:
    now = SystemClock().now()
    try:
        plan = read_plan(file.read_bytes(), name=file.name, languages=languages())
        coming = next_plan(plan, now) if plan.repeats else plan
    except (BadInput, OSError) as problem:
        return str(problem), ""
    return f"{plan.hashtag} {plan.title}", local_time(coming.starts_at, plan.zone, language)
