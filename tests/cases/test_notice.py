"""Whether the community is told: the aid's rules, the member's veto, two signatures, the delay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.cases import aid, keys, queries, wording
from app.cases.aid import Answers, Rule
from app.cases.service import casework, notice
from app.cases.service.casework import THE_MEMBER, Opened, SealedTermError
from app.cases.words import ItemState, Level, NoticeState
from app.cases.workflow import ShutError
from app.community.models import Announcement
from app.core import clock
from tests.cases.stage import Stage, open_case, opened_by, set_stage
from tests.factories import private_key_of

SignIn = Callable[..., FlaskClient]
Move = Callable[[timedelta], None]
TEXT: Final = "We have removed something. Please do not guess."
DISCUSSED: Final = Answers(member_agrees=True, discussed=True, guessable=False)


# --- the aid: pure --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "level", "rule"),
    [
        (Answers(), Level.N1, Rule.MEMBER_SAYS_NO),
        (Answers(member_agrees=True), Level.N1, Rule.FEW_SAW),
        (Answers(member_agrees=True, some_saw=True), Level.N2, Rule.SOME_SAW),
        (Answers(member_agrees=True, many_saw=True), Level.N3, Rule.MANY_SAW_GUESSABLE),
        (Answers(member_agrees=True, many_saw=True, guessable=False), Level.N4, Rule.MANY_SAW),
        (DISCUSSED, Level.N4, Rule.DISCUSSED),
        (replace(DISCUSSED, guessable=True), Level.N3, Rule.DISCUSSED_GUESSABLE),
        (replace(DISCUSSED, still_visible=True), Level.N0, Rule.STILL_VISIBLE),
        (replace(DISCUSSED, others_named=True), Level.N1, Rule.OTHERS_NAMED),
        (replace(DISCUSSED, perhaps_inside=True), Level.N5, Rule.PERHAPS_INSIDE),
        (replace(DISCUSSED, our_fault=True), Level.N5, Rule.OUR_FAULT),
        (Answers(legal_duty=True), Level.N2, Rule.LEGAL_DUTY),
        (Answers(others_in_danger=True, still_visible=True), Level.N5, Rule.OTHERS_IN_DANGER),
    ],
)
def test_the_aid_says_which_rule_led_it_where(said: Answers, level: Level, rule: Rule) -> None:
    assert aid.advise(said) == aid.Advice(level, rule)


def test_for_no_answers_at_all_is_a_guessable_member_told_of_or_a_no_passed_over() -> None:
    for given in product((False, True), repeat=len(Answers.names())):
        said = Answers(*given)
        advice = aid.advise(said)
        if said.guessable:
            assert advice.level is not Level.N4
        if not said.member_agrees and advice.rule not in aid.WITHOUT_CONSENT:
            assert advice.level in {Level.N0, Level.N1}


def test_every_rule_has_its_words_and_an_opposite_view() -> None:
    assert set(wording.RULES) == set(wording.OPPOSITES) == set(Rule)
    assert {rule for rule, _, _ in aid.RULES} == set(Rule)
    assert set(wording.QUESTIONS) == set(Answers.names())
    assert set(wording.LEVELS) == set(Level)


# --- the deeds ------------------------------------------------------------------------------------


def people(session: Session) -> tuple[Stage, Opened, Opened, Opened]:
    """Owl, Wren and Heron with one case."""
    stage = set_stage(session)
    opened = open_case(session, stage)
    (ring,) = keys.own_rings(session, private_key_of(stage.heron), opened.case.id)
    own = Opened(opened.case, ring, THE_MEMBER)
    owl, wren = (opened_by(session, opened, who) for who in (stage.owl, stage.wren))
    return stage, owl, wren, own


def test_a_notice_needs_the_members_yes_and_two_signatures(session: Session) -> None:
    stage, owl, wren, own = people(session)
    notice.weigh(session, owl, DISCUSSED)
    with pytest.raises(ShutError):
        notice.sign(session, owl)
    herons = private_key_of(session.get_one(Member, stage.heron.id))
    assert not queries.has_word_for(session, herons)
    notice.offer(session, owl, TEXT, 2)
    assert queries.has_word_for(session, herons)
    with pytest.raises(ShutError):
        notice.sign(session, owl)
    notice.answer(session, own, is_yes=True)
    assert not queries.has_word_for(session, herons)
    assert notice.sign(session, owl) is False
    with pytest.raises(ShutError):
        notice.sign(session, owl)
    assert session.scalars(select(Announcement)).all() == []
    assert notice.sign(session, wren) is True
    (shown,) = session.scalars(select(Announcement))
    assert (shown.text, shown.shows_on) == (TEXT, clock.today() + timedelta(days=2))
    row = queries.item_of(session, owl.case.id, "notice.signed")
    assert row is not None
    assert row.state is ItemState.DONE


def test_a_no_of_the_member_takes_the_first_signature_away(session: Session) -> None:
    _, owl, wren, own = people(session)
    notice.weigh(session, owl, DISCUSSED)
    notice.offer(session, owl, TEXT, 0)
    notice.answer(session, own, is_yes=True)
    notice.sign(session, owl)
    notice.answer(session, own, is_yes=False)
    with pytest.raises(ShutError):
        notice.sign(session, wren)
    notice.answer(session, own, is_yes=True)
    assert notice.sign(session, wren) is False, "the first signature was for nothing"


def test_another_wording_begins_anew_with_the_member(session: Session) -> None:
    _, owl, wren, own = people(session)
    notice.weigh(session, owl, DISCUSSED)
    notice.offer(session, owl, TEXT, 0)
    notice.answer(session, own, is_yes=True)
    notice.sign(session, owl)
    notice.offer(session, owl, f"{TEXT} Truly.", 0)
    with pytest.raises(ShutError):
        notice.sign(session, wren)


@pytest.mark.parametrize("term", ["Heron", "H e r o n", "her0n", "Zephyrine Quill"])
def test_a_sealed_term_is_refused_and_never_stored_or_printed(session: Session, term: str) -> None:
    _, owl, _, own = people(session)
    casework.guard_terms(owl, ["Zephyrine Quill"])
    notice.weigh(session, owl, DISCUSSED)
    with pytest.raises(SealedTermError) as refused:
        notice.offer(session, owl, f"This was about {term}.", 0)
    assert term not in str(refused.value)
    now = notice.standing(session, own)
    assert now is not None
    assert (now.text, now.state) == ("", NoticeState.WEIGHED)


def test_what_became_a_sealed_term_later_is_refused_at_the_signature(session: Session) -> None:
    _, owl, _, own = people(session)
    notice.weigh(session, owl, DISCUSSED)
    notice.offer(session, owl, "Something about the lighthouse keeper was removed.", 0)
    notice.answer(session, own, is_yes=True)
    casework.guard_terms(owl, ["lighthouse keeper"])
    with pytest.raises(SealedTermError):
        notice.sign(session, owl)


def test_danger_to_others_goes_before_a_no_but_the_member_is_told_first(session: Session) -> None:
    _, owl, wren, own = people(session)
    notice.weigh(session, owl, Answers(others_in_danger=True))
    with pytest.raises(ShutError):
        notice.sign(session, owl)
    notice.offer(session, owl, TEXT, 0)
    notice.answer(session, own, is_yes=False)
    assert notice.sign(session, owl) is False
    assert notice.sign(session, wren) is True


def test_a_general_reminder_waits_at_least_72_hours_and_on_no_sure_day(session: Session) -> None:
    _, owl, wren, own = people(session)
    days = set()
    for _ in range(40):
        notice.weigh(session, owl, replace(DISCUSSED, guessable=True))
        notice.offer(session, owl, TEXT, 0)
        notice.answer(session, own, is_yes=True)
        notice.sign(session, owl)
        notice.sign(session, wren)
        now = notice.standing(session, owl)
        assert now is not None
        assert now.shows_on is not None
        days.add((now.shows_on - clock.today()).days)
        notice.take_back(session, owl)
    assert min(days) > notice.LEAST_DAYS
    assert len(days) > 1


@pytest.mark.parametrize("said", [Answers(), Answers(member_agrees=True, some_saw=True)])
def test_where_the_aid_asks_for_none_there_is_nothing_to_word(
    session: Session, said: Answers
) -> None:
    _, owl, _, _ = people(session)
    notice.weigh(session, owl, said)
    with pytest.raises(ShutError):
        notice.offer(session, owl, TEXT, 0)


def test_a_notice_that_is_taken_back_is_gone_before_and_after_its_day(session: Session) -> None:
    _, owl, wren, own = people(session)
    notice.weigh(session, owl, DISCUSSED)
    notice.offer(session, owl, TEXT, 0)
    notice.answer(session, own, is_yes=True)
    for opened in (owl, wren):
        notice.sign(session, opened)
    with pytest.raises(ShutError):
        notice.weigh(session, owl, DISCUSSED)
    notice.take_back(session, owl)
    assert session.scalars(select(Announcement)).all() == []
    now = notice.standing(session, owl)
    assert now is not None
    assert now.state is NoticeState.WEIGHED


# --- the pages ------------------------------------------------------------------------------------


def test_the_whole_way_over_http(
    session: Session, sign_in: SignIn, client: FlaskClient, move_clock: Move
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    owl, wren, heron = (sign_in(who) for who in (stage.owl, stage.wren, stage.heron))
    at, mine = f"/cases/{opened.case.public_id}/notice", f"/me/case/{opened.case.public_id}"
    assert "Ask the aid" in owl.get(at).text
    asked = owl.post(f"{at}/aid", data={"member_agrees": "1", "discussed": "1"})
    assert asked.status_code == 302
    page = owl.get(at).text
    assert "N4 ·" in page
    assert "The opposite view:" in page
    refused = owl.post(at, data={"text": "It was about Heron.", "days": "1"})
    assert refused.status_code == 422
    assert "It was about Heron." in refused.text, "what was typed is handed back"
    assert "sealed term" in refused.text
    assert owl.post(at, data={"text": TEXT, "days": "1"}).status_code == 302
    assert owl.post(f"{at}/sign").status_code == 409
    heron.post(f"{mine}/safe", data={"safe": "yes"})
    assert TEXT in heron.get(mine).text
    assert (
        "You said yes."
        in heron.post(
            f"{mine}/notice", data={"answer": "yes", "view": "full"}, follow_redirects=True
        ).text
    )
    assert "Signed. A second" in owl.post(f"{at}/sign", follow_redirects=True).text
    assert "Signed by two." in wren.post(f"{at}/sign", follow_redirects=True).text
    assert TEXT not in client.get("/notices").text
    assert "There is a notice" not in client.get("/").text
    move_clock(timedelta(days=1))
    assert TEXT in client.get("/notices").text
    assert "There is a notice" in client.get("/").text


def test_the_notice_page_is_for_those_who_lead(session: Session, sign_in: SignIn) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    at = f"/cases/{opened.case.public_id}/notice"
    assert sign_in(stage.robin).get(at).status_code == 403
    assert sign_in(stage.heron).get(at).status_code == 404
    assert sign_in(stage.heron).post(f"{at}/sign").status_code == 404


def test_with_no_notice_the_page_says_so(client: FlaskClient) -> None:
    assert "Nothing to tell" in client.get("/notices").text
