"""A crowd in a process of its own, as ordinary visitors of a local room: it talks and writes down what it was told.

`python -m tests.faults.crowd ADDRESS LINK FILE --seed 1` runs until "finish" comes in on its standard input; then
everybody finishes what they were saying, the moderator closes the hour and publishes, and FILE says what was told.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random  # noqa: TID251  # a crowd of one seed talks alike; what it meets differs every time
from typing import Any

from adapters.local.visitor import Answer, Visitor
from bot.runtime.clock import RandomIds, SystemClock

ROOM = "main"
NAMES = ("Ines", "Tomasz", "Bridget", "Kwame", "Lotte", "Farid", "Noor", "Elio")
OPENERS = ("A1", "A2 A3", "", "", "Hello all,", "Late, but a 1.", "Yes,")
THOUGHTS = (
    "pacing helped me more than any tablet",
    "nobody told us how long the waiting list really was",
    "my nurse rang back the same day, and that changed everything",
    "we write the three questions down before each appointment",
    "I stopped pretending that I was fine",
)
REACTIONS = ("insight", "story", "idea")
TAGS = ("insight", "story", "barrier", "idea")
KEPT_AT_ONCE = 3
MOST_WAIT = 0.9
BETWEEN_QUESTIONS = (2.5, 6.0)
TRY_AGAIN = 0.5


@dataclass(slots=True)
class Told:
    """What the room acknowledged: the messages that stand by their ids, and the ids of those taken back."""

    standing: dict[str, str] = field(default_factory=dict)
    taken_back: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    seen_posts: dict[str, str] = field(default_factory=dict)
    wishes: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return everything for the file."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Person:
    """One participant with their own chance."""

    visitor: Visitor
    chance: Random
    told: Told
    name: str
    clock: SystemClock
    mine: list[str] = field(default_factory=list)
    count: int = 0

    async def talk(self, enough: asyncio.Event) -> None:
        """Say, change and take back things until it is enough; the last wish is always answered."""
        while not enough.is_set():
            await self._act()
            self.told.wishes += 1
            await self.clock.sleep(self.chance.uniform(0.1, MOST_WAIT))

    async def _act(self) -> None:
        chosen = self.chance.random()
        if chosen < 0.65 or not self.mine:
            await self._say()
        elif chosen < 0.80:
            await self._edit(self.chance.choice(self.mine))
        elif chosen < 0.88:
            await self._delete(self.mine.pop(self.chance.randrange(len(self.mine))))
        else:
            await self.visitor.react(self.chance.choice(self.told.order), self.chance.choice(REACTIONS))

    async def _say(self) -> None:
        text = self._text("")
        parent = self.chance.choice(self.told.order) if self.told.order and self.count % 3 == 0 else None
        answer = await self.visitor.say(text, parent)
        if answer.refused:
            self.told.refused.append(answer.text)
            return
        self.mine.append(answer.id)
        self.told.order.append(answer.id)
        self.told.standing[answer.id] = text

    async def _edit(self, id: str) -> None:
        text = self._text(" (said better)")
        answer = await self.visitor.edit(id, text)
        if not answer.refused:
            self.told.standing[id] = text

    async def _delete(self, id: str) -> None:
        answer = await self.visitor.delete(id)
        if not answer.refused:
            del self.told.standing[id]
            self.told.taken_back.append(id)

    def _text(self, ending: str) -> str:
        # Numbered, so that no two messages of a crowd read alike.
        self.count += 1
        opener, thought = self.chance.choice(OPENERS), self.chance.choice(THOUGHTS)
        return f"{opener} {thought}, {self.name} {self.count}{ending}".strip()


@dataclass(slots=True)
class Moderator:
    """Who leads: presses what the card shows, as its buttons say, and keeps good lines."""

    visitor: Visitor
    chance: Random
    clock: SystemClock
    told: Told
    state: dict[str, Any] = field(default_factory=dict)

    def hear(self, message: dict[str, Any]) -> None:
        """Keep the newest look of the room."""
        if isinstance(message.get("state"), dict):
            self.state = message["state"]

    async def lead(self, enough: asyncio.Event) -> None:
        """Keep what was just said and go on to the next question, every few seconds until it is enough."""
        while not enough.is_set():
            await self.clock.sleep(self.chance.uniform(*BETWEEN_QUESTIONS))
            for id in self.told.order[-KEPT_AT_ONCE:]:
                await self.visitor.command("keep", {"message": id, "tag": self.chance.choice(TAGS)})
            await self._press("next")

    async def finish(self) -> None:
        """Close the hour and publish, however often that has to be tried."""
        while "retract" not in self._buttons():
            await (self._press("publish") if "publish" in self._buttons() else self._press("close"))
            await self.clock.sleep(TRY_AGAIN)

    async def _press(self, command: str) -> Answer | None:
        button = self._buttons().get(command)
        if button is None:
            return None
        return await self.visitor.command(command, expects=button["expects"])

    def _buttons(self) -> dict[str, dict[str, Any]]:
        blocks = (self.state.get("card") or {}).get("blocks", [])
        rows = (block["buttons"] for block in blocks if block["kind"] == "buttons")
        return {button["command"]: button for row in rows for button in row if not button["arguments"]}


def posts_in(message: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give id and label of each post of the bot that a page was told of."""
    told = [message.get("post"), *(message.get("history") or ())]
    for item in told:
        if item and item.get("kind", "post") == "post" and message["type"] != "post-edited":
            yield item["id"], json.dumps(item["content"], sort_keys=True)


async def crowd(address: str, link: str, *, seed: int, people: int, enough: asyncio.Event) -> Told:
    """Return what everybody was told, after they talked until *enough* and the moderator published."""
    clock, ids, told = SystemClock(), RandomIds(), Told()

    def hear(message: dict[str, Any]) -> None:
        moderator.hear(message)
        told.seen_posts.update(posts_in(message))

    leader = Visitor(address, ROOM, clock, ids, hear)
    moderator = Moderator(leader, Random(f"{seed}/moderator"), clock, told)  # noqa: S311
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        await stack.enter_async_context(leader)
        await leader.join("Andrea", link=link)
        staying = [tasks.create_task(leader.run())]
        talking = [tasks.create_task(moderator.lead(enough))]
        for name in NAMES[:people]:
            visitor = await stack.enter_async_context(Visitor(address, ROOM, clock, ids))
            await visitor.join(name)
            staying.append(tasks.create_task(visitor.run()))
            person = Person(visitor, Random(f"{seed}/{name}"), told, name, clock)  # noqa: S311
            talking.append(tasks.create_task(person.talk(enough)))
        await asyncio.gather(*talking)
        await moderator.finish()
        for task in staying:
            task.cancel()
    return told


async def _main(given: argparse.Namespace) -> None:
    enough = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), enough.set)
    told = await crowd(given.address, given.link, seed=given.seed, people=given.people, enough=enough)
    given.file.write_text(json.dumps(told.as_json()), "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A crowd in a local room.")
    parser.add_argument("address")
    parser.add_argument("link")
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=5)
    asyncio.run(_main(parser.parse_args()))
