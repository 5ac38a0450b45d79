"""The store in memory: the same promises without a disk, for replays and tests."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.core.events import Event
from bot.core.names import ChatId, MessageId, PersonId, PostKey, RoomId, WordKey
from bot.core.posts import Post
from bot.errors import OwnedByAnother
from bot.ports import (
    Acquaintance,
    Batch,
    ChatRow,
    Checkpoint,
    Erasure,
    Loaded,
    Mark,
    Sighting,
    StoredText,
    Unsent,
)
from bot.store.admission import admit, check_epoch
from bot.store.marks import refused
from bot.store.memory_outbox import Outbox


class MemoryLease:
    """A `bot.ports.Lease` among those who share one object."""

    shared = False

    def __init__(self) -> None:
        self.epoch = 0
        self._owner: str | None = None

    def is_live(self, epoch: int) -> bool:
        """Return whether one may write under *epoch*."""
        return epoch == self.epoch and (self._owner is not None or epoch == 0)

    async def acquire(self, owner: str) -> int:
        if self._owner is not None:
            raise OwnedByAnother(self._owner)
        self._owner = owner
        self.epoch += 1
        return self.epoch

    async def release(self) -> None:
        self._owner = None

    def surely_ours(self) -> bool:
        return self._owner is not None

    async def lost(self) -> None:
        await asyncio.Event().wait()  # nobody takes it away


class MemoryStore:
    """A `bot.ports.Store` that is gone when the process is."""

    def __init__(self) -> None:
        self.lease = MemoryLease()
        self._logs: dict[ChatId, list[Event]] = {}
        self._sources: dict[ChatId, str] = {}
        self._words: dict[tuple[ChatId, WordKey, int], StoredText] = {}
        self._sightings: dict[tuple[RoomId, str], tuple[ChatId, Sighting]] = {}
        self._people: dict[tuple[str, str], Acquaintance] = {}
        self._checkpoints: dict[RoomId, Checkpoint] = {}
        self._outbox = Outbox()

    # --- what admission asks ---

    def is_live(self, epoch: int) -> bool:
        """Return whether one may write under *epoch*."""
        return self.lease.is_live(epoch)

    def version(self, chat: ChatId) -> int:
        """Return how many events *chat* has."""
        return len(self._logs.get(chat, ()))

    def chat_from(self, source: str) -> ChatId | None:
        """Return the chat that came from the plan file *source*."""
        return next((chat for chat, known in self._sources.items() if known == source), None)

    def message(self, room: RoomId, id: str) -> MessageId | None:
        """Return our name for a platform's message."""
        known = self._sightings.get((room, id))
        return known[1].message if known else None

    def person(self, platform: str, id: str) -> PersonId | None:
        """Return our name for a platform's person."""
        known = self._people.get((platform, id))
        return known.person if known else None

    # --- writing ---

    async def append(self, batch: Batch) -> None:
        admit(batch, self)
        self._write_log(batch)
        self._write_words(batch)
        for post in batch.posts:
            self._outbox.plan(batch.chat, post)
        for mark in batch.marks:
            self._outbox.mark(mark)
        for erasure in batch.erasures:
            self._erase(batch.chat, erasure)

    async def mark(self, mark: Mark, *, epoch: int) -> None:
        check_epoch(epoch, self)
        if not self._outbox.mark(mark):
            raise refused(mark)

    def _write_log(self, batch: Batch) -> None:
        if batch.events or batch.source is not None:
            self._logs.setdefault(batch.chat, []).extend(batch.events)
        if batch.source is not None:
            self._sources[batch.chat] = batch.source
        self._checkpoints.update({point.room: point for point in batch.checkpoints})

    def _write_words(self, batch: Batch) -> None:
        for words in batch.words:
            self._words[batch.chat, words.key, words.revision] = StoredText(
                key=words.key,
                revision=words.revision,
                text=words.text,
                person=words.person,
                digest_key=words.digest_key,
            )
        for seen in batch.sightings:
            self._sightings.setdefault((seen.room, seen.id), (batch.chat, seen))
        for met in batch.people:
            known = self._people.get((met.platform, met.id))
            if known is None or known.at <= met.at:
                self._people[met.platform, met.id] = met

    def _erase(self, chat: ChatId, erasure: Erasure) -> None:
        keys, person = {(chat, key) for key in erasure.keys}, erasure.person
        for place, text in tuple(self._words.items()):
            if place[:2] in keys or (person is not None and text.person == person):
                del self._words[place]
        if person is None:
            return
        self._people = {id: known for id, known in self._people.items() if known.person != person}
        self._sightings = {id: known for id, known in self._sightings.items() if known[1].person != person}

    # --- reading ---

    async def load(self, chat: ChatId) -> Loaded:
        seen = tuple(known for owner, known in self._sightings.values() if owner == chat)
        return Loaded(events=tuple(self._logs.get(chat, ())), sightings=seen)

    async def events(self, chat: ChatId, after: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        return tuple(self._logs.get(chat, ())[after : after + limit])

    async def chats(self) -> tuple[ChatRow, ...]:
        return tuple(
            ChatRow(chat=chat, version=len(log), source=self._sources.get(chat))
            for chat, log in self._logs.items()
        )

    async def words(self, chat: ChatId, keys: Sequence[WordKey] | None = None) -> tuple[StoredText, ...]:
        found = [text for place, text in self._words.items() if place[0] == chat]
        wanted = found if keys is None else [text for text in found if text.key in set(keys)]
        return tuple(sorted(wanted, key=lambda text: (text.key, text.revision)))

    async def people(self, persons: Sequence[PersonId] | None = None) -> tuple[Acquaintance, ...]:
        found = [known for known in self._people.values() if persons is None or known.person in set(persons)]
        return tuple(sorted(found, key=lambda somebody: (somebody.platform, somebody.id)))

    async def acquaintance(self, platform: str, id: str) -> Acquaintance | None:
        return self._people.get((platform, id))

    async def unsent(self, room: RoomId | None = None) -> tuple[Unsent, ...]:
        return self._outbox.unsent(room)

    async def resent(self, since: datetime) -> tuple[Unsent, ...]:
        return self._outbox.resent(since)

    async def delivered(self, chat: ChatId, keys: Sequence[PostKey] | None = None) -> Mapping[PostKey, Post]:
        return self._outbox.delivered(chat, keys)

    async def checkpoint(self, room: RoomId) -> Checkpoint | None:
        return self._checkpoints.get(room)

    async def close(self) -> None:
        """Keep everything: whoever holds the object may open it again."""
