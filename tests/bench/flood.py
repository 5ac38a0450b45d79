"""A pretended platform in a process of its own, whose people all write at once: `python flood.py discord|slack`.

First it prints how to reach it, as a JSON line. Then it reads lines "FIRST COUNT RATE" and has COUNT messages written,
RATE a second (0: as fast as they are taken), numbered from FIRST; for each line it prints how long that took.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from measured import spent, text_of

from bot.runtime.clock import SystemClock
from tests.fakes.discord import opened
from tests.fakes.slack.server import fake_slack, settings_for

PEOPLE = 200
TICK = 0.01
AT_ONCE = 50
IN_FLIGHT = 500
"""Envelopes on their way to the bot; Slack, too, does not send on for ever while nothing is acknowledged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where people write. *say*: has person number so-and-so write; *listeners*: how many bots hear it."""

    settings: dict[str, Any]
    channel: str
    say: Callable[[int, str], Awaitable[object]]
    listeners: Callable[[], int]
    unacknowledged: Callable[[], int]


@asynccontextmanager
async def discord() -> AsyncIterator[Place]:
    """Give a Discord."""
    async with opened(SystemClock()) as fake:
        people = [fake.world.join(f"Person {number}") for number in range(PEOPLE)]
        yield Place(
            settings={"token": "token", "api": fake.api, "gateway": fake.gateway.address},
            channel=fake.channel,
            say=lambda person, text: fake.say(people[person], text),
            listeners=lambda: len(fake.gateway.sessions),
            unacknowledged=lambda: 0,
        )


@asynccontextmanager
async def slack() -> AsyncIterator[Place]:
    """Give a Slack."""
    async with fake_slack(SystemClock().now) as fake:
        channel = fake.workspace.add_channel("C0HCCHAT").id
        people = [fake.workspace.add_user(f"U0P{n:03d}", f"Person {n}").id for n in range(PEOPLE)]
        yield Place(
            settings=settings_for(fake, heartbeat=5.0),
            channel=channel,
            say=lambda person, text: fake.say(people[person], channel, text),
            listeners=lambda: len(fake.lines),
            unacknowledged=lambda: sum(not one.came.is_set() for one in fake.envelopes.values()),
        )


async def pour(place: Place, first: int, count: int, rate: float) -> None:
    """Have *count* messages written, *rate* a second whatever becomes of them, or as fast as they are taken."""
    loop = asyncio.get_running_loop()
    began, said = loop.time(), 0
    while said < count:
        due = min(count, int((loop.time() - began) * rate) + 1 if rate else said + AT_ONCE)
        for number in range(first + said, first + due):
            await place.say(number % PEOPLE, f"{number:06d} {text_of(number)}")
        said = due
        await asyncio.sleep(TICK if rate else 0)
        while not rate and place.unacknowledged() > IN_FLIGHT:  # noqa: ASYNC110  # the fakes have no event for it
            await asyncio.sleep(TICK)


async def serve(kind: str) -> None:
    """Serve until nobody wants anything any more."""
    async with {"discord": discord, "slack": slack}[kind]() as place:
        print(json.dumps({"settings": place.settings, "channel": place.channel}), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            first, count, rate = line.split()
            while not place.listeners():  # noqa: ASYNC110  # the fakes have no event for it
                await asyncio.sleep(TICK)
            with spent() as time:
                await pour(place, int(first), int(count), float(rate))
            print(json.dumps({"seconds": time.wall, "cpu": time.cpu}), flush=True)
        print(json.dumps({"unacknowledged": place.unacknowledged()}), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
