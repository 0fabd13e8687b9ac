"""Erasures that are owed until the disk has forgotten, and what retention took away.

Only adds tables; locks nothing that anybody uses, and the previous release can still run.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "upkeep",
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_upkeep")),
    )
    op.create_table(
        "retention_counts",
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("of_table", sa.String(length=64), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("counted_on", "of_table", name=op.f("pk_retention_counts")),
    )
    op.create_table(
        "owed_erasures",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("texts", sa.String(24), nullable=True),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("member_id", BIG, nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_owed_erasures_member_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owed_erasures")),
    )
    op.create_index(op.f("ix_owed_erasures_member_id"), "owed_erasures", ["member_id"])
    op.create_index(op.f("ix_owed_erasures_state"), "owed_erasures", ["state"])
