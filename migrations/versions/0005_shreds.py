"""The shreds of sealed things, and the row that says which epoch it is.

Adds a table and one row; locks nothing that anybody uses, and the release before this one runs on.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "shreds",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("box", sa.LargeBinary(length=72), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shreds")),
    )
    op.create_index(op.f("ix_shreds_epoch"), "shreds", ["epoch"], unique=False)
    epochs = op.create_table(
        "epochs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epochs")),
    )
    today = datetime.now(UTC).date()  # noqa: TID251 - a migration knows no clock of ours
    op.bulk_insert(epochs, [{"id": 1, "number": 1, "began_on": today}])
