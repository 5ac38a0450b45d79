"""Takes away second copies of our own posts: a platform may apply a request long after everybody gave it up.

It only looks: what it finds it hears as an echo, and the core decides what is a copy too many.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.core.names import PostKey, RoomId
from bot.errors import PlatformTrouble, StoreTrouble, TweetchatError
from bot.ports import Clock, Heard, HeardEcho, Platform, Reply, Unsent
from bot.runtime.directory import platform_of

log = structlog.get_logger(__name__)

WATCH = timedelta(minutes=15)
"""How long after its last attempt a post that was tried more than once is watched; platforms publish no bound."""
SWEEP = 60.0
"""Seconds between looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A post of which a second copy may turn up."""

    key: PostKey
    room: RoomId
    since: datetime
    until: datetime


@dataclass(slots=True, kw_only=True)
class Janitor:
    """Watches what was sent more than once."""

    clock: Clock
    platforms: dict[str, Platform]
    hear: Callable[[Heard], Awaitable[Reply]]
    look_from: Callable[[Unsent], datetime]
    _watched: dict[PostKey, Watched] = field(default_factory=dict)
    _added: asyncio.Event = field(default_factory=asyncio.Event)

    def watch(self, row: Unsent) -> None:
        """Watch the post of *row*, if more than one request for it was ever made."""
        if row.attempts < 2 or row.post.action != "post" or row.first_at is None or row.last_at is None:
            return
        self._watched[row.post.key] = Watched(
            key=row.post.key, room=row.post.room, since=self.look_from(row), until=row.last_at + WATCH
        )
        self._added.set()

    async def run(self) -> None:
        """Look once a minute while there is anything to watch, until cancelled."""
        while True:
            self._added.clear()
            if not self._watched:
                await self._added.wait()
            await self.clock.sleep(SWEEP)
            for watched in tuple(self._watched.values()):
                await self._look(watched)
                if self.clock.now() >= watched.until:
                    self._watched.pop(watched.key, None)

    async def _look(self, watched: Watched) -> None:
        platform = self.platforms[platform_of(watched.room)]
        try:
            look = await platform.look_up(watched.key, watched.room, watched.since)
            for copy in look.copies[1:] and look.copies:
                await self.hear(HeardEcho(room=watched.room, key=watched.key, id=copy.id, at=copy.at))
        except (PlatformTrouble, StoreTrouble) as trouble:
            log.warning("not watched", key=watched.key, room=watched.room, reason=str(trouble))
        except TweetchatError:
            raise
        except Exception as bug:  # noqa: BLE001  # only its kind: what a bug says may hold words
            log.error("not watched", key=watched.key, room=watched.room, reason=type(bug).__name__)  # noqa: TRY400
