"""A store in PostgreSQL is opened, migrated and lost without a half-done thing, and never shows its password."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.names import WordKey
from bot.errors import BadInput, OwnedByAnother, StoreTrouble, StoreUnusable
from bot.ports import Words
from bot.store import LeasedStore, open_store, shown
from bot.store.address import parse
from bot.store.installation import _migrate
from bot.store.postgres import PostgresDatabase, named
from bot.store.schema import REVISION, metadata
from tests import postgres
from tests.conformance.store.examples import CHAT, events, heard
from tests.unit.store.test_tenure import drop_connections

WRONG = "wrong-password"
_FAILING = """
CREATE FUNCTION tweetchat_main.fail() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'somebody else wrote first' USING ERRCODE = '{state}'; END $$;
CREATE TRIGGER fail BEFORE INSERT ON tweetchat_main.events FOR EACH ROW EXECUTE FUNCTION tweetchat_main.fail()
"""
_WORKING = "DROP FUNCTION tweetchat_main.fail() CASCADE"


@pytest.fixture
def address() -> str:
    """Give the address of an empty database."""
    return postgres.server().fresh()


@pytest.fixture
async def store(address: str) -> AsyncIterator[LeasedStore]:
    """Give the store in it."""
    opened = await open_store(address)
    yield opened
    await opened.close()


def change(address: str, statement: str) -> None:
    """Do something to the database behind the store's back."""
    postgres.server().execute(statement, address)


async def test_dropped_connections_cost_one_attempt(store: LeasedStore, address: str) -> None:
    """A fail-over ends every connection: a write says that it did not work, and the next one is stored."""
    await store.append(events(1))
    drop_connections(address)

    with pytest.raises(StoreTrouble):
        await store.append(events(2, expected=1))
    await store.append(events(2, expected=1))

    drop_connections(address)
    assert (await store.load(CHAT)).events == (heard(1), heard(2))


@pytest.mark.parametrize("state", ["40001", "40P01", "53100", "57014"])
async def test_what_may_pass_is_trouble_and_leaves_nothing_half_done(
    store: LeasedStore, address: str, state: str
) -> None:
    """A serialization failure, a deadlock, a full disk, a statement that was cancelled: try the whole again."""
    change(address, _FAILING.format(state=state))

    with pytest.raises(StoreTrouble, match=state):
        await store.append(events(1))
    change(address, _WORKING)

    assert await store.chats() == ()
    await store.append(events(1))
    assert (await store.load(CHAT)).events == (heard(1),)


@pytest.mark.parametrize(
    ("state", "meaning"),
    [("28P01", "password"), ("3D000", "no such database"), ("42501", "grant"), ("XX001", "damaged")],
)
def test_what_no_waiting_mends_is_named_with_what_to_do(state: str, meaning: str) -> None:
    """The operator reads one line: what is wrong, where, and how to mend it."""

    class Refusal(Exception):
        sqlstate = state

    error = named(Refusal("with details that nobody should read"), "PostgreSQL database chats")

    assert isinstance(error, StoreUnusable)
    assert meaning in str(error)
    assert "details" not in str(error)


async def test_a_wrong_password_is_named_and_never_shown() -> None:
    """Who mistyped the password reads which setting to look at; the password is in no message."""
    server = postgres.server()
    server.execute(f"DROP ROLE IF EXISTS {postgres.GUARDED}")
    server.execute(f"CREATE ROLE {postgres.GUARDED} LOGIN PASSWORD 'the right one'")

    with pytest.raises(StoreUnusable, match="check them in BOT_STORE") as caught:
        await open_store(server.url("postgres", postgres.GUARDED, WRONG))

    assert WRONG not in str(caught.value)


async def test_a_database_that_is_not_there_is_named() -> None:
    """A mistyped name of a database is told as such."""
    with pytest.raises(StoreUnusable, match="PostgreSQL database nowhere: there is no such database"):
        await open_store(postgres.server().url("nowhere"))


async def test_a_server_that_does_not_answer_is_trouble() -> None:
    """A database that is away may come back: it is no reason to give up for good."""
    with pytest.raises(StoreTrouble, match="cannot be reached now"):
        await open_store(f"postgresql://ann:{WRONG}@127.0.0.1:1/chats")


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://ann:{WRONG}/7@garden/chats",
        f"postgresql://ann:{WRONG}#7@garden/chats",
        f"postgresql://ann:{WRONG}@7@garden/chats",
    ],
)
async def test_an_address_that_cannot_be_read_is_refused_unseen(text: str) -> None:
    """A password with characters that an address cannot hold is not guessed at, and not repeated."""
    with pytest.raises(BadInput, match="postgresql://user:password@host") as caught:
        await open_store(text)

    assert WRONG not in str(caught.value)


async def test_an_option_that_cannot_be_is_named() -> None:
    """What follows the name of the database is checked as well."""
    with pytest.raises(BadInput, match="Check what follows its name"):
        await open_store(postgres.server().url("postgres") + "&sslmode=perhaps")


async def test_what_no_database_can_hold_is_a_bug_and_no_trouble(store: LeasedStore) -> None:
    """Data that does not fit would not fit at the next attempt either: it is told, and the next batch is stored."""
    endless = Words(key=WordKey("m-1"), revision=2**70, text="said")

    with pytest.raises(DBAPIError):
        await store.append(replace(events(1), words=(endless,)))

    await store.append(events(1))
    assert (await store.load(CHAT)).events == (heard(1),)


def test_a_store_is_shown_without_its_password() -> None:
    """Where people read which store it is, they read database and server, and nothing that opens it."""
    address = f"postgresql+asyncpg://ann:{WRONG}@garden:5433/chats?sslmode=require&password={WRONG}"

    assert shown(address) == "PostgreSQL database chats at garden:5433"
    assert shown("chats.db") == "chats.db"


async def test_a_file_holds_one_installation() -> None:
    """Who names an installation but no database is told what to do instead."""
    with pytest.raises(BadInput, match="Give each its own file"):
        await open_store("chats.db", installation="north")


async def test_the_migrations_make_the_tables_of_the_code(store: LeasedStore, address: str) -> None:
    """A database made by migrations and the tables in the code differ in nothing."""

    def differences(connection: Connection) -> list[object]:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    options = {"server_settings": {"search_path": "tweetchat_main"}}
    engine = create_async_engine(address.replace("postgresql", "postgresql+asyncpg", 1), connect_args=options)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


def pretend(address: str, revision: str) -> None:
    """Have the database say that it is at another revision than it is."""
    change(address, f"UPDATE tweetchat_main.alembic_version SET version_num = '{revision}'")  # noqa: S608


async def test_a_newer_store_is_refused(store: LeasedStore, address: str) -> None:
    """An older bot does not touch the store of a newer one, and says which is which."""
    pretend(address, "9999")

    with pytest.raises(StoreUnusable, match=rf"is at revision 9999, .* knows up to {REVISION}"):
        await open_store(address)

    pretend(address, REVISION)


async def test_a_store_is_not_migrated_under_a_running_bot(store: LeasedStore, address: str) -> None:
    """While an older version runs, a newer one stands by and leaves its tables alone."""
    await store.lease.acquire("bot 1 of last year")
    pretend(address, "0001")

    with pytest.raises(OwnedByAnother, match="bot 1 of last year"):
        await open_store(address)

    pretend(address, REVISION)


async def test_a_migration_that_breaks_off_leaves_nothing(address: str) -> None:
    """Killed while it makes its tables, the bot makes them all at the next start."""
    change(address, "DROP SCHEMA IF EXISTS tweetchat_main CASCADE; CREATE SCHEMA tweetchat_main")
    database = PostgresDatabase(parse(address), "main", 10.0)

    def break_off(connection: Connection) -> None:
        _migrate(connection, "here")
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        await database.transact(break_off)
    await database.close()
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'tweetchat_main'"
    assert postgres.server().execute(tables, address) == [["0"]]

    opened = await open_store(address)
    await opened.append(events(1))
    await opened.close()
