"""`demo`: a simulated crowd lives through an hour in the local room, and what comes of it is written as plain files."""

import asyncio
import logging
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog
from rich.console import Console, Group
from rich.live import Live
from rich.markdown import Markdown
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bot.cli.files import Written, write_all
from bot.core.phases import Phase
from bot.core.plan import question_words
from bot.demo.stage import Glimpse, load_plan, play
from bot.errors import BadInput
from bot.runtime.planning import words_of
from bot.summary import markdown
from bot.summary.document import Summary

progress = Console(stderr=True, highlight=False)
STOPPED = 130
"""What a shell expects of a program that Ctrl-C ended."""


def run_demo(*, seed: int, speed: float, out: Path, port: int) -> None:
    """Play the chat of *seed*, write its files into *out* and print its summary. Raises: BadInput."""
    if not 0 <= speed < float("inf"):
        raise BadInput(
            f"{speed} is no speed.", place="--speed", fix="90 is an hour in 40 seconds; 0 is at once."
        )
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        with Screen() as screen:
            played = asyncio.run(play(seed=seed, speed=speed, port=port, watch=screen.show))
    except KeyboardInterrupt:
        progress.print("Stopped. Nothing was written.")
        raise SystemExit(STOPPED) from None
    written = write_all(Written(chat=played.chat, texts=played.texts, summary=played.summary), out)
    _print_summary(played.summary)
    progress.print(f"\n{len(written)} files in {out}:", markup=False)
    for file in written:
        progress.print(f"  {file}", markup=False, soft_wrap=True)


def _print_summary(summary: Summary) -> None:
    console, text = Console(highlight=False), markdown.render(summary)
    if console.is_terminal:
        console.print(Markdown(text))
    else:
        print(text)  # noqa: T201  # for pipes, as it stands in summary.md


class Screen:
    """What the terminal shows while the chat runs: a board where it can be redrawn, else a line for each stage."""

    def __init__(self) -> None:
        self._words = words_of(load_plan())
        self._live = Live(console=progress, refresh_per_second=8, transient=True)
        self._stage = ""
        self._opened = False

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, glimpse: Glimpse) -> None:
        """Show how the chat stands now."""
        if not self._opened:
            self._opened = True
            self._welcome(glimpse)
        stage = str(glimpse.chat.stage)
        if progress.is_terminal:
            self._live.update(self._board(glimpse))
        elif stage != self._stage:
            progress.print(f"{_minute(glimpse)}  {self._headline(glimpse)}", markup=False, soft_wrap=True)
        self._stage = stage

    def _welcome(self, glimpse: Glimpse) -> None:
        progress.print(f"Watch or join:  {glimpse.room}", markup=False, soft_wrap=True)
        progress.print(f"Moderate it:    {glimpse.moderate}", markup=False, soft_wrap=True)

    def _board(self, glimpse: Glimpse) -> Group:
        chat = glimpse.chat
        said = [message.heard for message in chat.messages.values() if message.heard and not message.deleted]
        people = len({heard.author for heard in said})
        passed = (glimpse.at - chat.starts_at) / chat.plan.length
        table = Table.grid(padding=(0, 2))
        table.add_row(Text(_minute(glimpse), style="bold"), Text(self._headline(glimpse), style="cyan"))
        table.add_row("", ProgressBar(total=1, completed=max(0.0, min(1.0, passed)), width=40))
        table.add_row("", Text(f"{people} people · {len(said)} messages · {len(chat.insights)} kept"))
        return Group(Text(), table)

    def _headline(self, glimpse: Glimpse) -> str:
        chat = glimpse.chat
        question = chat.stage.question
        if question is None:
            return _PHASES.get(chat.phase, str(chat.phase))
        number = chat.plan.question(question).number
        return f"Q{number} {self._words.get(question_words(question), 'A question from the room')}"


_PHASES = {
    Phase.DOORS: "Doors are open",
    Phase.INTRODUCTIONS: "Hellos",
    Phase.CLOSING: "Closing thought",
    Phase.AFTER_HOUR: "The hour is over, late answers count",
    Phase.PUBLISHED: "The summary is published",
}


def _minute(glimpse: Glimpse) -> str:
    seconds = round((glimpse.at - glimpse.chat.plan.starts_at).total_seconds())
    sign = "-" if seconds < 0 else " "
    return f"{sign}{abs(seconds) // 60:02d}:{abs(seconds) % 60:02d}"
