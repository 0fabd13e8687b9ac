"""Roles and removals that one of the staff proposes and a second has to agree to.

Adds an empty table; locks nothing that anybody uses, and the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("deed", sa.String(length=24), nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("role", sa.SmallInteger(), nullable=False),
        sa.Column("rule", sa.String(length=24), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("first_id", BIG, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("alone_from", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_proposals_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["members.id"],
            name=op.f("fk_proposals_first_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("public_id", name=op.f("uq_proposals_public_id")),
        sa.UniqueConstraint(
            "member_id", "deed", "role", name=op.f("uq_proposals_member_id_deed_role")
        ),
    )
    op.create_index(op.f("ix_proposals_first_id"), "proposals", ["first_id"])


def downgrade() -> None:
    op.drop_table("proposals")
