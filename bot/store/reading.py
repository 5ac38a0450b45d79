"""Reads from the database, over connections of its own: nothing here ever waits for a write."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, String, bindparam, select

from bot.core.events import Event
from bot.core.names import ChatId, PersonId, PostKey, RoomId, WordKey
from bot.core.posts import Post
from bot.ports import Acquaintance, ChatRow, Checkpoint, Loaded, StoredText, Unsent
from bot.store.database import Database, Result
from bot.store.known import chunks
from bot.store.rows import acquaintance_of, event_of, post_of, sighting_of, text_of, unsent_of
from bot.store.schema import IS_UNDONE, chats, checkpoints, events, outbox, people, sightings, words

# Made once: every post asks for its texts, and putting the question together takes longer than asking it.
_WANTED = bindparam("wanted", expanding=True, type_=String)
_TEXTS = select(words).where(words.c.chat == bindparam("chat"))
_SOME_TEXTS = _TEXTS.where(words.c.key.in_(_WANTED))

PAGE = 1_000
"""Events decoded at one go: the other rooms wait a few milliseconds for it."""


class SqlReader:
    """The half of a `bot.ports.Store` that changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, chat: ChatId) -> Loaded:
        def whole(connection: Connection) -> Loaded:
            loaded: list[Event] = []
            while page := _page(connection, chat, len(loaded), PAGE):
                loaded += page
            rows = connection.execute(select(sightings).where(sightings.c.chat == chat))
            return Loaded(events=tuple(loaded), sightings=tuple(map(sighting_of, rows)))

        return await self._read(whole)

    async def events(self, chat: ChatId, after: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        return tuple(await self._read(lambda connection: _page(connection, chat, after, limit)))

    async def chats(self) -> tuple[ChatRow, ...]:
        rows = await self._rows([select(chats).order_by(chats.c.position)])
        return tuple(ChatRow(chat=row.chat, version=row.version, source=row.source) for row in rows)

    async def words(self, chat: ChatId, keys: Sequence[WordKey] | None = None) -> tuple[StoredText, ...]:
        def asked(connection: Connection) -> list[Row[Any]]:
            if keys is None:
                return list(connection.execute(_TEXTS, {"chat": chat}))
            some = (
                connection.execute(_SOME_TEXTS, {"chat": chat, "wanted": part})
                for part in chunks(dict.fromkeys(keys))
            )
            return [row for rows in some for row in rows]

        found = map(text_of, await self._read(asked))
        return tuple(sorted(found, key=lambda text: (text.key, text.revision)))

    async def people(self, persons: Sequence[PersonId] | None = None) -> tuple[Acquaintance, ...]:
        found = map(acquaintance_of, await self._rows(_narrowed(select(people), people.c.person, persons)))
        return tuple(sorted(found, key=lambda somebody: (somebody.platform, somebody.id)))

    async def acquaintance(self, platform: str, id: str) -> Acquaintance | None:
        query = select(people).where(people.c.platform == platform, people.c.platform_id == id)
        return next(map(acquaintance_of, await self._rows([query])), None)

    async def unsent(self, room: RoomId | None = None) -> tuple[Unsent, ...]:
        query = select(outbox).where(IS_UNDONE).order_by(outbox.c.position)
        if room is not None:
            query = query.where(outbox.c.room == room)
        return tuple(map(unsent_of, await self._rows([query])))

    async def resent(self, since: datetime) -> tuple[Unsent, ...]:
        row = outbox.c
        query = select(outbox).where(row.state == "posted", row.attempts > 1, row.last_at > since)
        return tuple(map(unsent_of, await self._rows([query])))

    async def delivered(self, chat: ChatId, keys: Sequence[PostKey] | None = None) -> Mapping[PostKey, Post]:
        query = select(outbox).where(outbox.c.chat == chat, outbox.c.state == "posted")
        rows = await self._rows(_narrowed(query, outbox.c.key, keys))
        return {PostKey(row.key): post_of(row) for row in sorted(rows, key=lambda row: row.position)}

    async def checkpoint(self, room: RoomId) -> Checkpoint | None:
        rows = await self._rows([select(checkpoints).where(checkpoints.c.room == room)])
        found = (Checkpoint(room=row.room, at=row.at, position=row.position) for row in rows)
        return next(found, None)

    async def _read(self, work: Callable[[Connection], Result]) -> Result:
        with self._database.naming_errors():
            return await self._database.read(work)

    async def _rows(self, queries: Iterable[Select[Any]]) -> list[Row[Any]]:
        return await self._read(
            lambda connection: [row for query in queries for row in connection.execute(query)]
        )


def _narrowed(query: Select[Any], column: Column[Any], values: Sequence[str] | None) -> list[Select[Any]]:
    """Return *query* for all of *values*, in as many queries as it takes; None: for everything."""
    if values is None:
        return [query]
    return [query.where(column.in_(some)) for some in chunks(dict.fromkeys(values))]


def _page(connection: Connection, chat: ChatId, after: int, limit: int) -> list[Event]:
    query = select(events).where(events.c.chat == chat, events.c.version > after)
    rows = connection.execute(query.order_by(events.c.version).limit(limit))
    return [event_of(row) for row in rows]
