"""The first tables.

A migration is never edited once it was released; it repeats what bot.store.schema said that day.
"""

import sqlalchemy as sa
from alembic import op

from bot.store.columns import AnyText, Moment

revision = "0001"
down_revision = None

_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MILLISECONDS = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
_UNDONE = sa.text("state IN ('planned', 'intent', 'ask')")


def upgrade() -> None:
    """Make all tables."""
    _chats()
    _erasable()
    _outbox()


def _chats() -> None:
    op.create_table(
        "leases",
        sa.Column("epoch", _COUNTER, nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("epoch", name="pk_leases"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "chats",
        sa.Column("position", _COUNTER, nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String()),
        sa.PrimaryKeyConstraint("position", name="pk_chats"),
        sa.UniqueConstraint("chat", name="uq_chats_chat"),
        sa.UniqueConstraint("source", name="uq_chats_source"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "events",
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("schema", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chat", "version", name="pk_events"),
        sa.ForeignKeyConstraint(["chat"], ["chats.chat"], name="fk_events_chat"),
    )


def _erasable() -> None:
    op.create_table(
        "words",
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("revision", _MILLISECONDS, nullable=False),
        sa.Column("text", AnyText(), nullable=False),
        sa.Column("person", sa.String()),
        sa.Column("digest_key", sa.String()),
        sa.PrimaryKeyConstraint("chat", "key", "revision", name="pk_words"),
    )
    op.create_index("ix_words_person", "words", ["person"])
    op.create_table(
        "people",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("platform_id", AnyText(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("name", AnyText(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "platform_id", name="pk_people"),
    )
    op.create_index("ix_people_person", "people", ["person"])
    op.create_table(
        "sightings",
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("platform_id", AnyText(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("person", sa.String()),
        sa.PrimaryKeyConstraint("room", "platform_id", name="pk_sightings"),
    )
    op.create_index("ix_sightings_chat", "sightings", ["chat"])
    op.create_index("ix_sightings_person", "sightings", ["person"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("position", _COUNTER, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("arguments", sa.String(), nullable=False),
        sa.Column("person", sa.String()),
        sa.Column("target", sa.String()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_at", Moment()),
        sa.Column("last_at", Moment()),
        sa.Column("marked_at", Moment()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("platform_id", sa.String()),
        sa.Column("via", sa.String()),
        sa.PrimaryKeyConstraint("position", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_chat", "outbox", ["chat"])
    op.create_index(
        "ix_outbox_undone", "outbox", ["position"], sqlite_where=_UNDONE, postgresql_where=_UNDONE
    )
    op.create_table(
        "checkpoints",
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("room", name="pk_checkpoints"),
    )
