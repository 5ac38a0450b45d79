"""Everything that only SQLite needs: its file, its settings, what its errors mean, and wiping what was erased."""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import BadInput, StoreTrouble, StoreUnusable
from bot.store.database import Result

BUSY = 5_000
"""Milliseconds that a write waits for another process to let go of the file, before it counts as trouble."""
PATIENCE = 50
"""Milliseconds that wiping waits for readers; it is tried again after the next commit."""
READERS = 4
EXAMINE_BELOW = 256_000_000
"""Bytes up to which a file is examined at every start: it takes a second at most."""
REWRITE_BELOW = 16_000_000
"""Bytes up to which a file is rewritten at once when words are erased: it keeps writers waiting for 0.1 s."""

_EVERYWHERE = ("foreign_keys=ON", f"busy_timeout={BUSY}")
# FULL: what was acknowledged survives a power cut. Group commit makes it affordable.
_WRITING = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", *_EVERYWHERE)
_READING = ("query_only=ON", *_EVERYWHERE)

_LOST = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_READONLY_DBMOVED")


class SqliteFile:
    """One database file, with a connection to write by and some to read by: in WAL mode neither waits for the other."""

    insert = staticmethod(insert)

    def __init__(self, path: Path, *, rewrite_below: int = REWRITE_BELOW) -> None:
        self.path, self._rewrite_below = path, rewrite_below
        self.name = str(path)
        _create(path)
        self._identity = _identity(path)
        self._writer = Line(path, "writer", 1, _WRITING, begin="BEGIN IMMEDIATE")
        self._reader = Line(path, "reader", READERS, _READING, begin="BEGIN")

    def check(self) -> None:
        """Return when the file is still the one that was opened. Raises: StoreUnusable.

        SQLite itself goes on without a word, writing into a file that nobody will find again.
        """
        if _identity(self.path) != self._identity:
            raise StoreUnusable(f"{self.name}: the file was removed or replaced while the bot ran")

    @contextmanager
    def naming_errors(self) -> Iterator[None]:
        """Turn what goes wrong inside into our own errors. Raises: StoreTrouble, StoreUnusable."""
        try:
            yield
        except IntegrityError:
            raise  # a bug of ours, not the file's trouble
        except DBAPIError as error:
            raise named(error.orig, self.name) from error
        except (sqlite3.Error, PoolTimeout) as error:
            raise named(error, self.name) from error

    async def transact(self, work: Callable[[Connection], Result]) -> Result:
        """Return what *work* returns, once all that it wrote is durable. When it raises, it has written nothing."""
        return await self._writer.transact(work)

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Return what *work*, which only reads, returns: beside all writing, and of one moment."""
        return await self._reader.transact(work)

    def note_erasure(self, connection: Connection) -> None:
        """Note, with the erasure itself, that the file is to be rewritten."""
        connection.exec_driver_sql("PRAGMA user_version=1")

    async def wipe(self) -> bool:
        """Return whether erased words are gone as far as is cheap: not while another process reads the file.

        A large file is rewritten when its owner stops or starts next: until then stale copies may be in it.
        """
        if self.path.stat().st_size <= self._rewrite_below:
            return await self.wipe_thoroughly()
        return await self._empty_log()

    async def examine(self) -> None:
        """Return when every page of the file is in order, as far as is quick. Raises: StoreUnusable, StoreTrouble.

        What is damaged somewhere in the middle would otherwise be found out in the middle of an hour.
        """
        if self.path.stat().st_size <= EXAMINE_BELOW and await self._run("PRAGMA quick_check(1)") != [
            ("ok",)
        ]:
            raise _damaged(self.name, "quick_check")

    async def wipe_thoroughly(self) -> bool:
        """Return whether nothing that was erased can be in the file, rewriting it where it was noted to need it.

        secure_delete blanks every freed cell, but not the stale copies that rebalancing leaves in the gaps of pages:
        about one erased text in a thousand stayed readable until the file was rewritten. It takes about a second for
        200 MB and keeps writers out.
        """
        if await self._run("PRAGMA user_version") == [(0,)]:
            return True
        if not await self._empty_log():
            return False
        await self._run("VACUUM")
        if not await self._empty_log():
            return False
        await self._run("PRAGMA user_version=0")
        return True

    async def _empty_log(self) -> bool:
        # Somebody else who reads for long must not keep those waiting who write.
        await self._run(f"PRAGMA busy_timeout={PATIENCE}")
        [(busy, *_)] = await self._run("PRAGMA wal_checkpoint(TRUNCATE)")
        await self._run(f"PRAGMA busy_timeout={BUSY}")
        return busy == 0

    # Beside SQLAlchemy, which would begin a transaction: none of these may run inside one.
    async def _run(self, statement: str) -> list[tuple[object, ...]]:
        try:
            return await self._writer.run(statement)
        except sqlite3.Error as error:
            raise named(error, self.name) from error

    async def close(self) -> None:
        """Let go of the file."""
        await self._reader.close()
        await self._writer.close()


class Line:
    """Connections to a file that are alike, each with a thread that waits for the disk in our stead."""

    def __init__(self, path: Path, name: str, size: int, pragmas: tuple[str, ...], *, begin: str) -> None:
        self._threads = ThreadPoolExecutor(size, thread_name_prefix=name)
        # hide_parameters: an error must not repeat people's words to the log.
        self._engine = create_engine(
            URL.create("sqlite", database=str(path)),
            pool_size=size,
            max_overflow=0,
            hide_parameters=True,
            connect_args={"isolation_level": None},
        )
        _prepare(self._engine, pragmas, begin)

    async def transact(self, work: Callable[[Connection], Result]) -> Result:
        """Return what *work* returns, in a transaction of its own."""

        def transaction() -> Result:
            with self._engine.begin() as connection:
                return work(connection)

        return await self._in_thread(transaction)

    async def run(self, statement: str) -> list[tuple[object, ...]]:
        """Return what *statement* gives, outside of any transaction."""

        def run() -> list[tuple[object, ...]]:
            with closing(self._engine.raw_connection()) as connection:
                return list(connection.cursor().execute(statement))

        return await self._in_thread(run)

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def close(self) -> None:
        """Let go of the file."""
        await self._in_thread(self._engine.dispose)
        self._threads.shutdown()


def named(error: BaseException | None, place: str) -> StoreTrouble | StoreUnusable:
    """Return what a driver's error means for us: gone for good, or only for now."""
    name = getattr(error, "sqlite_errorname", "") or type(error).__name__
    if name.startswith(_LOST) or "no such table" in str(error):
        return _damaged(place, name)
    return StoreTrouble(f"{place}: cannot be used now ({name})")


def _damaged(place: str, how: str) -> StoreUnusable:
    return StoreUnusable(
        f"{place}: the store is damaged ({how}); put a backup back: python -m bot restore FILE"
    )


def _prepare(engine: Engine, pragmas: tuple[str, ...], begin: str) -> None:
    def connected(connection: sqlite3.Connection, _: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)


def _create(path: Path) -> None:
    """Make the file for nobody but us to read, if there is none; what SQLite puts beside it gets the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        problem = f"no store can be kept there ({error.strerror})."
        raise BadInput(
            problem, place=str(path), fix="Name a file in a folder that you may write to."
        ) from error


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
