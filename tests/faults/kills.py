"""Kills the real bot at random moments of a chat, and compares what is left with what the crowd was told.

`python -m tests.faults.kills --kills 50 --seed 1` prints one JSON line; it exits 1 if anything is lost or doubled.
With `--store postgres` there are two processes: the one that has the chat is killed, or with `--pauses 30` frozen for
longer than its lease, and the other one takes over.
"""

import argparse
import asyncio
import json
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path
from random import Random  # noqa: TID251  # the same seed aims at the same moments
from statistics import median
from typing import Any

import asyncpg
from pydantic import SecretStr

from bot.app import Fittings, open_house
from bot.config import Settings
from bot.core.events import MessageHeard, StageEntered, SummaryPublished
from bot.core.names import RoomId
from bot.ports import ShownMessage, ShownPost
from bot.runtime.clock import RandomIds, SystemClock
from bot.showing.view import Links, View
from tests import postgres
from tests.faults.pair import SECRET, Pair, pair
from tests.faults.process import Bot

ROOM = RoomId("local/main")
DOWN = 1.0
"""Seconds between a kill and the restart: what a service manager waits."""
EARLY, LATER = (0.1, 1.5), (1.0, 4.5)
"""Seconds that a life lasts: some end while the bot still starts, the others while people talk."""
EARLY_SHARE = 0.25
LAST_KILLS = 0.1
"""The share of the kills that falls on the end: last words, the close, publishing."""
MEDIAN, WORST = 1.5, 5.0
"""Seconds that taking over from the dead may take."""
EVERYTHING = 1_000_000
STILL_WAITING = "they are sent after the next start."

_PLAN = """
title = "An hour with a bad line"
hashtag = "#hcchat"
starts = "{starts:%Y-%m-%d %H:%M}"
zone = "UTC"
minutes = 60
introductions = 0
wrap = 0
think = 0
quoting = "named"
{questions}
"""
_QUESTION = """
[[questions]]
text = "What would you tell somebody on their day {number}?"
at = {at}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to; what follows `parts` must be zero, but for how long taking over took."""

    kills: int
    pauses: int = 0
    seed: int
    seconds: float
    messages: int
    questions: int
    parts: int
    missing: int
    doubled: int
    altered: int
    returned: int
    out_of_order: int
    posts_doubled: int
    posts_missing: int
    posts_unseen_after: int
    integrity: str
    takeover_median: float = 0.0
    takeover_worst: float = 0.0
    frozen_median: float = 0.0
    frozen_worst: float = 0.0

    @property
    def is_sound(self) -> bool:
        """Return whether nothing was lost, doubled, altered or put out of order, and nobody waited long."""
        wrong = (self.missing, self.doubled, self.altered, self.returned, self.out_of_order)
        posts = (self.posts_doubled, self.posts_missing, self.posts_unseen_after)
        quick = self.takeover_median < MEDIAN and self.takeover_worst < WORST
        return not any((*wrong, *posts)) and self.integrity == "ok" and quick


Doing = Callable[[Random, int, int], Awaitable[None]]
"""Does some kills and some pauses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """What is done to the bot: some kills and some pauses; most lives last *later* seconds."""

    kills: int
    pauses: int = 0
    later: tuple[float, float] = LATER
    down: float = DOWN


async def run(folder: Path, harm: Harm, *, seed: int, people: int = 5) -> Outcome:
    """Return what is left after *harm* was done to a bot with a talking crowd, alone on a file."""
    bot = Bot(folder)
    try:
        return await _run(bot, folder, partial(_kill, bot, harm), harm, seed=seed, people=people)
    finally:
        await bot.make_sure_it_is_gone()


async def run_pair(folder: Path, store: str, harm: Harm, *, seed: int, people: int = 5) -> Outcome:
    """Return what is left after *harm* was done to two processes on the PostgreSQL at *store*."""
    async with pair(folder, store) as both:
        return await _run(both, folder, partial(_replace, both, harm), harm, seed=seed, people=people)


async def _run(
    bot: Bot | Pair,
    folder: Path,
    do: Doing,
    harm: Harm,
    *,
    seed: int,
    people: int,
) -> Outcome:
    clock, chance = SystemClock(), Random(seed)  # noqa: S311
    begun = clock.monotonic()
    # Half a minute to the first question by the clock, then the moderator and the clock take turns.
    starts = (clock.now() - timedelta(seconds=30)).astimezone(UTC)
    (bot.plans / "chat.toml").write_text(plan(starts), "utf-8")
    await bot.start()
    crowd = await _gather(bot, await bot.until_planned(), folder / "told.json", seed, people)
    try:
        await _go_through(crowd, do, harm, chance)
    except TimeoutError:
        raise AssertionError(f"the crowd never finished; the bot said: {bot.said[-2_000:]}") from None
    finally:
        with suppress(ProcessLookupError):
            crowd.kill()
    await _stop(bot)
    seconds = round(clock.monotonic() - begun, 1)
    told = json.loads((folder / "told.json").read_text("utf-8"))
    return await compare(bot, told, harm, seed=seed, seconds=seconds)


def plan(starts: object) -> str:
    """Return a plan whose clock asks a question every minute and a half."""
    questions = "".join(_QUESTION.format(number=number, at=number * 1.5) for number in range(1, 25))
    return _PLAN.format(starts=starts, questions=questions)


async def _gather(
    bot: Bot | Pair, link: str, file: Path, seed: int, people: int
) -> asyncio.subprocess.Process:
    given = [bot.address, link, str(file), "--seed", str(seed), "--people", str(people)]
    root = Path(__file__).parents[2]
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.crowd", *given, cwd=root, stdin=asyncio.subprocess.PIPE
    )


async def _kill(bot: Bot, harm: Harm, chance: Random, kills: int, _pauses: int) -> None:
    """Kill the bot *kills* times, at any moment: while it starts, talks, stores, posts."""
    for _ in range(kills):
        span = EARLY
        if chance.random() >= EARLY_SHARE:
            await bot.until(bot.is_open, "the room to open")  # on a busy machine a start alone takes seconds
            span = harm.later
        await bot.clock.sleep(chance.uniform(*span))
        await bot.kill()
        await bot.clock.sleep(harm.down)
        await bot.launch()


async def _replace(both: Pair, harm: Harm, chance: Random, kills: int, pauses: int) -> None:
    """Kill or freeze the owner, at any moment after the other one stands by."""
    for number in range(kills + pauses):
        await both.clock.sleep(chance.uniform(*(EARLY if chance.random() < EARLY_SHARE else harm.later)))
        if number * pauses % (kills + pauses) < pauses:
            await both.pause_owner(chance.uniform(0.0, 1.0))
        else:
            gone = await both.kill_owner()
            await both.clock.sleep(harm.down)
            await both.standby(gone)


async def _stop(bot: Bot | Pair) -> None:
    """Stop in good order: what a stop left waiting, as it says, is posted after the next start."""
    await bot.stop()
    while bot.said.rstrip().endswith(STILL_WAITING):
        await bot.start()
        await bot.stop()


async def _go_through(crowd: asyncio.subprocess.Process, do: Doing, harm: Harm, chance: Random) -> None:
    """Do harm while the crowd talks and while it finishes; return when it has. Raises: TimeoutError."""
    last = max(1, round(harm.kills * LAST_KILLS)) if harm.kills else 0
    await do(chance, harm.kills - last, harm.pauses)
    crowd.stdin.write(b"finish\n")  # type: ignore[union-attr]  # opened as a pipe
    await do(chance, last, 0)
    async with asyncio.timeout(90):
        code = await crowd.wait()
    if code:
        raise AssertionError(f"the crowd left with {code}")


async def compare(bot: Bot | Pair, told: dict[str, Any], harm: Harm, *, seed: int, seconds: float) -> Outcome:
    """Return how what the store shows differs from what the crowd was told."""
    shown, events = await _what_is_left(bot)
    messages = [item for item in shown if isinstance(item, ShownMessage)]
    posts = [item for item in shown if isinstance(item, ShownPost)]
    standing: dict[str, str] = told["standing"]
    texts = {item.id: item.text for item in messages}
    twice = [id for id, count in Counter(item.id for item in messages).items() if count > 1]
    heard = Counter(event.message for event in events if isinstance(event, MessageHeard))
    same_words = [text for text, count in Counter(item.text for item in messages).items() if count > 1]
    said = [json.dumps([str(block) for block in post.content.blocks]) for post in posts]
    questions = sum(isinstance(event, StageEntered) and event.stage.question is not None for event in events)
    parts = sum(event.parts for event in events if isinstance(event, SummaryPublished))
    labels = Counter(post.content.label for post in posts)
    seen = set(told["seen_posts"])
    order = [item.id for item in messages]
    return Outcome(
        kills=harm.kills,
        pauses=harm.pauses,
        seed=seed,
        seconds=seconds,
        **_takeovers(bot),
        messages=len(standing),
        questions=questions,
        parts=parts,
        missing=len(standing.keys() - texts.keys()),
        doubled=len(twice) + len(same_words) + sum(count > 1 for count in heard.values()),
        altered=sum(texts[id] != text for id, text in standing.items() if id in texts),
        returned=len(texts.keys() & set(told["taken_back"])) + len(texts.keys() - standing.keys()),
        out_of_order=_inversions(order, [id for id in told["order"] if id in texts]),
        posts_doubled=sum(count > 1 for count in Counter(said).values()),
        posts_missing=abs(questions - labels["post.question"]) + abs(parts - labels["summary"]),
        posts_unseen_after=len(seen - {post.id for post in posts}),
        integrity=await whole(bot.store) if isinstance(bot, Pair) else integrity(bot.store),
    )


def _takeovers(bot: Bot | Pair) -> dict[str, float]:
    """Return how long it took from a death, and from a pause, until somebody answered again."""
    if isinstance(bot, Bot):
        return {}
    deaths, pauses = bot.after_death or [0.0], bot.after_pause or [0.0]
    return {
        "takeover_median": round(median(deaths), 2),
        "takeover_worst": round(max(deaths), 2),
        "frozen_median": round(median(pauses), 2),
        "frozen_worst": round(max(pauses), 2),
    }


def _inversions(shown: list[str], told: list[str]) -> int:
    """Return how many neighbours of one author stand in another order than they were acknowledged in."""
    by_author: dict[str, list[str]] = {}
    for id in told:
        by_author.setdefault(id.partition(".")[0], []).append(id)
    wrong = 0
    for ids in by_author.values():
        known = set(ids)
        wrong += [id for id in shown if id in known] != ids
    return wrong


async def _what_is_left(bot: Bot | Pair) -> tuple[list[ShownMessage | ShownPost], list[object]]:
    secret = SecretStr(SECRET)
    settings = Settings(store=str(bot.store), plans=bot.plans, port=0, secret=secret)
    async with open_house(
        settings, Fittings(clock=SystemClock(), ids=RandomIds(), on_problem=lambda _: None)
    ) as house:
        [chat] = house.service.roster.chats
        nowhere = Links(moderator=lambda *_: "", summary=lambda _: "", draft=lambda _: "")
        view = View(service=house.service, links=nowhere)
        shown = await view.history(ROOM, None, limit=EVERYTHING)
        loaded = await house.store.load(chat)
        return list(shown), list(loaded.events)


def integrity(store: Path) -> str:
    """Return what SQLite itself says of the file: ok, or what is wrong."""
    with closing(sqlite3.connect(store)) as connection:
        answer: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
        return answer


async def whole(store: str) -> str:
    """Return ok when each chat in PostgreSQL has as many events as its version says, else which has not."""
    connection = await asyncpg.connect(store, server_settings={"search_path": "tweetchat_main"})
    try:
        counted = "SELECT count(*) FROM events WHERE events.chat = chats.chat"
        wrong = await connection.fetch(f"SELECT chat FROM chats WHERE version <> ({counted})")  # noqa: S608
    finally:
        await connection.close()
    return ", ".join(row["chat"] for row in wrong) or "ok"


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Kill the bot at random moments of a chat.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument(
        "--pauses", type=int, default=0, help="how often its owner is frozen: PostgreSQL only"
    )
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--processes", type=int, choices=(1, 2), help="one on SQLite, two on PostgreSQL")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=5)
    given = parser.parse_args()
    if given.processes not in {None, 1 if given.store == "sqlite" else 2}:
        parser.error("one process on SQLite, two on PostgreSQL")
    if given.pauses and given.store == "sqlite":
        parser.error("--pauses needs --store postgres: nobody takes over a file")
    return given


def _main() -> None:
    given = _given()
    harm = Harm(kills=given.kills, pauses=given.pauses)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kills-")))
        if given.store == "sqlite":
            running = run(folder, harm, seed=given.seed, people=given.people)
        else:
            server = stack.enter_context(postgres.running(durable=True))
            running = run_pair(folder, server.fresh(), harm, seed=given.seed, people=given.people)
        outcome = asyncio.run(running)
    print(json.dumps({"kind": "kills", "store": given.store, "sound": outcome.is_sound, **asdict(outcome)}))  # noqa: T201
    raise SystemExit(not outcome.is_sound)


if __name__ == "__main__":
    _main()
