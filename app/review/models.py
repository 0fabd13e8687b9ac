"""The queue: what a moderator must look at. It remembers that somebody must decide, not what."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, ids
from app.core.db import Base, BigKey, Fine, Hour, Word
from app.core.retention import Keep

CLAIM_LASTS: Final = timedelta(minutes=30)
GONE: Final = "gone"  # the outcome of an item whose subject was erased before anybody decided
IN_BODY: Final = "body"  # where a finding lies
IN_TITLE: Final = "title"


class Reason(StrEnum):
    """Why something stands in the queue."""

    HELD = "held"
    REPORTED = "reported"
    FIRST_POST = "first_post"
    ANSWER = "answer"


_STILL_OPEN: Final = text("closed_on IS NULL")


class ReviewItem(Base):
    """One thing waiting for one decision. `subject` is the public id of a post or statement."""

    __tablename__ = "review_items"
    __retention__ = Keep(why="answers close after ninety days", days=90, after="closed_on")
    __table_args__ = (
        Index("ix_review_items_open", "closed_on", "rank", "id"),
        Index(
            "uq_review_items_open_subject",
            "subject",
            unique=True,
            sqlite_where=_STILL_OPEN,
            postgresql_where=_STILL_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    reason: Mapped[Reason] = mapped_column(Word(Reason))
    subject: Mapped[str] = mapped_column(String(16), index=True)
    report_count: Mapped[int] = mapped_column(Integer, default=0)
    is_identity: Mapped[bool] = mapped_column(default=False)  # it may show who somebody is
    is_urgent: Mapped[bool] = mapped_column(default=False)
    rank: Mapped[int] = mapped_column(SmallInteger, default=0)  # identity 2, urgent 1; sorts lists
    # Category, offsets, confidence and the names of rules; never a word of the text.
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    opened_at: Mapped[datetime] = mapped_column(Hour)
    closed_on: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[str] = mapped_column(String(24), default="")
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    claimed_at: Mapped[datetime | None] = mapped_column(Fine)
    # Two people never overwrite each other: every change of claim, text or state counts one up.
    version: Mapped[int] = mapped_column(Integer, default=1)

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.closed_on is None

    @property
    def holder_id(self) -> int | None:
        """The moderator who has taken it; a claim that is half an hour old is nobody's."""
        if self.claimed_at is None or self.claimed_at <= clock.now() - CLAIM_LASTS:
            return None
        return self.claimed_by
