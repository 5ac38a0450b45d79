"""The right to write to an installation in PostgreSQL: an epoch that is held while its session lives and is renewed.

A process that dies takes its session along, and with it a lock that others see: they take over at once. One that is
frozen or cut off keeps both; it is given up when its lease runs out, by the database's clock. Whoever comes back from
that begins a new epoch: an old one is never revived.
"""

import asyncio
from contextlib import suppress
from typing import Any

import asyncpg

from bot.errors import OwnedByAnother, StoreTrouble
from bot.runtime.clock import steady
from bot.store.postgres import PostgresDatabase

RENEWALS = 4
"""How often a lease is renewed in its length."""
SURE_FOR = 0.75
"""The part of a lease, since it was renewed, in which nobody else can begin; the rest is for a request to leave."""

_NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_TABLE = "'leases'::regclass::oid::bigint"
# The two halves of the lock's number, as pg_locks shows them: which installation, which epoch.
_KEY = f"({_TABLE} << 32) | $1::bigint"
OWNER = f"""
SELECT owner FROM leases JOIN tenures USING (epoch) WHERE NOT ended AND expires > {_NOW} AND EXISTS (
    SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = {_TABLE} AND objid::bigint = epoch
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
)"""  # noqa: S608  # our own constants
"""Gives who holds an epoch now, in no row or one."""
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext(current_schema())::bigint)"
"""Keeps apart all who would take an installation over or change its tables, until their transaction ends."""
_BEGIN = "INSERT INTO leases (owner, ended) VALUES ($1, false) RETURNING epoch"
_SHOW = f"SELECT pg_advisory_lock({_KEY})"
_HOLD = f"INSERT INTO tenures (epoch, expires) VALUES ($1, {_NOW} + $2)"  # noqa: S608
_RENEW = f"UPDATE tenures SET expires = {_NOW} + $2 WHERE epoch = $1 AND expires > {_NOW} RETURNING true"  # noqa: S608
_END = "UPDATE leases SET ended = true WHERE epoch = $1"


class Tenure:
    """A `bot.ports.Lease` in *database*; *seconds*: how long it holds without being renewed."""

    shared = True

    def __init__(self, database: PostgresDatabase, seconds: float) -> None:
        self._database, self._seconds = database, seconds
        self._epoch: int | None = None
        self._sure_until = 0.0
        self._renewing: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()

    async def acquire(self, owner: str) -> int:
        with self._database.naming_errors():
            # The same one while we wait, so that looking is cheap. What it locks, only its end unlocks.
            connection = await self._database.session()
            self._check_free(await connection.fetchval(OWNER))
            begun = steady()
            async with connection.transaction():
                epoch = await self._take_over(connection, owner)
        self._epoch, self._sure_until = epoch, begun + self._seconds * SURE_FOR
        self._lost.clear()
        # Its parent is this object: it ends with the session, and what goes wrong in it is `lost`.
        self._renewing = asyncio.create_task(self._renew(connection, epoch))  # noqa: TID251
        connection.add_termination_listener(self._lose)
        return epoch

    async def _take_over(self, connection: asyncpg.Connection, owner: str) -> int:
        await connection.execute(ONE_AT_A_TIME)
        self._check_free(await connection.fetchval(OWNER))
        # Waits for what the last owner is writing just now: the server ends it where that one is frozen.
        await connection.execute("DELETE FROM leases")
        await connection.execute("DELETE FROM tenures")
        epoch: int = await connection.fetchval(_BEGIN, owner)
        await connection.execute(_SHOW, epoch)
        await connection.execute(_HOLD, epoch, self._microseconds)
        return epoch

    def _check_free(self, owner: str | None) -> None:
        if owner is not None:
            raise OwnedByAnother(owner)

    async def _renew(self, connection: asyncpg.Connection, epoch: int) -> None:
        kept: Any = True
        while kept:
            await asyncio.sleep(self._seconds / RENEWALS)
            begun = steady()
            try:
                kept = await connection.fetchval(_RENEW, epoch, self._microseconds)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                kept = False
            if kept:
                self._sure_until = begun + self._seconds * SURE_FOR
        self._lose(connection)
        # The lock goes with the session: nobody need wait for what we gave up.
        connection.terminate()

    def _lose(self, _: asyncpg.Connection) -> None:
        self._sure_until = 0.0
        self._lost.set()
        if self._renewing is not None:
            self._renewing.cancel()

    def surely_ours(self) -> bool:
        return steady() < self._sure_until

    async def lost(self) -> None:
        await self._lost.wait()

    async def release(self) -> None:
        epoch, self._epoch = self._epoch, None
        self._sure_until = 0.0
        if epoch is not None and not self._lost.is_set():
            # The session's end gives it back as well, so what cannot be said now is no loss.
            with suppress(StoreTrouble), self._database.naming_errors():
                await (await self._database.session()).execute(_END, epoch)
        await self._database.end_session()

    @property
    def _microseconds(self) -> int:
        return round(self._seconds * 1_000_000)
