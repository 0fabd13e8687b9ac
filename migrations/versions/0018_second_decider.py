"""Who agreed to a decision that two people made.

Adds an empty column; locks the table for a moment, and the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("statements", sa.Column("second_id", sa.BigInteger(), nullable=True))
