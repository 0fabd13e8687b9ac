"""What moderators share among themselves: worded reasons, and the note for the next shift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core import audit, clock
from app.core.text import clean, clean_line
from app.moderation.models import CannedReason, Rule, ShiftNote
from app.policy.vocabulary import Actor

REASONS_MOST: Final = 50  # more would be looked through longer than a reason takes to write


def canned_reasons(session: Session) -> Sequence[CannedReason]:
    """Every worded reason, by rule and name."""
    return session.scalars(
        select(CannedReason).order_by(CannedReason.rule, CannedReason.name, CannedReason.id)
    ).all()


def reason_by_id(session: Session, public_id: str) -> CannedReason | None:
    """The worded reason with this public id."""
    return session.scalars(select(CannedReason).where(CannedReason.public_id == public_id)).first()


def is_full(session: Session) -> bool:
    """Whether there are as many worded reasons as there can be."""
    return (session.scalar(select(func.count()).select_from(CannedReason)) or 0) >= REASONS_MOST


def add_reason(
    session: Session, moderator: Actor, name: str, rule: Rule, text: str
) -> CannedReason:
    """Keep a reason for everybody of the team to begin with."""
    audit.take_turn(session)
    made = CannedReason(
        name=clean_line(name), rule=rule, text=clean(text), changed_on=clock.today()
    )
    session.add(made)
    session.flush()  # the audit log names it by its id
    audit.record(session, moderator.public_id, "canned_reason.add", made.public_id)
    return made


def remove_reason(session: Session, moderator: Actor, one: CannedReason) -> None:
    """Take a worded reason away; statements that began with it stay as they are."""
    audit.take_turn(session)
    session.delete(one)
    audit.record(session, moderator.public_id, "canned_reason.remove", one.public_id)


def shift_note(session: Session) -> tuple[ShiftNote, str] | None:
    """The note for the next shift and the pseudonym of who left it, or nothing."""
    query = (
        select(ShiftNote, Member.pseudonym)
        .outerjoin(Member, Member.id == ShiftNote.author_id)
        .order_by(ShiftNote.id.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    return (row[0], row[1] or "") if row is not None else None


def leave_note(session: Session, moderator: Actor, text: str) -> None:
    """Leave a note in place of the one before it; an empty text takes that one away."""
    audit.take_turn(session)
    session.execute(delete(ShiftNote))
    words = clean(text)
    if words:
        session.add(ShiftNote(author_id=moderator.id, text=words, written_on=clock.today()))
    verb = "shift_note.leave" if words else "shift_note.clear"
    audit.record(session, moderator.public_id, verb, moderator.public_id)
