"""The note for the next shift is sealed to those who moderate.

Takes away the note that is there: it lies in clear, and a migration holds no key of this server's
to seal with. It would have gone after seven days; its author can leave it again. The release before
this one cannot show the queue while it still runs: stop it first. What the tables held in clear is
overwritten as `docs/erasing.md` says.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEX = "ix_shift_notes_author_id"


def upgrade() -> None:
    op.drop_table("shift_notes")
    _make_notes(
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("shred_id", sa.BigInteger(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "shift_note_parts",
        sa.Column("note_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("part", sa.LargeBinary(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"],
            ["shift_notes.id"],
            name=op.f("fk_shift_note_parts_note_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_shift_note_parts_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("note_id", "member_id", name=op.f("pk_shift_note_parts")),
    )
    op.create_index(
        op.f("ix_shift_note_parts_member_id"), "shift_note_parts", ["member_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("shift_note_parts")
    op.drop_table("shift_notes")
    _make_notes(
        sa.Column("author_id", BIG, nullable=True), sa.Column("text", sa.Text(), nullable=False)
    )


def _make_notes(*columns: sa.Column[object]) -> None:
    """The table of notes, empty, with what differs before and after."""
    op.create_table(
        "shift_notes",
        sa.Column("id", BIG, nullable=False),
        *columns,
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["members.id"], name=op.f("fk_shift_notes_author_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_notes")),
    )
    op.create_index(op.f(INDEX), "shift_notes", ["author_id"], unique=False)
