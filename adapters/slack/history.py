"""What stands in a channel and its threads."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.slack.calls import Calls
from adapters.slack.payloads import Message
from adapters.slack.people import People
from adapters.slack.settings import channel_id
from adapters.slack.text import moment, timestamp
from adapters.slack.translate import TOMBSTONE, Me, as_it_stands, people_in
from bot.ports import Heard, RoomId

REACH = timedelta(hours=3)
"""How long before a look a thread may have begun in which something was said since."""


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
