"""What moderators share: worded reasons, the note for the next shift, and handing an item on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import names
from app.accounts import service as accounts
from app.core import crypto, shreds
from app.core.audit import AuditEntry
from app.core.crypto import BrokenSealError
from app.forum.models import Notice
from app.leaving import service as leaving
from app.moderation import desk
from app.moderation.models import CannedReason, Rule, ShiftNote, ShiftNotePart
from app.policy.vocabulary import Role
from app.privacy.erasure import Texts
from app.privacy.retention import run_retention
from app.review.service import claim
from tests.factories import make_board, make_member, make_moderator, private_key_of
from tests.moderation.stage import make_held, make_reported, matter_of

SignIn = Callable[..., FlaskClient]
NOTE = "Three first posts of the same evening wait for somebody who reads Portuguese."


def verbs(session: Session) -> list[str]:
    """What the audit log holds, in order."""
    return list(session.scalars(select(AuditEntry.verb).order_by(AuditEntry.sequence)))


# --- the note -------------------------------------------------------------------------------------


def test_a_note_takes_the_place_of_the_one_before(session: Session, sign_in: SignIn) -> None:
    owl, barn = make_moderator(session), make_moderator(session, "Barn")
    sign_in(owl).post("/queue/note", data={"text": "Old words."})
    answer = sign_in(barn).post("/queue/note", data={"text": NOTE})
    assert answer.status_code == 302
    page = sign_in(owl).get("/queue").text
    assert NOTE in page
    assert barn.pseudonym in page
    assert "Old words." not in page
    assert len(session.scalars(select(ShiftNote)).all()) == 1
    assert verbs(session) == ["shift_note.leave", "shift_note.leave"]


def test_an_empty_note_takes_the_one_before_away(session: Session, sign_in: SignIn) -> None:
    browser = sign_in(make_moderator(session))
    browser.post("/queue/note", data={"text": NOTE})
    browser.post("/queue/note", data={"text": "  "})
    assert NOTE not in browser.get("/queue").text
    assert session.scalars(select(ShiftNote)).all() == []
    assert verbs(session)[-1] == "shift_note.clear"


def test_a_note_that_is_too_long_is_not_lost(session: Session, sign_in: SignIn) -> None:
    browser = sign_in(make_moderator(session))
    answer = browser.post("/queue/note", data={"text": "a" * 1_001})
    assert answer.status_code == 422
    assert "a" * 1_001 in answer.text
    assert session.scalars(select(ShiftNote)).all() == []


def test_nobody_else_reads_or_leaves_a_note(session: Session, sign_in: SignIn) -> None:
    desk.leave_note(session, make_moderator(session).actor, NOTE)
    for member in (make_member(session), make_member(session, roles=Role.RESPONDER)):
        browser = sign_in(member)
        assert browser.get("/queue").status_code == 404
        assert browser.post("/queue/note", data={"text": "mine"}).status_code == 404


def test_the_disk_tells_not_a_word_of_the_note(session: Session) -> None:
    owl = make_moderator(session)
    desk.leave_note(session, owl.actor, NOTE)
    note = session.scalars(select(ShiftNote)).one()
    part = session.scalars(select(ShiftNotePart)).one()
    shred = shreds.shred_part(session, note.shred_id)
    assert shred is not None
    held = (note.box, part.part, shred)
    assert not any(word.encode() in one for word in NOTE.split() for one in held)
    with pytest.raises(BrokenSealError):
        crypto.unseal(shred, note.box)
    stranger = crypto.new_private_key()
    left = desk.shift_note(session, owl.actor, stranger)
    assert left is not None
    assert left.text is None
    own = desk.shift_note(session, owl.actor, private_key_of(owl))
    assert own is not None
    assert own.text == NOTE


def test_who_comes_to_moderate_later_reads_the_note_once_it_is_left_anew(
    session: Session, sign_in: SignIn
) -> None:
    owl = make_moderator(session)
    desk.leave_note(session, owl.actor, NOTE)
    barn = make_moderator(session, "Barn")
    page = sign_in(barn).get("/queue").text
    assert NOTE not in page
    assert "sealed to those who moderated" in page
    assert owl.pseudonym in page
    desk.leave_note(session, owl.actor, NOTE)
    assert NOTE in sign_in(barn).get("/queue").text


def test_who_no_longer_moderates_gets_no_part_of_the_next_note(session: Session) -> None:
    owl, barn = make_moderator(session), make_moderator(session, "Barn")
    desk.leave_note(session, owl.actor, "Before.")
    accounts.revoke_role(session, owl.public_id, barn, Role.MODERATOR)
    session.flush()
    desk.leave_note(session, owl.actor, NOTE)
    assert session.scalars(select(ShiftNotePart.member_id)).all() == [owl.id]


@pytest.mark.parametrize("way", ["replaced", "cleared", "left", "old"])
def test_the_shred_of_a_note_goes_with_it(session: Session, way: str) -> None:
    owl = make_moderator(session)
    desk.leave_note(session, owl.actor, NOTE)
    note = session.scalars(select(ShiftNote)).one()
    shred_id = note.shred_id
    if way == "left":
        session.info[names.KEY_NAME] = crypto.random_key()
        leaving.leave(session, owl.actor, Texts.KEPT)
    elif way == "old":
        note.written_on -= timedelta(days=8)
        session.flush()
        run_retention(session)
    else:
        desk.leave_note(session, owl.actor, "Other words." if way == "replaced" else "")
    session.flush()
    assert shreds.shred_part(session, shred_id) is None
    count = 1 if way == "replaced" else 0
    assert len(session.scalars(select(ShiftNote.id)).all()) == count
    assert len(session.scalars(select(ShiftNotePart.note_id)).all()) == count


# --- worded reasons -------------------------------------------------------------------------------


def test_a_canned_reason_is_kept_used_and_taken_away(session: Session, sign_in: SignIn) -> None:
    owl = make_moderator(session)
    browser = sign_in(owl)
    kept = {"name": "Phone numbers", "rule": "identity", "text": "Your post held a number."}
    assert browser.post("/queue/reasons", data=kept).status_code == 302
    one = session.scalars(select(CannedReason)).one()
    item = make_reported(session, author=make_member(session))
    page = browser.get(f"/queue/{item.public_id}").text
    assert "Phone numbers" in page
    sent = {
        "act": "remove",
        "facts": "It was in the second line.",
        "canned": one.public_id,
        "fill": "1",
        "version": str(item.version),
        "seen": matter_of(session, item).fingerprint,
    }
    filled = browser.post(f"/queue/{item.public_id}/decide", data=sent).text
    assert "It was in the second line.\n\nYour post held a number." in filled
    assert 'value="identity" selected' in filled
    assert item.is_open  # nothing was decided
    assert browser.post(f"/queue/reasons/{one.public_id}/remove").status_code == 302
    assert session.scalars(select(CannedReason)).all() == []
    assert verbs(session) == ["canned_reason.add", "canned_reason.remove"]


def test_a_canned_reason_leaves_the_rule_that_was_chosen(session: Session, sign_in: SignIn) -> None:
    owl = make_moderator(session)
    one = desk.add_reason(session, owl.actor, "Numbers", Rule.IDENTITY, "A number.")
    item = make_reported(session, author=make_member(session))
    sent = {"rule": "danger", "canned": one.public_id, "fill": "1"}
    filled = sign_in(owl).post(f"/queue/{item.public_id}/decide", data=sent).text
    assert 'value="danger" selected' in filled
    assert "A number." in filled


def test_a_canned_reason_without_its_parts_is_said_and_kept(
    session: Session, sign_in: SignIn
) -> None:
    browser = sign_in(make_moderator(session))
    answer = browser.post("/queue/reasons", data={"text": "Words that took an hour."})
    assert answer.status_code == 422
    assert "Words that took an hour." in answer.text
    assert "Choose the rule" in answer.text
    assert session.scalars(select(CannedReason)).all() == []


def test_there_are_not_more_canned_reasons_than_one_looks_through(
    session: Session, sign_in: SignIn
) -> None:
    owl = make_moderator(session)
    for at in range(desk.REASONS_MOST):
        desk.add_reason(session, owl.actor, f"No. {at}", Rule.SPAM, "Spam.")
    sent = {"name": "One more", "rule": "spam", "text": "Spam."}
    assert sign_in(owl).post("/queue/reasons", data=sent).status_code == 422
    assert len(desk.canned_reasons(session)) == desk.REASONS_MOST


# --- handing on -----------------------------------------------------------------------------------


def test_an_item_is_handed_on_to_somebody_who_may_decide_it(
    session: Session, sign_in: SignIn
) -> None:
    owl, barn = make_moderator(session), make_moderator(session, "Barn")
    item = make_held(session, author=make_member(session))
    claim(session, owl.actor, item)
    path = f"/queue/{item.public_id}"
    assert barn.pseudonym in sign_in(owl).get(path).text
    sent = {"to": barn.pseudonym, "version": str(item.version)}
    assert sign_in(owl).post(f"{path}/hand-on", data=sent).status_code == 302
    assert item.holder_id == barn.id
    line = session.scalars(select(Notice).where(Notice.member_id == barn.id)).one()
    assert (line.kind, line.subject) == ("handed_on", item.public_id)
    inbox = sign_in(barn).get("/inbox").text
    assert "handed on to you" in inbox
    assert path in inbox
    assert verbs(session)[-1] == "review.hand_on"


def test_no_item_goes_to_a_party_or_to_somebody_without_the_board(
    session: Session, sign_in: SignIn
) -> None:
    board = make_board(session, gate_role=Role.RESPONDER)
    owl = make_member(session, roles=Role.MODERATOR | Role.RESPONDER)
    outsider = make_moderator(session)
    author = make_member(session, roles=Role.MODERATOR | Role.RESPONDER)
    item = make_held(session, author=author, board=board)
    claim(session, owl.actor, item)
    path = f"/queue/{item.public_id}"
    page = sign_in(owl).get(path).text
    assert "Hand it on" not in page
    for other in (outsider.pseudonym, author.pseudonym, "nobody", ""):
        sent = {"to": other, "version": str(item.version)}
        assert sign_in(owl).post(f"{path}/hand-on", data=sent).status_code == 302
        assert item.holder_id == owl.id
    assert "review.hand_on" not in verbs(session)


def test_who_does_not_have_an_item_hands_nothing_on(session: Session, sign_in: SignIn) -> None:
    owl, barn, tawny = (make_moderator(session, name) for name in ("Owl", "Barn", "Tawny"))
    item = make_held(session, author=make_member(session))
    claim(session, owl.actor, item)
    sent = {"to": tawny.pseudonym, "version": str(item.version)}
    assert sign_in(barn).post(f"/queue/{item.public_id}/hand-on", data=sent).status_code == 409
    stale = {"to": tawny.pseudonym, "version": str(item.version - 1)}
    assert sign_in(owl).post(f"/queue/{item.public_id}/hand-on", data=stale).status_code == 409
    assert item.holder_id == owl.id
