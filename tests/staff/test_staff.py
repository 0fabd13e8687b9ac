"""Roles, and what two of the staff decide together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Member, MemberSession
from app.core import audit, clock
from app.core.audit import AuditEntry
from app.core.errors import StaleError
from app.forum.models import Notice
from app.moderation.models import Rule, Statement
from app.policy.vocabulary import Role, Standing, Trust
from app.privacy.retention import run_retention
from app.staff import queries, service
from app.staff.models import Deed, Proposal
from app.staff.queries import Waiting
from app.staff.service import LastOperatorError, Plan, PointlessError
from tests.conftest import Race
from tests.factories import make_member, make_moderator

SignIn = Callable[..., FlaskClient]
FACTS = "Eleven accounts that sell the same pills."
REMOVAL = Plan(Deed.REMOVE, rule=Rule.SPAM, facts=FACTS)
MODERATES = Plan(Deed.GIVE_ROLE, Role.MODERATOR)
NO_LONGER = Plan(Deed.TAKE_ROLE, Role.OPERATOR)


def make_operator(session: Session, pseudonym: str = "Robin") -> Member:
    return make_member(session, pseudonym, trust=Trust.TRUSTED, roles=Role.OPERATOR)


def waiting_of(session: Session, proposal: Proposal) -> Waiting:
    found = queries.waiting_by_id(session, proposal.public_id)
    assert found is not None
    return found


def verbs(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.verb).order_by(AuditEntry.sequence)))


def lines(session: Session, member: Member) -> list[str]:
    return list(session.scalars(select(Notice.kind).where(Notice.member_id == member.id)))


# --- roles ----------------------------------------------------------------------------------------


def test_a_role_is_given_by_two(session: Session, sign_in: SignIn) -> None:
    robin, wigeon = make_operator(session), make_operator(session, "Wigeon")
    heron = make_member(session, "Heron")
    sign_in(heron)
    asked = sign_in(robin).post("/console/staff", data={"pseudonym": "Heron", "role": "moderator"})
    assert asked.location == "/proposals"
    session.expire_all()
    assert heron.roles == Role.NONE
    proposal = session.scalars(select(Proposal)).one()
    path = f"/proposals/{proposal.public_id}/agree"
    assert lines(session, wigeon) == ["proposed"]
    assert sign_in(robin).post(path).status_code == 403
    assert "Give Heron the role of moderator" in sign_in(wigeon).get("/proposals").text
    assert sign_in(wigeon).post(path).status_code == 302
    session.expire_all()
    assert heron.roles == Role.MODERATOR
    assert lines(session, heron) == ["role_given"]
    assert lines(session, wigeon) == []
    assert session.scalars(select(Proposal)).all() == []
    assert verbs(session) == ["give_role.propose", "role.grant"]
    of_heron = select(MemberSession).where(MemberSession.member_id == heron.id)
    assert session.scalars(of_heron).all() == []
    assert sign_in(heron).get("/inbox").status_code == 200


def test_alone_an_operator_waits_three_days_and_the_log_says_so(
    session: Session, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    robin, heron = make_operator(session), make_member(session, "Heron")
    made = service.propose(session, robin.actor, heron, MODERATES)
    assert made.alone_from is not None
    assert made.alone_from - clock.now() >= timedelta(hours=72)
    session.commit()
    path = f"/proposals/{made.public_id}/agree"
    assert "you can do it alone" in sign_in(robin).get("/proposals").text
    assert sign_in(robin).post(path).status_code == 403
    assert "nobody else is there to agree" in sign_in(heron).get("/log").text
    later = made.alone_from
    monkeypatch.setattr(clock, "now", lambda: later)
    assert sign_in(robin).post(path).status_code == 302
    session.expire_all()
    assert heron.roles == Role.MODERATOR
    assert verbs(session) == ["give_role.propose_alone", "role.grant"]


def test_who_comes_meanwhile_has_to_agree(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    robin, heron = make_operator(session), make_member(session, "Heron")
    made = service.propose(session, robin.actor, heron, MODERATES)
    later = made.alone_from
    assert later is not None
    monkeypatch.setattr(clock, "now", lambda: later)
    assert waiting_of(session, made).is_left_to_first
    make_operator(session, "Wigeon")
    assert not waiting_of(session, made).is_left_to_first


def test_a_proposal_made_to_two_is_never_left_to_one(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    robin, wigeon = make_operator(session), make_operator(session, "Wigeon")
    made = service.propose(session, robin.actor, make_member(session, "Heron"), MODERATES)
    wigeon.standing = Standing.SUSPENDED
    session.flush()
    later = clock.now() + timedelta(days=5)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert not waiting_of(session, made).is_left_to_first


def test_nobody_decides_about_the_own_role(session: Session, sign_in: SignIn) -> None:
    robin, wigeon = make_operator(session), make_operator(session, "Wigeon")
    made = service.propose(session, robin.actor, wigeon, NO_LONGER)
    session.commit()
    assert "Wigeon" not in sign_in(wigeon).get("/proposals").text.split("<h1>")[1]
    for deed in ("agree", "drop"):
        assert sign_in(wigeon).post(f"/proposals/{made.public_id}/{deed}").status_code == 404


def test_a_role_is_taken_by_one_but_an_operators_by_two(session: Session, sign_in: SignIn) -> None:
    robin, wigeon = make_operator(session), make_operator(session, "Wigeon")
    owl = make_moderator(session)
    browser = sign_in(robin)
    browser.post("/console/staff/take", data={"pseudonym": "Owl", "role": "moderator"})
    browser.post("/console/staff/take", data={"pseudonym": "Wigeon", "role": "operator"})
    session.expire_all()
    assert owl.roles == Role.NONE
    assert lines(session, owl) == ["role_taken"]
    assert wigeon.roles == Role.OPERATOR
    assert [one.deed for one in session.scalars(select(Proposal))] == [Deed.TAKE_ROLE]


def test_one_gives_an_own_role_back_alone_but_the_last_operator_stays(
    session: Session, sign_in: SignIn
) -> None:
    robin, wigeon = make_operator(session), make_operator(session, "Wigeon")
    mine = {"pseudonym": "Wigeon", "role": "operator"}
    gone = sign_in(wigeon).post("/console/staff/take", data=mine)
    assert gone.location == "/sign-in"
    browser = sign_in(robin)
    browser.post("/console/staff/take", data={"pseudonym": "Robin", "role": "operator"})
    assert "Nobody would be left" in browser.get("/console/staff").text
    session.expire_all()
    assert (robin.roles, wigeon.roles) == (Role.OPERATOR, Role.NONE)


def test_two_operators_who_take_from_each_other_leave_one(session: Session, race: Race) -> None:
    robin, wigeon = make_operator(session), make_operator(session, "Wigeon")
    session.commit()

    def gives_back(one: Member) -> Callable[[Session], object]:
        member_id, actor = one.id, one.actor
        return lambda s: service.take_role(s, actor, s.get_one(Member, member_id), Role.OPERATOR)

    raised = race(gives_back(robin), gives_back(wigeon))
    assert sorted(type(one) for one in raised if one) == [LastOperatorError]
    session.expire_all()
    assert {robin.roles, wigeon.roles} == {Role.OPERATOR, Role.NONE}


def test_whoever_lost_the_role_meanwhile_has_proposed_nothing(session: Session) -> None:
    robin, heron = make_operator(session), make_member(session, "Heron")
    wigeon = make_operator(session, "Wigeon")
    made = service.propose(session, robin.actor, heron, MODERATES)
    service.take_role(session, robin.actor, robin, Role.OPERATOR)
    session.flush()
    assert queries.waiting_by_id(session, made.public_id) is None
    assert queries.waiting(session, wigeon.actor) == []


def test_what_is_wrong_is_said_and_what_was_typed_stays(session: Session, sign_in: SignIn) -> None:
    browser = sign_in(make_operator(session))
    make_moderator(session)
    session.commit()
    for typed, said in (
        ({"pseudonym": "Nobody", "role": "moderator"}, "There is nobody of this name."),
        ({"pseudonym": "Owl", "role": "moderator"}, "This member has that role"),
        ({"pseudonym": "Owl", "role": "king"}, "Choose a role."),
        ({"pseudonym": " ", "role": "moderator"}, "Type a pseudonym."),
    ):
        answer = browser.post("/console/staff", data=typed)
        assert answer.status_code == 422
        assert said in answer.text
        assert f'value="{typed["pseudonym"]}"' in answer.text
    assert browser.post("/console/staff/take", data={"pseudonym": "Nobody"}).status_code == 404


# --- removing somebody for good -------------------------------------------------------------------


def test_a_member_is_removed_for_good_by_two(session: Session, sign_in: SignIn) -> None:
    owl, barn = make_moderator(session), make_moderator(session, "Barn")
    stoat = make_member(session, "Stoat")
    session.commit()
    assert "Propose to remove Stoat for good" in sign_in(owl).get("/u/Stoat").text
    sign_in(owl).post("/u/Stoat/removal", data={"rule": "spam", "facts": FACTS})
    session.expire_all()
    assert stoat.standing is Standing.GOOD
    proposal = session.scalars(select(Proposal)).one()
    assert FACTS in sign_in(barn).get("/proposals").text
    assert sign_in(barn).post(f"/proposals/{proposal.public_id}/agree").status_code == 302
    session.expire_all()
    assert stoat.standing is Standing.REMOVED
    statement = session.scalars(select(Statement)).one()
    assert (statement.moderator_id, statement.second_id) == (barn.id, owl.id)
    assert statement.facts == FACTS
    assert FACTS in sign_in(stoat).get(f"/statements/{statement.public_id}").text
    assert verbs(session) == ["remove.propose", "sanction.remove"]


def test_alone_a_moderator_waits_and_the_log_says_there_was_no_second(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    made = service.propose(session, owl.actor, stoat, REMOVAL)
    later = made.alone_from
    assert later is not None
    monkeypatch.setattr(clock, "now", lambda: later)
    service.agree(session, owl.actor, waiting_of(session, made))
    assert session.scalars(select(Statement.second_id)).one() is None
    assert verbs(session) == ["remove.propose_alone", "sanction.remove_alone"]


def test_who_has_a_role_is_not_removed_before_it_is_taken(
    session: Session, sign_in: SignIn
) -> None:
    owl, barn = make_moderator(session), make_moderator(session, "Barn")
    session.commit()
    answer = sign_in(owl).post("/u/Barn/removal", data={"rule": "spam", "facts": FACTS})
    assert answer.status_code == 422
    assert "which an operator has to take first" in answer.text
    assert FACTS in answer.text
    with pytest.raises(PointlessError):
        service.propose(session, owl.actor, barn, REMOVAL)
    assert sign_in(owl).get("/u/Owl/removal").status_code == 403


def test_a_removal_is_no_business_of_operators_nor_of_members(
    session: Session, sign_in: SignIn
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    made = service.propose(session, owl.actor, stoat, REMOVAL)
    robin, heron = make_operator(session), make_member(session, "Heron")
    session.commit()
    assert FACTS not in sign_in(robin).get("/proposals").text
    for who in (robin, heron, stoat):
        assert sign_in(who).post(f"/proposals/{made.public_id}/drop").status_code == 404
    assert sign_in(heron).get("/proposals").status_code == 404
    assert sign_in(heron).get("/u/Stoat/removal").status_code == 404


@pytest.mark.parametrize(("typed", "said"), [("rule", "Choose the rule"), ("facts", "Say to the")])
def test_a_removal_rests_on_a_rule_and_is_explained(
    session: Session, sign_in: SignIn, typed: str, said: str
) -> None:
    browser = sign_in(make_moderator(session))
    make_member(session, "Stoat")
    session.commit()
    whole = {"rule": "spam", "facts": FACTS} | {typed: ""}
    answer = browser.post("/u/Stoat/removal", data=whole)
    assert answer.status_code == 422
    assert said in answer.text
    assert session.scalars(select(Proposal)).all() == []


# --- letting it go --------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "verb"), [("Owl", "withdraw"), ("Barn", "refuse")])
def test_a_proposal_is_taken_back_or_refused(
    session: Session, sign_in: SignIn, who: str, verb: str
) -> None:
    owl, barn = make_moderator(session), make_moderator(session, "Barn")
    made = service.propose(session, owl.actor, make_member(session, "Stoat"), REMOVAL)
    session.commit()
    path = f"/proposals/{made.public_id}"
    browser = sign_in({"Owl": owl, "Barn": barn}[who])
    assert browser.post(f"{path}/drop").status_code == 302
    assert session.scalars(select(Proposal)).all() == []
    assert lines(session, barn) == []
    assert verbs(session)[-1] == f"remove.{verb}"
    assert sign_in(barn).post(f"{path}/agree").status_code == 404


def test_it_runs_out_after_seven_days_and_can_be_proposed_anew(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    barn = make_moderator(session, "Barn")
    made = service.propose(session, owl.actor, stoat, REMOVAL)
    assert service.propose(session, barn.actor, stoat, REMOVAL) is made
    later = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert queries.waiting_by_id(session, made.public_id) is None
    again = service.propose(session, barn.actor, stoat, REMOVAL)
    assert queries.waiting(session, owl.actor) == [waiting_of(session, again)]
    much_later = later + timedelta(days=9)
    monkeypatch.setattr(clock, "now", lambda: much_later)
    run_retention(session)
    assert session.scalars(select(Proposal)).all() == []


def test_of_two_who_agree_at_once_one_does_it(session: Session, race: Race) -> None:
    owl, barn = make_moderator(session), make_moderator(session, "Barn")
    tawny, stoat = make_moderator(session, "Tawny"), make_member(session, "Stoat")
    made = service.propose(session, owl.actor, stoat, REMOVAL)
    session.commit()
    public_id = made.public_id

    def agrees(one: Member) -> Callable[[Session], object]:
        actor = one.actor

        def deed(own: Session) -> None:
            found = queries.waiting_by_id(own, public_id)
            if found is None:
                raise StaleError
            service.agree(own, actor, found)

        return deed

    raised = race(agrees(barn), agrees(tawny))
    assert sorted(type(one).__name__ for one in raised if one) == ["StaleError"]
    session.expire_all()
    assert len(session.scalars(select(Statement)).all()) == 1
    assert verbs(session).count("sanction.remove") == 1
    assert audit.verify(session).broken_at is None
