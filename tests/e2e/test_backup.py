"""`backup` and `restore` as their operator meets them: beside a running bot, instead of one, with a wrong file."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.meeting import in_history, page, running
from tests.faults.process import Bot


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


async def test_a_secret_that_is_there_stays(tmp_path: Path) -> None:
    """Somebody may have changed it because the old one was known: a backup does not bring that back."""
    async with running(tmp_path) as bot:
        await bot.stop()
    assert command(bot, "backup", "night.backup").returncode == 0
    secret(bot).write_text("a newer one")

    assert command(bot, "restore", "night.backup").returncode == 0

    assert secret(bot).read_text() == "a newer one"


async def test_a_damaged_store_names_the_way_back(tmp_path: Path) -> None:
    """The bot does not start on a damaged store, says which command helps, and that command does."""
    async with running(tmp_path) as bot:
        await bot.stop()
    assert command(bot, "backup", "night.backup").returncode == 0
    bot.store.write_bytes(b"SQLite format 3\0" + bytes(8_192))

    await bot.launch()
    assert await bot.left() == 5
    assert "python -m bot restore FILE" in bot.said.strip().splitlines()[-1]

    assert command(bot, "restore", "night.backup").returncode == 0
    await bot.start()
    await bot.stop()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("backup", "kept.db"), 2, "no store there yet"),
        (("restore", "kept.db"), 2, "no such backup"),
        (("restore",), 2, "--made-at"),
        (("restore", "kept.db", "--made-at", "2026-12-04T03:00"), 2, "one of them"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    """A wrong name or a missing one: place, reason, exit 2, and nothing is written."""
    bot = Bot(tmp_path)
    before = sorted(tmp_path.iterdir())

    answer = command(bot, *arguments)

    assert (answer.returncode, answer.stdout) == (code, "")
    assert said in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_store_in_postgresql_is_backed_up_by_its_own_tools(tmp_path: Path) -> None:
    """The command says so, and shows no password."""
    bot = Bot(tmp_path, {"BOT_STORE": "postgresql://ann:hunter2@localhost/chats"})

    for arguments in (("backup", "kept.db"), ("restore", "kept.db")):
        answer = command(bot, *arguments)
        assert answer.returncode == 2
        assert "PostgreSQL's own tools" in answer.stderr
        assert "hunter2" not in answer.stderr
