"""`backup` and `restore` as their operator meets them: beside a running bot, instead of one, with a wrong file."""

import asyncio
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.events import MessageDeleted
from bot.core.names import WordKey
from bot.ports import Erasure
from bot.store import open_store
from tests.conformance.store.examples import (
    ANN,
    BEN,
    CHAT,
    events,
    forgotten,
    message,
    met,
    minute,
    said,
    seen,
)
from tests.e2e.here import Here, here
from tests.faults.meeting import in_history, page, running
from tests.faults.process import Bot

__all__ = ["here"]


def command(bot: Bot, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Return how the command line answers with the settings of *bot*."""
    called = [sys.executable, "-P", "-m", "bot", *arguments]
    return subprocess.run(
        called,
        cwd=bot.folder,
        env=bot.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def secret(bot: Bot) -> Path:
    """Return the file of what signs the links."""
    return bot.store.with_name(f"{bot.store.name}.secret")


def keep(file: Path) -> None:
    """Make a store with something in it, and its secret."""

    async def make() -> None:
        store = await open_store(file)
        await store.append(events(1, 2))
        await store.close()

    asyncio.run(make())
    file.with_name(f"{file.name}.secret").write_text("an older one")


def kept(file: Path) -> int:
    """Return how many events there are in a store."""

    async def count() -> int:
        store = await open_store(file)
        try:
            return len((await store.load(CHAT)).events)
        finally:
            await store.close()

    return asyncio.run(count())


async def test_a_running_bot_is_backed_up_and_put_back(tmp_path: Path) -> None:
    """What was said before the backup is there after the restore, under the same links; the rest is kept aside."""
    kept = tmp_path / "night.backup"
    async with running(tmp_path) as bot:
        link = bot.moderator_link
        async with page(bot, "Ines") as ines:
            assert not (await ines.visitor.say("Before the backup")).refused
            made = command(bot, "backup", str(kept))
            assert not (await ines.visitor.say("After the backup")).refused
        assert made.returncode == 0, made.stderr
        assert "verified" in made.stdout
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600

        refused = command(bot, "restore", str(kept))
        assert refused.returncode == 3
        assert f"process {bot.pid}" in refused.stderr

        await bot.stop()
        secret(bot).unlink()
        put_back = command(bot, "restore", str(kept))
        assert put_back.returncode == 0, put_back.stderr
        assert "before-restore" in put_back.stdout
        assert stat.S_IMODE(secret(bot).stat().st_mode) == 0o600

        await bot.start()
        assert await in_history(bot) == ["Before the backup"]
        assert bot.moderator_link == link


def test_a_secret_that_is_there_stays(here: Here, tmp_path: Path) -> None:
    """Somebody may have changed it because the old one was known: a backup does not bring that back."""
    keep(tmp_path / "chats.db")
    assert here("backup", "night.backup").returncode == 0
    (tmp_path / "chats.db.secret").write_text("a newer one")

    assert here("restore", "night.backup").returncode == 0

    assert (tmp_path / "chats.db.secret").read_text() == "a newer one"


def test_a_secret_that_its_operator_keeps_is_in_no_backup(here: Here, tmp_path: Path) -> None:
    """What comes from the environment stays there, and the command says so."""
    keep(tmp_path / "chats.db")

    answer = here("backup", "night.backup", BOT_SECRET="kept elsewhere")

    assert answer.returncode == 0
    assert "keep that yourself" in answer.stdout
    assert b"kept elsewhere" not in (tmp_path / "night.backup").read_bytes()
    assert b"an older one" not in (tmp_path / "night.backup").read_bytes()


def test_a_damaged_store_names_the_way_back(here: Here, tmp_path: Path) -> None:
    """The bot does not start on a damaged store, says which command helps, and that command does."""
    store = tmp_path / "chats.db"
    keep(store)
    assert here("backup", "night.backup").returncode == 0
    store.write_bytes(b"SQLite format 3\0" + bytes(8_192))

    refused = command(
        Bot(tmp_path), "run"
    )  # a process of its own: it takes the terminal and the log for itself
    assert refused.returncode == 5
    assert "python -m bot restore FILE" in refused.stderr.strip().splitlines()[-1]

    assert here("restore", "night.backup").returncode == 0
    assert kept(store) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("backup", "kept.db"), "no store there yet"),
        (("restore", "kept.db"), "no such backup"),
        (("restore",), "--made-at"),
        (("restore", "kept.db", "--made-at", "2026-12-04T03:00"), "one of them"),
        (("verify", "--store", "nowhere.db"), "no store there yet"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    here: Here, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    """A wrong name or a missing one: place, reason, exit 2, and nothing is written."""
    answer = here(*arguments)

    assert (answer.returncode, answer.stdout) == (2, "")
    assert said in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_store_in_postgresql_is_backed_up_by_its_own_tools(here: Here) -> None:
    """The command says so, and shows no password."""
    for arguments in (("backup", "kept.db"), ("restore", "kept.db")):
        answer = here(*arguments, BOT_STORE="postgresql://ann:hunter2@localhost/chats")
        assert answer.returncode == 2
        assert "PostgreSQL's own tools" in answer.stderr
        assert "hunter2" not in answer.stderr


def test_a_restore_by_other_tools_can_be_noted(here: Here, tmp_path: Path) -> None:
    """Whatever put the store back, the bot is told since when it has to look."""
    keep(tmp_path / "chats.db")

    answer = here("restore", "--made-at", "2026-12-04T03:15")

    assert answer.returncode == 0, answer.stderr
    assert "2026-12-04 03:15 UTC" in answer.stdout
    assert kept(tmp_path / "chats.db") == 2


def test_what_was_erased_since_the_backup_stays_erased(here: Here, tmp_path: Path) -> None:
    """Nobody's words come back from last week, neither those of somebody forgotten nor of a deleted message."""
    file = tmp_path / "chats.db"
    asyncio.run(_talk(file))
    assert here("backup", "night.backup").returncode == 0
    asyncio.run(_take_back(file))

    answer = here("restore", "night.backup")

    assert answer.returncode == 0, answer.stderr
    assert "erased in it as well: 2." in answer.stdout
    assert asyncio.run(_words(file)) == ["Pace yourself."]
    assert not any(word in file.read_bytes() for word in (b"Rest helps", b"u-ann", b"Said in haste"))


def test_a_store_that_cannot_be_read_any_more_keeps_nobody_from_restoring(here: Here, tmp_path: Path) -> None:
    """What was erased since is back then, and the operator is told to erase it again."""
    file = tmp_path / "chats.db"
    asyncio.run(_talk(file))
    assert here("backup", "night.backup").returncode == 0
    file.write_bytes(b"rubbish" * 2_000)

    answer = here("restore", "night.backup")

    assert answer.returncode == 0, answer.stderr
    assert "Erase it again" in answer.stdout
    assert len(asyncio.run(_words(file))) == 3


async def _talk(file: Path) -> None:
    store = await open_store(file)
    texts = (
        said(1, "Rest helps."),
        said(2, "Pace yourself.", author=BEN),
        said(3, "Said in haste.", author=BEN),
    )
    sightings = (seen(1), seen(2, BEN), seen(3, BEN))
    await store.append(replace(events(1, 2, 3), words=texts, sightings=sightings, people=(met(),)))
    await store.close()


async def _take_back(file: Path) -> None:
    store = await open_store(file)
    deleted = MessageDeleted(at=minute(9), message=message(3))
    gone = (Erasure(person=ANN), Erasure(keys=(WordKey(message(3)),)))
    await store.append(replace(events(expected=3), events=(forgotten(), deleted), erasures=gone))
    await store.close()


async def _words(file: Path) -> list[str]:
    store = await open_store(file)
    try:
        return [text.text for text in await store.words(CHAT)]
    finally:
        await store.close()
