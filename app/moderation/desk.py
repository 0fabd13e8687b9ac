"""What moderators share among themselves: worded reasons, and the note for the next shift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core import audit, clock, sealing, shreds
from app.core.crypto import BrokenSealError
from app.core.text import clean, clean_line
from app.moderation import queries
from app.moderation.models import CannedReason, Rule, ShiftNote, ShiftNotePart
from app.policy.vocabulary import Actor

REASONS_MOST: Final = 50  # more would be looked through longer than a reason takes to write


@dataclass(frozen=True, slots=True, repr=False)
class LeftNote:
    """The note for the next shift; without a text where it was not sealed to whoever asks."""

    text: str | None
    author: str
    written_on: date

    def __repr__(self) -> str:
        return "***"


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


def shift_note(session: Session, moderator: Actor, private_key: bytes) -> LeftNote | None:
    """The note for the next shift, opened with this moderator's key, or nothing."""
    query = (
        select(ShiftNote, Member.pseudonym, ShiftNotePart.part)
        .join(Member, Member.id == ShiftNote.author_id)
        .outerjoin(
            ShiftNotePart,
            and_(ShiftNotePart.note_id == ShiftNote.id, ShiftNotePart.member_id == moderator.id),
        )
        .order_by(ShiftNote.id.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    if row is None:
        return None
    note, author, part = row
    return LeftNote(_opened(session, note, part, private_key), author, note.written_on)


def leave_note(session: Session, moderator: Actor, text: str) -> None:
    """Leave a note in place of the one before it; an empty text takes that one away.

    It is sealed to whoever moderates at this moment, and to its author in any case.
    """
    audit.take_turn(session)
    _take_away(session)
    words = clean(text)
    if words:
        _seal(session, moderator, words)
    verb = "shift_note.leave" if words else "shift_note.clear"
    audit.record(session, moderator.public_id, verb, moderator.public_id)


def erase_note_of(session: Session, member_id: int) -> None:
    """Take the note of a member away who leaves, so that it opens no more."""
    _take_away(session, ShiftNote.author_id == member_id)


def _seal(session: Session, moderator: Actor, words: str) -> None:
    """Store the words in a box, with a part of its key for each reader."""
    readers = {one.id: one.public_key for one in queries.moderators(session, without=set())}
    readers[moderator.id] = moderator.public_key
    shred_id, shred = shreds.new_shred(session)
    sealed = sealing.seal_item(shred, list(readers.values()), words.encode(), _binding(shred_id))
    note = ShiftNote(
        author_id=moderator.id, shred_id=shred_id, box=sealed.box, written_on=clock.today()
    )
    session.add(note)
    session.flush()  # the parts name it by its id
    session.add_all(
        ShiftNotePart(note_id=note.id, member_id=reader, part=part)
        for reader, part in zip(readers, sealed.parts, strict=True)
    )


def _opened(
    session: Session, note: ShiftNote, part: bytes | None, private_key: bytes
) -> str | None:
    """The words of a note, or nothing where there is no part for this key."""
    shred = shreds.shred_part(session, note.shred_id)
    if part is None or shred is None:
        return None
    binding = _binding(note.shred_id)
    try:
        return sealing.open_item(private_key, part, shred, note.box, binding).decode()
    except BrokenSealError:  # changed by somebody else's hand
        return None


def _take_away(session: Session, *which: ColumnElement[bool]) -> None:
    """Delete notes with the shreds of their keys; the parts go with them."""
    shreds.destroy(session, session.scalars(select(ShiftNote.shred_id).where(*which)))
    session.execute(delete(ShiftNote).where(*which))


def _binding(shred_id: int) -> str:
    """The place of a note; its shred's id is drawn before the row is stored, and is no other's."""
    return sealing.bind("note", ShiftNote.__tablename__, shred_id)
