"""What the store needs of a database; everything else it says in SQLAlchemy's words, the same to each."""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.statements import Insert


class Database(Protocol):
    """One database, with an engine to write by and one to read by."""

    name: str
    writer: AsyncEngine
    reader: AsyncEngine

    @property
    def insert(self) -> Insert:
        """Return the dialect's own insert."""

    def check(self) -> None:
        """Return while the database is still the one that was opened. Raises: StoreUnusable."""

    def naming_errors(self) -> AbstractContextManager[None]:
        """Turn the driver's errors inside into StoreTrouble and StoreUnusable."""

    async def note_erasure(self, connection: AsyncConnection) -> None:
        """Note, with the erasure itself, that its traces are to be wiped."""

    async def wipe(self) -> bool:
        """Return whether what erased words left behind could be wiped, as far as is cheap.

        Raises: StoreTrouble.
        """

    async def wipe_thoroughly(self) -> bool:
        """Return whether whatever erased words left behind could be wiped. Raises: StoreTrouble."""

    async def close(self) -> None:
        """Let go of the database."""
