"""Messages that were handed to the moderators.

Adds empty tables; locks nothing for longer than that, and the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "handed_messages",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("reporter_id", BIG, nullable=True),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("shred_id", sa.BigInteger(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["reporter_id"],
            ["members.id"],
            name=op.f("fk_handed_messages_reporter_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_messages")),
        sa.UniqueConstraint("public_id", name=op.f("uq_handed_messages_public_id")),
        sa.UniqueConstraint("subject", name=op.f("uq_handed_messages_subject")),
    )
    op.create_index(
        op.f("ix_handed_messages_reporter_id"), "handed_messages", ["reporter_id"], unique=False
    )
    op.create_table(
        "handed_parts",
        sa.Column("handed_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("part", sa.LargeBinary(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["handed_id"],
            ["handed_messages.id"],
            name=op.f("fk_handed_parts_handed_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_handed_parts_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("handed_id", "member_id", name=op.f("pk_handed_parts")),
    )
    op.create_index(op.f("ix_handed_parts_member_id"), "handed_parts", ["member_id"], unique=False)


def downgrade() -> None:
    op.drop_table("handed_parts")
    op.drop_table("handed_messages")
