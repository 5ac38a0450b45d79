"""What the store needs of a database; everything else it says in SQLAlchemy's words, the same to each."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from bot.store.statements import Insert

Result = TypeVar("Result")


class Database(Protocol):
    """One database: what is asked of it and what is written to it is one function for a whole transaction.

    Not a call for each statement: on SQLite each call would cost two changes of threads, more than most statements do.
    """

    name: str

    @property
    def insert(self) -> Insert:
        """Return the dialect's own insert."""

    def check(self) -> None:
        """Return while the database is still the one that was opened. Raises: StoreUnusable."""

    def naming_errors(self) -> AbstractContextManager[None]:
        """Turn the driver's errors inside into StoreTrouble and StoreUnusable."""

    async def transact(self, work: Callable[[Connection], Result]) -> Result:
        """Return what *work* returns, once all that it wrote is durable. When it raises, it has written nothing."""

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Return what *work*, which only reads, returns: beside all writing, and of one moment."""

    def note_erasure(self, connection: Connection) -> None:
        """Note, with the erasure itself, that its traces are to be wiped."""

    async def wipe(self) -> bool:
        """Return whether what erased words left behind could be wiped, as far as is cheap.

        Raises: StoreTrouble.
        """

    async def wipe_thoroughly(self) -> bool:
        """Return whether whatever erased words left behind could be wiped. Raises: StoreTrouble."""

    async def close(self) -> None:
        """Let go of the database."""
