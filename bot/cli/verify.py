"""`verify`: whether log, state and summaries of a store say the same; names each place where they don't."""

import asyncio
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.config import Settings, load
from bot.errors import BadInput
from bot.runtime.audit import CHECKS, Finding, audit
from bot.store import is_shared, open_store, shown
from bot.store.backup import check_pages
from bot.wording import Wording

console = Console(highlight=False)
progress = Console(stderr=True, highlight=False)
MOST_SHOWN = 50
"""Places that are listed; all of them are counted."""


def verify(store: str | None, config: Path | None) -> bool:
    """Print a table of all checks; return whether everything fits. Raises: BadInput, StoreUnusable, StoreTrouble."""
    settings = load(config, **({"store": store} if store else {}))
    words = Wording.load(settings.language)
    if not is_shared(settings.store):
        _check_file(Path(settings.store))
    chats, findings = asyncio.run(_look(settings, words))
    console.print(_table(findings, chats, words))
    for finding in findings[:MOST_SHOWN]:
        line = f"{finding.chat}: {words.line(f'operator.check.{finding.check}')}: {finding.place}"
        console.print(line, markup=False, soft_wrap=True)
    if len(findings) > MOST_SHOWN:
        _say(words.line("operator.verify.more", n=len(findings) - MOST_SHOWN))
    verdict = "operator.verify.sound" if not findings else "operator.verify.unsound"
    _say(words.line(verdict, n=len(findings), store=shown(settings.store)))
    return not findings


def _check_file(file: Path) -> None:
    if not file.is_file():
        raise BadInput(
            "there is no store there yet.", place=str(file), fix="Check --store, BOT_STORE or --config."
        )
    check_pages(file)


async def _look(settings: Settings, words: Wording) -> tuple[int, list[Finding]]:
    store = await open_store(settings.store, installation=settings.installation)
    chats, findings = 0, list[Finding]()
    try:
        with Progress(console=progress, transient=True, disable=not progress.is_terminal) as shown_progress:
            task = shown_progress.add_task(
                words.line("operator.verify.looking"), total=len(await store.chats())
            )
            async for _, found in audit(store):
                chats += 1
                findings += found
                shown_progress.advance(task)
    finally:
        await store.close()
    return chats, findings


def _table(findings: list[Finding], chats: int, words: Wording) -> Table:
    counts = Counter(finding.check for finding in findings)
    table = Table("", words.line("operator.verify.chats"), words.line("operator.verify.problems"))
    for name in CHECKS:
        table.add_row(words.line(f"operator.check.{name}"), str(chats), str(counts[name]))
    return table


def _say(line: str) -> None:
    console.print(line, markup=False, soft_wrap=True)
