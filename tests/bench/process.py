"""Measures the process itself: how soon the command line answers, what it imports for it, an idle bot's memory."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measured import tell

ROUNDS = 5
_IMPORTED = re.compile(
    r"\| +((?:adapters|discord|slack_bolt|aiohttp|sqlalchemy|pydantic)\b[\w.]*)$", re.MULTILINE
)
_READY = "The room is open"


def answering(*arguments: str) -> float:
    """Return the median of the seconds that Python takes with *arguments*."""
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def importing() -> None:
    """Print how long `--help` takes, and which heavy packages it imports."""
    command = [sys.executable, "-X", "importtime", "-m", "bot", "--help"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    heavy = sorted({name.partition(".")[0] for name in _IMPORTED.findall(told)})
    tell("python -m bot --help", answering("-m", "bot", "--help"), "s", heavy_imports=heavy)
    tell("baseline: bare python", answering("-c", "pass"), "s")


def idle() -> None:
    """Print the memory of a bot that runs and has nothing to do, and how soon it is ready."""
    with tempfile.TemporaryDirectory() as folder:
        plans = Path(folder) / "plans"
        plans.mkdir()
        settings = {"BOT_STORE": f"{folder}/chats.db", "BOT_PLANS": str(plans), "BOT_PORT": "0"}
        began = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            env={**os.environ, **settings},
            stderr=subprocess.PIPE,
            text=True,
        ) as bot:
            assert bot.stderr is not None
            while _READY not in bot.stderr.readline():
                if bot.poll() is not None:
                    raise RuntimeError("the bot did not start")
            tell("bot run, ready", time.perf_counter() - began, "s")
            time.sleep(1)
            status = Path(f"/proc/{bot.pid}/status")
            if status.exists():
                kilobytes = int(re.search(r"VmRSS:\s+(\d+)", status.read_text("utf-8"))[1])  # type: ignore[index]
                tell("bot run, idle memory", kilobytes / 1024, "MiB")
            bot.terminate()


def measure() -> None:
    """Print both."""
    importing()
    idle()


if __name__ == "__main__":
    measure()
