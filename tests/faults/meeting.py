"""A bot in a process, its plan, a moderator and a participant in its room: what the tests with real faults share."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

from adapters.local.visitor import TurnedAway, Visitor
from bot.runtime.clock import RandomIds, SystemClock
from tests.faults.process import Bot

ROOM = "main"
AT_MOST = 90.0
"""Seconds that a test with a real process may take before something is wrong with it."""


def plan(
    bot: Bot, *, begun: float = 1.0, name: str = "chat.toml", title: str = "An hour in a bad place"
) -> None:
    """Save the plan of a chat that began *begun* minutes ago (or begins, when that is negative)."""
    starts = (bot.clock.now() - timedelta(minutes=begun)).astimezone(UTC)
    text = f"""
title = "{title}"
hashtag = "#hcchat"
starts = "{starts:%Y-%m-%d %H:%M}"
zone = "UTC"
minutes = 60
introductions = 0
quoting = "named"

[[questions]]
text = "What would you tell somebody on their first day?"
at = 50
"""
    (bot.plans / name).write_text(text, "utf-8")


@dataclass(slots=True)
class Page:
    """Somebody's open page and what it shows."""

    visitor: Visitor
    state: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    everything: list[str] = field(default_factory=list)

    def hear(self, message: dict[str, Any]) -> None:
        """Take what the room tells."""
        self.everything.append(json.dumps(message, ensure_ascii=False))
        if isinstance(message.get("state"), dict):
            self.state = message["state"]
        if message["type"] == "welcome":
            self.history = message["history"]

    @property
    def card(self) -> str:
        """Return the words of the moderator card."""
        return json.dumps(self.state.get("card"), ensure_ascii=False)

    @property
    def texts(self) -> list[str]:
        """Return the messages that stood in the room when the page was opened last."""
        return [item["text"] for item in self.history if item["kind"] == "message"]

    def shows_trouble(self) -> bool:
        """Return whether the card says that the store does not work."""
        return "cannot be used now" in self.card


@asynccontextmanager
async def page(bot: Bot, name: str, link: str | None = None) -> AsyncIterator[Page]:
    """Bring somebody into the room, who stays for as long as the block lasts."""
    clock = SystemClock()
    shown: Page

    def hear(message: dict[str, object]) -> None:
        shown.hear(message)

    async with Visitor(bot.address, ROOM, clock, RandomIds(), hear) as visitor:
        shown = Page(visitor)
        await visitor.join(name, link=link)
        staying = asyncio.get_running_loop().create_task(visitor.run())
        try:
            await bot.until(lambda: bool(shown.state) or staying.done(), f"{name}'s page")
            yield shown
        finally:
            staying.cancel()
            with suppress(asyncio.CancelledError, TurnedAway):
                await staying


@asynccontextmanager
async def running(
    folder: Path, *, title: str = "An hour in a bad place", **settings: str
) -> AsyncIterator[Bot]:
    """Give a running bot whose chat began a minute ago; nothing of it is left afterwards."""
    bot = Bot(folder, settings)
    plan(bot, title=title)
    try:
        async with asyncio.timeout(AT_MOST):
            await bot.start()
            await bot.until_planned()
            yield bot
    finally:
        await bot.make_sure_it_is_gone()


async def in_history(bot: Bot, name: str = "Later") -> list[str]:
    """Return what a newcomer reads in the room."""
    async with page(bot, name) as shown:
        return shown.texts


def processes_of(group: int) -> Iterator[int]:
    """Give the processes that the bot of the process group *group* started, and itself."""
    for entry in Path("/proc").iterdir():
        with suppress(ValueError, OSError):
            if os.getpgid(int(entry.name)) == group:
                yield int(entry.name)
