"""Until when an owner holds its epoch."""

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "tenures",
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expires", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("epoch", name="pk_tenures"),
    )
