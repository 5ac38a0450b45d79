"""The right to write to a store file: a lock that the system drops when its holder dies, and an epoch that grows.

The lock keeps a second instance out; the epoch makes sure that one which lost its lease writes no more.
"""

import asyncio
import fcntl
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, delete, insert, update

from bot.errors import OwnedByAnother, StoreTrouble
from bot.store.database import Database
from bot.store.schema import leases


class Epochs:
    """The epochs of *database*: the newest is the only one, until it ends."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, owner: str) -> int:
        """Return a new epoch, higher than any before; the one before is over. Raises: StoreTrouble."""
        new = insert(leases).values(owner=owner, ended=False).returning(leases.c.epoch)

        def replace(connection: Connection) -> int:
            connection.execute(delete(leases))
            epoch: int = connection.execute(new).scalar_one()
            return epoch

        with self._database.naming_errors():
            return await self._database.transact(replace)

    async def end(self, epoch: int) -> None:
        """Let nothing be written under *epoch* any more. Raises: StoreTrouble."""
        ended = update(leases).where(leases.c.epoch == epoch).values(ended=True)
        with self._database.naming_errors():
            await self._database.transact(lambda connection: connection.execute(ended))


class FileLock:
    """A lock on a file beside the store, which holds who has it.

    flock, not lockf: it outlives every other open and close of the file. A process forked without exec shares it, so
    worker processes must be spawned.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self, owner: str) -> None:
        """Take the lock, and write *owner* into it. Raises: OwnedByAnother."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.pread(file, 1_000, 0).decode(errors="replace").strip()
            os.close(file)
            raise OwnedByAnother(other or "unknown") from None
        os.truncate(file, 0)
        os.pwrite(file, f"{owner}\n".encode(), 0)
        self._file = file

    def drop(self) -> None:
        """Let the lock go, if we have it. The file stays: taking it away would take it from whoever waits for it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class FileLease:
    """A `bot.ports.Lease` for a store file.

    *tidy* is what only the owner may do to the file, because others would have to wait for it: first thing and last.
    *examine* comes before anything is written. Raises: StoreUnusable.
    """

    shared = False

    def __init__(
        self,
        lock: FileLock,
        epochs: Epochs,
        tidy: Callable[[], Awaitable[object]],
        examine: Callable[[], Awaitable[object]],
    ) -> None:
        self._lock, self._epochs, self._tidy, self._examine = lock, epochs, tidy, examine
        self._epoch: int | None = None

    async def acquire(self, owner: str) -> int:
        self._lock.take(owner)
        try:
            await self._try(self._examine())
            self._epoch = epoch = await self._epochs.begin(owner)
            await self._try(self._tidy())
        except BaseException:
            self._lock.drop()
            raise
        return epoch

    async def release(self) -> None:
        if self._epoch is None:
            return
        epoch, self._epoch = self._epoch, None
        try:
            await self._try(self._epochs.end(epoch))
            await self._try(self._tidy())
        finally:
            self._lock.drop()

    # The system keeps the lock for as long as this process lives, asleep or not.
    def surely_ours(self) -> bool:
        return self._epoch is not None

    async def lost(self) -> None:
        await asyncio.Event().wait()

    # Whoever comes next begins a new epoch and tidies up, so what cannot be done now is no loss.
    async def _try(self, work: Awaitable[object]) -> None:
        with suppress(StoreTrouble):
            await work
