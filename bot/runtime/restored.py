"""What a backup that was put back does not know: posts may stand in their rooms that its outbox never heard of.

A restore is noted in the store. From then on every post of a chat that is older than the restore is looked up in its
room before it is made, as after an attempt of unknown outcome that began when the backup was made.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.names import ChatId, RoomId
from bot.ports import Batch, Checkpoint, Store, Unsent
from bot.runtime.draft import erasures

FRESH = timedelta(minutes=1)
"""How long after a restore a late request may still come to pass, and then some."""

_PLACE = RoomId("restored")  # no platform's room is called so
_NO_CHAT = ChatId("restored")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A store was put back at *at*, as it stood at *made_at*."""

    made_at: datetime
    at: datetime

    def doubted(self, row: Unsent, planned_at: datetime, now: datetime) -> Unsent:
        """Return *row*, of a chat planned at *planned_at*, as in doubt where it may have been posted already.

        Soon after the restore a request of the bot before it may still be on its way: that counts as an attempt.
        """
        if row.state != "planned" or planned_at > self.at:
            return row
        return replace(
            row,
            state="intent",
            attempts=int(now - self.at < FRESH),
            first_at=max(self.made_at, planned_at),
            last_at=self.at,
        )


async def read(store: Store) -> Restored | None:
    """Return the last time that *store* was put back, None when it never was. Raises: StoreTrouble."""
    noted = await store.checkpoint(_PLACE)
    return Restored(made_at=datetime.fromisoformat(noted.position), at=noted.at) if noted else None


async def erase_again(old: Store, new: Store, epoch: int) -> int:
    """Erase in *new*, a backup, what people had erased in *old*, its successor; return how often that was.

    Raises: StoreTrouble, StoreUnusable, Conflict.
    """
    count = 0
    for row in await new.chats():
        known = {event for event in (await new.load(row.chat)).events if erasures(event)}
        events = (await old.load(row.chat)).events
        later = tuple(event for event in events if erasures(event) and event not in known)
        if later:
            gone = tuple(erasure for event in later for erasure in erasures(event))
            batch = Batch(chat=row.chat, expected=row.version, epoch=epoch, events=later, erasures=gone)
            await new.append(batch)
        count += len(later)
    return count


async def note(store: Store, epoch: int, restored: Restored) -> None:
    """Note that *store* was put back; a restore before it, which nobody may have caught up with, is kept in mind.

    Raises: StoreTrouble, Conflict.
    """
    before = await read(store)
    made_at = min(before.made_at, restored.made_at) if before else restored.made_at
    point = Checkpoint(room=_PLACE, at=restored.at, position=made_at.isoformat())
    await store.append(Batch(chat=_NO_CHAT, expected=0, epoch=epoch, checkpoints=(point,)))
