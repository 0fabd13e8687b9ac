"""The ladder of trust: vouches, trust by hand, and the day on which trust will fall.

Everybody keeps the trust of before as given by hand. The release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "members", sa.Column("trust_floor", sa.SmallInteger(), nullable=False, server_default="1")
    )
    op.add_column("members", sa.Column("trust_falls_on", sa.Date(), nullable=True))
    op.execute("UPDATE members SET trust_floor = trust")
    op.create_table(
        "vouches",
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("voucher_id", BIG, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_vouches_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"],
            ["members.id"],
            name=op.f("fk_vouches_voucher_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "voucher_id", name=op.f("pk_vouches")),
    )
    op.create_index(op.f("ix_vouches_voucher_id"), "vouches", ["voucher_id"])
