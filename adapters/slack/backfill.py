"""What was missed: whenever the socket was away, histories tell what stands in our rooms now."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from adapters.slack.calls import Calls
from adapters.slack.connection import Opened
from adapters.slack.inbox import Inbox
from adapters.slack.payloads import Message
from adapters.slack.people import People
from adapters.slack.settings import PLATFORM, channel_id
from adapters.slack.text import moment, timestamp
from adapters.slack.translate import TOMBSTONE, Me, as_it_stands, people_in
from bot.errors import PlatformTrouble, StoreTrouble
from bot.ports import Clock, Heard, HeardDeletion, HeardGap, RoomId, RoomView, ShownMessage

log = structlog.get_logger(__name__)

REACH = timedelta(hours=3)
"""How far before a gap a look begins: what was said earlier in the hour may have been changed or taken back in it."""
WORTH_TELLING = timedelta(seconds=2)
"""A shorter gap, or one that Slack announced and closed at once, is no news for a moderator."""
FURTHEST = timedelta(days=1)
MOST_COMPARED = 1_000
PAUSE_AFTER_TROUBLE = 5.0


@dataclass(slots=True, kw_only=True)
class Stands:
    """A room's history since a moment: every message of it by its id, threads included."""

    room: RoomId
    since: datetime
    messages: dict[str, Message] = field(default_factory=dict)
    threads: set[str] = field(default_factory=set)

    def add(self, page: list[Message]) -> None:
        """Take in what stands in *page*; a tombstone only says where something stood."""
        standing = [one for one in page if moment(one.ts) >= self.since and one.subtype != TOMBSTONE]
        self.messages.update({one.ts: one for one in standing})

    async def told(self, me: Me, people: People, read_at: datetime) -> list[Heard]:
        """Return everything that the history tells, oldest first."""
        ordered = sorted(self.messages.values(), key=lambda message: moment(message.ts))
        known = await people.get(id for message in ordered for id in people_in(message, me))
        return [
            heard for message in ordered for heard in as_it_stands(message, self.room, me, known, read_at)
        ]

    def lacks(self, shown: ShownMessage) -> bool:
        """Return whether *shown* would stand in this history, if it still stood anywhere."""
        if shown.at < self.since or shown.id in self.messages:
            return False
        return shown.reply_to is None or shown.reply_to in self.threads


async def read_history(calls: Calls, room: RoomId, since: datetime, reach: timedelta = timedelta()) -> Stands:
    """Return what stands in *room* since then, and in threads that began up to *reach* earlier.

    Raises: PlatformTrouble.
    """
    stands = Stands(room=room, since=since)
    channel, oldest = channel_id(room), timestamp(since)
    async for page in calls.history(channel, timestamp(since - reach)):
        stands.add(page)
        stands.threads.update(
            one.ts for one in page if one.reply_count and moment(one.latest_reply or one.ts) >= since
        )
    for thread in sorted(stands.threads):
        async for page in calls.replies(channel, thread, oldest):
            stands.add(page)
    return stands


@dataclass(slots=True, kw_only=True)
class Backfill:
    """Fetches what was missed, one gap after the other."""

    calls: Calls
    view: RoomView
    people: People
    inbox: Inbox
    clock: Clock
    me: Me
    _since: datetime | None = None
    _gap: tuple[datetime, datetime] | None = None
    _wanted: bool = False
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)

    def after_opening(self, opened: Opened) -> None:
        """Take note that the socket is open again."""
        if opened.deaf_since is not None:
            was_short = opened.at - opened.deaf_since <= WORTH_TELLING
            self._want(opened.deaf_since, opened.at, tell=not (opened.expected and was_short))
        else:
            self._wanted = True
            self._stirred.set()

    def after_flood(self) -> None:
        """Take note that something could not be taken in, or was not even sent."""
        now = self.clock.now()
        self._want(now, now, tell=False)

    def _want(self, since: datetime, until: datetime, *, tell: bool) -> None:
        self._since = min(since, self._since or since)
        if tell:
            self._gap = (min(since, self._gap[0]) if self._gap else since, until)
        self._wanted = True
        self._stirred.set()

    async def run(self) -> None:
        """Fetch whenever there is something to fetch, until cancelled."""
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            if not self._wanted:
                continue
            since, gap, self._since, self._gap, self._wanted = self._since, self._gap, None, None, False
            for room in sorted(self.view.rooms(PLATFORM)):
                await self._patiently(room, since, gap)

    async def _patiently(
        self, room: RoomId, since: datetime | None, gap: tuple[datetime, datetime] | None
    ) -> None:
        while True:
            try:
                await self._fill(room, since, gap)
            except (PlatformTrouble, StoreTrouble) as trouble:
                log.warning("not fetched yet", room=room, reason=str(trouble))
                if isinstance(trouble, PlatformTrouble) and trouble.permanent:
                    return
                asked = trouble.retry_after if isinstance(trouble, PlatformTrouble) else None
                await self.clock.sleep(max(asked or 0.0, PAUSE_AFTER_TROUBLE))
            else:
                return

    async def _fill(
        self, room: RoomId, since: datetime | None, gap: tuple[datetime, datetime] | None
    ) -> None:
        if gap is not None and (await self.view.state(room, None)).open:
            await self._hear((HeardGap(room=room, since=gap[0], until=gap[1]),))
        # What is held was held before the look: nothing that comes in meanwhile can be taken for gone.
        held = await self.view.history(room, None, limit=MOST_COMPARED)
        begin = since or (held[-1].at if held else self.clock.now())
        stands = await read_history(self.calls, room, max(begin - REACH, self.clock.now() - FURTHEST))
        await self._hear(await stands.told(self.me, self.people, self.clock.now()))
        for one in held:
            if isinstance(one, ShownMessage) and stands.lacks(one) and await self._is_gone(room, one):
                await self._hear((HeardDeletion(room=room, id=one.id, at=self.clock.now()),))
        log.info("fetched", room=room, messages=len(stands.messages))

    async def _is_gone(self, room: RoomId, shown: ShownMessage) -> bool:
        """Return whether a second look, for this message alone, finds it no more: erasing it cannot be taken back."""
        channel = channel_id(room)
        if shown.reply_to is not None:
            pages = self.calls.replies(channel, shown.reply_to, shown.id)
        else:
            pages = self.calls.history(channel, shown.id)
        async for page in pages:
            if any(one.ts == shown.id and one.subtype != TOMBSTONE for one in page):
                return False
        return True

    async def _hear(self, heard: Sequence[Heard]) -> None:
        for one in heard:
            await self.inbox.put_patiently((one,))
