"""The store in a database: every write goes through one group writer, every read beside it."""

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.errors import StoreTrouble, TweetchatError
from bot.ports import Batch, Lease, Mark
from bot.store.database import Database
from bot.store.group import GroupWriter
from bot.store.reading import SqlReader
from bot.store.statements import Upserts
from bot.store.writing import LoneMark, Work, write_group


class SqlStore(SqlReader):
    """A `bot.ports.Store` in *database*; *lease* is the right to write to it."""

    def __init__(self, database: Database, lease: Lease) -> None:
        super().__init__(database)
        self.lease = lease
        self._upserts = Upserts(database.insert)
        self._writer: GroupWriter[Work] = GroupWriter(self._write)
        self._owes_wiping = False

    async def append(self, batch: Batch) -> None:
        # A group is checked against what was there before it: nothing may follow an erasure in it.
        await self._writer.submit(batch, rows=_weight(batch), last=bool(batch.erasures))

    async def mark(self, mark: Mark, *, epoch: int) -> None:
        await self._writer.submit(LoneMark(mark=mark, epoch=epoch))

    async def close(self) -> None:
        await self._writer.close()
        await self._database.close()

    async def _write(self, group: Sequence[Work]) -> list[TweetchatError | None]:
        self._database.check()
        erases = any(isinstance(work, Batch) and work.erasures for work in group)

        def write(connection: Connection) -> list[TweetchatError | None]:
            if erases:
                self._database.note_erasure(connection)
            return write_group(connection, self._upserts, group)

        with self._database.naming_errors():
            refusals = await self._database.transact(write)
        # Once more before anybody is told that it is durable: the file may have gone while we wrote.
        self._database.check()
        self._owes_wiping |= erases
        await self._wipe()
        return refusals

    # What is committed is committed: that its traces cannot be wiped yet is nobody's error.
    async def _wipe(self) -> None:
        if self._owes_wiping:
            try:
                self._owes_wiping = not await self._database.wipe()
            except StoreTrouble:
                return


def _weight(batch: Batch) -> int:
    return 1 + sum(map(len, (batch.events, batch.words, batch.sightings, batch.posts, batch.marks)))
