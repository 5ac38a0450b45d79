"""The outbox of the store in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.names import ChatId, PostKey, RoomId
from bot.core.posts import Post
from bot.ports import Mark, Unsent
from bot.store.marks import BEFORE, UNDONE


class Outbox:
    """Rows by their key, in the order in which they first came."""

    def __init__(self) -> None:
        self._rows: dict[PostKey, Unsent] = {}

    def plan(self, chat: ChatId, post: Post) -> None:
        """Take *post* in; a known key changes nothing, unless only its newest post matters."""
        row = self._rows.get(post.key)
        if row is None:
            self._rows[post.key] = _planned(chat, post, sequence=len(self._rows) + 1)
        elif row.post.lane == post.lane == "latest":
            self._rows[post.key] = _planned(chat, post, sequence=row.sequence, revision=row.revision + 1)

    def mark(self, mark: Mark) -> bool:
        """Return whether the row of *mark* could come to its state, and did."""
        row = self._rows.get(mark.key)
        if row is None or row.state not in BEFORE[mark.state] or mark.revision not in {None, row.revision}:
            return False
        if mark.state == "intent":
            first_at = row.first_at or mark.at
            row = replace(row, attempts=row.attempts + 1, first_at=first_at, last_at=mark.at)
        self._rows[mark.key] = replace(row, state=mark.state)
        return True

    def unsent(self, room: RoomId | None) -> tuple[Unsent, ...]:
        """Return the rows that are not done, of *room* or of all."""
        undone = (row for row in self._rows.values() if row.state in UNDONE)
        return tuple(row for row in undone if room in {None, row.post.room})

    def resent(self, since: datetime) -> tuple[Unsent, ...]:
        """Return the rows that were posted after more than one attempt, the last of them after *since*."""
        posted = (row for row in self._rows.values() if row.state == "posted" and row.attempts > 1)
        return tuple(row for row in posted if row.last_at is not None and row.last_at > since)

    def delivered(self, chat: ChatId, keys: Sequence[PostKey] | None) -> dict[PostKey, Post]:
        """Return the posts of *chat* that were posted."""
        rows = (row for row in self._rows.values() if row.chat == chat and row.state == "posted")
        return {row.post.key: row.post for row in rows if keys is None or row.post.key in set(keys)}


def _planned(chat: ChatId, post: Post, *, sequence: int, revision: int = 0) -> Unsent:
    return Unsent(
        chat=chat,
        post=post,
        sequence=sequence,
        state="planned",
        attempts=0,
        first_at=None,
        last_at=None,
        revision=revision,
    )
