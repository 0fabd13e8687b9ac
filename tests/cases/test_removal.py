"""Removing the account that posted it: one proposes, another agrees, others read the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import service as invites
from app.accounts.models import Invite, Member
from app.accounts.service import NotRightError
from app.cases import keys, queries
from app.cases.service import casework, ledger, poster, removal
from app.cases.service.casework import Opened, SealedTermError
from app.cases.words import ItemState, Verb
from app.cases.workflow import Gate, ShutError
from app.moderation import queries as moderation
from app.moderation import service as moderators
from app.moderation.models import Sanction, SanctionKind, Statement
from app.policy.permissions import Permission, Verdict, judge
from app.policy.vocabulary import Actor, Standing
from app.review import queries as review
from tests.cases.stage import Stage, open_case, opened_by, set_stage
from tests.factories import make_moderator, private_key_of

SignIn = Callable[..., FlaskClient]
Move = Callable[[timedelta], None]
REASONS: Final = "You posted a text that broke the first of our norms. Two people have decided."


def people(session: Session) -> tuple[Stage, Opened, Opened]:
    """Owl and Wren with one case; Stoat has posted it."""
    stage = set_stage(session)
    opened = open_case(session, stage)
    owl, wren = (opened_by(session, opened, who) for who in (stage.owl, stage.wren))
    return stage, owl, wren


def removed(session: Session) -> tuple[Stage, Statement]:
    """Stoat's account, removed by Owl and Wren."""
    stage, owl, wren = people(session)
    removal.propose(session, owl, REASONS)
    removal.agree(session, wren, stage.wren.actor)
    session.flush()
    return stage, session.scalars(select(Statement)).one()


def test_one_person_alone_removes_nobody(session: Session) -> None:
    stage, owl, _ = people(session)
    with pytest.raises(ShutError):
        removal.agree(session, owl, stage.owl.actor)
    removal.propose(session, owl, REASONS)
    with pytest.raises(ShutError) as shut:
        removal.agree(session, owl, stage.owl.actor)
    assert shut.value.gates == (Gate.SECOND_PERSON,)
    session.refresh(stage.stoat)
    assert stage.stoat.standing is Standing.GOOD
    assert session.scalars(select(Statement)).all() == []


def test_two_remove_an_account_and_it_reads_why(session: Session) -> None:
    stage, statement = removed(session)
    session.refresh(stage.stoat)
    assert stage.stoat.standing is Standing.REMOVED
    assert (statement.member_id, statement.facts) == (stage.stoat.id, REASONS)
    assert (statement.moderator_id, statement.second_id) == (stage.wren.id, stage.owl.id)
    assert statement.post_id is None, "no row in clear joins the account to the case's post"
    row = queries.item_of(session, queries.cases_of(session, stage.owl.id)[0].id, removal.ITEM)
    assert row is not None
    assert row.state is ItemState.DONE


def test_the_removal_is_in_the_ledger_that_the_member_reads(session: Session) -> None:
    stage, _ = removed(session)
    (ring,) = keys.own_rings(session, private_key_of(stage.heron))
    verbs = [entry.verb for entry in ledger.read(session, ring)]
    assert Verb.REMOVED in verbs


def test_a_proposal_runs_out_and_can_be_taken_back(session: Session, move_clock: Move) -> None:
    stage, owl, wren = people(session)
    removal.propose(session, owl, REASONS)
    removal.take_back(session, wren)
    assert removal.proposal(session, wren) is None
    removal.propose(session, owl, REASONS)
    move_clock(removal.OPEN_FOR)
    assert removal.proposal(session, wren) is not None
    move_clock(timedelta(days=1))
    assert removal.proposal(session, wren) is None
    with pytest.raises(ShutError):
        removal.agree(session, wren, stage.wren.actor)


@pytest.mark.parametrize("text", ["You exposed Heron and that is that.", "no", ""])
def test_a_statement_confirms_nothing_and_says_something(session: Session, text: str) -> None:
    _, owl, _ = people(session)
    with pytest.raises((SealedTermError, ShutError)):
        removal.propose(session, owl, text)
    assert removal.proposal(session, owl) is None


def test_what_became_a_sealed_term_later_is_refused_by_the_second(session: Session) -> None:
    stage, owl, wren = people(session)
    removal.propose(session, owl, f"{REASONS} It was about the lighthouse keeper.")
    casework.guard_terms(owl, ["lighthouse keeper"])
    with pytest.raises(SealedTermError):
        removal.agree(session, wren, stage.wren.actor)


def test_a_suspension_stays_until_the_removal_and_the_removal_outlasts_it(
    session: Session, move_clock: Move
) -> None:
    stage, owl, wren = people(session)
    poster.suspend(session, owl, stage.owl.actor, "A text of yours is being looked at.")
    removal.propose(session, owl, REASONS)
    session.refresh(stage.stoat)
    assert stage.stoat.standing is Standing.SUSPENDED
    removal.agree(session, wren, stage.wren.actor)
    poster.lift(session, owl, stage.owl.actor)
    move_clock(timedelta(days=60))
    moderators.settle_standings(session)
    session.refresh(stage.stoat)
    assert stage.stoat.standing is Standing.REMOVED


def test_the_answer_is_read_by_neither_of_the_two(session: Session) -> None:
    stage, statement = removed(session)
    third = make_moderator(session, "Kestrel")
    ruling = moderation.ruling_by_id(session, statement.public_id)
    assert ruling is not None
    moderators.answer(session, stage.stoat.actor, ruling, "It was not me.")
    item = review.open_item_of(session, statement.public_id)
    assert item is not None
    matter = moderation.matter_of(session, item)
    assert matter is not None
    assert matter.decider_ids == {stage.owl.id, stage.wren.id}
    assert not may_decide(stage.owl, matter)
    assert not may_decide(stage.wren, matter)
    assert may_decide(third, matter)
    moderators.undo(session, third.actor, item, item.version, "You were right.")
    session.refresh(stage.stoat)
    assert stage.stoat.standing is Standing.GOOD
    (case,) = queries.cases_of(session, stage.owl.id)
    owls = opened_by(session, Opened(case, keys.Ring(case.id), ""), stage.owl)
    assert not removal.is_removed(session, owls)


def may_decide(member: Member, matter: moderation.Matter) -> bool:
    """Whether a door lets somebody decide about an answer."""
    actor: Actor = member.actor
    return judge(Permission.REVIEW_DECIDE, actor, matter).verdict is Verdict.ALLOW


def test_who_was_removed_in_another_way_stays_so(session: Session) -> None:
    stage, owl, _ = people(session)
    poster.suspend(session, owl, stage.owl.actor, "A text of yours is being looked at.")
    stage.stoat.standing = Standing.REMOVED
    session.flush()
    poster.lift(session, owl, stage.owl.actor)
    session.refresh(stage.stoat)
    assert stage.stoat.standing is Standing.REMOVED


def test_no_moderator_alone_can_choose_it(session: Session, sign_in: SignIn) -> None:
    stage, statement = removed(session)
    assert statement.second_id == stage.owl.id
    kinds = session.scalars(select(Sanction.kind)).all()
    assert kinds == [SanctionKind.REMOVE]
    owl = sign_in(stage.owl)
    assert 'value="remove"' not in owl.get("/queue").text


def test_the_whole_way_over_http(session: Session, sign_in: SignIn) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    at = f"/cases/{opened.case.public_id}"
    owl, wren = sign_in(stage.owl), sign_in(stage.wren)
    page = owl.get(at).text
    assert "Propose the removal" in page
    refused = owl.post(f"{at}/removal", data={"text": "You exposed Heron."})
    assert refused.status_code == 422
    assert "You exposed Heron." in refused.text
    assert (
        "Proposed." in owl.post(f"{at}/removal", data={"text": REASONS}, follow_redirects=True).text
    )
    assert "Agree, and remove" not in owl.get(at).text
    assert "Agree, and remove" in wren.get(at).text
    assert "Removed." in wren.post(f"{at}/removal/agree", follow_redirects=True).text
    stoat = sign_in(stage.stoat)
    standing = stoat.get("/me/standing")
    assert "Your account is closed to everything but" in standing.text
    statement = session.scalars(select(Statement)).one()
    read = stoat.get(f"/statements/{statement.public_id}").text
    assert REASONS in read
    assert "Two people have decided" in read
    mine = sign_in(stage.heron).get(f"/me/case/{opened.case.public_id}?view=full").text
    assert "removed the account that posted it" in mine


def test_invites_rest_with_a_suspension_and_are_withdrawn_with_a_removal(session: Session) -> None:
    stage = set_stage(session)
    owl = open_case(session, stage)
    resting, gone = (invites.make_invite(session, stage.stoat.actor, uses=3) for _ in range(2))
    poster.suspend(session, owl, stage.owl.actor, "It is looked at.")
    with pytest.raises(NotRightError):
        invites.spend_invite(session, resting)
    poster.lift(session, owl, stage.owl.actor)
    invites.spend_invite(session, resting)
    removal.propose(session, owl, REASONS)
    removal.agree(session, opened_by(session, owl, stage.wren), stage.wren.actor)
    for words in (resting, gone):
        with pytest.raises(NotRightError):
            invites.spend_invite(session, words)
    assert session.scalars(select(Invite)).all() == []
