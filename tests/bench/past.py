"""Measures how fast a past chat is replayed, and how fast a running one is taken up again after a restart."""

import asyncio
import contextlib
import io
import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest import plan_in, raw, service_on, translated
from measured import spent, tell, text_of

from bot.cli.replay import run_replay
from bot.core.names import RoomId
from bot.core.plan import TITLE
from bot.replay.room import PLATFORM
from bot.store import open_store

BEGIN = datetime(2026, 12, 3, 19, tzinfo=UTC)
QUESTIONS = 6


def log_of(messages: int) -> str:
    """Return an hour of *messages* with six questions, as the published JSONL."""
    lines: list[dict[str, object]] = []
    for number in range(messages):
        at = (BEGIN + timedelta(hours=number / messages)).isoformat()
        if number % (messages // QUESTIONS) == 0:
            lines.append({"kind": "command", "at": at, "text": f"ask What about {text_of(number + 5)}?"})
        author = {"id": f"p{number % 200}", "name": f"Person {number % 200}"}
        lines.append({"id": f"m{number}", "at": at, "author": author, "text": text_of(number)})
    return "".join(json.dumps(line) + "\n" for line in lines)


def replaying(folder: Path, messages: int) -> None:
    """Print how many messages a second a replay takes, reading, storing, composing and writing all files."""
    log = folder / "chat.jsonl"
    log.write_text(log_of(messages), "utf-8")
    with (
        spent() as time,
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        out = folder / "out"
        run_replay(log, plan=None, format="auto", out=out, edition="internal", quoting=None, day=None)
    tell("replay", messages / time.wall, "messages/s", messages=messages, cpu_seconds=round(time.cpu, 2))


async def resuming(folder: Path, messages: int) -> None:
    """Print how long a service takes to load a chat of so many messages."""
    place, room = folder / "resume.db", RoomId(f"{PLATFORM}/main")
    store = await open_store(place)
    service = service_on(store, await store.lease.acquire("bench"))
    running = asyncio.create_task(service.run())
    await service.plan(plan_in(room), {TITLE: "Bench"}, None)
    await service.settle()
    said = translated([raw(number) for number in range(messages)], room)
    await asyncio.gather(*map(service.hear, said))
    running.cancel()
    await asyncio.wait({running})
    await store.lease.release()
    await store.close()
    store = await open_store(place)
    again = service_on(store, await store.lease.acquire("bench"))
    with spent() as time:
        await again.load()
    (chat,) = again.roster
    tell("resume", time.wall, "s", events=chat.chat.version, cpu_seconds=round(time.cpu, 2))
    await store.lease.release()
    await store.close()


def measure(messages: int = 10_000) -> None:
    """Print both."""
    with tempfile.TemporaryDirectory() as name:
        replaying(Path(name), messages)
        asyncio.run(resuming(Path(name), messages))


if __name__ == "__main__":
    measure()
