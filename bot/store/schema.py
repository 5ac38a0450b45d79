"""The tables. Whoever changes one writes a migration beside it and raises `REVISION`.

Words, names and platform ids of people stand in `words`, `people` and `sightings` alone, and are erased there.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

from bot.store.columns import AnyText, Moment

REVISION = "0002"
"""The migration whose result the tables below are."""

# Constraints have names, because a later migration can only change what has one.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

# SQLite counts up by itself in columns of exactly this type only.
Counter = BigInteger().with_variant(Integer(), "sqlite")

# Revisions of words are times; SQLite's integers are large enough as they are.
Milliseconds = Integer().with_variant(BigInteger(), "postgresql")

leases = Table(
    "leases",
    metadata,
    Column("epoch", Counter, primary_key=True),
    Column("owner", String, nullable=False),
    Column("ended", Boolean(create_constraint=False), nullable=False),
    sqlite_autoincrement=True,
)

# Where no file lock says that an owner lives (PostgreSQL): until when each epoch holds, by the database's own clock.
# Apart from `leases`, whose row every write holds on to: renewing must not wait for a write, nor a write for it.
tenures = Table(
    "tenures",
    metadata,
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("expires", Moment, nullable=False),
)

chats = Table(
    "chats",
    metadata,
    Column("position", Counter, primary_key=True),
    Column("chat", String, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("source", String, unique=True),
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    Column("chat", String, ForeignKey("chats.chat"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("body", String, nullable=False),
)

words = Table(
    "words",
    metadata,
    Column("chat", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("revision", Milliseconds, primary_key=True),
    Column("text", AnyText, nullable=False),
    Column("person", String, index=True),
    Column("digest_key", String),
)

people = Table(
    "people",
    metadata,
    Column("platform", String, primary_key=True),
    Column("platform_id", AnyText, primary_key=True),
    Column("person", String, nullable=False, index=True),
    Column("name", AnyText, nullable=False),
    Column("at", Moment, nullable=False),
)

sightings = Table(
    "sightings",
    metadata,
    Column("room", String, primary_key=True),
    Column("platform_id", AnyText, primary_key=True),
    Column("message", String, nullable=False),
    Column("chat", String, nullable=False, index=True),
    Column("person", String, index=True),
)

outbox = Table(
    "outbox",
    metadata,
    Column("position", Counter, primary_key=True),
    Column("key", String, nullable=False),
    Column("chat", String, nullable=False, index=True),
    Column("room", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("action", String, nullable=False),
    Column("line", String, nullable=False),
    Column("arguments", String, nullable=False),
    Column("person", String),
    Column("target", String),
    Column("revision", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("first_at", Moment),
    Column("last_at", Moment),
    Column("marked_at", Moment),
    Column("reason", String, nullable=False),
    Column("platform_id", String),
    Column("via", String),
    UniqueConstraint("key"),
    sqlite_autoincrement=True,
)

# Done rows outnumber the others a hundred to one: only what is still to do is worth finding fast.
# Written out, because a database matches an index with its own words, not with parameters.
IS_UNDONE = text("state IN ('planned', 'intent', 'ask')")
Index("ix_outbox_undone", outbox.c.position, sqlite_where=IS_UNDONE, postgresql_where=IS_UNDONE)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("room", String, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("position", String, nullable=False),
)
