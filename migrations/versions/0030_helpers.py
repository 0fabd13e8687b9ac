"""Helpers of a case, and what they were given and said.

Adds empty tables; locks nothing that anybody uses, and the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "case_helpers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("shred_id", sa.BigInteger(), nullable=False),
        sa.Column("helper_part", sa.LargeBinary(length=128), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_helpers_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_helpers")),
        sa.UniqueConstraint("public_id", name=op.f("uq_case_helpers_public_id")),
    )
    op.create_index(op.f("ix_case_helpers_case_id"), "case_helpers", ["case_id"], unique=False)
    op.create_table(
        "helper_words",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("helper_id", BIG, nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["helper_id"],
            ["case_helpers.id"],
            name=op.f("fk_helper_words_helper_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helper_words")),
        sa.UniqueConstraint("public_id", name=op.f("uq_helper_words_public_id")),
    )
    op.create_index(op.f("ix_helper_words_helper_id"), "helper_words", ["helper_id"], unique=False)


def downgrade() -> None:
    op.drop_table("helper_words")
    op.drop_table("case_helpers")
