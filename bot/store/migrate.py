"""Brings a store to today's tables when it is opened. Alembic is loaded only when there is something to do."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.errors import StoreUnusable
from bot.store.schema import REVISION

MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS = "alembic_version"


def revision_of(connection: Connection, place: str) -> str | None:
    """Return the migration that a store is at, None when it is empty. Raises: StoreUnusable for anybody else's."""
    names = inspect(connection).get_table_names()
    if VERSIONS in names:
        found: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSIONS}"))  # noqa: S608 - a constant
        return found
    if names:
        raise StoreUnusable(f"{place}: this is a database, but not one of ours; name another file")
    return None


def upgrade(connection: Connection, place: str) -> None:
    """Run the migrations that are missing, inside the transaction of *connection*.

    Raises: StoreUnusable when the store is of a newer version of the bot.
    """
    from alembic import command  # noqa: PLC0415 - 0.2 s that only a new or an old store costs
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise StoreUnusable(
            f"{place}: the store is at revision {revision_of(connection, place)}, this version of the bot knows up to "
            f"{REVISION}; update the bot, or name another file"
        ) from None
