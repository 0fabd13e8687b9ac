"""Who invited whom, for moderators, for a year.

Adds an empty table; locks nothing for longer than that, and the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "invite_ties",
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("invited_by_id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_invite_ties_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"],
            ["members.id"],
            name=op.f("fk_invite_ties_invited_by_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_invite_ties")),
        sa.UniqueConstraint("public_id", name=op.f("uq_invite_ties_public_id")),
    )
    op.create_index(op.f("ix_invite_ties_invited_by_id"), "invite_ties", ["invited_by_id"])


def downgrade() -> None:
    op.drop_table("invite_ties")
