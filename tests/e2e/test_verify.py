"""`verify` as its operator meets it: a table, the places, and an exit code for scripts."""

import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.faults.meeting import page, running
from tests.faults.process import Bot

CANARY = "zephyrine"


def verify(bot: Bot, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Return how the command answers with the settings of *bot*."""
    called = [sys.executable, "-P", "-m", "bot", "verify", *arguments]
    return subprocess.run(
        called, cwd=bot.folder, env=bot.environment(), capture_output=True, text=True, timeout=60, check=False
    )


async def test_a_store_is_verified_beside_a_running_bot(tmp_path: Path) -> None:
    """Everything fits: exit 0. A message without its words: exit 1, the place is named, no word is shown."""
    async with running(tmp_path) as bot:
        async with page(bot, f"Ines {CANARY}") as ines:
            assert not (await ines.visitor.say(f"A1 {CANARY} helps")).refused
        sound = verify(bot)
        assert (sound.returncode, sound.stderr) == (0, "")
        assert "agree" in sound.stdout
        await bot.stop()

    [chat] = _change(bot.store, "DELETE FROM words WHERE person IS NOT NULL RETURNING chat")
    damaged = verify(bot, "--store", str(bot.store))

    assert damaged.returncode == 1
    assert f"{chat}: messages have their words: " in damaged.stdout
    assert CANARY not in sound.stdout + damaged.stdout + damaged.stderr
    assert "Traceback" not in damaged.stderr


def _change(file: Path, statement: str) -> list[str]:
    connection = sqlite3.connect(file)
    rows = [str(value) for (value,) in connection.execute(statement)]
    connection.commit()
    connection.close()
    return rows
