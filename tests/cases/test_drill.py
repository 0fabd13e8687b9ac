"""Drills: marked everywhere, faster than life, and touching nobody."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import clocks, drill, keys, queries
from app.cases.models import Case, Drill, Timer
from app.cases.service import casework, drills, evidence, notice, poster, rounds, sweep, team
from app.cases.service.casework import THE_MEMBER, Opened, SealedTermError
from app.cases.words import Clock, ItemState, PlaceKind, Profile, Severity
from app.cases.workflow import Gate, ShutError
from app.core import clock
from app.core.db import Base
from tests.cases.stage import Stage, open_case, opened_by, set_stage
from tests.cases.test_notice import DISCUSSED
from tests.factories import private_key_of

SignIn = Callable[..., FlaskClient]
Move = Callable[[timedelta], None]
# What a drill may write: its own case, and the halves of its keys.
ITS_OWN: Final = {
    "cases", "case_seats", "case_parts", "part_readers", "part_slots", "case_letters", "exposures",
    "places", "evidence", "consents", "member_words", "step_items", "ledger_rows", "timers",
    "case_notices", "traces", "trace_words", "drills", "shreds", "epochs", "sessions",
}  # fmt: skip


def begin(session: Session) -> tuple[Stage, Opened]:
    """Owl begins a drill."""
    stage = set_stage(session)
    opened = drills.start(session, stage.owl.actor, Severity.GRAVE, is_danger=False)
    session.commit()
    return stage, opened


def outside(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every row that no drill may touch."""
    return {
        table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
        for table in Base.metadata.sorted_tables
        if table.name not in ITS_OWN
    }


def test_a_drill_played_to_its_end_touches_no_row_of_anybody(
    session: Session, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    session.commit()
    owl, wren = sign_in(stage.owl), sign_in(stage.wren)
    before = outside(session)
    owl.post("/duty/drill", data={"severity": "4", "danger": "1"})
    case = session.scalars(select(Case)).one()
    at, mine = f"/cases/{case.public_id}", f"/me/case/{case.public_id}"
    owl.post(f"{at}/people", data={"person": stage.wren.public_id, "seat": "second"})
    wren.post(f"{at}/declare")
    sent = owl.post(f"{at}/letter", data={"template": "A", "text": "Something was reported."})
    assert sent.status_code == 302
    owl.post(f"{mine}/safe", data={"safe": "no"})
    owl.post(f"{mine}/letters", data={"text": "Thank you."})
    owl.post(f"{at}/identity", data={"reason": "To add what got out.", "text": "harbour"})
    for what in ("sweep", "purge", "suspend", "affected", "removal/agree", "evidence/destroy"):
        assert owl.post(f"{at}/{what}", data={"affected": "Stoat"}).status_code in {409, 422}
    here = owl.post(f"{at}/places", data={"kind": "here", "url": stage.post.public_id})
    assert here.status_code == 409
    rounds.make_rounds(session)
    session.commit()
    owl.post(f"{at}/drill/end")
    session.expire_all()
    assert session.scalars(select(Case)).all() == []
    assert session.scalars(select(Timer)).all() == []
    assert outside(session) == before
    assert session.scalars(select(Drill)).one().open_count > 0


def test_every_page_and_letter_of_a_drill_says_so(session: Session, sign_in: SignIn) -> None:
    stage, opened = begin(session)
    owl = sign_in(stage.owl)
    at, mine = f"/cases/{opened.case.public_id}", f"/me/case/{opened.case.public_id}"
    owl.post(f"{at}/letter", data={"template": "A", "text": "Something was reported."})
    pages = (at, f"{at}/clearing", f"{at}/notice", f"{at}/source", f"{at}/letter", mine,
             f"{mine}?view=full")  # fmt: skip
    for page in pages:
        text = owl.get(page).text
        assert "<title>DRILL" in text, page
        assert "This is a drill." in text, page
    assert "DRILL. Nobody was exposed." in owl.get(mine + "?view=full").text
    for page in ("/duty", "/duty/drill", "/me/case"):
        assert "DRILL" in owl.get(page).text
    records = owl.post(f"{mine}/records", data={"profile": Profile.MINE.value})
    assert "drill-records" in records.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(records.data)) as packed:
        assert packed.read("README.txt").startswith(b"DRILL.")
        assert b'"drill": true' in packed.read("manifest.json")
        assert b"<h1>DRILL" in packed.read("records.html")


def test_a_real_case_says_nothing_of_a_drill(session: Session, sign_in: SignIn) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    text = sign_in(stage.owl).get(f"/cases/{opened.case.public_id}").text
    assert "This is a drill." not in text
    with pytest.raises(ShutError):
        drills.end(session, opened)


def test_the_clocks_of_a_drill_run_faster_and_at_any_hour(
    session: Session, move_clock: Move
) -> None:
    move_clock(timedelta())  # it stands still
    _, opened = begin(session)
    timer = queries.timer_of(session, opened.case.id, Clock.FIRST_LETTER)
    wait = clocks.span(Clock.FIRST_LETTER, Severity.GRAVE, is_danger=False)
    assert timer is not None
    assert wait is not None
    assert timer.due_at - clock.now() == wait / drill.SPEED


def test_a_late_letter_is_counted_and_one_in_time_is_not(
    session: Session, move_clock: Move
) -> None:
    stage, opened = begin(session)
    team.add_person(session, opened, private_key_of(stage.owl), team.Seat.SECOND, stage.wren)
    casework.declare(session, opened_by(session, opened, stage.wren))
    move_clock(timedelta(minutes=2))
    casework.send_letter(session, opened, "A", "Something was reported.")
    assert drills.end(session, opened).late_count == 1
    again = drills.start(session, stage.owl.actor, Severity.GRAVE, is_danger=False)
    casework.send_letter(session, again, "A", "Something was reported.")
    casework.tick(session, again, "first.conflicts")
    assert drills.end(session, again).late_count == 0


def test_a_notice_of_a_drill_is_told_to_nobody(session: Session) -> None:
    stage, opened = begin(session)
    team.add_person(session, opened, private_key_of(stage.owl), team.Seat.SECOND, stage.wren)
    (ring,) = keys.own_rings(session, private_key_of(stage.owl), opened.case.id)
    notice.weigh(session, opened, DISCUSSED)
    notice.offer(session, opened, "We have removed something.", 0)
    notice.answer(session, Opened(opened.case, ring, THE_MEMBER), is_yes=True)
    before = outside(session)
    for who in (opened, opened_by(session, opened, stage.wren)):
        notice.sign(session, who)
    assert outside(session) == before
    now = notice.standing(session, opened)
    assert now is not None
    assert now.text.startswith(drill.MARK)


def test_the_gates_of_a_drill_are_those_of_life(session: Session) -> None:
    stage, opened = begin(session)
    with pytest.raises(SealedTermError):
        casework.send_letter(session, opened, "A", f"It is about {drill.FACTS[0]}.")
    for deed in (
        lambda: casework.close(session, opened),
        lambda: team.open_identity(session, opened, private_key_of(stage.owl), ""),
        lambda: poster.suspend(session, opened, stage.owl.actor, "It is looked at."),
        lambda: sweep.begin(session, opened),
    ):
        with pytest.raises(ShutError):
            deed()
    with pytest.raises(ShutError) as refused:
        casework.add_place(session, opened, PlaceKind.HERE, "", stage.post.public_id)
    assert refused.value.gates == (Gate.DRILL,)


def test_a_drill_hides_neither_help_nor_a_letter_of_a_real_case(
    session: Session, sign_in: SignIn
) -> None:
    stage, opened = begin(session)
    casework.send_letter(session, opened, "A", "Something was reported.")
    session.commit()
    owl = sign_in(stage.owl)
    assert "Something waits for you" not in owl.get("/inbox").text
    page = owl.get("/me/case")
    assert page.status_code == 200, "no redirect to the drill"
    assert 'action="/me/case' in page.text or 'action="/exposed' in page.text


def test_only_those_who_answer_exposures_hold_drills(
    session: Session, sign_in: SignIn, client: FlaskClient
) -> None:
    stage, opened = begin(session)
    for who in (stage.heron, stage.stoat):
        browser = sign_in(who)
        assert browser.get("/duty/drill").status_code == 404
        assert browser.post("/duty/drill").status_code == 404
        assert browser.post(f"/cases/{opened.case.public_id}/drill/end").status_code == 404
    assert sign_in(stage.wren).post(f"/cases/{opened.case.public_id}/drill/end").status_code == 404
    assert client.get("/duty/drill").status_code == 401
    assert evidence.broken(session, opened.case.id) == []
    assert queries.items_of(session, opened.case.id)[0].state is ItemState.OPEN
