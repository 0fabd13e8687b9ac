"""Pictures: a table for them, what posts know of theirs, and who may add them on a board.

Adds an empty table, and to `posts` and `boards` a column with a constant default: neither SQLite
nor PostgreSQL rewrites a row for that. The previous release can still run.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KNOWN = "2"


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("post_id", BIG, nullable=True),
        sa.Column("member_id", BIG, nullable=True),
        sa.Column("pending_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("width", sa.SmallInteger(), nullable=False),
        sa.Column("height", sa.SmallInteger(), nullable=False),
        sa.Column("shred_id", BIG, nullable=False),
        sa.Column("own_part", sa.LargeBinary(length=32), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_attachments_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["posts.id"],
            name=op.f("fk_attachments_post_id_posts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("public_id", name=op.f("uq_attachments_public_id")),
    )
    for column in ("member_id", "pending_since", "post_id"):
        op.create_index(op.f(f"ix_attachments_{column}"), "attachments", [column])
    op.add_column("posts", sa.Column("pictures", sa.JSON(), server_default="[]", nullable=False))
    op.add_column(
        "boards", sa.Column("gate_attach", sa.SmallInteger(), server_default=KNOWN, nullable=False)
    )
