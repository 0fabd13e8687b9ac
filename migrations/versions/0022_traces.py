"""Where an exposure may have come from: the source page of a case, and the member's diary.

Adds empty tables; locks nothing that anybody uses, and the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "traces",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_traces_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_traces")),
        sa.UniqueConstraint("case_id", name=op.f("uq_traces_case_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_traces_public_id")),
    )
    op.create_table(
        "trace_words",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("is_from_member", sa.Boolean(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_trace_words_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_words")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_words_public_id")),
    )
    op.create_index(op.f("ix_trace_words_case_id"), "trace_words", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_table("trace_words")
    op.drop_table("traces")
