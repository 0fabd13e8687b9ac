"""What is stricter for a while, and what was before.

Adds empty tables; locks nothing that anybody uses, and the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "protections",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("measure", sa.String(length=24), nullable=False),
        sa.Column("board_id", BIG, nullable=True),
        sa.Column("trust", sa.SmallInteger(), nullable=False),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("last_words", sa.String(length=300), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.id"], name=op.f("fk_protections_board_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["members.id"], name=op.f("fk_protections_owner_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protections")),
        sa.UniqueConstraint("public_id", name=op.f("uq_protections_public_id")),
    )
    op.create_index(op.f("ix_protections_board_id"), "protections", ["board_id"], unique=False)
    op.create_table(
        "guarded_values",
        sa.Column("board_id", BIG, nullable=False),
        sa.Column("field", sa.String(length=24), nullable=False),
        sa.Column("before", sa.SmallInteger(), nullable=False),
        sa.Column("raised", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.id"], name=op.f("fk_guarded_values_board_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("board_id", "field", name=op.f("pk_guarded_values")),
    )


def downgrade() -> None:
    op.drop_table("guarded_values")
    op.drop_table("protections")
