"""How drills with people went, in numbers.

Adds an empty table; locks nothing that anybody uses, and the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drills",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("late_count", sa.SmallInteger(), nullable=False),
        sa.Column("open_count", sa.SmallInteger(), nullable=False),
        sa.Column("played_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drills")),
    )


def downgrade() -> None:
    op.drop_table("drills")
