"""One line for each room: first in, first out, so that a room reads Q2 before Q3; doubt holds up no other room.

What is for one person alone has a line of its own in each room: three hundred newcomers must not delay a question.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from bot.core.names import PostKey, RoomId
from bot.errors import Conflict
from bot.ports import Platform, Unsent
from bot.runtime.directory import platform_of
from bot.runtime.sending import VERDICT_AFTER, Desk, Sending

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Outbox:
    """Everything that waits to be sent. *verdict_after*: seconds after which a request counts as unanswered.

    on_sent: hears of every row that is done, with what was tried.
    """

    desk: Desk
    platforms: dict[str, Platform]
    on_sent: Callable[[Unsent], None]
    verdict_after: float = VERDICT_AFTER
    _lines: dict[tuple[RoomId, bool], "_Line"] = field(default_factory=dict)
    _tasks: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            for line in self._lines.values():
                tasks.create_task(line.run(tasks), name=f"line to {line.room}")
            await asyncio.get_running_loop().create_future()  # the lines do the work

    def add(self, row: Unsent) -> None:
        """Put *row* at the end of its line, if it does not wait there already."""
        place = (row.post.room, row.post.action == "private")
        if place not in self._lines:
            line = self._lines[place] = _Line(self, row.post.room)
            if self._tasks is not None:
                self._tasks.create_task(line.run(self._tasks), name=f"line to {line.room}")
        self._lines[place].add(row)

    def settle(self, key: PostKey) -> None:
        """Take note that a moderator said what became of the post *key*."""
        for line in self._lines.values():
            line.settle(key)

    async def drained(self) -> None:
        """Return when every line is empty."""
        for line in tuple(self._lines.values()):
            await line.empty.wait()


class _Line:
    """What waits for one room."""

    def __init__(self, outbox: Outbox, room: RoomId) -> None:
        self.room = room
        self._outbox = outbox
        self._rows: deque[Unsent] = deque()
        self._added = asyncio.Event()
        self._sending: Sending | None = None
        self.empty = asyncio.Event()

    def add(self, row: Unsent) -> None:
        if row.post.lane == "once" and any(waiting.post.key == row.post.key for waiting in self._rows):
            return
        self._rows.append(row)
        self.empty.clear()
        self._added.set()

    def settle(self, key: PostKey) -> None:
        if self._sending is not None and self._sending.row.post.key == key:
            self._sending.settle()

    async def run(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            self._added.clear()
            while self._rows:
                await self._send(self._rows[0], tasks)
                self._rows.popleft()
            self.empty.set()
            await self._added.wait()

    async def _send(self, row: Unsent, tasks: asyncio.TaskGroup) -> None:
        sending = self._sending = Sending(
            desk=self._outbox.desk,
            platform=self._outbox.platforms[platform_of(self.room)],
            row=row,
            tasks=tasks,
            verdict_after=self._outbox.verdict_after,
        )
        try:
            await sending.send()
        except Conflict:
            log.info("sent no more", key=row.post.key, room=self.room)  # it was done or taken over meanwhile
        self._outbox.on_sent(sending.row)
