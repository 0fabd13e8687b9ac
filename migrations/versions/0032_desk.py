"""The worded reasons of the moderators, and their note for the next shift.

Adds empty tables; locks nothing for longer than that, and the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "canned_reasons",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("rule", sa.String(length=24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reasons")),
        sa.UniqueConstraint("public_id", name=op.f("uq_canned_reasons_public_id")),
    )
    op.create_table(
        "shift_notes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("author_id", BIG, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["members.id"], name=op.f("fk_shift_notes_author_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_notes")),
    )
    op.create_index(op.f("ix_shift_notes_author_id"), "shift_notes", ["author_id"], unique=False)


def downgrade() -> None:
    op.drop_table("shift_notes")
    op.drop_table("canned_reasons")
