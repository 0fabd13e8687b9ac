"""Looking posts through again: the rules that screened each post, and the runs.

Adds a column that is filled as runs go on; the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "posts",
        sa.Column("rules_version", sa.String(length=16), nullable=False, server_default=""),
    )
    op.create_index("ix_posts_thread_id_id", "posts", ["thread_id", "id"])
    op.create_table(
        "rescreenings",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("looked_count", sa.Integer(), nullable=False),
        sa.Column("queued_count", sa.Integer(), nullable=False),
        sa.Column("held_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescreenings")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rescreenings_public_id")),
    )
