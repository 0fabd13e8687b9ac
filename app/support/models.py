"""A member's own safety: what only the member opens, and copies for somebody he or she trusts.

The plan, the ticks of the guides and whatever else a member keeps here lie in one box, so that the
disk does not tell who has a plan from who has read a guide.
"""

from __future__ import annotations

import secrets
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    LargeBinary,
    SmallInteger,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core import ids
from app.core.db import Base, BigKey, Word
from app.core.retention import Keep

ID_BITS: Final = 62


def drawn_id() -> int:
    """An inner id that tells nothing of when its row came."""
    return secrets.randbits(ID_BITS)


class OwnPage(Base):
    """What a member keeps for himself or herself alone: one box under the member's own key."""

    __tablename__ = "own_pages"
    __retention__ = Keep(why="until its member erases it, or leaves")

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    shred_id: Mapped[int] = mapped_column(BigInteger)
    part: Mapped[bytes] = mapped_column(LargeBinary(128))
    box: Mapped[bytes] = mapped_column(LargeBinary)


class PlanCopy(Base):
    """Some of a plan, sealed to one other person; who that is no row says."""

    __tablename__ = "plan_copies"
    __retention__ = Keep(why="a copy that nobody renews is out of date", days=365, after="made_on")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False, default=drawn_id)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    shred_id: Mapped[int] = mapped_column(BigInteger)
    part: Mapped[bytes] = mapped_column(LargeBinary(128))
    box: Mapped[bytes] = mapped_column(LargeBinary)
    made_on: Mapped[date] = mapped_column(Date)


class CheckState(StrEnum):
    """How it stands with the check-ins of one member."""

    ACTIVE = "active"
    PAUSED = "paused"
    QUIET = "quiet"  # one gentle try had no answer: nobody writes until the member wants it


class CheckIn(Base):
    """That somebody here writes to a member in a rhythm. To whom, and how often, is sealed.

    In clear is who writes and by when, so that the tick can see what was missed without a key.
    """

    __tablename__ = "check_ins"
    __retention__ = Keep(
        why="check-ins that nobody has touched for a year have ended", days=365, after="active_on"
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False, default=drawn_id)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("members.id", ondelete="SET NULL"), index=True
    )
    second_id: Mapped[int | None] = mapped_column(
        ForeignKey("members.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[CheckState] = mapped_column(Word(CheckState))
    is_danger: Mapped[bool] = mapped_column(Boolean)  # silence calls somebody; agreed beforehand
    due_on: Mapped[date | None] = mapped_column(Date, index=True)  # when we write next
    missed_on: Mapped[date | None] = mapped_column(Date)  # the day on which a miss was noticed
    called: Mapped[int] = mapped_column(SmallInteger)  # how far up: nobody, owner, second, outside
    called_on: Mapped[date | None] = mapped_column(Date)
    answer_by: Mapped[date | None] = mapped_column(Date)  # until when an answer is looked for
    is_tried: Mapped[bool] = mapped_column(Boolean)  # the one gentle try was made
    active_on: Mapped[date] = mapped_column(Date)
    shred_id: Mapped[int] = mapped_column(BigInteger)
    member_part: Mapped[bytes] = mapped_column(LargeBinary(128))
    owner_part: Mapped[bytes] = mapped_column(LargeBinary(128))
    second_part: Mapped[bytes | None] = mapped_column(LargeBinary(128))
    box: Mapped[bytes] = mapped_column(LargeBinary)

    @property
    def reader_ids(self) -> frozenset[int]:
        """Who of the team can open it."""
        return frozenset(each for each in (self.owner_id, self.second_id) if each is not None)


class CheckInLetter(Base):
    """A letter of a check-in, or a word of the member's; under the key of the check-in."""

    __tablename__ = "check_in_letters"
    __retention__ = Keep(why="as letters of a case", days=90, after="written_on")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    check_in_id: Mapped[int] = mapped_column(
        ForeignKey("check_ins.id", ondelete="CASCADE"), index=True
    )
    is_from_member: Mapped[bool] = mapped_column(Boolean)
    written_on: Mapped[date] = mapped_column(Date)
    box: Mapped[bytes] = mapped_column(LargeBinary)


class Status(StrEnum):
    """Whether an entry of a list still holds."""

    OK = "ok"
    UNSURE = "unsure"
    CLOSED = "closed"


class ListEntry(Base):
    """Somebody who helps, or a law: what an operator has changed, checked or taken over.

    What ships with the program lies in a file; a row with the same code stands in its place.
    """

    __tablename__ = "list_entries"
    __retention__ = Keep(why="until the operator decides otherwise")

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    facts: Mapped[str] = mapped_column(Text)  # as JSON: see `lists.Entry`
    status: Mapped[Status] = mapped_column(Word(Status))
    last_checked_on: Mapped[date | None] = mapped_column(Date)
    next_check_on: Mapped[date | None] = mapped_column(Date)
    checked_by: Mapped[str] = mapped_column(String(60))


class Wrong(StrEnum):
    """What somebody finds wrong with an entry; a choice, so that nobody writes about a person."""

    GONE = "gone"
    REACH = "reach"
    WHOM = "whom"
    HARM = "harm"
    OTHER = "other"


class Doubt(Base):
    """That somebody has said an entry is wrong: what and when last, never who or how many."""

    __tablename__ = "list_doubts"
    __retention__ = Keep(why="until an operator has looked at the entry", days=180, after="told_on")

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    wrong: Mapped[Wrong] = mapped_column(Word(Wrong), primary_key=True)
    told_on: Mapped[date] = mapped_column(Date)


class GuideText(Base):
    """A guide as an operator has written it, in place of the one that ships."""

    __tablename__ = "guide_texts"
    __retention__ = Keep(why="until the operator decides otherwise")

    code: Mapped[str] = mapped_column(String(24), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    checked_on: Mapped[date] = mapped_column(Date)
