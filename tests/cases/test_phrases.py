"""The team words letters, requests and notices; what could confirm an identity is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import phrasing, wording
from app.cases.models import Phrase
from app.cases.phrasing import Objection
from app.cases.service import casework, evidence, phrases
from app.cases.service.phrases import ObjectionError
from app.cases.words import Level, PlaceKind, PlaceState
from app.core.audit import AuditEntry
from tests.cases.stage import open_case, set_stage
from tests.factories import make_member

SignIn = Callable[..., FlaskClient]
GOOD: Final = "We write to you here and nowhere else. You decide what is next; “not now” is good."
REFUSED: Final = [
    ("A", "Somebody has posted your real name.", Objection.CONFIRMS),
    ("A", "The account of that person is really you.", Objection.CONFIRMS),
    ("J", "We confirm that you named a member.", Objection.CONFIRMS),
    ("K", "What was said was not so, or it is true.", Objection.CONFIRMS),
    ("A", "Wir bestätigen den Vorfall.", Objection.CONFIRMS),
    ("A", "Dein richtiger Name stand dort.", Objection.CONFIRMS),
    ("A", "Call us at +43 660 1234567 now.", Objection.DETAIL),
    ("A", "Write to jo.doe@gmail.com please.", Objection.DETAIL),
    ("A", "Look at https://lantern.example/post/7 first.", Objection.LINK),
    ("B", "Dear {name}, take it down.", Objection.GAP),
    ("R", "It is solved. Don't worry.", Objection.PROMISES),
    ("R", "We guarantee that nothing is left.", Objection.PROMISES),
    ("R", "Es ist vorbei, keine Sorge.", Objection.PROMISES),
    ("U", "Why did you post a picture?", Objection.BLAMES),
    ("U", "You should not have said where you work.", Objection.BLAMES),
    ("U", "Warum haben Sie das geschrieben?", Objection.BLAMES),
    ("U", "You must answer soon.", Objection.PRESSES),
    ("U", "Antworte bis spätestens morgen.", Objection.PRESSES),
    ("M", "We take your privacy very seriously.", Objection.HOLLOW),
    ("M", "Wir nehmen den Schutz sehr ernst.", Objection.HOLLOW),
    ("K", "Something was removed at 14:30.", Objection.MOMENT),
    ("N", "What happened yesterday must not happen again.", Objection.MOMENT),
    ("K", "It was about one of our members.", Objection.MOMENT),
    ("A", "We write about Zaunkönig.", Objection.NAMES),
    ("A", "  ", Objection.EMPTY),
    ("A", "Word. " * 700, Objection.LONG),
]


@pytest.mark.parametrize(("code", "text", "why"), REFUSED)
def test_what_no_letter_may_say_is_refused_with_its_reason(
    code: str, text: str, why: Objection
) -> None:
    assert phrasing.objections(code, text, "", {"Zaunkönig"}) == (why,)
    assert str(wording.OBJECTIONS[why])


def test_every_objection_is_tried_and_has_its_words() -> None:
    assert {why for _, _, why in REFUSED} == set(Objection) == set(wording.OBJECTIONS)


def test_what_comes_with_the_house_passes_its_own_linter(app: Flask) -> None:
    with app.test_request_context():
        shipped = wording.shipped()
    assert set(shipped) == set(wording.PHRASES)
    assert set("ABCDEFGHIJKLMNOPQR") <= set(shipped)
    for code, text in shipped.items():
        assert text
        assert phrasing.objections(code, text, text, {"Heron", "Finch"}) == (), code


def test_a_word_of_the_house_is_a_word_even_if_a_member_is_called_so() -> None:
    assert (
        phrasing.objections("A", "Something was hidden.", "Something was done.", {"Something"})
        == ()
    )


def test_a_moment_may_stand_in_a_letter_to_one_but_in_no_notice() -> None:
    assert phrasing.objections("U", "We write again on Monday.", "", ()) == ()
    assert phrasing.objections("N", "We write again on Monday.", "", ()) == (Objection.MOMENT,)


def test_a_wording_is_versioned_audited_and_can_be_had_back(session: Session) -> None:
    stage = set_stage(session)
    for text in (GOOD, f"{GOOD} We write again."):
        phrases.change(session, stage.owl.actor, "A", text, "")
    assert phrases.own(session) == {"A": f"{GOOD} We write again."}
    assert [row.version for row in phrases.earlier(session, "A")] == [2, 1]
    phrases.restore(session, stage.owl.actor, "A")
    assert phrases.own(session) == {}
    verbs = [entry.verb for entry in session.scalars(select(AuditEntry))]
    assert verbs == ["phrase.change"] * 3


def test_a_refused_wording_is_stored_nowhere(session: Session) -> None:
    stage = set_stage(session)
    make_member(session, "Zaunkönig")
    with pytest.raises(ObjectionError) as refused:
        phrases.change(session, stage.owl.actor, "A", "Zaunkönig is really somebody.", "")
    assert refused.value.objections == (Objection.CONFIRMS, Objection.NAMES)
    assert session.scalars(select(Phrase)).all() == []


def test_letters_requests_and_notices_begin_with_the_teams_own_words(
    session: Session, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    place = casework.add_place(session, opened, PlaceKind.PASTE, "paste.example", "/7")
    session.commit()
    owl = sign_in(stage.owl)
    for code, text in (("A", GOOD), ("C", "Take this page away, please."), ("J", "Two decided.")):
        sent = owl.post(f"/duty/words/{code}", data={"text": text}, follow_redirects=True)
        assert "Kept." in sent.text, code
    at = f"/cases/{opened.case.public_id}"
    assert "nowhere else. You decide" in owl.get(f"{at}/letter?template=A").text
    page = owl.get(at).text
    assert "Take this page away, please." in page
    assert "Two decided." in page
    place.state = PlaceState.REFUSED
    session.commit()
    assert "You did not act on our request." in owl.get(at).text


def test_the_summary_for_the_police_holds_days_and_kinds_and_goes_to_the_member_alone(
    session: Session, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    owl = sign_in(stage.owl)
    at = f"/cases/{opened.case.public_id}/letter"
    page = owl.get(f"{at}?template=I").text
    (piece,) = evidence.queries.evidence_of(session, opened.case.id)
    assert f"{piece.kept_on.isoformat()}: a post of this site, captured by the machine" in page
    assert "Stoat" not in page
    assert "Heron" not in page
    text = "This is a summary for the police. It is yours."
    assert owl.post(at, data={"template": "I", "text": text}).status_code == 302
    mine = f"/me/case/{opened.case.public_id}?view=full"
    assert text in sign_in(stage.heron).get(mine).text


def test_a_refused_wording_is_handed_back_with_the_reason(
    session: Session, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    session.commit()
    owl = sign_in(stage.owl)
    refused = owl.post("/duty/words/A", data={"text": "We promise that it is over."})
    assert refused.status_code == 422
    assert "We promise that it is over." in refused.text
    assert str(wording.OBJECTIONS[Objection.PROMISES]) in refused.text
    assert owl.get("/duty/words/Z").status_code == 404
    assert "your own words" not in owl.get("/duty/words").text


def test_wordings_are_for_those_who_answer_exposures(
    session: Session, sign_in: SignIn, client: FlaskClient
) -> None:
    stage = set_stage(session)
    session.commit()
    assert sign_in(stage.robin).get("/duty/words").status_code == 200
    heron = sign_in(stage.heron)
    assert heron.get("/duty/words").status_code == 404
    assert heron.get("/duty/words/A").status_code == 404
    assert heron.post("/duty/words/A", data={"text": GOOD}).status_code == 404
    assert heron.post("/duty/words/A/restore").status_code == 404
    assert client.get("/duty/words").status_code == 401


def test_each_notice_has_a_wording_of_its_level(app: Flask) -> None:
    with app.test_request_context():
        texts = wording.shipped()
    assert set(wording.TOLD_ABOUT.values()) == {Level.N2, Level.N3, Level.N4, Level.N5}
    assert len({texts[code] for code in wording.TOLD_ABOUT}) == 4
