"""A small write now and then: it tells whether the store takes writes, is still there, and is still ours.

A bot in whose rooms nothing happens writes nothing else, and would notice a deleted store with its next chat.
"""

from dataclasses import dataclass

import structlog

from bot.core.names import ChatId, RoomId
from bot.errors import Conflict, StoreTrouble
from bot.ports import Batch, Checkpoint, Clock, Store

log = structlog.get_logger(__name__)

EVERY = 5.0
"""Seconds between two beats."""
STALE = 3 * EVERY
"""Seconds after which the last beat proves nothing any more."""

_PLACE = RoomId("pulse")  # no platform's room is called so
_NO_CHAT = ChatId("pulse")


@dataclass(slots=True, kw_only=True)
class Pulse:
    """The pulse of one house, under the epoch of its lease."""

    store: Store
    clock: Clock
    epoch: int
    is_ours: bool = True
    _written_at: float | None = None

    @property
    def is_writable(self) -> bool:
        """Return whether something could be written a moment ago."""
        return self._written_at is not None and self.clock.monotonic() - self._written_at <= STALE

    async def run(self) -> None:
        """Beat until cancelled. Raises: StoreUnusable when the store is gone."""
        while True:
            await self.beat()
            await self.clock.sleep(EVERY)

    async def beat(self) -> None:
        """Write once. Raises: StoreUnusable."""
        point = Checkpoint(room=_PLACE, at=self.clock.now())
        try:
            await self.store.append(Batch(chat=_NO_CHAT, expected=0, epoch=self.epoch, checkpoints=(point,)))
        except StoreTrouble as trouble:
            log.warning("no pulse", reason=type(trouble).__name__)
        except Conflict:
            self.is_ours = False
        else:
            self.is_ours, self._written_at = True, self.clock.monotonic()
