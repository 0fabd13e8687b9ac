"""Messages that their readers hand to the moderators: one at a time, as it was sent.

The reader's browser sends no text: the server opens the reader's own copy, and looks whether the
mark that it made when the message was sent is on it (`messages/keys.py`). So nobody hands over what
was never written. The copy is sealed to those who moderate at that moment, but for the writer and
the reader; who comes later cannot open it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import looks
from app.accounts.models import Member, Seen
from app.accounts.queries import members_by_ids
from app.core import audit, clock, ids, sealing, shreds
from app.core.crypto import BrokenSealError
from app.core.errors import NotFoundError, RefusalError, StaleError
from app.core.text import clean
from app.forum import service as forum
from app.messages import keys
from app.messages import queries as messages
from app.messages.models import Message
from app.moderation import queries, service
from app.moderation.models import HandedMessage, HandedPart, Outcome
from app.moderation.service import Complaint, Decision
from app.policy.vocabulary import Actor


class NobodyToReadError(RefusalError):
    """No moderator is here who has no part in it."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A message that was handed over, and who holds a part of its key."""

    row: HandedMessage
    reader_ids: frozenset[int]


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """What the box of a handed message holds. `sender_id` is nobody's once the writer has left."""

    text: str
    day: date
    words: str
    is_as_sent: bool
    sender_id: int

    def __repr__(self) -> str:
        return "***"


# --- reading --------------------------------------------------------------------------------------


def handed_by_id(session: Session, public_id: str) -> Handed | None:
    """The handed message with this public id."""
    query = select(HandedMessage).where(HandedMessage.public_id == public_id)
    row = session.scalars(query).first()
    if row is None:
        return None
    parts = select(HandedPart.member_id).where(HandedPart.handed_id == row.id)
    return Handed(row, frozenset(session.scalars(parts)))


def waiting_for(session: Session, moderator: Actor) -> Sequence[HandedMessage]:
    """What this moderator can open and nobody has decided, the urgent first."""
    query = (
        select(HandedMessage)
        .join(HandedPart, HandedPart.handed_id == HandedMessage.id)
        .where(HandedPart.member_id == moderator.id, HandedMessage.closed_on.is_(None))
        .order_by(HandedMessage.is_urgent.desc(), HandedMessage.id)
    )
    return session.scalars(query).all()


def handed_by(session: Session, reporter: Actor) -> Sequence[HandedMessage]:
    """What a member has handed over, the last first."""
    query = select(HandedMessage).where(HandedMessage.reporter_id == reporter.id)
    return session.scalars(query.order_by(HandedMessage.id.desc())).all()


def is_handed(session: Session, copy: Message) -> bool:
    """Whether this copy was handed over before."""
    query = select(HandedMessage.id).where(HandedMessage.subject == copy.public_id)
    return session.scalar(query) is not None


def opened(session: Session, handed: Handed, moderator: Actor, private_key: bytes) -> Said:
    """What a handed message says, for a moderator who holds a part.

    Raises:
        NotFoundError: when it was not sealed to this moderator, is gone, or was changed.
    """
    part = session.get(HandedPart, (handed.row.id, moderator.id))
    shred = shreds.shred_part(session, handed.row.shred_id)
    if part is None or shred is None:
        raise NotFoundError
    binding = _binding(handed.row.public_id)
    try:
        text = sealing.open_item(private_key, part.part, shred, handed.row.box, binding)
    except BrokenSealError as error:
        raise NotFoundError from error
    said, day, words, is_as_sent, sender_id = json.loads(text)
    return Said(said, date.fromisoformat(day), words, is_as_sent, sender_id)


def sender_of(session: Session, said: Said) -> Member | None:
    """Who wrote it, if still here."""
    return members_by_ids(session, [said.sender_id]).get(said.sender_id)


# --- deeds ----------------------------------------------------------------------------------------


def hand_over(
    session: Session, reader: Actor, private_key: bytes, copy: Message, complaint: Complaint
) -> None:
    """Hand one message to the moderators. Whoever does it twice has done it once.

    Raises:
        NotFoundError: when it does not open, or is the reader's own.
        NobodyToReadError: when no moderator is there but the two themselves.
    """
    (read,) = messages.read(session, reader, [copy], private_key)
    letter = read.letter
    if letter is None or read.is_own:
        raise NotFoundError
    if is_handed(session, copy):
        return
    sender = messages.member_named(session, letter.sender)
    parties = {reader.id, sender.id if sender else 0}
    readers = queries.moderators(session, parties)
    if not readers:
        raise NobodyToReadError
    public_id = ids.new_id()
    shred_id, shred = shreds.new_shred(session)
    said = [
        letter.text,
        letter.day.isoformat(),
        clean(complaint.text),
        keys.is_as_sent(session, copy, letter),
        sender.id if sender else 0,
    ]
    sealed = sealing.seal_item(
        shred,
        [moderator.public_key for moderator in readers],
        json.dumps(said, ensure_ascii=False).encode(),
        _binding(public_id),
    )
    row = HandedMessage(
        public_id=public_id,
        reporter_id=reader.id,
        subject=copy.public_id,
        reason=complaint.reason,
        is_urgent=complaint.is_urgent,
        shred_id=shred_id,
        box=sealed.box,
        made_on=clock.today(),
    )
    session.add(row)
    session.flush()  # the parts name it by its id
    session.add_all(
        HandedPart(handed_id=row.id, member_id=moderator.id, part=part)
        for moderator, part in zip(readers, sealed.parts, strict=True)
    )


def note_opening(session: Session, moderator: Actor, reporter_id: int | None) -> None:
    """Write down that a moderator has opened a message, and for whoever handed it over to read.

    Not for its writer: who that is stands in the sealed box alone, and such a line would say that
    the reader has reported it.
    """
    looks.note(session, moderator, "message.open", reporter_id, Seen.MESSAGE)


def decide(
    session: Session, moderator: Actor, handed: Handed, said: Said, decision: Decision
) -> None:
    """Decide about a handed message: sanction its writer, or leave it; its reader is told.

    Raises:
        StaleError: when somebody else has decided.
        NotFoundError: when a sanction is meant for somebody who has left.
    """
    audit.take_turn(session)
    session.refresh(handed.row, ["closed_on"], with_for_update=True)
    if handed.row.closed_on is not None:
        raise StaleError
    outcome = Outcome.LEFT
    if decision.sanction is not None:
        sender = sender_of(session, said)
        if sender is None:
            raise NotFoundError
        service.sanction_member(session, moderator, sender.id, decision)
        outcome = Outcome.ACTED
    handed.row.closed_on = clock.today()
    handed.row.outcome = outcome
    audit.record(session, moderator.public_id, "message.decide", handed.row.public_id)
    if handed.row.reporter_id is not None:
        forum.notify(session, handed.row.reporter_id, "report_outcome", handed.row.public_id)


def _binding(public_id: str) -> str:
    return sealing.bind("handed", HandedMessage.__tablename__, public_id)
