"""Opens an installation in a PostgreSQL database: made if it is not there, migrated if it is old."""

import asyncio
from contextlib import suppress
from functools import partial
from weakref import WeakKeyDictionary

import asyncpg
from sqlalchemy import Connection

from bot.errors import OwnedByAnother
from bot.store.address import parse
from bot.store.migrate import revision_of, upgrade
from bot.store.postgres import CONNECT_WITHIN, PostgresDatabase
from bot.store.schema import REVISION
from bot.store.sql import SqlStore
from bot.store.tenure import ONE_AT_A_TIME, OWNER, Tenure

_MIGRATING: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


async def open_installation(address: str, installation: str, lease: float) -> SqlStore:
    """Return the store of *installation* in the database at *address*. Raises: what `bot.store.open_store` does."""
    database = PostgresDatabase(parse(address), installation, lease)
    try:
        with database.naming_errors():
            await _make_schema(database)
            await _bring_up_to_date(database)
    except BaseException:
        await database.close()
        raise
    return SqlStore(database, Tenure(database, lease))


# First, and over a connection of its own: SQLAlchemy asks each new engine's first connection what its schema is.
async def _make_schema(database: PostgresDatabase) -> None:
    connection = await database.connect(CONNECT_WITHIN)
    try:
        if await connection.fetchval("SELECT to_regnamespace($1)", database.schema) is None:
            with suppress(asyncpg.DuplicateSchemaError, asyncpg.UniqueViolationError):
                await connection.execute(f'CREATE SCHEMA "{database.schema}"')
    finally:
        await connection.close()


async def _bring_up_to_date(database: PostgresDatabase) -> None:
    found = await database.read(partial(revision_of, place=database.name))
    if found != REVISION:
        async with _alembic():
            await database.transact(partial(_migrate, place=database.name))


def _alembic() -> asyncio.Lock:
    """Return what keeps two migrations of this process apart: Alembic has one context for all of them."""
    return _MIGRATING.setdefault(asyncio.get_running_loop(), asyncio.Lock())


def _migrate(connection: Connection, place: str) -> None:
    """Run the migrations that are missing: an older version that still runs must not find other tables under its feet.

    Raises: OwnedByAnother, StoreUnusable.
    """
    connection.exec_driver_sql(ONE_AT_A_TIME)
    found = revision_of(connection, place)
    owner = connection.exec_driver_sql(OWNER).scalar_one_or_none() if found else None
    if owner is not None and found != REVISION:
        raise OwnedByAnother(owner)
    upgrade(connection, place)
