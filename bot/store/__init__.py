"""Where chats are kept: a store in a file or in memory, each with all the promises of `bot.ports.Store`."""

from pathlib import Path
from typing import Protocol

from bot.errors import BadInput
from bot.ports import Lease, Store
from bot.store.memory import MemoryStore

__all__ = ["LeasedStore", "MemoryStore", "open_store"]

MEMORY = "memory:"
SQLITE = "sqlite+aiosqlite:///"


class LeasedStore(Store, Protocol):
    """A store with the right to write to it, which whoever writes must acquire first."""

    @property
    def lease(self) -> Lease:
        """Return the one lease of this store."""


async def open_store(place: str | Path) -> LeasedStore:
    """Return the store at *place*: a path, ``sqlite+aiosqlite:///<path>``, or ``memory:`` for one that nobody keeps.

    Raises: BadInput when nothing can be kept there, StoreUnusable when what is there is damaged, somebody else's or
    of a newer version, StoreTrouble when it cannot be used now, OwnedByAnother when an older version still runs on it.
    """
    text = str(place)
    if text == MEMORY:
        return MemoryStore()
    if "://" in text and not text.startswith(SQLITE):
        problem = f"this is no kind of store: {text.partition('://')[0]}."
        raise BadInput(problem, place="store", fix="Name a file, for example chats.db.")
    # SQLAlchemy costs 0.2 s, which a replay in memory need not pay.
    from bot.store.files import open_file  # noqa: PLC0415

    return await open_file(Path(text.removeprefix(SQLITE)))
