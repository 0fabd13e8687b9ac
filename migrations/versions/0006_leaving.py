"""The names of those who left, and the mark on posts that an erasure takes.

Adds an empty column with an index: locks `posts` for as long as the index takes, about a second
for a million rows. The previous release can still run.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "retired_names",
        sa.Column("tag", sa.LargeBinary(length=16), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_retired_names")),
    )
    op.add_column("posts", sa.Column("erasure_id", BIG, nullable=True))
    op.create_index(op.f("ix_posts_erasure_id"), "posts", ["erasure_id"])
