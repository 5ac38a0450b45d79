"""One instance owns a store file: the system sees to it, and tells whose it is."""

import asyncio
import sys
from pathlib import Path

import pytest

from bot.errors import Conflict, OwnedByAnother, StoreTrouble
from bot.store import LeasedStore, MemoryStore, open_store
from bot.store.lease import Epochs, FileLease, FileLock
from bot.store.sql import SqlStore
from bot.store.sqlite import SqliteFile
from tests.conformance.store.examples import CHAT, events, heard

ROOT = Path(__file__).parents[3]
HOLD_UNTIL_KILLED = """
import asyncio, sys
from bot.store import open_store
from tests.conformance.store.examples import events

async def hold() -> None:
    store = await open_store(sys.argv[1])
    epoch = await store.lease.acquire("bot 7 on garden since 19:00")
    await store.append(events(1, epoch=epoch))
    print("durable", flush=True)
    sys.stdin.read()

asyncio.run(hold())
"""


class Broken:
    """Epochs that cannot be written."""

    async def begin(self, owner: str) -> int:
        """Fail."""
        raise StoreTrouble("full")


async def test_a_second_instance_is_told_who_has_it(store: LeasedStore, file: Path) -> None:
    """Whoever starts the bot twice reads which instance to stop."""
    epoch = await store.lease.acquire("bot 1 on garden")
    other = await open_store(file)

    with pytest.raises(OwnedByAnother, match="bot 1 on garden"):
        await other.lease.acquire("bot 2")

    await store.append(events(1, epoch=epoch))
    await store.lease.release()
    assert await other.lease.acquire("bot 2") > epoch
    await other.lease.release()
    await other.close()


async def test_an_owner_who_forgot_is_told_too(store: LeasedStore) -> None:
    """The lease cannot be taken twice, not even by the one who has it."""
    await store.lease.acquire("bot 1")

    with pytest.raises(OwnedByAnother, match="bot 1"):
        await store.lease.acquire("bot 1")

    await store.lease.release()


async def test_releasing_twice_is_harmless(store: LeasedStore) -> None:
    """Who has no lease has none to give back."""
    await store.lease.release()
    await store.lease.acquire("bot 1")
    await store.lease.release()
    await store.lease.release()


async def test_a_shorter_name_leaves_nothing_of_a_longer_one(store: LeasedStore, file: Path) -> None:
    """The lock file names its owner of today only."""
    for owner in ("bot 1 with a very long name", "bot 2"):
        await store.lease.acquire(owner)
        await store.lease.release()

    assert file.with_name("chats.db.lock").read_text() == "bot 2\n"


async def test_after_kill_9_the_next_start_takes_over_at_once(store: LeasedStore, file: Path) -> None:
    """Nothing has to run out first; what was durable is there, and the killed one's right to write is over."""
    holder = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        HOLD_UNTIL_KILLED,
        file,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"durable\n"
    with pytest.raises(OwnedByAnother, match="bot 7 on garden since 19:00"):
        await store.lease.acquire("bot 8")
    holder.kill()
    await holder.communicate()

    assert await store.lease.acquire("bot 8") == 2
    assert (await store.load(CHAT)).events == (heard(1),)
    with pytest.raises(Conflict):
        await store.append(events(2, expected=1, epoch=1))
    await store.append(events(2, expected=1, epoch=2))
    await store.lease.release()


async def nothing() -> None:
    """Do nothing."""


async def full() -> None:
    """Find the disk full."""
    raise StoreTrouble("full")


async def test_what_cannot_be_tidied_now_keeps_nobody_from_the_lease(store: SqlStore, tmp_path: Path) -> None:
    """A disk too full to rewrite the file is no reason not to start, or not to stop."""
    database = SqliteFile(tmp_path / "kept" / "chats.db")
    lease = FileLease(FileLock(tmp_path / "lock"), Epochs(database), full, full)

    assert await lease.acquire("bot 1") == 1
    await lease.release()
    FileLock(tmp_path / "lock").take("bot 2")
    await database.close()


async def test_a_lease_that_could_not_be_noted_is_not_held(tmp_path: Path) -> None:
    """When the store cannot take the epoch, the lock is free for the next try."""
    lock = FileLock(tmp_path / "lock")

    with pytest.raises(StoreTrouble):
        await FileLease(lock, Broken(), nothing, nothing).acquire("bot 1")  # type: ignore[arg-type]

    lock.take("bot 2")
    lock.drop()


async def test_memory_has_one_owner_too() -> None:
    """Two bots of a simulation that share a store take turns as on a disk."""
    store = MemoryStore()
    await store.lease.acquire("bot 1")

    with pytest.raises(OwnedByAnother, match="bot 1"):
        await store.lease.acquire("bot 2")
