"""Where chats are kept: a file, a PostgreSQL database or memory, each with all the promises of `bot.ports.Store`."""

from pathlib import Path
from typing import Protocol

from bot.errors import BadInput
from bot.ports import Lease, Store
from bot.store.address import is_shared, shown
from bot.store.memory import MemoryStore

__all__ = ["INSTALLATION", "LeasedStore", "MemoryStore", "is_shared", "open_store", "shown"]

MEMORY = "memory:"
SQLITE = "sqlite+aiosqlite:///"
INSTALLATION = "main"
LEASE = 10.0


class LeasedStore(Store, Protocol):
    """A store with the right to write to it, which whoever writes must acquire first."""

    @property
    def lease(self) -> Lease:
        """Return the one lease of this store."""


async def open_store(
    place: str | Path, *, installation: str = INSTALLATION, lease: float = LEASE
) -> LeasedStore:
    """Return the store at *place*: a path, ``sqlite+aiosqlite:///<path>``, or ``memory:`` for one that nobody keeps.

    ``postgresql://user:password@host/database`` holds several, one for each *installation*; there, *lease* is how many
    seconds an owner may be silent before others take over.

    Raises: BadInput when nothing can be kept there, StoreUnusable when what is there is damaged, somebody else's or
    of a newer version, StoreTrouble when it cannot be used now, OwnedByAnother when an older version still runs on it.
    """
    text = str(place)
    if text == MEMORY:
        return MemoryStore()
    if is_shared(text):
        return await _open_installation(text, installation, lease)
    if "://" in text and not text.startswith(SQLITE):
        problem = f"this is no kind of store: {text.partition('://')[0]}."
        raise BadInput(problem, place="store", fix="Name a file, for example chats.db.")
    if installation != INSTALLATION:
        problem = f"a file holds one installation, the one called {INSTALLATION}."
        raise BadInput(problem, place="BOT_INSTALLATION", fix="Give each its own file instead of a name.")
    # SQLAlchemy costs 0.2 s, which a replay in memory need not pay.
    from bot.store.files import open_file  # noqa: PLC0415

    return await open_file(Path(text.removeprefix(SQLITE)))


async def _open_installation(address: str, installation: str, lease: float) -> LeasedStore:
    try:
        from bot.store.installation import open_installation  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise BadInput(
            f"a store in PostgreSQL needs the package {error.name}.",
            place="BOT_STORE",
            fix="Install the bot with its extra: tweetchat[postgres].",
        ) from None
    return await open_installation(address, installation, lease)
