"""What the database holds of the things that a group of batches touches, read in a few queries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, String, bindparam, select

from bot.core.names import ChatId, MessageId, PersonId, RoomId
from bot.ports import Batch
from bot.store.schema import chats, leases, people, sightings

Item = TypeVar("Item")

PARAMETERS = 500
"""How many values one query asks for; databases take some thousands."""

_WANTED = bindparam("wanted", expanding=True, type_=String)
# Made once: to put such a query together takes longer than to ask it.
# Held where others could take over (PostgreSQL): they begin after us, and read what we wrote.
_EPOCHS = select(leases.c.epoch, leases.c.ended).with_for_update(read=True, key_share=True)
# Where several write (PostgreSQL), nobody else moves these chats on until we are done; SQLite has one writer.
_VERSIONS = select(chats.c.chat, chats.c.version).where(chats.c.chat.in_(_WANTED)).with_for_update()
_SOURCES = select(chats.c.chat, chats.c.source).where(chats.c.source.in_(_WANTED))
_MESSAGES = select(sightings.c.platform_id, sightings.c.message).where(
    sightings.c.room == bindparam("room"), sightings.c.platform_id.in_(_WANTED)
)
_PERSONS = select(people.c.platform_id, people.c.person).where(
    people.c.platform == bindparam("platform"), people.c.platform_id.in_(_WANTED)
)


@dataclass(slots=True, kw_only=True)
class Known:
    """Those records, with what was admitted since added: the batches of a group may build on one another."""

    epochs: dict[int, bool] = field(default_factory=dict)
    versions: dict[ChatId, int] = field(default_factory=dict)
    sources: dict[str, ChatId] = field(default_factory=dict)
    messages: dict[tuple[RoomId, str], MessageId] = field(default_factory=dict)
    persons: dict[tuple[str, str], PersonId] = field(default_factory=dict)

    def is_live(self, epoch: int) -> bool:
        return self.epochs.get(epoch, epoch == 0 and not self.epochs)

    def version(self, chat: ChatId) -> int:
        return self.versions.get(chat, 0)

    def chat_from(self, source: str) -> ChatId | None:
        return self.sources.get(source)

    def message(self, room: RoomId, id: str) -> MessageId | None:
        return self.messages.get((room, id))

    def person(self, platform: str, id: str) -> PersonId | None:
        return self.persons.get((platform, id))

    def note(self, batch: Batch) -> None:
        """Add what *batch*, just admitted, will have written."""
        self.versions[batch.chat] = batch.expected + len(batch.events)
        if batch.source is not None:
            self.sources[batch.source] = batch.chat
        self.messages.update({(seen.room, seen.id): seen.message for seen in batch.sightings})
        self.persons.update({(met.platform, met.id): met.person for met in batch.people})


def chunks(items: Iterable[Item], size: int = PARAMETERS) -> Iterator[list[Item]]:
    """Yield *items* in lists of up to *size*."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def read_known(connection: Connection, batches: Sequence[Batch]) -> Known:
    """Return what there is to know before *batches* are judged, held until the transaction ends."""
    rows = connection.execute(_EPOCHS)
    known = Known(epochs={row.epoch: not row.ended for row in rows})
    _read_chats(connection, batches, known)
    _read_messages(connection, batches, known)
    _read_persons(connection, batches, known)
    return known


def _read_chats(connection: Connection, batches: Sequence[Batch], known: Known) -> None:
    for names in chunks({batch.chat for batch in batches}):
        rows = connection.execute(_VERSIONS, {"wanted": names})
        known.versions.update((row.chat, row.version) for row in rows)
    for files in chunks({batch.source for batch in batches if batch.source is not None}):
        rows = connection.execute(_SOURCES, {"wanted": files})
        known.sources.update((row.source, row.chat) for row in rows)


def _read_messages(connection: Connection, batches: Sequence[Batch], known: Known) -> None:
    wanted: defaultdict[RoomId, set[str]] = defaultdict(set)
    for batch in batches:
        for seen in batch.sightings:
            wanted[seen.room].add(seen.id)
    for room, ids in wanted.items():
        for some in chunks(ids):
            rows = connection.execute(_MESSAGES, {"room": room, "wanted": some})
            known.messages.update(((room, row.platform_id), row.message) for row in rows)


def _read_persons(connection: Connection, batches: Sequence[Batch], known: Known) -> None:
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for batch in batches:
        for met in batch.people:
            wanted[met.platform].add(met.id)
    for platform, ids in wanted.items():
        for some in chunks(ids):
            rows = connection.execute(_PERSONS, {"platform": platform, "wanted": some})
            known.persons.update(((platform, row.platform_id), row.person) for row in rows)
