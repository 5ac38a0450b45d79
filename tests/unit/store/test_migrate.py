"""The migrations make exactly the tables that the code speaks of."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.schema import CreateIndex, CreateTable

from bot.store import open_store
from bot.store.migrate import MIGRATIONS
from bot.store.schema import REVISION, metadata


def plain(statement: object) -> str:
    """Return SQL without its white space, in small letters."""
    return "".join(str(statement).lower().split())


def declared(connection: Connection) -> set[str]:
    """Return what the code's tables and indexes would be made with."""
    tables = [CreateTable(table) for table in metadata.sorted_tables]
    indexes = [CreateIndex(index) for table in metadata.sorted_tables for index in table.indexes]
    return {plain(made.compile(connection)) for made in (*tables, *indexes)}


def stored(connection: Connection) -> set[str]:
    """Return what the store's tables and indexes were made with."""
    rows = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE 'sqlite%'"
    )
    return {plain(sql) for (sql,) in rows if "alembic_version" not in sql}


async def test_the_migrations_make_the_tables_of_the_code(file: Path) -> None:
    """A store made by migrations and the tables in the code differ in nothing."""
    await (await open_store(file)).close()
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert stored(connection) == declared(connection)
        assert "events" in inspect(connection).get_table_names()
    engine.dispose()


def test_the_code_names_the_newest_migration() -> None:
    """Whoever adds a migration raises the number by which old stores are known."""
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [REVISION]
