"""The second factor, and waiting to come back without any factor.

Adds empty tables; locks nothing that anybody uses, and the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, column in (
        ("second_factors", sa.Column("box", sa.LargeBinary(length=512), nullable=False)),
        ("recovery_waits", sa.Column("ready_at", sa.DateTime(timezone=True), nullable=False)),
    ):
        op.create_table(
            name,
            sa.Column(
                "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
            ),
            column,
            sa.ForeignKeyConstraint(
                ["member_id"], ["members.id"], name=op.f(f"fk_{name}_member_id"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("member_id", name=op.f(f"pk_{name}")),
        )
