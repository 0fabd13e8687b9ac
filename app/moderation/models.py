"""Reports, decisions and what follows from them for a member."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, ids
from app.core.db import Base, BigKey, Hour, Word
from app.core.retention import Keep

ANSWER_WINDOW: Final = timedelta(days=90)  # as long as the review item and its reports are kept
REASON_NAME_SIGNS: Final = 60
_STILL_OPEN: Final = sql("closed_on IS NULL")


class ReportReason(StrEnum):
    """What a report says of a post; the first is what this house exists for."""

    IDENTITY = "identity"
    DANGER = "danger"
    HARASSMENT = "harassment"
    SPAM = "spam"
    OFF_TOPIC = "off_topic"
    OTHER = "other"


class Rule(StrEnum):
    """The rule on which a decision rests."""

    IDENTITY = "identity"
    DANGER = "danger"
    HARASSMENT = "harassment"
    SPAM = "spam"
    OFF_TOPIC = "off_topic"
    NORMS = "norms"


class SanctionKind(StrEnum):
    """What may be decided about a member."""

    WARN = "warn"
    SILENCE = "silence"
    SUSPEND = "suspend"
    REMOVE = "remove"  # for good, by two people; no moderator alone can choose it


class Act(StrEnum):
    """What may be decided about a post."""

    RELEASE = "release"  # held: readers may see it
    REJECT = "reject"  # held: readers will not see it
    REMOVE = "remove"  # published: readers see it no longer
    LEAVE = "leave"  # it stays as it is


class Outcome(StrEnum):
    """What a reporter is told."""

    REMOVED = "removed"
    ACTED = "acted"  # the post stays, but something was said to its author
    LEFT = "left"
    GONE = "gone"  # the author erased it first
    UNDONE = "undone"  # a removal was taken back after the author had answered


class Report(Base):
    """A member asks the moderators to look at a post."""

    __tablename__ = "reports"
    __retention__ = Keep(why="answers close after ninety days", days=90, after="closed_on")
    __table_args__ = (
        Index(
            "uq_reports_open",
            "reporter_id",
            "post_id",
            unique=True,
            sqlite_where=_STILL_OPEN,
            postgresql_where=_STILL_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    review_item_id: Mapped[int] = mapped_column(
        ForeignKey("review_items.id", ondelete="CASCADE"), index=True
    )
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    reporter_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[ReportReason] = mapped_column(Word(ReportReason))
    text: Mapped[str] = mapped_column(Text, default="")
    is_urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    # The newest earlier wording when the report was made: a later one holds what was reported.
    seen_revision: Mapped[int] = mapped_column(BigKey, default=0)
    made_on: Mapped[date] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[Outcome | None] = mapped_column(Word(Outcome))

    @property
    def is_open(self) -> bool:
        """Whether its reporter still waits for an answer."""
        return self.closed_on is None


class Statement(Base):
    """A statement of reasons: what was decided about a member's text, on which rule, and why."""

    __tablename__ = "statements"
    __retention__ = Keep(why="a decision can be looked up for a year", days=365, after="decided_on")
    __table_args__ = (Index("ix_statements_member_id_id", "member_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    # Where two people decided: who agreed. An answer is read by neither of them. No foreign key:
    # SQLite adds none to a table that stands; a number that is nobody's any more bars nobody.
    second_id: Mapped[int | None] = mapped_column(BigInteger)
    review_item_id: Mapped[int | None] = mapped_column(
        ForeignKey("review_items.id", ondelete="SET NULL")
    )
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="SET NULL"))
    act: Mapped[Act] = mapped_column(Word(Act))  # `leave` for a sanction alone
    rule: Mapped[Rule | None] = mapped_column(Word(Rule))  # a release rests on none
    facts: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date] = mapped_column(Date)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date | None] = mapped_column(Date)
    reply: Mapped[str] = mapped_column(Text, default="")  # what the moderators said to the answer
    replied_on: Mapped[date | None] = mapped_column(Date)
    undone_on: Mapped[date | None] = mapped_column(Date)  # the answer was right

    @property
    def is_answered(self) -> bool:
        """Whether the member has already answered."""
        return self.answered_on is not None

    @property
    def answer_until(self) -> date:
        """The last day on which the member may answer."""
        return self.decided_on + ANSWER_WINDOW

    @property
    def is_answerable(self) -> bool:
        """Whether there is something to answer, and still time for it."""
        return self.act is not Act.RELEASE and clock.today() <= self.answer_until


class Sanction(Base):
    """A decision about a member that changes what he or she can do, usually until a date."""

    __tablename__ = "sanctions"
    __retention__ = Keep(why="a standing looks back one year", days=365, after="made_on")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    statement_id: Mapped[int] = mapped_column(
        ForeignKey("statements.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[SanctionKind] = mapped_column(Word(SanctionKind))
    made_on: Mapped[date] = mapped_column(Date)
    until: Mapped[datetime | None] = mapped_column(Hour)
    lifted_on: Mapped[date | None] = mapped_column(Date)

    @property
    def is_in_force(self) -> bool:
        """Whether it still keeps the member from something."""
        if self.kind is SanctionKind.REMOVE:
            return self.lifted_on is None
        is_running = self.until is not None and self.until > clock.now()
        return is_running and self.lifted_on is None


class HandedMessage(Base):
    """A message that its reader handed to the moderators; what it says, and by whom, is sealed."""

    __tablename__ = "handed_messages"
    __retention__ = Keep(why="answers close after ninety days", days=90, after="closed_on")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    # The reader who handed it over, and the copy that it was: whoever does it twice has done it
    # once. Who wrote it stands in the box alone, so that no row says who writes to whom.
    reporter_id: Mapped[int | None] = mapped_column(
        ForeignKey("members.id", ondelete="SET NULL"), index=True
    )
    subject: Mapped[str] = mapped_column(String(16), unique=True)
    reason: Mapped[ReportReason] = mapped_column(Word(ReportReason))
    is_urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    shred_id: Mapped[int] = mapped_column(BigInteger)
    box: Mapped[bytes] = mapped_column(LargeBinary)
    made_on: Mapped[date] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[Outcome | None] = mapped_column(Word(Outcome))


class HandedPart(Base):
    """One moderator's part of the key of a message that was handed over."""

    __tablename__ = "handed_parts"
    __retention__ = Keep(why="as long as the message that was handed over")

    handed_id: Mapped[int] = mapped_column(
        ForeignKey("handed_messages.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    part: Mapped[bytes] = mapped_column(LargeBinary(128))


class CannedReason(Base):
    """A reason that the team has worded once, to begin a statement with."""

    __tablename__ = "canned_reasons"
    __retention__ = Keep(why="until a moderator takes it away; it speaks of no member")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    name: Mapped[str] = mapped_column(String(REASON_NAME_SIGNS))
    rule: Mapped[Rule] = mapped_column(Word(Rule))
    text: Mapped[str] = mapped_column(Text)
    changed_on: Mapped[date] = mapped_column(Date)


class SparedKind(Base):
    """A kind of item that a moderator asked not to be given."""

    __tablename__ = "spared_kinds"
    __retention__ = Keep(why="until the moderator takes it back or leaves")

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    reason: Mapped[ReportReason] = mapped_column(Word(ReportReason), primary_key=True)


class ShiftNote(Base):
    """What one moderator leaves to those who come after, sealed; there is never more than one."""

    __tablename__ = "shift_notes"
    __retention__ = Keep(why="a shift has long begun by then", days=7, after="written_on")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    shred_id: Mapped[int] = mapped_column(BigInteger)
    box: Mapped[bytes] = mapped_column(LargeBinary)
    written_on: Mapped[date] = mapped_column(Date)


class ShiftNotePart(Base):
    """One moderator's part of the key of the note."""

    __tablename__ = "shift_note_parts"
    __retention__ = Keep(why="as long as the note")

    note_id: Mapped[int] = mapped_column(
        ForeignKey("shift_notes.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    part: Mapped[bytes] = mapped_column(LargeBinary(128))
