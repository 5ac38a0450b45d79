"""Reads back what was said while nobody listened: after a lost session, at the start, and in a look now and then."""

import asyncio
from datetime import datetime, timedelta

import aiohttp
import discord
import structlog

from adapters.discord.hearing import Hearing
from adapters.discord.history import History
from adapters.discord.settings import PLATFORM
from bot.errors import PlatformTrouble, StoreTrouble
from bot.ports import Clock, HeardEdit, HeardGap, HeardMessage, RoomId, RoomView, ShownMessage

log = structlog.get_logger(__name__)

MARGIN = timedelta(minutes=2)
"""How much further back we read than we must: a line may have been deaf before anybody noticed."""
SWEEP = 60.0
"""Seconds between looks at the newest messages of rooms that are open."""
TRIES, PAUSE = 6, 10.0
TROUBLE = (PlatformTrouble, StoreTrouble, discord.DiscordException, aiohttp.ClientError, OSError)
AT_A_START = timedelta(hours=2)
"""How far back a room is read at the start when nothing is known of it: a chat may have begun without us."""


class Gaps:
    """Knows since when we are deaf, and mends it."""

    def __init__(self, hearing: Hearing, history: History, view: RoomView, clock: Clock) -> None:
        self._hearing, self._history, self._view, self._clock = hearing, history, view, clock
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
        """Mend gaps until cancelled."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            missed, self._missed = self._missed, None
            for room in sorted(self._view.rooms(PLATFORM)):
                if missed is not None:
                    await self._hearing.put_later(HeardGap(room=room, since=missed[0], until=missed[1]))
                await self._mend(room, missed[0] if missed else None)

    async def sweep(self) -> None:
        """Look at the newest messages of open rooms, once a minute until cancelled."""
        while True:
            await self._clock.sleep(SWEEP)
            since = self._clock.now() - MARGIN
            if self._hearing.overflowed is not None:
                since, self._hearing.overflowed = self._hearing.overflowed - MARGIN, None
            for room in sorted(self._view.rooms(PLATFORM)):
                try:
                    if (await self._view.state(room, None)).open:
                        await self._read(room, since)
                except TROUBLE as trouble:
                    log.warning("not looked at", room=room, reason=type(trouble).__name__)

    async def _mend(self, room: RoomId, since: datetime | None) -> None:
        """Have the core hear everything that was said in *room* since then; None: since it last heard anything."""
        for left in range(TRIES, 0, -1):
            try:
                await self._read(room, (since or await self._newest(room)) - MARGIN)
            except TROUBLE as trouble:
                log.warning(
                    "not read back yet", room=room, reason=type(trouble).__name__, tries_left=left - 1
                )
                await self._clock.sleep(PAUSE)
            else:
                return

    async def _newest(self, room: RoomId) -> datetime:
        """Return the time of the newest message that the core has of *room*."""
        shown = await self._view.history(room, None, limit=1)
        times = [item.at for item in shown if isinstance(item, ShownMessage)]
        return max(times, default=self._clock.now() - AT_A_START)

    async def _read(self, room: RoomId, since: datetime) -> None:
        found: set[str] = set()
        until = self._clock.now() - timedelta(seconds=5)  # what came just now is not in every history yet
        async for heard in self._history.said(room, since):
            if isinstance(heard, HeardMessage):
                found.add(heard.id)
            if isinstance(heard, HeardEdit) or (isinstance(heard, HeardMessage) and not self._knows(heard)):
                await self._hearing.put_later(heard)
            if isinstance(heard, HeardMessage):
                self._hearing.remember(heard)
        for deletion in self._hearing.missing(room, found, since, until):
            await self._hearing.put_later(deletion)

    def _knows(self, heard: HeardMessage) -> bool:
        return heard.id in self._hearing.standing.get(heard.room, ())
