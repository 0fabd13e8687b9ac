"""Handing single messages to the moderators: who sees what, and that nothing is forged."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Look, Member, Seen
from app.core import sealing, shreds
from app.core.audit import AuditEntry
from app.core.errors import NotFoundError, StaleError
from app.forum.models import Notice
from app.forum.service import Draft
from app.messages import keys
from app.messages import service as messages
from app.messages.models import Message
from app.moderation import handing
from app.moderation.handing import Handed, NobodyToReadError
from app.moderation.models import (
    Act,
    HandedMessage,
    HandedPart,
    Outcome,
    ReportReason,
    Rule,
    Sanction,
    SanctionKind,
    Statement,
)
from app.moderation.service import Complaint, Decision
from tests.factories import make_member, make_moderator, private_key_of

SignIn = Callable[..., FlaskClient]
COMPLAINT = Complaint(ReportReason.HARASSMENT, "It goes on and on.")
NASTY = "lanterns and reeds, said rudely"


@pytest.fixture
def heron(session: Session) -> Member:
    return make_member(session, "Heron")


@pytest.fixture
def stoat(session: Session) -> Member:
    return make_member(session, "Stoat")


@pytest.fixture
def owl(session: Session) -> Member:
    return make_moderator(session)


def send(session: Session, sender: Member, recipient: Member, body: str = NASTY) -> Message:
    """Write; returns the recipient's copy."""
    key = private_key_of(sender)
    messages.send(session, sender.actor, key, recipient.actor, Draft(body=body))
    query = select(Message).where(Message.member_id == recipient.id).order_by(Message.number)
    return session.scalars(query).all()[-1]


def hand(session: Session, reader: Member, copy: Message) -> None:
    handing.hand_over(session, reader.actor, private_key_of(reader), copy, COMPLAINT)


def only(session: Session) -> Handed:
    row = session.scalars(select(HandedMessage)).one()
    handed = handing.handed_by_id(session, row.public_id)
    assert handed is not None
    return handed


def test_a_moderator_reads_that_message_and_that_it_was_sent_like_this(
    session: Session, heron: Member, stoat: Member, owl: Member
) -> None:
    hand(session, heron, send(session, stoat, heron))
    handed = only(session)
    said = handing.opened(session, handed, owl.actor, private_key_of(owl))
    assert (said.text, said.words, said.is_as_sent) == (NASTY, COMPLAINT.text, True)
    assert handing.sender_of(session, said) is stoat
    assert handed.reader_ids == {owl.id}


def test_a_forged_copy_shows_that_nothing_proves_it(
    session: Session, heron: Member, stoat: Member, owl: Member
) -> None:
    """Whoever can write into the database can seal to a public key, but makes no mark."""
    copy = send(session, stoat, heron)
    shred = shreds.shred_part(session, copy.shred_id)
    assert shred is not None
    true = keys.open_letter(private_key_of(heron), shred, copy)
    lie = [true.sender, true.recipient, true.day.isoformat(), "a lie", true.mark.hex()]
    binding = sealing.bind("letter", "messages", copy.id)
    sealed = sealing.seal_item(shred, [heron.public_key], json.dumps(lie).encode(), binding)
    (copy.part,), copy.box = sealed.parts, sealed.box
    hand(session, heron, copy)
    said = handing.opened(session, only(session), owl.actor, private_key_of(owl))
    assert said.text == "a lie"
    assert not said.is_as_sent


def test_no_row_says_what_it_is_or_who_wrote_it(
    session: Session, heron: Member, stoat: Member, owl: Member
) -> None:
    hand(session, heron, send(session, stoat, heron))
    row = only(session).row
    values = [str(getattr(row, column.key)) for column in HandedMessage.__table__.columns]
    assert not any(NASTY in value or stoat.public_id in value for value in values)
    assert b"lanterns" not in row.box
    assert stoat.id not in {getattr(row, name) for name in ("id", "reporter_id")} - {row.id}


def test_the_parties_get_no_key_even_if_they_moderate(
    session: Session, heron: Member, owl: Member
) -> None:
    robin = make_moderator(session, "Robin")
    hand(session, heron, send(session, robin, heron))
    handed = only(session)
    assert handed.reader_ids == {owl.id}
    with pytest.raises(NotFoundError):
        handing.opened(session, handed, robin.actor, private_key_of(robin))


def test_where_only_the_writer_moderates_there_is_nobody_to_read_it(
    session: Session, heron: Member, owl: Member
) -> None:
    with pytest.raises(NobodyToReadError):
        hand(session, heron, send(session, owl, heron))
    assert session.scalars(select(HandedMessage)).all() == []


def test_handing_it_over_twice_is_handing_it_over_once(
    session: Session, heron: Member, stoat: Member, owl: Member
) -> None:
    copy = send(session, stoat, heron)
    hand(session, heron, copy)
    hand(session, heron, copy)
    assert only(session)


def test_a_sanction_has_its_reasons_and_the_reader_is_told(
    session: Session, heron: Member, stoat: Member, owl: Member
) -> None:
    hand(session, heron, send(session, stoat, heron))
    handed = only(session)
    said = handing.opened(session, handed, owl.actor, private_key_of(owl))
    decision = Decision(
        Act.LEAVE, Rule.HARASSMENT, "You were rude.", sanction=SanctionKind.SILENCE, days=3
    )
    handing.decide(session, owl.actor, handed, said, decision)
    assert session.scalars(select(Statement.member_id)).one() == stoat.id
    assert session.scalars(select(Sanction.kind)).one() is SanctionKind.SILENCE
    assert handed.row.outcome is Outcome.ACTED
    told = session.scalars(select(Notice).where(Notice.kind == "report_outcome")).one()
    assert told.member_id == heron.id
    with pytest.raises(StaleError):
        handing.decide(session, owl.actor, handed, said, decision)


def test_from_the_conversation_to_the_decision(
    session: Session, sign_in: SignIn, heron: Member, stoat: Member, owl: Member
) -> None:
    own = send(session, heron, stoat, "a first word")
    copy = send(session, stoat, heron)
    ours, theirs, moderator = sign_in(heron), sign_in(stoat), sign_in(owl)
    path = f"/messages/copies/{copy.public_id}/report"
    listed = re.search(r'href="(/messages/\w{16})"', ours.get("/messages").text)
    assert listed
    assert path in ours.get(listed[1]).text
    assert theirs.get(path).status_code == 404
    assert moderator.get(path).status_code == 404
    form = {"reason": "harassment", "text": "It goes on and on."}
    assert NASTY in ours.get(path).text
    assert ours.post(path, data={"text": "kept words"}).status_code == 422
    assert "kept words" in ours.post(path, data={"text": "kept words"}).text
    assert ours.post(path, data=form).status_code == 302
    queue = moderator.get("/queue/messages").text
    assert NASTY not in queue
    found = re.search(r"/queue/messages/\w{16}", queue)
    assert found
    shown = moderator.get(found[0]).text
    assert NASTY in shown
    assert "It was sent like this" in shown
    assert "Heron" not in shown
    assert theirs.get(found[0]).status_code == 404
    late = sign_in(make_moderator(session, "Robin"))
    assert late.get(found[0]).status_code == 404
    assert found[0] not in late.get("/queue/messages").text
    bare = moderator.post(found[0], data={"sanction": "warn"})
    assert bare.status_code == 422
    assert moderator.post(found[0], data={"sanction": ""}).status_code == 302
    assert "A moderator has read the message" in ours.get("/me/reports").text
    assert found[0] not in moderator.get("/queue/messages").text
    assert ours.get(f"/messages/copies/{own.public_id}/report").status_code == 404


def test_the_parts_go_with_the_message(
    session: Session, heron: Member, stoat: Member, owl: Member
) -> None:
    hand(session, heron, send(session, stoat, heron))
    session.delete(only(session).row)
    session.flush()
    assert session.scalars(select(HandedPart)).all() == []


def test_every_look_at_a_handed_message_is_told_to_who_handed_it_over_alone(
    session: Session, sign_in: SignIn, heron: Member, stoat: Member, owl: Member
) -> None:
    hand(session, heron, send(session, stoat, heron))
    handed = only(session)
    session.commit()
    client, address = sign_in(owl), f"/queue/messages/{handed.row.public_id}"
    assert NASTY in client.get(address).text
    assert client.post(address, data={"sanction": "warn"}).status_code == 422
    looks = session.scalars(select(Look).order_by(Look.id)).all()
    assert [(look.member_id, look.seen) for look in looks] == [(heron.id, Seen.MESSAGE)] * 2
    query = select(AuditEntry.actor, AuditEntry.verb, AuditEntry.subject)
    openings = [(owl.public_id, "message.open", look.public_id) for look in looks]
    assert list(session.execute(query.order_by(AuditEntry.sequence))) == openings
    line = "A moderator opened a message that you handed over."
    page = sign_in(heron).get("/me/privacy").text
    assert f"{line} 2 times" in page
    assert "Owl" not in page
    assert line not in sign_in(stoat).get("/me/privacy").text
