"""Exposures and the answer to them: reports, cases, who is named on them, and what is sealed.

No row in clear says whose case it is, or what it is about (RESPONSE.md §1). What a row seals lies
in its `box` under the key of one part of its case, bound to the row by its public id.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.words import (
    Clock,
    ConsentState,
    EvidenceKind,
    ExposureState,
    HoldState,
    ItemState,
    NoticeState,
    Part,
    PlaceKind,
    PlaceState,
    Proof,
    ReportState,
    Seat,
    Severity,
    Surface,
    SweepStage,
    Told,
)
from app.core import clock, ids
from app.core.db import Base, BigKey, Fine, Hour, Number, Word
from app.core.retention import Keep

KEPT_DAYS: Final = 90  # RESPONSE.md §11, where the member chooses nothing else
SLOTS: Final = 8  # equal boxes for the affected member and helpers; the unused hold noise
WITH_CASE: Final = "as long as its case, and gone with it"


# --- reports --------------------------------------------------------------------------------------


class ExposureReport(Base):
    """Somebody says that somebody is exposed: sealed to each responder who may read it."""

    __tablename__ = "exposure_reports"
    __retention__ = Keep(
        why="its answer can be asked for this long", days=KEPT_DAYS, after="closed_on"
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    # A report names a post or a case, never both: else a case would say where it began.
    post_id: Mapped[int | None] = mapped_column(
        ForeignKey("posts.id", ondelete="SET NULL"), index=True
    )
    case_id: Mapped[int | None] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[ReportState] = mapped_column(Word(ReportState))
    told: Mapped[Told] = mapped_column(Word(Told))
    next_told: Mapped[Told] = mapped_column(Word(Told))  # what is told after a random while
    next_told_at: Mapped[datetime] = mapped_column(Hour)
    shred_id: Mapped[int] = mapped_column(BigInteger)
    reporter_part: Mapped[bytes] = mapped_column(LargeBinary(128))  # whoever sent it can open it
    box_a: Mapped[bytes | None] = mapped_column(LargeBinary)  # what a responder sees before a claim
    box_b: Mapped[bytes | None] = mapped_column(LargeBinary)  # link and words, after it
    capture: Mapped[bytes | None] = mapped_column(LargeBinary)  # the post, before it was hidden
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    claimed_at: Mapped[datetime | None] = mapped_column(Fine)
    revealed_by: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    made_on: Mapped[date] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)


class ReportReader(Base):
    """One responder who can open a report: the part of its key that is sealed to that person."""

    __tablename__ = "report_readers"
    __retention__ = Keep(why="until a team is named, or the report goes")

    report_id: Mapped[int] = mapped_column(
        ForeignKey("exposure_reports.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    part: Mapped[bytes] = mapped_column(LargeBinary(128))


class ReportLetter(Base):
    """One letter between a reporter and the team, under the key of the report."""

    __tablename__ = "report_letters"
    __retention__ = Keep(why="as long as its report, and gone with it")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    report_id: Mapped[int] = mapped_column(
        ForeignKey("exposure_reports.id", ondelete="CASCADE"), index=True
    )
    is_from_reporter: Mapped[bool] = mapped_column(Boolean)
    written_on: Mapped[date] = mapped_column(Date)
    box: Mapped[bytes] = mapped_column(LargeBinary)


class Receipt(Base):
    """Six words that let a visitor come back to a report: what finds them, and their end."""

    __tablename__ = "receipts"
    __retention__ = Keep(
        why="thirty days after its last use, at most 180", days=0, after="expires_on"
    )

    report_id: Mapped[int] = mapped_column(
        ForeignKey("exposure_reports.id", ondelete="CASCADE"), primary_key=True
    )
    tag: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    expires_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)  # no use moves the end beyond this


class SoftHold(Base):
    """A post hidden because of a report, until somebody looks or two covered hours are over."""

    __tablename__ = "soft_holds"
    __retention__ = Keep(
        why="what one reporter had hidden is counted by the week", days=7, after="settled_on"
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    reporter: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)  # a keyed tag
    author: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)  # a keyed tag
    state: Mapped[HoldState] = mapped_column(Word(HoldState))
    lapses_at: Mapped[datetime] = mapped_column(Fine)
    settled_on: Mapped[date | None] = mapped_column(Date)


# --- cases ----------------------------------------------------------------------------------------


class Case(Base):
    """One exposure and everything done about it; a codename is its only name."""

    __tablename__ = "cases"
    # What it seals goes earlier: after the member's choice, or ninety days (`rounds.forget_past`).
    __retention__ = Keep(
        why="hashes alone stay and still prove the member's copy", days=730, after="closed_on"
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    codename: Mapped[str] = mapped_column(String(40), unique=True)
    severity: Mapped[Severity] = mapped_column(Number(Severity))
    is_danger: Mapped[bool] = mapped_column(Boolean)
    is_drill: Mapped[bool] = mapped_column(Boolean)
    is_reopened: Mapped[bool] = mapped_column(Boolean)
    checklist: Mapped[int] = mapped_column(SmallInteger)  # a case keeps the version it began with
    keep_days: Mapped[int | None] = mapped_column(SmallInteger)  # the member's choice; none yet
    # Whose case it is, and keyed tags of what must not be said; under the team's key.
    brief_version: Mapped[int] = mapped_column(SmallInteger)
    brief: Mapped[bytes] = mapped_column(LargeBinary)
    opened_on: Mapped[date] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)


class Named(Base):
    """Somebody who works on a case, and as what."""

    __tablename__ = "case_seats"
    __retention__ = Keep(why=WITH_CASE)

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    seat: Mapped[Seat] = mapped_column(Word(Seat))
    has_declared: Mapped[bool] = mapped_column(Boolean)  # that nothing keeps him or her from it
    since_on: Mapped[date] = mapped_column(Date)


class CasePart(Base):
    """The key of one part of a case, in one version: a leaver is followed by the next."""

    __tablename__ = "case_parts"
    __retention__ = Keep(why=WITH_CASE)

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    part: Mapped[Part] = mapped_column(Word(Part), primary_key=True)
    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    shred_id: Mapped[int] = mapped_column(BigInteger)


class PartReader(Base):
    """A part's key, sealed to somebody of the team."""

    __tablename__ = "part_readers"
    __retention__ = Keep(why=WITH_CASE)

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    part: Mapped[Part] = mapped_column(Word(Part), primary_key=True)
    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    box: Mapped[bytes] = mapped_column(LargeBinary(128))


class PartSlot(Base):
    """One of eight equal boxes for those outside the team; whose it is no row says."""

    __tablename__ = "part_slots"
    __retention__ = Keep(why=WITH_CASE)

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    part: Mapped[Part] = mapped_column(Word(Part), primary_key=True)
    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    box: Mapped[bytes] = mapped_column(LargeBinary(128))


class SealedMixin:
    """What every sealed row of a case has: a public id it is bound to, its key's version, a box."""

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    version: Mapped[int] = mapped_column(SmallInteger)
    box: Mapped[bytes] = mapped_column(LargeBinary)


class Exposure(SealedMixin, Base):
    """One fact about one member that got out. The fact is under the key of the identity part."""

    __tablename__ = "exposures"
    __retention__ = Keep(why=WITH_CASE)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    state: Mapped[ExposureState] = mapped_column(Word(ExposureState))


class Place(SealedMixin, Base):
    """Somewhere an exposure is visible. Host, address and request are under the shared key."""

    __tablename__ = "places"
    __retention__ = Keep(why=WITH_CASE)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    kind: Mapped[PlaceKind] = mapped_column(Word(PlaceKind))
    state: Mapped[PlaceState] = mapped_column(Word(PlaceState))
    next_look_on: Mapped[date | None] = mapped_column(Date)


class Consent(SealedMixin, Base):
    """One act that was put to the affected member. Under the shared key."""

    __tablename__ = "consents"
    __retention__ = Keep(why=WITH_CASE)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"))
    state: Mapped[ConsentState] = mapped_column(Word(ConsentState))
    asked_on: Mapped[date] = mapped_column(Date)
    ask_on: Mapped[date | None] = mapped_column(Date)

    @property
    def is_waiting(self) -> bool:
        """Whether it is put to the member now: without an answer, or on the day to ask again."""
        if self.state is ConsentState.ASK_ON:
            return self.ask_on is None or self.ask_on <= clock.today()
        return self.state in {ConsentState.NOT_ASKED, ConsentState.ASKED}


class Letter(SealedMixin, Base):
    """One letter between the team and the affected member. Under the shared key."""

    __tablename__ = "case_letters"
    __retention__ = Keep(why=WITH_CASE)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    template: Mapped[str] = mapped_column(String(2), default="")
    is_from_member: Mapped[bool] = mapped_column(Boolean)
    written_on: Mapped[date] = mapped_column(Date)


class MemberWord(SealedMixin, Base):
    """What the affected member says beside letters, such as "safe now?". Under the shared key."""

    __tablename__ = "member_words"
    __retention__ = Keep(why=WITH_CASE)
    __table_args__ = (Index("uq_member_words_case_id_kind", "case_id", "kind", unique=True),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))


class StepItem(SealedMixin, Base):
    """One thing of the checklist; its proof, or why it is not needed, is under the team's key."""

    __tablename__ = "step_items"
    __retention__ = Keep(why=WITH_CASE)
    __table_args__ = (Index("uq_step_items_case_id_code", "case_id", "code", unique=True),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(32))
    state: Mapped[ItemState] = mapped_column(Word(ItemState))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    # Where two are asked for, the first one waits here for the second.
    first_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))


class LedgerRow(Base):
    """One deed on a case, in a chain: in clear a day and a commitment, the rest under a key."""

    __tablename__ = "ledger_rows"
    __retention__ = Keep(why=WITH_CASE)

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    on_day: Mapped[date] = mapped_column(Date)
    commitment: Mapped[bytes] = mapped_column(LargeBinary(32))
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    version: Mapped[int] = mapped_column(SmallInteger)
    box: Mapped[bytes] = mapped_column(LargeBinary)


class CaseHelper(SealedMixin, Base):
    """Somebody who speaks for the affected member until a day, with a key of the own.

    The box, under the shared key, holds that key; who helps whom, and how far, is sealed with it.
    """

    __tablename__ = "case_helpers"
    __retention__ = Keep(why="until the day that the member chose", days=0, after="until_on")

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    until_on: Mapped[date] = mapped_column(Date)
    shred_id: Mapped[int] = mapped_column(BigInteger)
    helper_part: Mapped[bytes] = mapped_column(LargeBinary(128))
    facts: Mapped[bytes] = mapped_column(LargeBinary)


class HelperWord(Base):
    """What a helper was given or what was said, under the helper's key."""

    __tablename__ = "helper_words"
    __retention__ = Keep(why="as long as its helper, and gone with it")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    helper_id: Mapped[int] = mapped_column(
        ForeignKey("case_helpers.id", ondelete="CASCADE"), index=True
    )
    written_on: Mapped[date] = mapped_column(Date)
    box: Mapped[bytes] = mapped_column(LargeBinary)


# --- evidence, and clearing up --------------------------------------------------------------------


class Evidence(SealedMixin, Base):
    """What was kept to prove an exposure: content with a key and a shred of its own.

    The box, under the key of the identity part, holds the content's key, its hash and where it is
    from. The digest in clear is that of the sealed bytes: it tells nothing, and shows any change.
    """

    __tablename__ = "evidence"
    __retention__ = Keep(why=WITH_CASE)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    kind: Mapped[EvidenceKind] = mapped_column(Word(EvidenceKind))
    shred_id: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    kept_on: Mapped[date] = mapped_column(Date)
    checked_on: Mapped[date] = mapped_column(Date)
    destroyed_on: Mapped[date | None] = mapped_column(Date)


class Sweep(SealedMixin, Base):
    """One run over everything that stands here, for the shields of one case.

    What it finds is sealed to a key made for it; the private half is in the box, under the key of
    the team's part. So the machine goes on by itself, and nobody but the team learns what it found.
    """

    __tablename__ = "sweeps"
    __retention__ = Keep(why=WITH_CASE)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    stage: Mapped[SweepStage] = mapped_column(Word(SweepStage))
    after_id: Mapped[int] = mapped_column(BigInteger)  # how far it has come in this stage
    looked_count: Mapped[int] = mapped_column(Integer)
    total_count: Mapped[int] = mapped_column(Integer)
    find_count: Mapped[int] = mapped_column(Integer)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    started_on: Mapped[date] = mapped_column(Date)
    finished_on: Mapped[date | None] = mapped_column(Date)


class SweepFind(Base):
    """One thing that a sweep has found, sealed to the sweep's key: no row says what."""

    __tablename__ = "sweep_finds"
    __retention__ = Keep(why=WITH_CASE)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    sweep_id: Mapped[int] = mapped_column(ForeignKey("sweeps.id", ondelete="CASCADE"), index=True)
    box: Mapped[bytes] = mapped_column(LargeBinary(128))


class PurgeRow(SealedMixin, Base):
    """One row of the purge sheet: a surface of this site and what a look at it has shown.

    Under the shared key, so that the affected member reads the same sheet.
    """

    __tablename__ = "purge_rows"
    __retention__ = Keep(why=WITH_CASE)
    __table_args__ = (Index("uq_purge_rows_case_id_surface", "case_id", "surface", unique=True),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    surface: Mapped[Surface] = mapped_column(Number(Surface))
    proof: Mapped[Proof] = mapped_column(Word(Proof))


class CaseNotice(SealedMixin, Base):
    """Whether the community is told: the aid's answer, the wording, who has signed.

    Under the shared key, because the affected member reads the wording and can refuse it.
    """

    __tablename__ = "case_notices"
    __retention__ = Keep(why=WITH_CASE)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), unique=True)
    state: Mapped[NoticeState] = mapped_column(Word(NoticeState))
    first_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))


class TraceWord(SealedMixin, Base):
    """What is said of where it may have come from: the member's diary, or what the team found.

    Under the key of the identity part: the contact person reads none of it.
    """

    __tablename__ = "trace_words"
    __retention__ = Keep(why=WITH_CASE)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    is_from_member: Mapped[bool] = mapped_column(Boolean)


class Trace(SealedMixin, Base):
    """The source page of a case: ways in which it could have been known, never who looked.

    All of it is under the key of the source part, whoever proposed what included.
    """

    __tablename__ = "traces"
    __retention__ = Keep(why="thirty days after its case is closed, and gone with it")

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), unique=True)


class LookBack(SealedMixin, Base):
    """What helped, what hurt, what was missed, and who does what about it. Under the team's key."""

    __tablename__ = "look_backs"
    __retention__ = Keep(why=WITH_CASE)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), unique=True)


class Phrase(Base):
    """A wording that the team gave a letter, a request or a notice. Of no case, and of nobody."""

    __tablename__ = "phrases"
    __retention__ = Keep(why="until the team words it anew; earlier ones stay to be looked at")

    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    text: Mapped[str] = mapped_column(Text)  # empty where the shipped wording holds again
    changed_on: Mapped[date] = mapped_column(Date)


class Drill(Base):
    """What a drill with people has shown: numbers alone, and nothing of who played."""

    __tablename__ = "drills"
    __retention__ = Keep(
        why="the page of the duty shows the last ones", days=400, after="played_on"
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    late_count: Mapped[int] = mapped_column(SmallInteger)  # clocks that had run out
    open_count: Mapped[int] = mapped_column(SmallInteger)  # points that nobody had settled
    played_on: Mapped[date] = mapped_column(Date)


# --- time and conflict ----------------------------------------------------------------------------


class Timer(Base):
    """Something that is due on a report or a case, and how far up it has been called."""

    __tablename__ = "timers"
    __retention__ = Keep(why="until it is done, or its report or case goes")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    report_id: Mapped[int | None] = mapped_column(
        ForeignKey("exposure_reports.id", ondelete="CASCADE"), index=True
    )
    case_id: Mapped[int | None] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), index=True
    )
    clock: Mapped[Clock] = mapped_column(Word(Clock))
    # An exact moment when it is less than a day away, else the end of a day.
    due_at: Mapped[datetime] = mapped_column(Fine, index=True)
    level: Mapped[int] = mapped_column(SmallInteger)  # of the chain: owner, second, all, trustee


class Recusal(Base):
    """Somebody must see nothing of a report or a case: a keyed tag of both, and no name."""

    __tablename__ = "recusals"
    __retention__ = Keep(why="as long as anybody may still be asked", days=730, after="made_on")

    tag: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    made_on: Mapped[date] = mapped_column(Date)


class CoverHour(Base):
    """Some hours of a weekday in which somebody is on duty, in UTC, as the operator set them."""

    __tablename__ = "cover_hours"
    __retention__ = Keep(why="until the operator decides otherwise")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    weekday: Mapped[int] = mapped_column(SmallInteger)
    begins: Mapped[int] = mapped_column(SmallInteger)
    ends: Mapped[int] = mapped_column(SmallInteger)
