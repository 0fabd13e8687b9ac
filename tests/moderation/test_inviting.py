"""Who invited whom: the tie, the line after a sanction, the tree, and the cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts import service as joining
from app.accounts.models import InviteTie, Look, Member
from app.core import clock
from app.core.audit import AuditEntry
from app.core.errors import StaleError
from app.forum.models import Notice
from app.leaving.service import erase_texts
from app.moderation import inviting, service
from app.moderation.inviting import Cut
from app.moderation.models import SanctionKind
from app.policy.inviting import Inviting, most_invites
from app.policy.vocabulary import Role, Trust
from tests.factories import make_member, make_moderator
from tests.moderation.stage import make_answered, make_reported, silence, suspend

SignIn = Callable[..., FlaskClient]


def tie(session: Session, inviter: Member, invited: Member) -> None:
    """One came by an invite of the other."""
    session.add(InviteTie(member_id=invited.id, invited_by_id=inviter.id, made_on=clock.today()))
    session.flush()  # trees are asked of the database


def lines_of(session: Session, member: Member) -> list[str]:
    """The kinds of the lines in an inbox."""
    return list(session.scalars(select(Notice.kind).where(Notice.member_id == member.id)))


# --- the line -------------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", [silence(), suspend()], ids=["silence", "suspend"])
def test_an_inviter_finds_a_line_that_says_neither_who_nor_why(
    session: Session, sign_in: SignIn, decision: service.Decision
) -> None:
    heron, wren = make_member(session, "Turnstone"), make_member(session, "Avocet")
    tie(session, heron, wren)
    item = make_reported(session, author=wren)
    service.decide(session, make_moderator(session).actor, item, item.version, decision)
    assert lines_of(session, heron) == ["invitee_sanctioned"]
    page = sign_in(heron).get("/inbox").text
    assert "somebody whom you invited" in page
    assert "Avocet" not in page
    assert decision.facts not in page


def test_no_line_comes_of_a_warning_or_without_a_tie(session: Session) -> None:
    heron, wren, stoat = (make_member(session, name) for name in ("Turnstone", "Avocet", "Polecat"))
    tie(session, heron, wren)
    owl = make_moderator(session).actor
    for author, sanction in ((wren, SanctionKind.WARN), (stoat, SanctionKind.SILENCE)):
        item = make_reported(session, author=author)
        decision = replace(silence(), sanction=sanction)
        service.decide(session, owl, item, item.version, decision)
    assert lines_of(session, heron) == []


def test_the_line_goes_when_the_decision_is_taken_back(session: Session) -> None:
    heron, wren = make_member(session, "Turnstone"), make_member(session, "Avocet")
    tie(session, heron, wren)
    owl = make_moderator(session)
    _statement, item = make_answered(session, owl, wren, silence())
    assert "invitee_sanctioned" in lines_of(session, heron)
    service.undo(session, owl.actor, item, item.version, "You are right.")
    assert lines_of(session, heron) == []


# --- the tree -------------------------------------------------------------------------------------


def test_moderators_see_the_tree_and_nobody_else_does(session: Session, sign_in: SignIn) -> None:
    heron, wren, stoat, finch = (
        make_member(session, name) for name in ("Turnstone", "Avocet", "Polecat", "Siskin")
    )
    for inviter, invited in ((heron, wren), (wren, stoat), (heron, finch)):
        tie(session, inviter, invited)
    tree = inviting.tree_of(session, "Turnstone")
    assert tree is not None
    assert [(one.pseudonym, one.steps) for one in tree.below] == [
        ("Avocet", 1),
        ("Polecat", 2),
        ("Siskin", 1),
    ]
    page = sign_in(make_moderator(session)).get("/u/Polecat/invited").text
    assert page.index("Avocet") < page.index("Turnstone")  # whoever is nearest stands first
    for other in (stoat, make_member(session, trust=Trust.TRUSTED, roles=Role.OPERATOR)):
        browser = sign_in(other)
        assert browser.get("/u/Polecat/invited").status_code == 404
        cut = browser.post("/u/Polecat/invited/cut", data={"why": "abuse"})
        assert cut.status_code == 404
        assert "/invited" not in browser.get("/u/Polecat").text
    assert len(session.scalars(select(InviteTie)).all()) == 3


def test_a_tie_is_cut_once_with_a_reason_that_is_logged(session: Session, sign_in: SignIn) -> None:
    heron, wren = make_member(session, "Turnstone"), make_member(session, "Avocet")
    tie(session, heron, wren)
    name = session.scalars(select(InviteTie.public_id)).one()
    before = inviting.tree_of(session, "Avocet")
    assert before is not None
    owl = make_moderator(session)
    browser = sign_in(owl)
    assert browser.post("/u/Avocet/invited/cut", data={"why": "whim"}).status_code == 422
    assert browser.post("/u/Avocet/invited/cut", data={"why": "safety"}).status_code == 302
    assert session.scalars(select(InviteTie)).all() == []
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)).all()[-1]
    assert (entry.verb, entry.subject) == ("invite.cut_safety", name)
    assert "Nobody is known" in browser.get("/u/Avocet/invited").text
    with pytest.raises(StaleError):
        inviting.cut(session, owl.actor, before, Cut.ABUSE)


def test_who_is_part_of_a_tie_does_not_cut_it(session: Session, sign_in: SignIn) -> None:
    owl, barn = make_moderator(session), make_moderator(session, "Barn")
    tie(session, owl, barn)
    for party in (owl, barn):
        browser = sign_in(party)
        assert "Another moderator can cut it" in browser.get("/u/Barn/invited").text
        answer = browser.post("/u/Barn/invited/cut", data={"why": "abuse"})
        assert answer.status_code == 403
    assert len(session.scalars(select(InviteTie)).all()) == 1


def test_who_erases_every_text_leaves_no_tie(session: Session) -> None:
    heron, wren, stoat = (make_member(session, name) for name in ("Turnstone", "Avocet", "Polecat"))
    tie(session, heron, wren)
    tie(session, wren, stoat)
    erase_texts(session, wren.actor)
    assert session.scalars(select(InviteTie)).all() == []


# --- how many, and for how long -------------------------------------------------------------------


def test_a_used_invite_counts_and_one_taken_back_does_not(session: Session) -> None:
    heron = make_member(session, trust=Trust.REGULAR)
    words = [joining.make_invite(session, heron.actor) for _ in range(5)]
    assert joining.spend_invite(session, words[0]) == heron.id
    with pytest.raises(joining.TooManyInvitesError):
        joining.make_invite(session, heron.actor)
    waiting = accounts.invites_of(session, heron.id)[0]
    joining.withdraw_invite(session, heron.actor, waiting.public_id)
    joining.make_invite(session, heron.actor)


def test_the_operator_says_how_many_invites_and_for_how_long(
    session: Session, sign_in: SignIn, move_clock: Callable[[timedelta], None]
) -> None:
    robin = sign_in(make_member(session, roles=Role.OPERATOR))
    wrong = {"regular": "many", "trusted": "51", "days": "0"}
    answer = robin.post("/console/invites", data=wrong)
    assert answer.status_code == 422
    assert 'value="many"' in answer.text
    assert answer.text.count("A whole number from") >= 3
    sent = {"regular": "0", "trusted": "2", "days": "7"}
    assert robin.post("/console/invites", data=sent).status_code == 302
    assert session.scalars(select(AuditEntry.verb)).all()[-1] == "invites.edit"
    heron = make_member(session, trust=Trust.TRUSTED)
    words = joining.make_invite(session, heron.actor)
    regular = sign_in(make_member(session, trust=Trust.REGULAR))
    assert "no invites are given on your step" in regular.get("/me/invites").text
    assert regular.post("/me/invites").status_code == 422
    move_clock(timedelta(days=7))
    assert accounts.invite_by_words(session, words) is not None
    move_clock(timedelta(days=1))
    assert accounts.invite_by_words(session, words) is None


@pytest.mark.parametrize(
    ("trust", "roles", "most"),
    [
        (Trust.REGULAR, Role.NONE, 1),
        (Trust.TRUSTED, Role.NONE, 2),
        (Trust.NEWCOMER, Role.MODERATOR, 2),
        (Trust.REGULAR, Role.OPERATOR, 2),
    ],
)
def test_the_cap_goes_by_trust_and_by_work_for_the_site(
    session: Session, trust: Trust, roles: Role, most: int
) -> None:
    member = make_member(session, trust=trust, roles=roles)
    assert most_invites(member.actor, Inviting(regular=1, trusted=2)) == most


# --- looks ----------------------------------------------------------------------------------------


def test_a_member_reads_that_the_tree_was_looked_at_and_not_by_whom(
    session: Session, sign_in: SignIn
) -> None:
    heron, wren, owl = make_member(session), make_member(session), make_moderator(session)
    tie(session, heron, wren)
    session.commit()
    moderator = sign_in(owl)
    assert moderator.get("/u/Wren/invited").status_code == 200
    line = "looked up by whose invite you came"
    page = sign_in(wren).get("/me/privacy").text
    assert line in page
    assert "Owl" not in page
    assert line not in sign_in(heron).get("/me/privacy").text, "who stands around is not told"


def test_a_look_at_what_is_ones_own_is_no_look_and_the_log_has_it_all_the_same(
    session: Session, sign_in: SignIn
) -> None:
    owl = make_moderator(session)
    session.commit()
    client = sign_in(owl)
    client.get("/u/Owl/invited")
    entries = session.scalars(select(AuditEntry)).all()
    assert [(one.verb, one.subject) for one in entries] == [("invite.trace", owl.public_id)]
    assert "Nothing of this was opened" in client.get("/me/privacy").text


def test_who_may_not_see_the_tree_leaves_no_look(session: Session, sign_in: SignIn) -> None:
    heron, _wren = make_member(session), make_member(session)
    session.commit()
    assert sign_in(heron).get("/u/Wren/invited").status_code == 404
    assert session.scalars(select(Look)).all() == []
