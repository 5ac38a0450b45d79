"""Whoever listens during a live trial: keeps what is heard for whoever waits for it, and shows rooms without a chat."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.markup import Button
from bot.ports import Heard, Reply, RoomId, RoomState, RoomView, ShownMessage, ShownPost


@dataclass(slots=True, kw_only=True)
class Listener:
    """An `Intake` and a `RoomView` in one, for *rooms* alone. *view*: says how a room without a chat looks."""

    rooms_here: frozenset[RoomId]
    view: RoomView
    heard: list[Heard] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    # --- hearing ---

    async def hear(self, heard: Heard) -> Reply:
        """Keep *heard*; whoever gave a command is told nothing."""
        self.heard.append(heard)
        self._news.set()
        return Reply()

    async def until(self, claim: Callable[[Heard], bool]) -> Heard:
        """Return the first thing heard, before or from now on, of which *claim* is true."""
        seen = 0
        while True:
            self._news.clear()
            for heard in self.heard[seen:]:
                if claim(heard):
                    return heard
            seen = len(self.heard)
            await self._news.wait()

    # --- showing ---

    async def state(self, room: RoomId, person: str | None) -> RoomState:
        return replace(await self.view.state(room, person), open=True)

    async def history(
        self, room: RoomId, person: str | None, before: datetime | None = None, limit: int = 200
    ) -> tuple[ShownMessage | ShownPost, ...]:
        return ()

    def rooms(self, platform: str) -> frozenset[RoomId]:
        return self.rooms_here

    async def moderators(self, room: RoomId) -> tuple[str, ...]:
        return ()

    def commands(self) -> tuple[Button, ...]:
        return self.view.commands()

    async def message(self, room: RoomId, person: str | None, id: str) -> ShownMessage | None:
        return None
