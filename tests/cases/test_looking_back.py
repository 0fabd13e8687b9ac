"""Looking back: blameless, owned, sealed; and points that nobody's word settles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import keys, queries, wording, workflow
from app.cases.models import LookBack
from app.cases.service import casework, deeds, looking_back, notice, source
from app.cases.service.casework import THE_MEMBER, Opened, SealedTermError
from app.cases.service.looking_back import Action, Written
from app.cases.words import Clock, ConsentState, ItemState, PlaceKind, PlaceState
from app.cases.workflow import Gate, ShutError
from tests.cases.stage import Stage, open_case, opened_by, set_stage
from tests.cases.test_notice import DISCUSSED
from tests.factories import private_key_of

SignIn = Callable[..., FlaskClient]


def written(stage: Stage) -> Written:
    """A look-back with three actions, two of them Wren's."""
    owners = (stage.wren, stage.wren, stage.robin)
    return Written(
        helped="The hold came at once.",
        hurt="The first letter took an hour.",
        actions=tuple(
            Action(f"Keep a draft at hand, number {n}", one.public_id)
            for n, one in enumerate(owners)
        ),
    )


def test_a_look_back_is_sealed_and_its_actions_are_done_by_their_owners(session: Session) -> None:
    stage = set_stage(session)
    owl = open_case(session, stage)
    looking_back.write(session, owl, written(stage))
    (row,) = session.scalars(select(LookBack))
    assert b"first letter" not in row.box
    wren = opened_by(session, owl, stage.wren)
    with pytest.raises(ShutError):
        looking_back.finish(session, wren, stage.wren.public_id, 2)
    looking_back.finish(session, wren, stage.wren.public_id, 1)
    done = [bool(one.done_on) for one in looking_back.read(session, owl).actions]
    assert done == [False, True, False]
    looking_back.write(session, owl, replace(written(stage), missed="A feed."))
    assert looking_back.read(session, owl).actions[1].done_on
    point = queries.item_of(session, owl.case.id, workflow.LOOK_BACK)
    assert point is not None
    assert point.state is ItemState.DONE
    assert queries.timer_of(session, owl.case.id, Clock.LOOK_BACK) is None


@pytest.mark.parametrize(
    ("change", "gate"),
    [
        ({"helped": ""}, Gate.OWNED),
        ({"actions": ()}, Gate.OWNED),
        ({"actions": (Action("Do it", ""),) * 3}, Gate.OWNED),
        ({"hurt": "Wren was too slow with it."}, Gate.BLAMELESS),
        ({"missed": "robin forgot a place"}, Gate.BLAMELESS),
    ],
)
def test_blame_and_actions_without_an_owner_are_refused(
    session: Session, change: dict[str, object], gate: Gate
) -> None:
    stage = set_stage(session)
    owl = open_case(session, stage)
    with pytest.raises(ShutError) as refused:
        looking_back.write(session, owl, replace(written(stage), **change))  # type: ignore[arg-type]  # plain values
    assert refused.value.gates == (gate,)
    assert session.scalars(select(LookBack)).all() == []


def test_more_than_five_actions_and_sealed_terms_are_refused(session: Session) -> None:
    stage = set_stage(session)
    owl = open_case(session, stage)
    many = written(stage).actions * 2
    with pytest.raises(ShutError):
        looking_back.write(session, owl, replace(written(stage), actions=many))
    with pytest.raises(SealedTermError):
        looking_back.write(session, owl, replace(written(stage), missed="Heron's old profile"))


def test_the_page_keeps_what_was_typed_and_shows_our_own_times(
    session: Session, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    owl = open_case(session, stage)
    casework.send_letter(session, owl, "A", "Something was reported.")
    session.commit()
    at = f"/cases/{owl.case.public_id}/look-back"
    browser = sign_in(stage.owl)
    assert "First letter after 0 minutes." in browser.get(at).text
    sent = {"helped": "Quick hold", "hurt": "Wren was slow", "action": ["One more draft"]}
    refused = browser.post(at, data=sent)
    assert refused.status_code == 422
    assert "names nobody" in refused.text
    assert "Quick hold" in refused.text
    assert "One more draft" in refused.text
    good = written(stage)
    sent = {
        "helped": good.helped,
        "hurt": good.hurt,
        "action": [one.text for one in good.actions],
        "owner": [one.owner for one in good.actions],
    }
    assert "Kept." in browser.post(at, data=sent, follow_redirects=True).text
    wren = sign_in(stage.wren)
    wren.post(f"{at}/done", data={"number": "0"})
    assert "done on" in wren.get(at).text
    assert sign_in(stage.heron).get(at).status_code == 404
    assert sign_in(stage.stoat).get(at).status_code == 404


# --- the checklist and the deeds ------------------------------------------------------------------

UNSEEN: Final = {workflow.CONFLICTS, "first.captured", "first.team", "remove.places"}


def test_no_point_that_the_house_can_see_is_ticked_by_hand_before_it_is_done(
    session: Session,
) -> None:
    stage = set_stage(session)
    owl = open_case(session, stage)
    items = {item.code: item for item in workflow.checklist(owl.case.checklist)}
    assert set(items) >= workflow.BY_DEED
    for code in workflow.BY_DEED - UNSEEN:
        row = queries.item_of(session, owl.case.id, code)
        assert row is not None
        with pytest.raises(ShutError) as refused:
            casework.settle_item(session, owl, row, ItemState.DONE, "I say so.")
        assert refused.value.gates == (Gate.DEED,), code
        assert row.state is ItemState.OPEN
        assert row.first_id is None


def test_not_needed_stays_possible_with_a_reason(session: Session) -> None:
    owl = open_case(session, set_stage(session))
    row = queries.item_of(session, owl.case.id, "remove.sweep")
    assert row is not None
    with pytest.raises(ShutError):
        casework.settle_item(session, owl, row, ItemState.NOT_NEEDED, "")
    casework.settle_item(session, owl, row, ItemState.NOT_NEEDED, "It stood in messages alone.")
    assert row.state is ItemState.NOT_NEEDED


def test_each_deed_opens_its_own_point(session: Session) -> None:
    stage = set_stage(session)
    owl = open_case(session, stage)
    case = owl.case
    (ring,) = keys.own_rings(session, private_key_of(stage.heron), case.id)
    own = Opened(case, ring, THE_MEMBER)

    def now(code: str) -> bool:
        session.flush()
        return deeds.is_done(session, case, code)

    assert [now(code) for code in sorted(UNSEEN - {workflow.CONFLICTS})] == [True, True, True]
    assert not now(workflow.CONFLICTS)
    for who in (stage.wren, stage.robin):
        casework.declare(session, opened_by(session, owl, who))
    assert now(workflow.CONFLICTS)
    casework.send_letter(session, owl, "A", "Something was reported.")
    assert now(workflow.FIRST_LETTER)
    source.say_wish(session, own, is_yes=False)
    assert now("trace.wanted")
    notice.weigh(session, owl, DISCUSSED)
    assert now("notice.aid")
    assert not now("notice.wording")
    place = casework.add_place(session, owl, PlaceKind.PASTE, "paste.example", "")
    assert not now("remove.drafts")
    casework.draft_request(session, owl, place, "Please take it down.")
    assert now("remove.drafts")
    assert not now("remove.sent")
    act = casework.Proposal("We ask them.", "They learn the address.", "", "")
    asked = casework.propose(session, owl, act, place)
    session.flush()
    casework.answer(session, own, asked, ConsentState.YES, None)
    casework.move_place(session, owl, place, PlaceState.SENT)
    assert now("remove.sent")
    assert now("remove.again")
    assert not now(workflow.STABLE), "a post of this site is still a place"


def test_every_point_has_its_words_and_every_gate_too() -> None:
    assert set(wording.GATES) == set(Gate)
    assert set(wording.ITEMS) >= workflow.BY_DEED
    assert set(deeds.CHECKS) <= workflow.BY_DEED
