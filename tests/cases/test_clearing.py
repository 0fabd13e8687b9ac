"""Clearing up: evidence before hiding, facts that are held, the sweep, hiding in one act."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import keys, queries
from app.cases.models import Evidence, ExposureReport, Sweep, SweepFind
from app.cases.service import evidence, ledger, rounds, sweep, team
from app.cases.service.casework import Opened
from app.cases.words import SweepStage, Verb
from app.cases.workflow import Gate, ShutError
from app.cli import sweeping
from app.core import clock
from app.core.crypto import BrokenSealError
from app.core.db import Database
from app.forum import service as forum
from app.forum.models import Notice, Post, Revision
from app.forum.service import Draft
from app.policy.vocabulary import Visibility
from app.shields.models import HeldPhrase, HeldPhraseTag
from app.shields.service import open_shields
from tests.cases.stage import Stage, open_case, opened_by, report_post, set_stage
from tests.factories import make_picture, make_post, private_key_of, small_jpeg

SignIn = Callable[..., FlaskClient]
Move = Callable[[timedelta], None]
FACT: Final = "Zephyrine Quill"
SPACED: Final = "So it was Z e p h y r i n e Quill after all."


@pytest.fixture(autouse=True)
def shield_key(database: Database) -> None:
    """Give sessions the key of shields, as the server does."""
    open_shields(database, bytes(range(32)))


@pytest.fixture
def session(shield_key: None, database: Database) -> Iterator[Session]:
    """A session that has the key of shields."""
    with database.write() as opened:
        yield opened


def wide(session: Session, opened: Opened, stage: Stage) -> Opened:
    """The case as Owl opens it with the identity part."""
    key = private_key_of(stage.owl)
    owls = opened_by(session, opened, stage.owl)
    ring = team.open_identity(session, owls, key, "to write down what is public")
    return Opened(opened.case, ring, owls.who, owls.member_id)


def swept(session: Session, database: Database, opened: Opened) -> Sweep:
    """A sweep of the case, run to its end."""
    run = sweep.begin(session, opened)
    session.commit()
    while sweeping.take_slice(database, run.id):
        pass
    session.refresh(run)
    return run


# --- evidence -------------------------------------------------------------------------------------


def test_a_reported_post_is_captured_before_it_is_hidden(session: Session) -> None:
    stage = set_stage(session)
    forum.edit_post(session, stage.stoat.actor, stage.post, Draft("Heron is Z. Quill."))
    make_picture(session, stage.post)
    opened = open_case(session, stage)
    (row,) = queries.evidence_of(session, opened.case.id)
    kept = json.loads(evidence.read(session, wide(session, opened, stage), row))
    assert kept["body"] == "Heron is Z. Quill."
    assert [one["body"] for one in kept["revisions"]] == ["Heron is Zephyrine Quill."]
    assert kept["post"] == stage.post.public_id
    (picture,) = kept["attachments"]
    assert picture == {"hash": hashlib.sha256(small_jpeg()).hexdigest(), "shows": "A lamp."}
    assert kept["account"] == stage.stoat.public_id
    assert session.scalars(select(ExposureReport.capture)).all() == [None]


def test_evidence_of_the_own_report_is_sealed_to_the_member_too(session: Session) -> None:
    stage = set_stage(session)
    report = report_post(session, stage)
    opened = open_case(session, stage, report)
    (row,) = queries.evidence_of(session, opened.case.id)
    (ring,) = keys.own_rings(session, private_key_of(stage.heron), opened.case.id)
    ((_, _, content),) = evidence.contents(session, ring, [row])
    assert json.loads(content)["body"] == "Heron is Zephyrine Quill."
    narrow = opened_by(session, opened, stage.robin)
    with pytest.raises(BrokenSealError):
        evidence.contents(session, narrow.ring, [row])


def test_both_hashes_of_evidence_stand_in_the_ledger(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    (row,) = queries.evidence_of(session, opened.case.id)
    (entry,) = [
        entry
        for entry in ledger.read(session, opened.ring)
        if entry.verb is Verb.CAPTURED and "sha256" in entry.about
    ]
    assert row.public_id in entry.about
    assert row.sealed_digest.hex() in entry.about


@pytest.mark.parametrize("spot", [0, 24, -1])
def test_one_changed_byte_of_evidence_is_found_without_any_key(session: Session, spot: int) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    (row,) = queries.evidence_of(session, opened.case.id)
    assert evidence.broken(session, opened.case.id) == []
    changed = bytearray(row.content)
    changed[spot] ^= 1
    row.content = bytes(changed)
    session.flush()
    assert evidence.broken(session, opened.case.id) == [row]
    with pytest.raises(BrokenSealError):
        evidence.read(session, wide(session, opened, stage), row)


def test_a_digest_that_was_changed_along_is_found_when_it_is_opened(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    (row,) = queries.evidence_of(session, opened.case.id)
    row.content = row.content[:-1] + bytes([row.content[-1] ^ 1])
    row.sealed_digest = hashlib.sha256(row.content).digest()
    session.flush()
    with pytest.raises(BrokenSealError):
        evidence.read(session, wide(session, opened, stage), row)


def test_each_week_evidence_is_looked_at_and_a_change_calls_the_team(
    session: Session, move_clock: Move
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    (row,) = queries.evidence_of(session, opened.case.id)
    move_clock(timedelta(days=8))
    rounds.make_rounds(session)
    assert row.checked_on == clock.today()
    row.content = bytes(len(row.content))
    move_clock(timedelta(days=8))
    for notice in session.scalars(select(Notice)):
        session.delete(notice)
    session.flush()
    assert evidence.verify_due(session) == {opened.case.id}
    rounds.make_rounds(session)
    assert row.checked_on < clock.today()
    told = set(session.scalars(select(Notice.member_id)))
    assert told >= {stage.owl.id, stage.wren.id}


def test_what_is_kept_opens_no_more_once_its_shred_is_gone(session: Session) -> None:
    stage = set_stage(session)
    opened = wide(session, open_case(session, stage), stage)
    (row,) = queries.evidence_of(session, opened.case.id)
    evidence.shred(session, opened.case.id)
    with pytest.raises(BrokenSealError):
        evidence.read(session, opened, row)


# --- facts that are held --------------------------------------------------------------------------


def test_a_fact_of_a_case_holds_new_texts_and_no_row_says_for_whom(session: Session) -> None:
    stage = set_stage(session)
    opened = wide(session, open_case(session, stage), stage)
    assert sweep.shield_facts(session, opened, [FACT, "Ann"]) == 1
    session.flush()
    for author in (stage.finch, stage.heron):
        post = forum.create_post(session, author.actor, stage.thread, Draft(SPACED))
        assert post.visibility is Visibility.HELD
        assert sweep.held_now(session, opened.case)[0] is post
    assert sweep.shield_count(session, opened.case) == 1
    (phrase,) = session.scalars(select(HeldPhrase))
    assert phrase.holder not in {opened.case.public_id.encode(), stage.heron.public_id.encode()}


def test_a_text_that_was_held_for_one_case_shows_nothing_on_another(session: Session) -> None:
    stage = set_stage(session)
    opened = wide(session, open_case(session, stage), stage)
    post = make_post(session, thread=stage.thread, author=stage.stoat, body="Heron again.")
    other = wide(session, open_case(session, stage, report_again(session, stage, post)), stage)
    sweep.shield_facts(session, opened, [FACT])
    sweep.shield_facts(session, other, ["Balthasar Wick"])
    forum.create_post(session, stage.finch.actor, stage.thread, Draft(SPACED))
    assert len(sweep.held_now(session, opened.case)) == 1
    assert sweep.held_now(session, other.case) == []


def report_again(session: Session, stage: Stage, post: Post) -> ExposureReport:
    """Finch reports another post."""
    first, stage.post = stage.post, post
    report = report_post(session, stage)
    stage.post = first
    return report


def test_facts_are_let_go_with_what_their_case_seals(session: Session, move_clock: Move) -> None:
    stage = set_stage(session)
    opened = wide(session, open_case(session, stage), stage)
    sweep.shield_facts(session, opened, [FACT])
    opened.case.closed_on = clock.today()
    session.flush()
    move_clock(timedelta(days=91))
    assert rounds.forget_past(session) == 1
    assert session.scalars(select(HeldPhrase)).all() == []
    assert session.scalars(select(HeldPhraseTag)).all() == []
    assert session.scalars(select(Evidence)).all() == []


# --- the sweep ------------------------------------------------------------------------------------


def test_a_sweep_finds_posts_titles_earlier_wordings_and_profiles(
    session: Session, database: Database
) -> None:
    stage = set_stage(session)
    opened = wide(session, open_case(session, stage), stage)
    sweep.shield_facts(session, opened, [FACT])
    plain = make_post(session, thread=stage.thread, author=stage.finch, body=SPACED)
    clean = make_post(session, thread=stage.thread, author=stage.finch, body="Good morning.")
    session.add(Revision(post_id=clean.id, body=FACT, replaced_on=clock.today()))
    pictured = make_post(session, thread=stage.thread, author=stage.finch, body="Look.")
    make_picture(session, pictured, alt=f"A letter to {FACT}.")
    stage.robin.about = f"I know {FACT}."
    stage.thread.title = f"About {FACT}"
    run = swept(session, database, opened)
    assert run.stage is SweepStage.DONE
    assert run.looked_count == run.total_count
    found = sweep.finds(session, opened, run)
    opening = session.scalars(select(Post.public_id).where(Post.is_opening)).one()
    posts = {one.public_id for one in found if one.stage is SweepStage.POSTS}
    assert posts == {stage.post.public_id, plain.public_id, pictured.public_id, opening}
    assert [one.post_id for one in found if one.stage is SweepStage.REVISIONS] == [clean.public_id]
    members = [one.public_id for one in found if one.stage is SweepStage.MEMBERS]
    assert members == [stage.robin.public_id]


def test_a_sweep_goes_on_after_a_kill_and_finds_nothing_twice(
    session: Session, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "SLICE", 3)
    stage = set_stage(session)
    opened = wide(session, open_case(session, stage), stage)
    sweep.shield_facts(session, opened, [FACT])
    for number in range(10):
        body = FACT if number % 2 else "Good morning."
        make_post(session, thread=stage.thread, author=stage.finch, body=body)
    run = sweep.begin(session, opened)
    session.commit()
    assert sweeping.take_slice(database, run.id)
    monkeypatch.setattr(sweep, "update", dies)
    with pytest.raises(KeyboardInterrupt):
        sweeping.take_slice(database, run.id)
    monkeypatch.undo()
    monkeypatch.setattr(sweep, "SLICE", 3)
    session.refresh(run)
    assert (run.looked_count, run.stage) == (3, SweepStage.POSTS)
    assert sweep.running(session) == [run.id]
    session.commit()
    sweeping.go_on(database)
    session.refresh(run)
    assert run.stage is SweepStage.DONE
    assert run.find_count == 6
    assert len({one.public_id for one in sweep.finds(session, opened, run)}) == 6


def dies(*_: object) -> object:
    """The machine stops in the middle."""
    raise KeyboardInterrupt


def test_what_a_sweep_finds_is_in_no_row_in_clear(session: Session, database: Database) -> None:
    stage = set_stage(session)
    opened = wide(session, open_case(session, stage), stage)
    sweep.shield_facts(session, opened, [FACT])
    run = swept(session, database, opened)
    boxes = session.scalars(select(SweepFind.box)).all()
    assert len(boxes) == run.find_count == 1
    assert len({len(box) for box in boxes}) == 1
    assert stage.post.public_id.encode() not in b"".join(boxes) + run.box
    other = open_case(session, stage, report_again(session, stage, stage.post))
    with pytest.raises(BrokenSealError):
        sweep.finds(session, other, run)


def test_a_sweep_needs_something_to_look_for_and_there_is_one_at_a_time(session: Session) -> None:
    stage = set_stage(session)
    opened = wide(session, open_case(session, stage), stage)
    with pytest.raises(ShutError) as shut:
        sweep.begin(session, opened)
    assert shut.value.gates == (Gate.NO_SHIELD,)
    sweep.shield_facts(session, opened, [FACT])
    assert sweep.begin(session, opened) is sweep.begin(session, opened)


def test_all_that_was_found_is_hidden_in_one_act_and_comes_back_in_one(
    session: Session, database: Database
) -> None:
    stage = set_stage(session)
    opened = wide(session, open_case(session, stage), stage)
    sweep.shield_facts(session, opened, [FACT])
    plain = make_post(session, thread=stage.thread, author=stage.finch, body=SPACED)
    clean = make_post(session, thread=stage.thread, author=stage.finch, body="Good morning.")
    run = swept(session, database, opened)
    session.expire_all()
    seal = team.identity_seal(session, opened, private_key_of(stage.owl))
    assert sweep.hide_all(session, opened, seal, run) == 1
    assert plain.visibility is Visibility.QUARANTINED
    assert clean.visibility is Visibility.PUBLISHED
    assert plain.public_id in evidence.captured_posts(session, seal, opened.case.id)
    assert sweep.hide_all(session, opened, seal, run) == 0
    assert sweep.show_again(session, opened, run) == 1
    assert plain.visibility is Visibility.PUBLISHED
    # What the case itself hides is another matter, and stays hidden.
    assert stage.post.visibility is Visibility.QUARANTINED
    assert sweep.show_again(session, opened, run) == 0


def test_a_contact_person_may_not_add_evidence(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    robins = opened_by(session, opened, stage.robin)
    with pytest.raises(ShutError):
        team.identity_seal(session, robins, private_key_of(stage.robin))


# --- the pages ------------------------------------------------------------------------------------


def test_the_whole_way_over_http(session: Session, app: Flask, sign_in: SignIn) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    make_post(session, thread=stage.thread, author=stage.finch, body=SPACED)
    owl, at = sign_in(stage.owl), f"/cases/{opened.case.public_id}"
    assert "Nothing is held yet." in owl.get(f"{at}/clearing").text
    shut = owl.post(f"{at}/sweep")
    assert shut.status_code == 409
    data = {"reason": "to write down what is public", "text": f"{FACT}\nAnn"}
    told = owl.post(f"{at}/identity", data=data).text
    assert "too short or too common" in told
    begun = owl.post(f"{at}/sweep", follow_redirects=True)
    assert "It goes on by itself" in begun.text
    sweeping.go_on(app.extensions["database"])
    done = owl.get(f"{at}/clearing").text
    assert "readers see it" in done
    assert FACT not in done
    assert "1 post is hidden" in owl.post(f"{at}/sweep/hide", follow_redirects=True).text
    assert (
        "Every piece is as it was kept."
        in owl.post(f"{at}/evidence/check", follow_redirects=True).text
    )
    heron = sign_in(stage.heron)
    ledger_page = heron.get(f"/me/case/{opened.case.public_id}?view=full").text
    for line in ("looked through everything that stands here", "had new texts with it held here"):
        assert line in ledger_page
    assert "1 post is back." in owl.post(f"{at}/sweep/show", follow_redirects=True).text


def test_clearing_up_is_for_those_who_lead(
    session: Session, sign_in: SignIn, client: FlaskClient
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    at = f"/cases/{opened.case.public_id}/clearing"
    assert sign_in(stage.wren).get(at).status_code == 200
    assert sign_in(stage.robin).get(at).status_code == 403
    assert sign_in(stage.heron).get(at).status_code == 404
    assert client.get(at).status_code == 401
