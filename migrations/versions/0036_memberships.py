"""Boards that one enters by joining: how a board is entered, and who has joined.

Adds a column with a default and an empty table: locks for a moment, and the release before this one
can still run, though it would let in by trust to a board that is entered by joining.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MEMBERSHIPS = "memberships"


def upgrade() -> None:
    op.add_column(
        "boards", sa.Column("entry", sa.String(length=24), nullable=False, server_default="trust")
    )
    op.create_table(
        MEMBERSHIPS,
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("board_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("is_moderator", sa.Boolean(), nullable=False),
        sa.Column("invited_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.id"], name=op.f("fk_memberships_board_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_memberships_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "member_id", "board_id", name=op.f("uq_memberships_member_id_board_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_memberships_public_id")),
    )
    op.create_index(op.f("ix_memberships_board_id"), MEMBERSHIPS, ["board_id"], unique=False)


def downgrade() -> None:
    op.drop_table(MEMBERSHIPS)
    op.drop_column("boards", "entry")
