"""Everything that only PostgreSQL needs: connections, what its errors mean, and a schema for each installation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

import asyncpg
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import BadInput, StoreTrouble, StoreUnusable
from bot.store.address import Address
from bot.store.database import Result
from bot.store.statements import Insert

READERS = 4
CONNECT_WITHIN = 10.0
READ_WITHIN = 60.0

# By the first characters of SQLSTATE: what no waiting mends. Everything else may be over in a moment: a dropped
# connection, a fail-over, a deadlock, a serialization failure, a full disk, a server that starts.
_UNUSABLE = {
    "28": "it refuses our user or password; check them in BOT_STORE",
    "3D000": "there is no such database; create it, or check its name in BOT_STORE",
    "42501": "our user may not do that; grant it CREATE on the database",
    "42P01": "the store is damaged: a table is missing; restore a backup",
    "XX001": "the store is damaged; restore a backup",
    "XX002": "the store is damaged; restore a backup",
}
_BUGS = ("22", "23", "42")
"""Data that does not fit, rows that contradict one another, statements that are wrong."""


class PostgresDatabase:
    """One installation's tables, in a schema of their own, with a connection to write by and some to read by.

    *lease*: seconds after which the server gives up a session that neither asks nor answers: what a frozen process
    holds locked must not outlive its lease.
    """

    insert = staticmethod(cast(Insert, insert))

    def __init__(self, address: Address, installation: str, lease: float) -> None:
        self._address, self._lease = address.text, lease
        self.name = address.name
        self.schema = f"tweetchat_{installation}"
        self._writer = self._engine(lease, pool_size=1)
        # A connection that died unnoticed is replaced before anybody's question is lost with it.
        self._reader = self._engine(READ_WITHIN, pool_size=READERS, pool_pre_ping=True)
        self._session: asyncpg.Connection | None = None

    def _engine(self, patience: float, **options: Any) -> AsyncEngine:
        async def connect() -> asyncpg.Connection:
            return await self.connect(patience)

        # hide_parameters: an error must not repeat people's words to the log.
        return create_async_engine(
            "postgresql+asyncpg://", async_creator=connect, hide_parameters=True, max_overflow=0, **options
        )

    async def connect(self, patience: float) -> asyncpg.Connection:
        """Return a connection of its own whose every question is answered within *patience* seconds, or fails."""
        milliseconds = str(round(self._lease * 1_000))
        return await asyncpg.connect(
            self._address,
            timeout=CONNECT_WITHIN,
            command_timeout=patience,
            server_settings={
                "search_path": self.schema,
                "application_name": self.schema,
                # What was acknowledged survives a power cut, whatever the server's default is.
                "synchronous_commit": "on",
                "idle_in_transaction_session_timeout": milliseconds,
                "tcp_user_timeout": milliseconds,
            },
        )

    async def session(self) -> asyncpg.Connection:
        """Return the one session beside all others, for what lives as long as it does: a new one where it ended."""
        if self._session is None or self._session.is_closed():
            self._session = await self.connect(self._lease)
        return self._session

    async def end_session(self) -> None:
        """Return when the server knows that the session is over, or can be left to notice."""
        if self._session is not None and not self._session.is_closed():
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                await self._session.close(timeout=self._lease)

    def check(self) -> None:
        """Return: a server that lost its database says so by itself."""

    @contextmanager
    def naming_errors(self) -> Iterator[None]:
        """Turn what goes wrong inside into our own errors. Raises: StoreTrouble, StoreUnusable, BadInput."""
        try:
            yield
        except DBAPIError as error:
            if _is_ours(error.orig):
                raise
            raise named(error.orig, self.name) from error
        except asyncpg.exceptions.ClientConfigurationError as error:
            problem = f"{self.name} cannot be asked like that."
            raise BadInput(problem, place="BOT_STORE", fix="Check what follows its name.") from error
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, PoolTimeout) as error:
            raise named(error, self.name) from error

    async def transact(self, work: Callable[[Connection], Result]) -> Result:
        """Return what *work* returns, once all that it wrote is durable. When it raises, it has written nothing."""
        async with self._writer.begin() as connection:
            return await connection.run_sync(work)

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Return what *work*, which only reads, returns: beside all writing, and of one moment."""
        async with self._reader.connect() as connection:
            return await connection.run_sync(work)

    def note_erasure(self, connection: Connection) -> None:
        """Note nothing: what is deleted is out of everybody's sight, and autovacuum takes its place."""

    async def wipe(self) -> bool:
        """Return True: there is nothing for us to wipe."""
        return True

    async def wipe_thoroughly(self) -> bool:
        """Return True: there is nothing for us to wipe."""
        return True

    async def close(self) -> None:
        """Let go of the database."""
        await self.end_session()
        await self._reader.dispose()
        await self._writer.dispose()


def _is_ours(error: BaseException | None) -> bool:
    """Return whether an error is a bug of ours: trying again would only repeat it."""
    state = getattr(error, "sqlstate", None) or ""
    return state.startswith(_BUGS) and not state.startswith(tuple(_UNUSABLE))


def named(error: BaseException | None, place: str) -> StoreTrouble | StoreUnusable:
    """Return what a driver's error means for us: gone for good, or only for now. Its own words may hold people's."""
    state = getattr(error, "sqlstate", None) or ""
    for start, meaning in _UNUSABLE.items():
        if state.startswith(start):
            return StoreUnusable(f"{place}: {meaning} ({state})")
    if isinstance(error, OSError | TimeoutError):
        what = type(error).__name__
        return StoreTrouble(
            f"{place}: cannot be reached now ({what}); check that it runs, and its address in BOT_STORE"
        )
    return StoreTrouble(f"{place}: cannot be used now ({state or type(error).__name__})")
