"""Knows when we may have missed something, and says so: the house reads the rooms back from their history."""

from asyncio import TaskGroup
from datetime import datetime, timedelta

from adapters.slack.connection import Opened
from adapters.slack.inbox import Inbox
from adapters.slack.settings import PLATFORM
from bot.ports import Clock, HeardGap, RoomView

WORTH_TELLING = timedelta(seconds=2)
"""A shorter gap, or one that Slack announced and closed at once, is no news for a moderator."""


class Gaps:
    """Says since when we were deaf, each time that we hear again."""

    def __init__(self, inbox: Inbox, view: RoomView, clock: Clock, tasks: TaskGroup) -> None:
        self._inbox, self._view, self._clock, self._tasks = inbox, view, clock, tasks
        self._is_flooded = False

    def after_opening(self, opened: Opened) -> None:
        """Take note that the socket is open again."""
        since = opened.deaf_since
        was_short = since is not None and opened.at - since <= WORTH_TELLING
        self._tell(since, opened.at, quiet=opened.expected and was_short)

    def after_flood(self) -> None:
        """Take note that something could not be taken in, or was not even sent; a flood is told once."""
        if not self._is_flooded:
            self._is_flooded = True
            now = self._clock.now()
            self._tell(now, now, quiet=True)

    def _tell(self, since: datetime | None, until: datetime, *, quiet: bool) -> None:
        rooms = sorted(self._view.rooms(PLATFORM))
        gaps = [HeardGap(room=room, since=since, until=until, quiet=quiet) for room in rooms]
        self._tasks.create_task(self._put(gaps), name="slack gaps")

    async def _put(self, gaps: list[HeardGap]) -> None:
        for gap in gaps:
            await self._inbox.put_patiently((gap,))
        self._is_flooded = False
