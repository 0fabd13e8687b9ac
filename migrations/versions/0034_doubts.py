"""What somebody finds wrong with an entry of the lists.

Adds an empty table; locks nothing that anybody uses, and the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "list_doubts",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("wrong", sa.String(length=24), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("code", "wrong", name=op.f("pk_list_doubts")),
    )


def downgrade() -> None:
    op.drop_table("list_doubts")
