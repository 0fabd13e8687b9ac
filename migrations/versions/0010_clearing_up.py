"""Evidence, sweeps, the purge sheet, and phrases that are held for a case.

Adds empty tables and one empty column; locks nothing for longer than that, and the release before
this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("exposure_reports", sa.Column("capture", sa.LargeBinary(), nullable=True))
    op.create_table(
        "held_phrases",
        sa.Column("id", BIG, nullable=False),
        sa.Column("holder", sa.LargeBinary(length=16), nullable=False),
        sa.Column("mode", sa.String(length=24), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_phrases")),
    )
    op.create_index(op.f("ix_held_phrases_holder"), "held_phrases", ["holder"], unique=False)
    op.create_table(
        "held_phrase_tags",
        sa.Column("phrase_id", BIG, nullable=False),
        sa.Column("tag", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("gate", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["phrase_id"],
            ["held_phrases.id"],
            name=op.f("fk_held_phrase_tags_phrase_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("phrase_id", "tag", name=op.f("pk_held_phrase_tags")),
    )
    _sealed(
        "evidence",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("shred_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kept_on", sa.Date(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("destroyed_on", sa.Date(), nullable=True),
    )
    op.create_index(op.f("ix_evidence_case_id"), "evidence", ["case_id"], unique=False)
    _sealed(
        "sweeps",
        sa.Column("stage", sa.String(length=24), nullable=False),
        sa.Column("after_id", sa.BigInteger(), nullable=False),
        sa.Column("looked_count", sa.Integer(), nullable=False),
        sa.Column("total_count", sa.Integer(), nullable=False),
        sa.Column("find_count", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("finished_on", sa.Date(), nullable=True),
    )
    op.create_index(op.f("ix_sweeps_case_id"), "sweeps", ["case_id"], unique=False)
    op.create_table(
        "sweep_finds",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sweep_id", BIG, nullable=False),
        sa.Column("box", sa.LargeBinary(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["sweep_id"], ["sweeps.id"], name=op.f("fk_sweep_finds_sweep_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep_finds")),
    )
    op.create_index(op.f("ix_sweep_finds_sweep_id"), "sweep_finds", ["sweep_id"], unique=False)
    _sealed(
        "purge_rows",
        sa.Column("surface", sa.SmallInteger(), nullable=False),
        sa.Column("proof", sa.String(length=24), nullable=False),
    )
    op.create_index(
        "uq_purge_rows_case_id_surface", "purge_rows", ["case_id", "surface"], unique=True
    )


def _sealed(name: str, *columns: sa.Column[object]) -> None:
    """A table of sealed rows that hang on a case."""
    op.create_table(
        name,
        sa.Column("case_id", BIG, nullable=False),
        *columns,
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f(f"fk_{name}_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
    )
