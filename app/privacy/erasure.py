"""What is owed after somebody erased a text: its last bytes on the disk (PRIVACY.md §11).

A deed takes the rows away and, in the same transaction, writes down that the bytes are owed. The
tick pays (`app/cli/erasing.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock
from app.core.db import Base, BigKey, Hour, Word
from app.core.retention import Keep


class Kind(StrEnum):
    """What was erased."""

    TEXT = "text"
    MEMBER = "member"


class Texts(StrEnum):
    """What is to become of the texts of a member who leaves."""

    KEPT = "keep"
    BLANKED = "blank"
    ERASED = "erase"


class State(StrEnum):
    """How far it is."""

    ROWS = "rows"  # texts are hidden from everybody, and go in slices
    BYTES = "bytes"  # no table holds a word of it; the disk may
    DONE = "done"


class OwedErasure(Base):
    """One erasure, from the deed until the bytes are gone and a day beyond: ids, never a word."""

    __tablename__ = "owed_erasures"
    __retention__ = Keep(
        why="a day after it is done, so that its member can see that it is",
        days=1,
        after="done_at",
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    texts: Mapped[Texts | None] = mapped_column(Word(Texts))
    subject: Mapped[str] = mapped_column(String(16))  # the public id of what was erased
    member_id: Mapped[int | None] = mapped_column(
        ForeignKey("members.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[State] = mapped_column(Word(State), index=True)
    done_at: Mapped[datetime | None] = mapped_column(Hour)


@dataclass(frozen=True, slots=True)
class Owing:
    """How many of a member's erasures are under way, and how many were done in the last day."""

    under_way: int
    done: int


def owe(session: Session, member_id: int | None, subject: str) -> None:
    """Write down, with the deed itself, that the bytes of an erased text are owed."""
    session.add(
        OwedErasure(kind=Kind.TEXT, subject=subject, member_id=member_id, state=State.BYTES)
    )


def is_owed(session: Session) -> bool:
    """Whether anything is still to be done."""
    query = select(OwedErasure.id).where(OwedErasure.state != State.DONE).limit(1)
    return session.scalar(query) is not None


def owing_of(session: Session, member_id: int) -> Owing:
    """How far a member's own erasures are."""
    query = (
        select(OwedErasure.state, func.count().label("rows"))
        .where(OwedErasure.member_id == member_id)
        .group_by(OwedErasure.state)
    )
    counts = {row.state: row.rows for row in session.execute(query)}
    done = counts.pop(State.DONE, 0)
    return Owing(under_way=sum(counts.values()), done=done)


def newest_owed(session: Session) -> int:
    """The newest erasure that is written down: what is owed later is not paid with it."""
    return session.scalar(select(func.max(OwedErasure.id))) or 0


def pay(session: Session, newest: int) -> int:
    """Write down that the bytes are gone of what was owed up to `newest`; returns how many."""
    paid = session.execute(
        update(OwedErasure)
        .where(OwedErasure.state == State.BYTES, OwedErasure.id <= newest)
        .values(state=State.DONE, done_at=clock.now())
        .returning(OwedErasure.id)
    ).all()
    return len(paid)


def rows_are_gone(owed: OwedErasure) -> None:
    """Note that no table holds a word of it any more; only the disk may."""
    owed.state = State.BYTES
