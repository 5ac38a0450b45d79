"""Knows when we may have missed something, and says so: the house reads the rooms back from their history."""

import asyncio
from datetime import datetime

from adapters.discord.hearing import Hearing
from adapters.discord.settings import PLATFORM
from bot.ports import Clock, HeardGap, RoomView


class Gaps:
    """Says since when we were deaf, each time that we hear again without being told what was said meanwhile."""

    def __init__(self, hearing: Hearing, view: RoomView, clock: Clock) -> None:
        self._hearing, self._view, self._clock = hearing, view, clock
        self._deaf_since: datetime | None = None
        self._missed: tuple[datetime, datetime] | None = None
        self._is_listening = False
        self._ready = asyncio.Event()

    def lost(self) -> None:
        """Note that the line broke."""
        if self._is_listening:
            self._deaf_since = self._deaf_since or self._clock.now()

    def resumed(self) -> None:
        """Note that the line is back, with everything that was said meanwhile."""
        self._deaf_since = None

    def new_session(self) -> None:
        """Note that the line is back, but that nobody tells what was said meanwhile."""
        now = self._clock.now()
        if self._deaf_since is not None:
            since = self._missed[0] if self._missed else self._deaf_since
            self._missed, self._deaf_since = (since, now), None
        self._is_listening = True

    def ready(self) -> None:
        """Note that the new session knows the servers: channels can be read back now."""
        self._ready.set()

    async def run(self) -> None:
        """Tell of every gap until cancelled."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            missed, self._missed = self._missed, None
            since, until = missed or (None, self._clock.now())
            for room in sorted(self._view.rooms(PLATFORM)):
                await self._hearing.put_later(HeardGap(room=room, since=since, until=until))
