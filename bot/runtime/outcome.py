"""What became of an attempt to send something, and whether and when to try again."""

from dataclasses import dataclass
from datetime import datetime

from tenacity import RetryCallState, wait_exponential_jitter

from bot.core import commands as c
from bot.errors import PlatformTrouble, StoreTrouble
from bot.ports import Mark, Receipt, Unsent
from bot.runtime.draft import Draft

_BACKOFF = wait_exponential_jitter(multiplier=0.5, max=60, jitter=0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a row: a receipt, a failure, or neither (edits and private posts leave no receipt).

    seen: a moderator saw it in its room.
    """

    receipt: Receipt | None = None
    failed: str | None = None
    seen: bool = False

    def mark(self, row: Unsent, at: datetime) -> Mark:
        """Return what is noted in the outbox."""
        if self.failed is not None:
            return Mark(key=row.post.key, state="failed", at=at, reason=self.failed)
        if self.receipt is None:
            return Mark(key=row.post.key, state="posted", at=at, via="moderator" if self.seen else None)
        return Mark(key=row.post.key, state="posted", at=at, id=self.receipt.id, via=self.receipt.via)

    def command(self, row: Unsent, at: datetime, draft: Draft) -> c.Command | None:
        """Return what its chat is told, None when it is none of its business."""
        room = row.post.room
        if row.post.action != "post":
            return None
        if self.failed is not None:
            return c.NoteFailure(at=at, key=row.post.key, room=room, reason=self.failed)
        if self.receipt is None:
            return None
        message = draft.message(room, self.receipt.id)
        return c.NoteDelivery(at=at, key=row.post.key, room=room, message=message, posted_at=self.receipt.at)


def may_pass(trouble: BaseException) -> bool:
    """Return whether trying again can help."""
    return isinstance(trouble, StoreTrouble) or (
        isinstance(trouble, PlatformTrouble) and not trouble.permanent
    )


def pause(state: RetryCallState) -> float:
    """Return the seconds before the next attempt: what the platform asked for, else longer each time, with jitter."""
    trouble = state.outcome.exception() if state.outcome else None
    asked = trouble.retry_after if isinstance(trouble, PlatformTrouble) else None
    return max(asked or 0.0, float(_BACKOFF(state)))
