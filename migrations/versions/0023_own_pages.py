"""Safety plans and copies of them, sealed.

Adds empty tables; locks nothing that anybody uses, and the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "own_pages",
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("shred_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.LargeBinary(length=128), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_own_pages_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_own_pages")),
    )
    op.create_table(
        "plan_copies",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("shred_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.LargeBinary(length=128), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_plan_copies_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_copies")),
        sa.UniqueConstraint("public_id", name=op.f("uq_plan_copies_public_id")),
    )
    op.create_index(op.f("ix_plan_copies_member_id"), "plan_copies", ["member_id"], unique=False)


def downgrade() -> None:
    op.drop_table("plan_copies")
    op.drop_table("own_pages")
