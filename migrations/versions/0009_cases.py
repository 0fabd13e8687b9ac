"""Reports of exposures, cases, and everything that is sealed for them.

Adds empty tables; locks nothing that anybody uses, and the release before this one runs on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("codename", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("is_danger", sa.Boolean(), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.Column("is_reopened", sa.Boolean(), nullable=False),
        sa.Column("checklist", sa.SmallInteger(), nullable=False),
        sa.Column("keep_days", sa.SmallInteger(), nullable=True),
        sa.Column("brief_version", sa.SmallInteger(), nullable=False),
        sa.Column("brief", sa.LargeBinary(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("codename", name=op.f("uq_cases_codename")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cases_public_id")),
    )
    op.create_table(
        "cover_hours",
        sa.Column("id", BIG, nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("begins", sa.SmallInteger(), nullable=False),
        sa.Column("ends", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_hours")),
    )
    op.create_table(
        "recusals",
        sa.Column("tag", sa.LargeBinary(length=16), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_recusals")),
    )
    op.create_table(
        "case_letters",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("template", sa.String(length=2), nullable=False),
        sa.Column("is_from_member", sa.Boolean(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_letters_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_letters")),
        sa.UniqueConstraint("public_id", name=op.f("uq_case_letters_public_id")),
    )
    op.create_index(op.f("ix_case_letters_case_id"), "case_letters", ["case_id"], unique=False)
    op.create_table(
        "case_parts",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("part", sa.String(length=24), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("shred_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_parts_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "part", "version", name=op.f("pk_case_parts")),
    )
    op.create_table(
        "case_seats",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("seat", sa.String(length=24), nullable=False),
        sa.Column("has_declared", sa.Boolean(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_seats_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_case_seats_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "member_id", name=op.f("pk_case_seats")),
    )
    op.create_index(op.f("ix_case_seats_member_id"), "case_seats", ["member_id"], unique=False)
    op.create_table(
        "exposures",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_exposures_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposures")),
        sa.UniqueConstraint("public_id", name=op.f("uq_exposures_public_id")),
    )
    op.create_index(op.f("ix_exposures_case_id"), "exposures", ["case_id"], unique=False)
    op.create_table(
        "ledger_rows",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_ledger_rows_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_ledger_rows")),
    )
    op.create_table(
        "member_words",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_member_words_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_words")),
        sa.UniqueConstraint("public_id", name=op.f("uq_member_words_public_id")),
    )
    op.create_index(
        "uq_member_words_case_id_kind", "member_words", ["case_id", "kind"], unique=True
    )
    op.create_table(
        "part_readers",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("part", sa.String(length=24), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("box", sa.LargeBinary(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_part_readers_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_part_readers_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "case_id", "part", "version", "member_id", name=op.f("pk_part_readers")
        ),
    )
    op.create_index(op.f("ix_part_readers_member_id"), "part_readers", ["member_id"], unique=False)
    op.create_table(
        "part_slots",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("part", sa.String(length=24), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("box", sa.LargeBinary(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_part_slots_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "part", "version", "number", name=op.f("pk_part_slots")),
    )
    op.create_table(
        "places",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("next_look_on", sa.Date(), nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_places_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("public_id", name=op.f("uq_places_public_id")),
    )
    op.create_index(op.f("ix_places_case_id"), "places", ["case_id"], unique=False)
    op.create_table(
        "step_items",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("first_id", BIG, nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_step_items_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["members.id"], name=op.f("fk_step_items_first_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["members.id"], name=op.f("fk_step_items_owner_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_items")),
        sa.UniqueConstraint("public_id", name=op.f("uq_step_items_public_id")),
    )
    op.create_index("uq_step_items_case_id_code", "step_items", ["case_id", "code"], unique=True)
    op.create_table(
        "consents",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("place_id", BIG, nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("ask_on", sa.Date(), nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_consents_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["places.id"], name=op.f("fk_consents_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint("public_id", name=op.f("uq_consents_public_id")),
    )
    op.create_index(op.f("ix_consents_case_id"), "consents", ["case_id"], unique=False)
    op.create_table(
        "exposure_reports",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("post_id", BIG, nullable=True),
        sa.Column("case_id", BIG, nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("told", sa.String(length=24), nullable=False),
        sa.Column("next_told", sa.String(length=24), nullable=False),
        sa.Column("next_told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shred_id", sa.BigInteger(), nullable=False),
        sa.Column("reporter_part", sa.LargeBinary(length=128), nullable=False),
        sa.Column("box_a", sa.LargeBinary(), nullable=True),
        sa.Column("box_b", sa.LargeBinary(), nullable=True),
        sa.Column("claimed_by", BIG, nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revealed_by", BIG, nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_exposure_reports_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["claimed_by"],
            ["members.id"],
            name=op.f("fk_exposure_reports_claimed_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_exposure_reports_post_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["revealed_by"],
            ["members.id"],
            name=op.f("fk_exposure_reports_revealed_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure_reports")),
        sa.UniqueConstraint("public_id", name=op.f("uq_exposure_reports_public_id")),
    )
    op.create_index(
        op.f("ix_exposure_reports_case_id"), "exposure_reports", ["case_id"], unique=False
    )
    op.create_index(
        op.f("ix_exposure_reports_post_id"), "exposure_reports", ["post_id"], unique=False
    )
    op.create_table(
        "soft_holds",
        sa.Column("id", BIG, nullable=False),
        sa.Column("post_id", BIG, nullable=False),
        sa.Column("reporter", sa.LargeBinary(length=16), nullable=False),
        sa.Column("author", sa.LargeBinary(length=16), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_soft_holds_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_soft_holds")),
    )
    op.create_index(op.f("ix_soft_holds_author"), "soft_holds", ["author"], unique=False)
    op.create_index(op.f("ix_soft_holds_post_id"), "soft_holds", ["post_id"], unique=False)
    op.create_index(op.f("ix_soft_holds_reporter"), "soft_holds", ["reporter"], unique=False)
    op.create_table(
        "receipts",
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("tag", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["exposure_reports.id"],
            name=op.f("fk_receipts_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("tag", name=op.f("uq_receipts_tag")),
    )
    op.create_table(
        "report_letters",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("is_from_reporter", sa.Boolean(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["exposure_reports.id"],
            name=op.f("fk_report_letters_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_letters")),
        sa.UniqueConstraint("public_id", name=op.f("uq_report_letters_public_id")),
    )
    op.create_index(
        op.f("ix_report_letters_report_id"), "report_letters", ["report_id"], unique=False
    )
    op.create_table(
        "report_readers",
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("part", sa.LargeBinary(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_report_readers_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["exposure_reports.id"],
            name=op.f("fk_report_readers_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("report_id", "member_id", name=op.f("pk_report_readers")),
    )
    op.create_index(
        op.f("ix_report_readers_member_id"), "report_readers", ["member_id"], unique=False
    )
    op.create_table(
        "timers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("report_id", BIG, nullable=True),
        sa.Column("case_id", BIG, nullable=True),
        sa.Column("clock", sa.String(length=24), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_timers_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["exposure_reports.id"],
            name=op.f("fk_timers_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
    )
    op.create_index(op.f("ix_timers_case_id"), "timers", ["case_id"], unique=False)
    op.create_index(op.f("ix_timers_due_at"), "timers", ["due_at"], unique=False)
    op.create_index(op.f("ix_timers_report_id"), "timers", ["report_id"], unique=False)
