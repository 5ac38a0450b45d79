"""Measures what a message costs from the wire to the durable log on Discord and Slack, and how soon it is durable.

The real libraries are connected over loopback to pretended platforms in processes of their own, so that only our CPU is
counted. Beside the whole bot stands a bare handler that does nothing, in the same process and flood: one part
of it at a steady rate, one as fast as it is taken.
"""

import argparse
import asyncio
import json
import logging
import re
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from ingest import plan_in, service_on
from measured import now, spent, tell
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.run import spare_what_is_loaded
from bot.core.names import RoomId
from bot.core.plan import TITLE
from bot.ports import Heard, HeardMessage, Intake, Platform, Reply
from bot.runtime.clock import RandomIds, SystemClock
from bot.runtime.service import Service
from bot.showing.view import Links, View
from bot.store import open_store

RATE = 1_000
WARM_UP = 400
FLAT_OUT = 10_000
TURNS = 5
PATIENCE = 30.0
BREATH = 1.0
LIMITS = {"discord": 6.0, "slack": 2.0}
"""How many times the CPU of a bare handler a message may cost."""
LATEST = 250.0
"""Milliseconds from being written to being durable, for 99 of 100 messages."""


@dataclass(slots=True)
class Flood:
    """The other side, in a process of its own."""

    process: asyncio.subprocess.Process
    settings: dict[str, Any]
    channel: str

    async def _line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return line

    async def pour(self, first: int, count: int, rate: float = RATE) -> float:
        """Have people write; return how long that took in seconds."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{first} {count} {rate}\n".encode())
        return float((await self._line())["seconds"])

    async def unacknowledged(self) -> int:
        """Return how much was never acknowledged, once nothing more is wanted."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return int((await self._line())["unacknowledged"])


@asynccontextmanager
async def flood(kind: str) -> AsyncIterator[Flood]:
    """Give a pretended platform of that kind."""
    script = Path(__file__).with_name("flood.py")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, script, kind, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    try:
        yield Flood(process, **json.loads(await process.stdout.readline()))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def until(holds: Callable[[], bool], what: str) -> None:
    """Return once *holds*. Raises: RuntimeError when it never does."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110  # nobody tells
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise RuntimeError(f"never came: {what}") from None


@dataclass(slots=True, kw_only=True)
class Side:
    """One of the two that are compared: who writes to it, and how many messages it heard.

    cpu, seconds: what its messages cost, and how long they were written, for each rate that was tried.
    """

    people: Flood
    heard: Callable[[], int]
    said: int = 0
    counted: dict[float, int] = field(default_factory=dict)
    cpu: dict[float, float] = field(default_factory=dict)
    seconds: dict[float, float] = field(default_factory=dict)

    async def listen(self, count: int, rate: float) -> None:
        """Have *count* more messages written, and return when all of them were heard."""
        with spent() as time:
            seconds = await self.people.pour(self.said, count, rate)
            self.said += count
            await until(lambda: self.heard() >= self.said, "all messages")
        self.counted[rate] = self.counted.get(rate, 0) + count
        self.cpu[rate] = self.cpu.get(rate, 0.0) + time.cpu
        self.seconds[rate] = self.seconds.get(rate, 0.0) + seconds

    def cost(self, rate: float) -> float:
        """Return the microseconds of CPU for one message at *rate*."""
        return self.cpu[rate] / self.counted[rate] * 1e6


# --- a bare handler ---------------------------------------------------------------------------------------------


@asynccontextmanager
async def bare_discord(settings: dict[str, Any], heard: list[None]) -> AsyncIterator[None]:
    """Give a bot of discord.py that notes that a message came."""
    Route.BASE = settings["api"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings["gateway"])
    wanted = discord.Intents(guilds=True, guild_messages=True, guild_reactions=True, message_content=True)
    client = discord.Client(intents=wanted)

    @client.event
    async def on_message(_: discord.Message) -> None:
        heard.append(None)

    async with client:
        await client.login(settings["token"])
        running = asyncio.create_task(client.connect())
        await until(client.is_ready, "a session")
        yield
        await client.close()
        await asyncio.wait({running})


@asynccontextmanager
async def bare_slack(settings: dict[str, Any], heard: list[None]) -> AsyncIterator[None]:
    """Give an app of slack-bolt that notes that a message came."""
    web = AsyncWebClient(token=settings["bot_token"], base_url=settings["api"])
    app = AsyncApp(client=web)

    @app.event("message")
    async def on_message() -> None:
        heard.append(None)

    handler = AsyncSocketModeHandler(app, settings["app_token"], web_client=web)
    await handler.connect_async()
    yield
    await handler.close_async()


BARE = {"discord": bare_discord, "slack": bare_slack}


@asynccontextmanager
async def bare(kind: str) -> AsyncIterator[Side]:
    """Give a bare handler that is connected."""
    heard: list[None] = []
    async with flood(kind) as people, BARE[kind](people.settings, heard):
        await asyncio.sleep(BREATH)
        yield Side(people=people, heard=lambda: len(heard))


# --- the whole bot ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Ears:
    """An intake that notes what came in which order, and how long after it was written it was durable."""

    intake: Intake
    numbers: dict[str, int] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    late: list[float] = field(default_factory=list)

    async def hear(self, heard: Heard) -> Reply:
        """Pass *heard* on."""
        if not isinstance(heard, HeardMessage):
            return await self.intake.hear(heard)
        number = self.numbers[heard.id] = int(heard.text[:6])
        self.order.append(number)
        reply = await self.intake.hear(heard)
        self.late.append((now() - heard.at).total_seconds() * 1_000)
        return reply


class Overheard:
    """A platform that is listened to on its way in; everything else is the platform's own."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.ears: Ears | None = None

    async def run(self, intake: Intake) -> None:
        """Stay connected."""
        self.ears = Ears(intake)
        await self._platform.run(self.ears)

    def __getattr__(self, name: str) -> Any:
        """Return what the platform itself has."""
        return getattr(self._platform, name)


@dataclass(slots=True)
class Whole:
    """The bot at work in the one room of *people*."""

    people: Flood
    service: Service
    ears: Ears
    room: RoomId

    def stored(self) -> list[int]:
        """Return the numbers of the messages in the durable log, in its order."""
        [facilitator] = self.service.roster.chats.values()
        theirs = {ours: id for (_, id), ours in facilitator.ledger.ours.items()}
        ids = (theirs.get(ours, "") for ours in facilitator.chat.messages)
        return [self.ears.numbers[id] for id in ids if id in self.ears.numbers]


@asynccontextmanager
async def at_work(kind: str, folder: Path) -> AsyncIterator[Whole]:
    """Give the bot at work, with a chat that has begun and asks nothing."""
    store = await open_store(folder / f"{kind}.db")
    service = service_on(store, await store.lease.acquire("bench"))
    view = View(
        service=service, links=Links(moderator=lambda _: None, summary=lambda _: "", draft=lambda _: "")
    )
    adapter = import_module(f"adapters.{kind}")
    async with flood(kind) as people:
        settings = adapter.Settings.model_validate(people.settings)
        platform = Overheard(adapter.connect(settings, view, SystemClock(), RandomIds()))
        service.platforms.clear()
        service.platforms[kind] = platform
        await service.load()
        running = asyncio.create_task(service.run())
        try:
            await asyncio.sleep(BREATH)
            room = RoomId(f"{kind}/{people.channel}")
            await service.plan(plan_in(room), {TITLE: "Bench"}, None)
            await service.outbox.drained()
            assert platform.ears is not None
            yield Whole(people, service, platform.ears, room)
        finally:
            running.cancel()
            await asyncio.wait({running})
            await store.lease.release()
            await store.close()


async def tell_whole(kind: str, bot: Whole, side: Side) -> None:
    """Print how the bot fared."""
    context = {"platform": kind, "messages": side.said}
    stored = bot.stored()
    tell("platform ingest, lost", side.said - len(set(stored)), "messages", limit=0, **context)
    in_order = stored == sorted(stored) and bot.ears.order == sorted(bot.ears.order)
    tell("platform ingest, in order of arrival", in_order, "yes is 1", limit=1, **context)
    steady = bot.ears.late[WARM_UP : WARM_UP + side.counted[RATE]]
    rate = round(side.counted[RATE] / side.seconds[RATE])
    context = {"platform": kind, "messages": len(steady), "rate": rate}
    for name, value in percentiles(steady).items():
        limit = {"limit": LATEST} if name == "p99" else {}
        tell(f"platform ingest, durable after, {name}", value, "ms", **limit, **context)
    tell("platform ingest, memory", resident(), "MiB", platform=kind)
    tell("platform ingest, unacknowledged", await bot.people.unacknowledged(), "messages", platform=kind)


def percentiles(values: list[float]) -> dict[str, float]:
    """Return the middle, the slow end and the slowest of *values*."""
    cuts = statistics.quantiles(values, n=100)
    return {"p50": cuts[49], "p99": cuts[98], "max": max(values)}


def resident() -> float:
    """Return the MiB that this process holds, 0 where that cannot be told."""
    status = Path("/proc/self/status")
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text("utf-8")) if status.exists() else None
    return int(found[1]) / 1024 if found else 0.0


# --- both -------------------------------------------------------------------------------------------------------


async def compare(kind: str, folder: Path, seconds: int) -> None:
    """Print what a message costs the whole bot and a bare handler.

    They take turns, in one process: how fast the machine is, and what the garbage collector does, is the same for both.
    """
    async with bare(kind) as simple, at_work(kind, folder) as bot:
        ours = Side(people=bot.people, heard=lambda: len(bot.ears.late))
        for side in (simple, ours):  # everybody speaks, and is known, before it counts
            await side.listen(WARM_UP, WARM_UP)
        await bot.service.outbox.drained()
        spare_what_is_loaded()  # as `run` does
        for rate, count in ((RATE, seconds * RATE), (0, FLAT_OUT)):
            for _ in range(TURNS):
                await simple.listen(count // TURNS, rate)
                await ours.listen(count // TURNS, rate)
        await tell_whole(kind, bot, ours)
    for rate, name in ((RATE, f"{RATE} a second"), (0, "flat out")):
        low, high = simple.cost(rate), ours.cost(rate)
        tell("baseline: bare handler, CPU", low, "us a message", platform=kind, rate=name)
        tell("wire to durable log, CPU", high, "us a message", platform=kind, rate=name)
        tell(
            "wire to durable log, CPU", high / low, "times bare", limit=LIMITS[kind], platform=kind, rate=name
        )


def measure(seconds: int = 20, kinds: tuple[str, ...] = ("discord", "slack")) -> None:
    """Print everything."""
    quiet()
    with tempfile.TemporaryDirectory() as name:
        for kind in kinds:
            asyncio.run(compare(kind, Path(name), seconds))


def quiet() -> None:
    """Keep the libraries and ourselves from writing between the measurements."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=["discord", "slack"], help="discord, slack or both")
    parser.add_argument("--seconds", type=int, default=20)
    options = parser.parse_args()
    measure(options.seconds, tuple(options.kinds))


if __name__ == "__main__":
    main()
