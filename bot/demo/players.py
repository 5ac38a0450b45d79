"""The crowd on the room's own doors and wire: each person a visitor, as somebody with a browser would be."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import assert_never

from adapters.local.visitor import Answer, TurnedAway, Visitor
from bot.demo.script import Act, Delete, Doing, Edit, Join, Order, React, Say
from bot.ports import Ids
from bot.runtime.clock import SystemClock

PATIENCE = 60.0
"""Seconds of real time in which the room must take what somebody does."""
NAMESAKES = ("", " B.", " C.")
"""What people add to their name when somebody who looks on came in under it before them."""
NOTHING_DONE = Answer(refused=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the crowd goes: the server's address, the room's name there, and the link that makes a moderator."""

    address: str
    room: str
    moderator_link: str


class Players:
    """Everybody who has come in and not left. Their lines are held open in *tasks*."""

    def __init__(self, place: Place, ids: Ids, tasks: asyncio.TaskGroup) -> None:
        self._place, self._ids, self._tasks = place, ids, tasks
        self._staying: list[asyncio.Task[None]] = []
        self._present: dict[str, Visitor] = {}
        self._said: dict[str, str] = {}

    async def perform(self, act: Act) -> Answer:
        """Do what *act* says and return what the room answered, once that is durable.

        What hangs on a line that the room did not take is left out: a person who looks on may interfere.
        Raises: TimeoutError when the room does not answer at all.
        """
        async with asyncio.timeout(PATIENCE):
            if isinstance(act.doing, Join):
                return await self._join(act.who, act.doing)
            visitor = self._present.get(act.who)
            return await self._do(visitor, act) if visitor else NOTHING_DONE

    def leave(self) -> None:
        """Let everybody go."""
        for task in self._staying:
            task.cancel()

    # --- coming in ---

    async def _join(self, name: str, join: Join) -> Answer:
        settled = asyncio.Event()
        self._staying.append(self._tasks.create_task(self._stay(name, join, settled), name=f"crowd {name}"))
        await settled.wait()
        return Answer(refused=name not in self._present)

    async def _stay(self, name: str, join: Join, settled: asyncio.Event) -> None:
        """Be in the room until cancelled. *settled*: set once the room has said welcome, or no."""

        def hear(message: dict[str, object]) -> None:
            if message.get("type") == "welcome":
                settled.set()

        # A visitor waits in real time: the chat's own clock stands still while the room answers.
        visitor = Visitor(self._place.address, self._place.room, SystemClock(), self._ids, hear)
        try:
            async with visitor:
                await self._come_in(visitor, name, join)
                self._present[name] = visitor
                await visitor.run()
        except TurnedAway:
            return  # the chat goes on without them
        finally:
            self._present.pop(name, None)
            settled.set()

    async def _come_in(self, visitor: Visitor, name: str, join: Join) -> None:
        link = self._place.moderator_link if join.moderates else None
        for namesake in NAMESAKES[:-1]:
            try:
                return await visitor.join(name + namesake, join.group, link=link)
            except TurnedAway as away:
                if away.status != 409:
                    raise
        return await visitor.join(name + NAMESAKES[-1], join.group, link=link)

    # --- doing things ---

    async def _do(self, visitor: Visitor, act: Act) -> Answer:
        try:
            wish = self._wish(visitor, act.doing)
        except KeyError:  # it hangs on something that was never said
            return NOTHING_DONE
        answer = await wish
        if isinstance(act.doing, Say) and not answer.refused:
            self._said[act.name] = answer.id
        return answer

    def _wish(self, visitor: Visitor, doing: Doing) -> Awaitable[Answer]:
        match doing:
            case Say(text=text, to=to):
                return visitor.say(text, self._said[to] if to else None)
            case Edit(of=of, text=text):
                return visitor.edit(self._said[of], text)
            case Delete(of=of):
                return visitor.delete(self._said[of])
            case React(on=on, reaction=reaction):
                return visitor.react(self._said[on], reaction)
            case Order(command=command, arguments=arguments):
                return visitor.command(command, {name: self._meant(of) for name, of in arguments.items()})
            case Join():
                raise ValueError("whoever is in cannot join")
            case _:
                assert_never(doing)

    def _meant(self, argument: str) -> str:
        """Return *argument* with the ids of messages for the names of acts."""
        if not argument.startswith("@"):
            return argument
        return ",".join(self._said[name.removeprefix("@")] for name in argument.split(","))
