"""Check-ins and their letters.

Adds empty tables; locks nothing that anybody uses, and the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "check_ins",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("second_id", BIG, nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("is_danger", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("missed_on", sa.Date(), nullable=True),
        sa.Column("called", sa.SmallInteger(), nullable=False),
        sa.Column("called_on", sa.Date(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("is_tried", sa.Boolean(), nullable=False),
        sa.Column("active_on", sa.Date(), nullable=False),
        sa.Column("shred_id", sa.BigInteger(), nullable=False),
        sa.Column("member_part", sa.LargeBinary(length=128), nullable=False),
        sa.Column("owner_part", sa.LargeBinary(length=128), nullable=False),
        sa.Column("second_part", sa.LargeBinary(length=128), nullable=True),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["members.id"], name=op.f("fk_check_ins_owner_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["members.id"], name=op.f("fk_check_ins_second_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_ins")),
        sa.UniqueConstraint("public_id", name=op.f("uq_check_ins_public_id")),
    )
    for column in ("due_on", "owner_id", "second_id"):
        op.create_index(op.f(f"ix_check_ins_{column}"), "check_ins", [column], unique=False)
    op.create_table(
        "check_in_letters",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("check_in_id", BIG, nullable=False),
        sa.Column("is_from_member", sa.Boolean(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_in_id"],
            ["check_ins.id"],
            name=op.f("fk_check_in_letters_check_in_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in_letters")),
        sa.UniqueConstraint("public_id", name=op.f("uq_check_in_letters_public_id")),
    )
    op.create_index(
        op.f("ix_check_in_letters_check_in_id"), "check_in_letters", ["check_in_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("check_in_letters")
    op.drop_table("check_ins")
