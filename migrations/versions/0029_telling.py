"""Notices that wait for a second signature, and the numbers of each quarter.

Adds empty tables; locks nothing that anybody uses, and the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "wordings",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("occasion", sa.String(length=24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("first_id", BIG, nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_id"], ["members.id"], name=op.f("fk_wordings_first_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wordings")),
        sa.UniqueConstraint("public_id", name=op.f("uq_wordings_public_id")),
    )
    op.create_table(
        "quarter_counts",
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("quarter", "kind", name=op.f("pk_quarter_counts")),
    )


def downgrade() -> None:
    op.drop_table("quarter_counts")
    op.drop_table("wordings")
