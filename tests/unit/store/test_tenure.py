"""One process owns an installation in PostgreSQL: who dies or freezes is replaced, and finds out in time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from bot.errors import Conflict, OwnedByAnother
from bot.runtime import clock
from bot.store import LeasedStore, open_store, tenure
from bot.store.address import parse
from bot.store.postgres import PostgresDatabase
from tests import postgres
from tests.conformance.store.examples import CHAT, events, heard

SHORT, LONG = 1.0, 60.0
PATIENCE = 20.0
_SESSIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
_HELD = "SELECT epoch FROM leases FOR KEY SHARE"


@pytest.fixture
def address() -> str:
    """Give the address of an empty database."""
    return postgres.server().fresh()


@asynccontextmanager
async def opened(address: str, lease: float = LONG, installation: str = "main") -> AsyncIterator[LeasedStore]:
    """Give the store as one more process has it."""
    store = await open_store(address, lease=lease, installation=installation)
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
async def store(address: str) -> AsyncIterator[LeasedStore]:
    """Give the store as the first process has it."""
    async with opened(address) as first:
        yield first


@asynccontextmanager
async def beside(address: str, lease: float = LONG) -> AsyncIterator[asyncpg.Connection]:
    """Give a session like those of a store, for what a test does to it by hand."""
    connection = await PostgresDatabase(parse(address), "main", lease).connect(PATIENCE)
    try:
        yield connection
    finally:
        connection.terminate()


def drop_connections(address: str) -> None:
    """End every session, as a server does that stops."""
    postgres.server().execute(f"{_SESSIONS} AND pid <> pg_backend_pid()", address)


async def until_waiting(address: str, sessions: int) -> None:
    """Return when so many sessions wait for others."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(PATIENCE):
        while int(postgres.server().execute(waiting, address)[0][0]) < sessions:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def let_time_pass(address: str) -> None:
    """Have every lease run out by the database's clock."""
    postgres.server().execute("UPDATE tweetchat_main.tenures SET expires = 1", address)


async def test_a_second_process_is_told_who_has_it(store: LeasedStore, address: str) -> None:
    """Whoever stands by reads for whom; after an orderly end the next one begins, under a higher epoch."""
    epoch = await store.lease.acquire("bot 1 on garden")
    assert store.lease.surely_ours()

    async with opened(address) as other:
        with pytest.raises(OwnedByAnother, match="bot 1 on garden"):
            await other.lease.acquire("bot 2")
        assert not other.lease.surely_ours()

        await store.append(events(1, epoch=epoch))
        await store.lease.release()
        assert not store.lease.surely_ours()
        assert await other.lease.acquire("bot 2") > epoch


async def test_a_suspended_machine_counts_its_sleep_in(
    store: LeasedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop's clock stands still meanwhile: whoever wakes would post beside the one that took over."""
    await store.lease.acquire("bot 1")
    assert store.lease.surely_ours()

    monkeypatch.setattr(tenure, "steady", lambda: clock.steady() + LONG)

    assert not store.lease.surely_ours()


async def test_an_owner_who_forgot_is_told_too(store: LeasedStore) -> None:
    """The lease cannot be taken twice, not even by the one who has it."""
    await store.lease.acquire("bot 1")

    with pytest.raises(OwnedByAnother, match="bot 1"):
        await store.lease.acquire("bot 1")


async def test_of_many_who_come_at_once_one_begins(address: str) -> None:
    """Five processes that see a free installation in the same moment make one owner."""
    stores = [await open_store(address) for _ in range(5)]
    outcomes = await asyncio.gather(
        *(store.lease.acquire("somebody") for store in stores), return_exceptions=True
    )

    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, OwnedByAnother) for outcome in outcomes) == 4
    for store in stores:
        await store.close()


async def test_a_session_that_ends_frees_the_installation_at_once(store: LeasedStore, address: str) -> None:
    """A process that dies takes its session along: nobody waits for a lease. Who only lost it knows, and is fenced."""
    old = await store.lease.acquire("bot 1")
    await store.append(events(1, epoch=old))
    drop_connections(address)

    async with asyncio.timeout(PATIENCE):
        await store.lease.lost()
    assert not store.lease.surely_ours()
    async with opened(address) as other:
        new = await other.lease.acquire("bot 2")
        with pytest.raises(Conflict):
            await _trying(store, old)
        await other.append(events(3, expected=1, epoch=new))
        assert (await other.load(CHAT)).events == (heard(1), heard(3))


async def _trying(store: LeasedStore, epoch: int) -> None:
    """Append as whoever was replaced would: its first attempt may still meet the connection that died."""
    try:
        await store.append(events(2, expected=1, epoch=epoch))
    except Conflict:
        raise
    except Exception:  # noqa: BLE001
        await store.append(events(2, expected=1, epoch=epoch))


async def test_a_lease_that_ran_out_is_never_revived(address: str) -> None:
    """A frozen process is replaced when its lease ends; awake again it finds out, and comes back under a new epoch."""
    async with opened(address, SHORT) as frozen, opened(address) as other:
        old = await frozen.lease.acquire("bot 1")
        let_time_pass(address)

        new = await other.lease.acquire("bot 2")

        with pytest.raises(Conflict):
            await frozen.append(events(1, epoch=old))
        async with asyncio.timeout(PATIENCE):
            await frozen.lease.lost()
        assert not frozen.lease.surely_ours()
        with pytest.raises(OwnedByAnother, match="bot 2"):
            await frozen.lease.acquire("bot 1")
        await other.append(events(1, epoch=new))
        await other.lease.release()
        assert await frozen.lease.acquire("bot 1") > new


async def test_a_lease_that_nobody_wanted_is_begun_anew_all_the_same(address: str) -> None:
    """Alone on its database, too, a process whose lease ran out drops what it had: it cannot know that it is alone."""
    async with opened(address, SHORT) as store:
        old = await store.lease.acquire("bot 1")
        let_time_pass(address)

        async with asyncio.timeout(PATIENCE):
            await store.lease.lost()

        assert await store.lease.acquire("bot 1") > old
        assert store.lease.surely_ours()


async def test_a_lease_is_renewed(address: str) -> None:
    """Whoever lives keeps what it has, however often its lease would have ended."""
    async with opened(address, SHORT) as store:
        await store.lease.acquire("bot 1")
        rows = "SELECT expires FROM tweetchat_main.tenures"
        first = postgres.server().execute(rows, address)

        async with asyncio.timeout(PATIENCE):
            while postgres.server().execute(rows, address) == first:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

        assert store.lease.surely_ours()


async def test_a_write_in_progress_is_waited_for(store: LeasedStore, address: str) -> None:
    """Whoever takes over begins after the last write of the one before, and so reads all of it."""
    old = await store.lease.acquire("bot 1")
    loop = asyncio.get_running_loop()
    async with beside(address) as blocking, opened(address) as other:
        await blocking.execute("BEGIN")
        await blocking.execute("LOCK TABLE events")
        writing = loop.create_task(store.append(events(1, epoch=old)))
        await until_waiting(address, 1)
        let_time_pass(address)
        taking = loop.create_task(other.lease.acquire("bot 2"))
        await until_waiting(address, 2)

        await blocking.execute("COMMIT")

        async with asyncio.timeout(PATIENCE):
            await writing
            assert await taking > old
        assert (await other.load(CHAT)).events == (heard(1),)


async def test_what_a_frozen_process_holds_locked_is_let_go(store: LeasedStore, address: str) -> None:
    """Frozen in the middle of a write, a process keeps its successor waiting for no longer than its lease."""
    await store.lease.acquire("bot 1")
    async with beside(address, SHORT) as frozen, opened(address) as other:
        await frozen.execute("BEGIN")
        await frozen.fetch(_HELD)
        let_time_pass(address)

        async with asyncio.timeout(PATIENCE):
            assert await other.lease.acquire("bot 2") == 2


async def test_installations_share_a_database_and_nothing_else(address: str) -> None:
    """Two bots in one database have their own owners and their own chats, even where they call them alike."""
    async with opened(address, installation="north") as north, opened(address, installation="south") as south:
        one, other = await north.lease.acquire("bot 1"), await south.lease.acquire("bot 2")
        await north.append(events(1, epoch=one))
        await south.append(events(2, 3, epoch=other))

        assert (await north.load(CHAT)).events == (heard(1),)
        assert (await south.load(CHAT)).events == (heard(2), heard(3))
