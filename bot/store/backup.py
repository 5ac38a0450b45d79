"""Copies a store file while a bot uses it, and puts a copy in its place: each whole and verified, or not at all.

A copy is a store of its own with one more table: when it was made, and the secret that signs the store's links.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from bot.errors import BadInput, StoreTrouble, StoreUnusable
from bot.store.columns import EPOCH, MICROSECOND
from bot.store.migrate import VERSIONS
from bot.store.schema import REVISION
from bot.store.sqlite import named

BETWEEN_LOOKS = 0.1
"""Seconds between two looks at how far a copy has come."""
BEFORE = "before-restore"

_NOTE = "backup"
_COUNTED = ("chats", "events", "words", "people", "outbox")
_BROKEN = """
    SELECT count(*) FROM chats WHERE version !=
        (SELECT count(*) FROM events WHERE events.chat = chats.chat AND version BETWEEN 1 AND chats.version)
"""
_NEWEST = "SELECT max(at) FROM events"

Watch = Callable[[float], None]
"""Is told how much of a copy is done, from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A verified copy. *made_at*: for one that was not made by us, when its newest event happened."""

    file: Path
    made_at: datetime
    counts: dict[str, int]
    secret: str | None


def make(store: Path, file: Path, *, secret: str | None, at: datetime, watch: Watch, force: bool) -> Copy:
    """Copy the file *store* to *file*, verify the copy, and return what is in it.

    Raises: BadInput when there is nothing to copy, or *file* is there already; StoreUnusable for a damaged store.
    """
    if not store.is_file():
        raise BadInput("there is no store there yet.", place=str(store), fix="Check BOT_STORE or --config.")
    if file.exists() and not force:
        raise BadInput("there is a file already.", place=str(file), fix="Name another, or add --force.")
    with _staged(file) as staged:
        _copy(store, staged, watch)
        _add_note(staged, secret, at)
        copy = examine(staged)
        _settle(staged, file)
    return Copy(file=file, made_at=copy.made_at, counts=copy.counts, secret=copy.secret)


def examine(file: Path) -> Copy:
    """Return what is in the copy *file*, once every page and every log in it was found whole.

    Raises: BadInput when there is no such file, StoreUnusable when it is damaged, not ours or of a newer version.
    """
    if not file.is_file():
        raise BadInput("there is no such backup.", place=str(file))
    check_pages(file)
    with _opened(file) as connection:
        _check_version(connection, file)
        [broken] = connection.execute(_BROKEN).fetchone()
        if broken:
            raise StoreUnusable(f"{file}: {broken} logs in this backup have holes; take an older one")
        made_at, secret, digest = _note_in(connection)
        if digest not in {None, _digest(connection)}:
            raise StoreUnusable(f"{file}: this backup is not as it was written; take an older one")
        counts = {table: _count(connection, table) for table in _COUNTED}
    return Copy(file=file, made_at=made_at, counts=counts, secret=secret)


def check_pages(file: Path) -> None:
    """Return when SQLite finds every page of *file* in order. Raises: StoreUnusable."""
    with _opened(file) as connection:
        [result] = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if result != "ok":
        raise StoreUnusable(
            f"{file}: this file is damaged; put an older backup back: python -m bot restore FILE"
        )


def unpack(copy: Copy, store: Path, watch: Watch) -> Path:
    """Return a store file beside *store*, made from *copy*: no longer a backup, not yet in anybody's place."""
    staged = store.with_name(f"{store.name}.restoring")
    for leftover in _family(staged):
        leftover.unlink(missing_ok=True)
    os.close(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    _copy(copy.file, staged, watch)
    with _opened(staged) as connection:
        connection.execute(f"DROP TABLE IF EXISTS {_NOTE}")
    return staged


def put_in_place(staged: Path, store: Path) -> Path | None:
    """Put *staged* in the place of *store*; return where the old store is kept now, None when there was none.

    At every moment there is a whole store in the place: the old one, then the new one. Nobody may have it open.
    """
    with _opened(staged) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _sync(staged)
    kept = _keep_aside(store)
    staged.replace(store)
    _sync(store.parent)
    return kept


def _keep_aside(store: Path) -> Path | None:
    # What a damaged store cannot take into itself any more goes along with it, under the name that fits. What a lost
    # one left behind goes too: SQLite would take it for the new store's.
    with suppress(StoreTrouble, StoreUnusable), _opened(store) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = _free_name(store)
    for file, beside in zip(_family(store)[1:], _family(kept)[1:], strict=True):
        with suppress(FileNotFoundError):
            file.replace(beside)
    if not store.exists():
        return None
    try:
        os.link(store, kept)
    except OSError:  # not every file system gives a file two names
        shutil.copy2(store, kept)
    return kept


def _free_name(store: Path) -> Path:
    names = (store.with_name(f"{store.name}.{BEFORE}{suffix}") for suffix in _suffixes())
    return next(name for name in names if not any(file.exists() for file in _family(name)))


def _suffixes() -> Iterator[str]:
    yield ""
    for number in range(2, 1_000_000):
        yield f"-{number}"


def _family(store: Path) -> tuple[Path, ...]:
    """Return the store file and what SQLite puts beside it."""
    return tuple(store.with_name(store.name + suffix) for suffix in ("", "-wal", "-shm"))


@contextmanager
def _staged(file: Path) -> Iterator[Path]:
    """Give an empty file beside *file* that only we can read; it is gone afterwards. Raises: BadInput."""
    staged = file.with_name(f".{file.name}.writing")
    try:
        staged.unlink(missing_ok=True)
        os.close(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield staged
    except OSError as error:
        raise BadInput(f"cannot write here: {error.strerror}.", place=str(file)) from None
    finally:
        with suppress(OSError):
            staged.unlink(missing_ok=True)


def _copy(source: Path, target: Path, watch: Watch) -> None:
    # VACUUM INTO, not the backup API: one reader of a busy file that nobody waits for, and that never starts over.
    whole = max(1, source.stat().st_size)
    with ThreadPoolExecutor(1) as worker:
        copying = worker.submit(_vacuum, source, target)
        while not copying.done():
            with suppress(TimeoutError):
                copying.exception(BETWEEN_LOOKS)
            watch(min(1.0, target.stat().st_size / whole))
        copying.result()
    watch(1.0)


def _vacuum(source: Path, target: Path) -> None:
    with _opened(source) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))


def _add_note(staged: Path, secret: str | None, at: datetime) -> None:
    with _opened(staged) as connection:
        connection.execute(f"DROP TABLE IF EXISTS {_NOTE}")
        connection.execute(f"CREATE TABLE {_NOTE} (made_at INTEGER NOT NULL, secret TEXT, digest TEXT)")
        note = ((at - EPOCH) // MICROSECOND, secret, _digest(connection))
        connection.execute(f"INSERT INTO {_NOTE} VALUES (?, ?, ?)", note)  # noqa: S608


def _note_in(connection: sqlite3.Connection) -> tuple[datetime, str | None, str | None]:
    if _NOTE in _tables(connection):
        [row] = connection.execute(f"SELECT made_at, secret, digest FROM {_NOTE}")  # noqa: S608
        moment, secret, digest = row
    else:
        moment, secret, digest = connection.execute(_NEWEST).fetchone()[0] or 0, None, None
    return EPOCH + moment * MICROSECOND, secret, digest


def _digest(connection: sqlite3.Connection) -> str:
    """Return a digest of every row: SQLite's own check finds torn pages, but no letter that changed within one."""
    digest = blake2b(digest_size=16)
    connection.text_factory = bytes
    for table in sorted(_tables(connection) - {_NOTE}):
        for row in connection.execute(f"SELECT * FROM {table} ORDER BY rowid"):  # noqa: S608
            digest.update(repr(row).encode())
    connection.text_factory = str
    return digest.hexdigest()


def _check_version(connection: sqlite3.Connection, file: Path) -> None:
    if VERSIONS not in _tables(connection):
        raise StoreUnusable(f"{file}: this is a database, but no backup of ours")
    [found] = connection.execute(f"SELECT version_num FROM {VERSIONS}").fetchone()  # noqa: S608
    if found > REVISION:
        raise StoreUnusable(f"{file}: this backup is of a newer version of the bot ({found}); update the bot")


def _tables(connection: sqlite3.Connection) -> set[str]:
    found = connection.execute("SELECT CAST(name AS BLOB) FROM sqlite_master WHERE type = 'table'")
    return {name.decode() for (name,) in found}


def _count(connection: sqlite3.Connection, table: str) -> int:
    count: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  # our own name
    return count


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(
            sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=5)
        ) as connection:
            connection.isolation_level = None
            yield connection
    except sqlite3.Error as error:
        raise named(error, str(file)) from error


def _settle(staged: Path, file: Path) -> None:
    _sync(staged)
    staged.replace(file)
    _sync(file.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
