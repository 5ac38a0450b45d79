"""The machine under the bot: memory that runs out, a suspension over several questions, a terminal that is closed."""

import asyncio
import json
import os
import resource
import shutil
import signal
from contextlib import suppress
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from adapters.local.visitor import TurnedAway, Visitor
from tests.faults.crowd import posts_in
from tests.faults.meeting import Page, in_history, page, running
from tests.faults.process import Bot
from tests.faults.test_clock import LIBRARIES

ASLEEP = 40
"""Minutes."""
MEGABYTE = 1024 * 1024


def questions_of(shown: Page) -> list[str]:
    """Return the questions that were asked, as the room shows them."""
    told = (json.loads(text) for text in shown.everything)
    posts = dict(post for message in told for post in posts_in(message))
    return [
        name
        for name in ("First", "Second", "Third")
        if any(f"{name} thing" in post and "post.question" in post for post in posts.values())
    ]


def three_questions(bot: Bot) -> None:
    """Save the plan of a chat that began a minute ago and asks at 5, 15 and 25 minutes."""
    starts = (bot.clock.now() - timedelta(minutes=1)).astimezone(UTC)
    asked = "".join(
        f'\n[[questions]]\ntext = "{name} thing that comes to mind?"\nat = {at}\n'
        for name, at in (("First", 5), ("Second", 15), ("Third", 25))
    )
    text = f"""
title = "An hour with a nap"
hashtag = "#hcchat"
starts = "{starts:%Y-%m-%d %H:%M}"
zone = "UTC"
minutes = 60
introductions = 0
quoting = "named"
{asked}"""
    (bot.plans / "chat.toml").write_text(text, "utf-8")


@pytest.mark.skipif(not LIBRARIES, reason="needs faketime: on Debian or Ubuntu, apt install faketime")
async def test_a_machine_that_slept_over_three_questions_asks_the_newest(tmp_path: Path) -> None:
    """Stopped, all its clocks forty minutes on, and woken: people are not asked three things at once."""
    ahead = tmp_path / "ahead"
    ahead.write_text("+0")
    settings = {
        "LD_PRELOAD": str(LIBRARIES[0]),
        "FAKETIME_TIMESTAMP_FILE": str(ahead),
        "FAKETIME_NO_CACHE": "1",
    }
    bot = Bot(tmp_path, settings)
    three_questions(bot)
    try:
        await bot.start()
        await bot.until_planned()
        async with page(bot, "Andrea", bot.moderator_link) as andrea:
            bot.send(signal.SIGSTOP)
            ahead.write_text(f"+{ASLEEP * 60}")
            bot.send(signal.SIGCONT)
            await bot.until(lambda: bool(questions_of(andrea)), "a question")
            await andrea.visitor.say("A3 Rest")

            assert questions_of(andrea) == ["Third"]
            assert "clock was set" not in bot.said
    finally:
        await bot.make_sure_it_is_gone()


async def test_a_bot_without_memory_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    """It is deaf for as long as there is none, and hears again by itself; what people were told is stored, is."""
    async with running(tmp_path) as bot:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        async with page(bot, "Ines") as ines:
            stored = await say(ines.visitor, "Before")
            resource.prlimit(bot.pid, resource.RLIMIT_AS, (MEGABYTE, hard))  # it has more: no more is given
            async with asyncio.TaskGroup() as crowd:
                for _ in range(20):
                    crowd.create_task(knock(bot))
                stored += await say(ines.visitor, "Meanwhile")
            await bot.until(lambda: "MemoryError" in bot.said, "memory to run out")
            if not bot.has_left():
                resource.prlimit(bot.pid, resource.RLIMIT_AS, (hard, hard))
        if bot.has_left():
            await bot.start()
        async with page(bot, "Olu") as olu:
            stored += await say(olu.visitor, "After")
        await bot.kill()
        await bot.start()

        assert {"Before", "After"} <= set(stored) <= set(await in_history(bot))


async def say(visitor: Visitor, text: str) -> list[str]:
    """Return what was acknowledged within a while."""
    try:
        async with asyncio.timeout(2):
            answer = await visitor.say(text)
    except (TimeoutError, TurnedAway, OSError):
        return []
    return [] if answer.refused else [text]


async def knock(bot: Bot) -> None:
    """Send more than the bot has room for."""
    with suppress(OSError, TimeoutError):
        _, writer = await asyncio.open_connection("127.0.0.1", bot.port)
        try:
            writer.write(b"POST / HTTP/1.1\r\nHost: bot\r\nContent-Length: 8000000\r\n\r\n" + bytes(MEGABYTE))
            async with asyncio.timeout(2):
                await writer.drain()
        finally:
            writer.transport.abort()


async def test_a_bot_whose_terminal_is_closed_goes_on(tmp_path: Path) -> None:
    """Nobody reads what it says any more, and writing fails: the chat does not notice."""
    async with running(tmp_path) as bot:
        link = bot.moderator_link
        await bot.kill()
        reading, writing = os.pipe()
        await bot.launch(said=Path(f"/proc/self/fd/{writing}"))
        os.close(writing)
        os.close(reading)
        await bot.until(bot.is_open, "the room to open")

        async with page(bot, "Andrea", link) as andrea:
            assert not (await andrea.visitor.say("A1 Still here")).refused
            assert not (await andrea.visitor.command("next")).refused


async def test_a_store_that_was_replaced_ends_the_bot(tmp_path: Path) -> None:
    """Somebody puts another file in its place while nothing happens: the bot does not go on over either of them."""
    async with running(tmp_path) as bot:
        other = tmp_path / "other.db"
        shutil.copy(bot.store, other)
        other.replace(bot.store)

        assert await bot.left(patience=15) == 5
        assert "removed or replaced while the bot ran" in bot.said.strip().splitlines()[-1]
