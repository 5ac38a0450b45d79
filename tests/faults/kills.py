"""Kills the real bot at random moments of a chat, and compares what is left with what the crowd was told.

`python -m tests.faults.kills --kills 50 --seed 1` prints one JSON line; it exits 1 if anything is lost or doubled.
"""

import argparse
import asyncio
import json
import sqlite3
import sys
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, timedelta
from pathlib import Path
from random import Random  # noqa: TID251  # the same seed aims at the same moments
from typing import Any

from bot.app import Fittings, open_house
from bot.config import Settings
from bot.core.events import MessageHeard, StageEntered, SummaryPublished
from bot.core.names import RoomId
from bot.ports import ShownMessage, ShownPost
from bot.runtime.clock import RandomIds, SystemClock
from bot.showing.view import Links, View
from tests.faults.process import Bot

ROOM = RoomId("local/main")
DOWN = 1.0
"""Seconds between a kill and the restart: what a service manager waits."""
EARLY, LATER = (0.1, 1.5), (2.0, 5.5)
"""Seconds that a life lasts: one in four ends while the bot still starts, the others while people talk."""
LAST_KILLS = 0.1
"""The share of the kills that falls on the end: last words, the close, publishing."""
EVERYTHING = 1_000_000

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
    """What a run came to; every field but the first six must be empty or zero."""

    kills: int
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

    @property
    def is_sound(self) -> bool:
        """Return whether nothing was lost, doubled, altered or put out of order."""
        wrong = (self.missing, self.doubled, self.altered, self.returned, self.out_of_order)
        posts = (self.posts_doubled, self.posts_missing, self.posts_unseen_after)
        return not any((*wrong, *posts)) and self.integrity == "ok"


async def run(
    folder: Path,
    *,
    kills: int,
    seed: int,
    people: int = 5,
    later: tuple[float, float] = LATER,
    down: float = DOWN,
) -> Outcome:
    """Return what is left after *kills* kills of a bot with a talking crowd; most lives last *later* seconds."""
    clock, chance = SystemClock(), Random(seed)  # noqa: S311
    bot = Bot(folder)
    begun = clock.monotonic()
    # Half a minute to the first question by the clock, then the moderator and the clock take turns.
    starts = (clock.now() - timedelta(seconds=30)).astimezone(UTC)
    (bot.plans / "chat.toml").write_text(plan(starts), "utf-8")
    try:
        await bot.start()
        crowd = await _gather(bot, await bot.until_planned(), folder / "told.json", seed, people)
        last = max(1, round(kills * LAST_KILLS))
        await _kill(bot, chance, kills - last, later, down)
        crowd.stdin.write(b"finish\n")  # type: ignore[union-attr]  # opened as a pipe
        await _kill(bot, chance, last, later, down)
        async with asyncio.timeout(90):
            code = await crowd.wait()
        if code:
            raise AssertionError(f"the crowd left with {code}; the bot said: {bot.said[-2_000:]}")
        await bot.stop()
    finally:
        await bot.make_sure_it_is_gone()
    seconds = round(clock.monotonic() - begun, 1)
    told = json.loads((folder / "told.json").read_text("utf-8"))
    return await compare(bot, told, kills=kills, seed=seed, seconds=seconds)


def plan(starts: object) -> str:
    """Return a plan whose clock asks a question every minute and a half."""
    questions = "".join(_QUESTION.format(number=number, at=number * 1.5) for number in range(1, 25))
    return _PLAN.format(starts=starts, questions=questions)


async def _gather(bot: Bot, link: str, file: Path, seed: int, people: int) -> asyncio.subprocess.Process:
    given = [bot.address, link, str(file), "--seed", str(seed), "--people", str(people)]
    root = Path(__file__).parents[2]
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.crowd", *given, cwd=root, stdin=asyncio.subprocess.PIPE
    )


async def _kill(bot: Bot, chance: Random, times: int, later: tuple[float, float], down: float) -> None:
    """Kill the bot *times* times, at any moment: while it starts, talks, stores, posts."""
    for _ in range(times):
        await bot.clock.sleep(chance.uniform(*(EARLY if chance.random() < 0.25 else later)))
        await bot.kill()
        await bot.clock.sleep(down)
        await bot.launch()


async def compare(bot: Bot, told: dict[str, Any], *, kills: int, seed: int, seconds: float) -> Outcome:
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
        kills=kills,
        seed=seed,
        seconds=seconds,
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
        integrity=integrity(bot.store),
    )


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


async def _what_is_left(bot: Bot) -> tuple[list[ShownMessage | ShownPost], list[object]]:
    settings = Settings(store=str(bot.store), plans=bot.plans, port=0)
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


def _main() -> None:
    parser = argparse.ArgumentParser(description="Kill the bot at random moments of a chat.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        outcome = asyncio.run(run(Path(folder), kills=given.kills, seed=given.seed, people=given.people))
    print(json.dumps({"kind": "kills", "sound": outcome.is_sound, **asdict(outcome)}))  # noqa: T201
    raise SystemExit(not outcome.is_sound)


if __name__ == "__main__":
    _main()
