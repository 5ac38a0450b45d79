"""A store that takes nothing for a while: the bot pauses, tells its moderators, and goes on by itself."""

import asyncio
import os
import resource
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.kills import integrity
from tests.faults.meeting import Page, in_history, page, running
from tests.faults.process import Bot

ROOMY = "size=4m"
LONG = "I keep a diary of good days and bad days. " * 60
MOST_SAID = 9
"""A person may say ten things at once."""


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk that can be filled up and emptied again; *fill* and *empty* are told which bot is on it."""

    folder: Path
    fill: Callable[[Bot], None]
    empty: Callable[[Bot], None]


@contextmanager
def small_disk(tmp_path: Path) -> Iterator[Disk]:
    """Give a file system of its own; only root may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", ROOMY, "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk here; the limited file below shows the same")
    try:
        yield Disk(folder, lambda _: _fill(folder), lambda _: (folder / "filler").unlink())
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


def _fill(folder: Path) -> None:
    with suppress(OSError), (folder / "filler").open("wb", buffering=0) as filler:
        while filler.write(bytes(4096)):
            pass


@contextmanager
def limited_files(tmp_path: Path) -> Iterator[Disk]:
    """Give a folder in which no file may grow any more once it is full: nobody need be root for that."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(bot: Bot) -> None:
        log = bot.store.with_name(bot.store.name + "-wal").stat().st_size
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (log, hard))

    def empty(bot: Bot) -> None:
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (hard, hard))

    yield Disk(tmp_path, fill, empty)


async def say_until_nothing_is_stored(shown: Page) -> tuple[list[str], list[asyncio.Task[None]]]:
    """Return what was acknowledged, and who still waits for it, once somebody does."""
    stored: list[str] = []
    for number in range(MOST_SAID):
        text = f"Entry {number}: {LONG}"
        saying = asyncio.get_running_loop().create_task(_say(shown, text, stored))
        done, _ = await asyncio.wait({saying}, timeout=1.5)
        if not done:
            return stored, [saying]
    raise AssertionError(f"{len(stored)} messages were stored on a full disk")


async def _say(shown: Page, text: str, stored: list[str]) -> None:
    answer = await shown.visitor.say(text)
    assert not answer.refused
    stored.append(text.strip())


@pytest.mark.parametrize("disk", [small_disk, limited_files])
async def test_a_full_disk_pauses_the_bot_until_there_is_space(
    disk: Callable[[Path], AbstractContextManager[Disk]], tmp_path: Path
) -> None:
    """Nobody is told that something is stored which is not; a moderator reads why; all goes on without a restart."""
    with disk(tmp_path) as small:
        async with running(tmp_path, BOT_STORE=str(small.folder / "chats.db")) as bot:
            await _fill_and_empty(small, bot)


async def _fill_and_empty(small: Disk, bot: Bot) -> None:
    async with page(bot, "Andrea", bot.moderator_link) as moderator, page(bot, "Ines") as ines:
        assert not (await ines.visitor.say("Before")).refused
        small.fill(bot)

        stored, waiting = await say_until_nothing_is_stored(ines)
        await bot.until(moderator.shows_trouble, "the card to say so")
        assert not waiting[0].done()

        small.empty(bot)
        async with asyncio.timeout(30):
            await asyncio.gather(*waiting)
        await bot.until(lambda: not moderator.shows_trouble(), "the card to say that it is over")
        assert not (await ines.visitor.say("After")).refused

    pid = bot.pid
    await bot.kill()  # what was told must stand on the disk, not in memory
    await bot.start()
    texts = await in_history(bot)

    assert pid != bot.pid
    assert sorted(texts) == sorted(["Before", *stored, "After"])
    await bot.stop()
    assert integrity(bot.store) == "ok"


async def test_a_locked_store_is_waited_for(tmp_path: Path) -> None:
    """While another program holds the file the moderator reads so, and what was said is stored when it lets go."""
    async with (
        running(tmp_path) as bot,
        page(bot, "Andrea", bot.moderator_link) as moderator,
        page(bot, "Ines") as ines,
    ):
        with closing(sqlite3.connect(bot.store, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            saying = asyncio.get_running_loop().create_task(ines.visitor.say("Through a locked door"))
            await bot.until(moderator.shows_trouble, "the card to say so")
            assert not saying.done()
            other.execute("ROLLBACK")

        async with asyncio.timeout(30):
            assert not (await saying).refused
        await bot.until(lambda: not moderator.shows_trouble(), "the card to say that it is over")
        assert await in_history(bot) == ["Through a locked door"]


async def test_a_store_that_was_deleted_ends_the_bot(tmp_path: Path) -> None:
    """The bot does not go on writing into a file that nobody will find again: it leaves with one clear line."""
    async with running(tmp_path) as bot, page(bot, "Ines") as ines:
        bot.store.unlink()
        saying = asyncio.get_running_loop().create_task(ines.visitor.say("Into the void"))

        code = await bot.left()

        assert not saying.done()
        saying.cancel()
        assert code == 5
        assert "removed or replaced while the bot ran" in last_line(bot)
        assert "Traceback" not in bot.said


async def test_a_quiet_bot_notices_that_its_store_is_gone(tmp_path: Path) -> None:
    """Nobody says anything, and still the bot does not go on over a file that was deleted under it."""
    async with running(tmp_path) as bot:
        bot.store.unlink()

        assert await bot.left() == 5
        assert "removed or replaced while the bot ran" in last_line(bot)


async def test_a_damaged_store_is_not_opened(tmp_path: Path) -> None:
    """A file that is no store any more is left as it is, and the bot says what to do."""
    bot = Bot(tmp_path)
    bot.store.write_bytes(b"SQLite format 3\0" + os.urandom(8192))  # noqa: TID251  # any rubbish will do

    await bot.launch()

    assert await bot.left() == 5
    assert "damaged" in last_line(bot)
    assert "backup" in last_line(bot)
    assert "Traceback" not in bot.said


async def test_a_place_where_nothing_can_be_kept_is_refused(tmp_path: Path) -> None:
    """A store in a folder that cannot be written to is named, with what to do instead."""
    bot = Bot(tmp_path, {"BOT_STORE": "/proc/self/chats.db"})

    await bot.launch()

    assert await bot.left() == 2
    assert "/proc/self/chats.db" in last_line(bot)
    assert "folder that you may write to" in last_line(bot)
    assert "Traceback" not in bot.said


def last_line(bot: Bot) -> str:
    """Return the last thing that the bot said."""
    return bot.said.strip().splitlines()[-1]
