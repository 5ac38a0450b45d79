"""Opens a store file: made if it is not there, migrated if it is old."""

from functools import partial
from pathlib import Path

from bot.store.lease import Epochs, FileLease, FileLock
from bot.store.migrate import revision_of, upgrade
from bot.store.schema import REVISION
from bot.store.sql import SqlStore
from bot.store.sqlite import REWRITE_BELOW, SqliteFile


async def open_file(path: Path, *, rewrite_below: int = REWRITE_BELOW) -> SqlStore:
    """Return the store in the file *path*. Raises: what `bot.store.open_store` does."""
    database = SqliteFile(path, rewrite_below=rewrite_below)
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        await _bring_up_to_date(database, lock)
    except BaseException:
        await database.close()
        raise
    return SqlStore(database, FileLease(lock, Epochs(database), database.wipe_thoroughly, database.examine))


async def _bring_up_to_date(database: SqliteFile, lock: FileLock) -> None:
    with database.naming_errors():
        found = await database.read(partial(revision_of, place=database.name))
        if found != REVISION:
            await _migrate(database, lock)


# Under the lock: an older version that still runs must not find other tables under its feet.
async def _migrate(database: SqliteFile, lock: FileLock) -> None:
    lock.take(f"a migration to {REVISION}")
    try:
        await database.transact(partial(upgrade, place=database.name))
    finally:
        lock.drop()
