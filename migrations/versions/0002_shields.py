"""Shields, their tags, the state of the tags, and the count of second looks.

Adds empty tables; locks nothing that anybody uses, and the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "shield_books",
        sa.Column("id", BIG, nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("check_value", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shield_books")),
    )
    op.create_table(
        "shields",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("mode", sa.String(24), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_shields_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shields")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shields_public_id")),
    )
    op.create_index(op.f("ix_shields_member_id"), "shields", ["member_id"], unique=False)
    op.create_table(
        "shield_tags",
        sa.Column("shield_id", BIG, nullable=False),
        sa.Column("tag", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("gate", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shield_id"],
            ["shields.id"],
            name=op.f("fk_shield_tags_shield_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shield_id", "tag", name=op.f("pk_shield_tags")),
    )
    op.create_table(
        "second_looks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_second_looks_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_looks")),
    )
    op.create_index(op.f("ix_second_looks_member_id"), "second_looks", ["member_id"], unique=False)
