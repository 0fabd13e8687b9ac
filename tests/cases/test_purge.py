"""The purge sheet: what is erased, by whom, and the proof of every row."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import queries, traces
from app.cases.keys import Seal
from app.cases.models import PurgeRow, Timer
from app.cases.service import casework, evidence, ledger, purge, sweep, team
from app.cases.service.casework import Opened
from app.cases.words import Clock, ItemState, PlaceState, Proof, Surface, SweepStage, Verb
from app.cases.workflow import Gate, ShutError
from app.cli import sweeping
from app.cli.erasing import settle_erasures
from app.core import clock
from app.core.db import Database
from app.forum.models import Notice, Post, Quote, Revision
from app.moderation.models import Report, ReportReason
from app.policy.vocabulary import Visibility
from app.review.models import Reason, ReviewItem
from app.shields.service import open_shields
from tests.cases.stage import Stage, open_case, opened_by, set_stage
from tests.conftest import KIND
from tests.factories import make_post, private_key_of

SignIn = Callable[..., FlaskClient]
FACT: Final = "Zephyrine Quill"
SPACED: Final = "So it was Z e p h y r i n e Quill after all, and nobody had known of it before."
REASON: Final = "to look whether anything is left"


@dataclass
class Scene:
    """A case whose facts are held and swept for, as Owl and Wren open it."""

    stage: Stage
    owl: Opened
    wren: Opened
    session: Session
    database: Database

    def seal(self, opened: Opened) -> Seal:
        member = self.stage.owl if opened is self.owl else self.stage.wren
        return team.identity_seal(self.session, opened, private_key_of(member))

    def purge(self) -> None:
        """Owl asks, Wren agrees."""
        for opened in (self.owl, self.wren):
            purge.ask(self.session, opened, self.seal(opened))

    def prove(self) -> dict[Surface, Proof]:
        """What a look shows now, after what is owed was settled."""
        self.session.commit()
        settle_erasures(self.database)
        rows = purge.prove(self.session, self.wide())
        return {row.surface: row.proof for row in rows}

    def wide(self) -> Opened:
        """Owl with the identity part."""
        key = private_key_of(self.stage.owl)
        ring = team.open_identity(self.session, self.owl, key, REASON)
        return Opened(self.owl.case, ring, self.owl.who, self.owl.member_id)


@pytest.fixture
def scene(database: Database) -> Iterator[Scene]:
    """Stoat's post is hidden; Finch repeats it; a quote, an earlier wording, a notice, a report."""
    open_shields(database, bytes(range(32)))
    with database.write() as session:
        stage = set_stage(session)
        quoting = make_post(session, thread=stage.thread, author=stage.finch, body="Is that so?")
        session.add_all(
            [
                Quote(post_id=quoting.id, quoted_id=stage.post.id),
                Revision(
                    post_id=stage.post.id, body=f"{FACT}, you know.", replaced_on=clock.today()
                ),
                Notice(
                    member_id=stage.heron.id,
                    kind="reply",
                    subject=stage.post.public_id,
                    post_id=stage.post.id,
                    made_on=clock.today(),
                ),
            ]
        )
        opened = open_case(session, stage)
        owl, wren = (opened_by(session, opened, who) for who in (stage.owl, stage.wren))
        made = Scene(stage, owl, wren, session, database)
        wide = made.wide()
        casework.note_exposure(session, wide, (), FACT)
        sweep.shield_facts(session, wide, [FACT])
        make_post(session, thread=stage.thread, author=stage.finch, body=SPACED)
        run = sweep.begin(session, owl)
        session.commit()
        while sweeping.take_slice(database, run.id):
            pass
        session.expire_all()
        yield made


def seen_in_files(proof: Proof) -> Proof:
    """What a look at the files shows; those of PostgreSQL are not ours to read."""
    return proof if KIND == "sqlite" else Proof.OUTSIDE


def test_two_people_ask_for_a_purge_and_one_alone_erases_nothing(scene: Scene) -> None:
    session, owl = scene.session, scene.owl
    assert len(purge.subjects(session, owl)) == 2
    seal = scene.seal(owl)
    assert purge.ask(session, owl, seal) is False
    with pytest.raises(ShutError) as shut:
        purge.ask(session, owl, seal)
    assert shut.value.gates == (Gate.SAME_PERSON,)
    assert purge.sheet(session, owl.ring) == []
    assert scene.stage.post.body == "Heron is Zephyrine Quill."
    assert session.scalars(select(Timer).where(Timer.clock == Clock.PURGE)).all()
    purge.take_back(session, owl)
    assert purge.asked_by(session, owl) is None


def test_evidence_is_kept_of_everything_before_it_is_erased(scene: Scene) -> None:
    session = scene.session
    wanted = {post.public_id for post in purge.subjects(session, scene.owl).posts}
    scene.purge()
    wide = scene.wide()
    kept = evidence.posts_kept(session, wide.ring, queries.evidence_of(session, wide.case.id))
    assert set(kept) == wanted
    assert SPACED in {text for texts in kept.values() for text in texts}
    verbs = [entry.verb for entry in ledger.read(session, scene.owl.ring)]
    assert verbs.index(Verb.CAPTURED) < verbs.index(Verb.PURGED)


def test_everything_of_it_is_erased_and_every_row_is_proved(scene: Scene) -> None:
    session = scene.session
    scene.purge()
    shown = scene.prove()
    assert len(shown) == 22
    assert {surface for surface, proof in shown.items() if proof not in purge.SETTLED} == set()
    assert shown[Surface.POST] is Proof.CLEAN
    assert shown[Surface.BACKUPS] is shown[Surface.DRAFTS] is Proof.OUTSIDE
    assert shown[Surface.ATTACHMENTS] is Proof.CLEAN
    assert shown[Surface.BYTES] is seen_in_files(Proof.CLEAN)
    bodies = session.scalars(select(Post.body)).all()
    assert not [body for body in bodies if "Quill" in body]
    assert session.scalars(select(Quote)).all() == []
    row = queries.item_of(session, scene.owl.case.id, purge.ITEM)
    assert row is not None
    assert row.state is ItemState.DONE
    states = [place.state for place in queries.places_of(session, scene.owl.case.id)]
    assert states == [PlaceState.GONE]
    assert session.scalars(select(Timer).where(Timer.clock == Clock.PURGE)).all() == []


def test_until_the_disk_has_forgotten_the_sheet_says_so(scene: Scene) -> None:
    session = scene.session
    scene.purge()
    session.commit()
    shown = {row.surface: row.proof for row in purge.prove(session, scene.wide())}
    assert shown[Surface.BYTES] is Proof.WAITS
    assert shown[Surface.INDEX] is Proof.WAITS
    row = queries.item_of(session, scene.owl.case.id, purge.ITEM)
    assert row is not None
    assert row.state is ItemState.OPEN


def put_back(scene: Scene, surface: Surface) -> None:
    """Put a trace onto one surface, as if a step of the purge had been forgotten."""
    session, stage = scene.session, scene.stage
    if surface is Surface.POST:
        session.scalars(select(Post).where(Post.body == "Is that so?")).one().body = f"No, {FACT}!"
    elif surface is Surface.TITLE:
        stage.thread.kept_title = f"On {FACT}"
    elif surface is Surface.REVISIONS:
        post = session.scalars(select(Post).where(Post.body == "Is that so?")).one()
        session.add(Revision(post_id=post.id, body=FACT.upper(), replaced_on=clock.today()))
    elif surface is Surface.PROFILES:
        stage.robin.about = f"Friend of {FACT}."
    elif surface is Surface.REPORTS:
        post = session.scalars(select(Post).where(Post.body == "Is that so?")).one()
        item = ReviewItem(reason=Reason.REPORTED, subject=post.public_id, opened_at=clock.now())
        session.add(item)
        session.flush()  # the report names the item by its id
        session.add(
            Report(
                review_item_id=item.id,
                post_id=post.id,
                reporter_id=stage.finch.id,
                reason=ReportReason.OTHER,
                text=f"It says {FACT}.",
                made_on=clock.today(),
            )
        )
    elif surface is Surface.INBOX:
        gone = scene.stage.post.public_id
        notice = Notice(member_id=stage.heron.id, kind="reply", subject=gone, made_on=clock.today())
        session.add(notice)


@pytest.mark.parametrize(
    "surface",
    [
        Surface.POST,
        Surface.TITLE,
        Surface.REVISIONS,
        Surface.PROFILES,
        Surface.REPORTS,
        Surface.INBOX,
    ],
)
def test_what_a_purge_forgot_is_found_on_its_row(scene: Scene, surface: Surface) -> None:
    scene.purge()
    put_back(scene, surface)
    shown = scene.prove()
    assert shown[surface] is Proof.FOUND
    row = queries.item_of(scene.session, scene.owl.case.id, purge.ITEM)
    assert row is not None
    assert row.state is ItemState.OPEN


@pytest.mark.parametrize("text", [SPACED, FACT])
def test_a_trace_in_the_bytes_alone_is_found(scene: Scene, tmp_path: Path, text: str) -> None:
    scene.purge()
    scene.session.commit()
    if KIND == "sqlite":
        with sqlite3.connect(tmp_path / "bauta.sqlite3") as raw:
            raw.execute("CREATE TABLE forgotten (bytes BLOB)")
            raw.execute("INSERT INTO forgotten VALUES (?)", (b"\0" + text.encode() + b"\0",))
        raw.close()
    assert scene.prove()[Surface.BYTES] is seen_in_files(Proof.FOUND)


def test_a_trace_in_a_file_beside_the_database_is_found(scene: Scene, tmp_path: Path) -> None:
    scene.purge()
    (tmp_path / "access.log").write_text(f"GET /search?q={FACT.replace(' ', '+')}\n")
    assert scene.prove()[Surface.LOGS] is seen_in_files(Proof.FOUND)


def test_the_fact_itself_is_on_no_row_and_in_no_ledger(scene: Scene) -> None:
    scene.purge()
    scene.prove()
    session = scene.session
    said = [f"{entry.about} {entry.reason}" for entry in ledger.read(session, scene.owl.ring)]
    assert not [text for text in said if "Quill" in text]
    boxes = [row.box for row in session.scalars(select(PurgeRow))]
    assert len({len(box) for box in boxes}) == 1


def test_a_sheet_is_open_while_no_sweep_is_through(scene: Scene) -> None:
    scene.purge()
    run = queries.sweep_of(scene.session, scene.owl.case.id)
    assert run is not None
    run.stage = SweepStage.POSTS
    assert scene.prove()[Surface.REPLIES] is Proof.OPEN


# --- looking into files ---------------------------------------------------------------------------


def test_files_are_searched_across_the_edges_of_what_is_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edge = traces.CHUNK_BYTES - 5
    (tmp_path / "large").write_bytes(b"x" * edge + FACT.upper().encode() + b"x" * 99)
    (tmp_path / "small").write_bytes(b"nothing")
    looked = traces.search(tmp_path, traces.spellings(FACT))
    assert looked.found == ("large",)
    assert looked.read == edge + len(FACT) + 99 + 7


@pytest.mark.parametrize(
    "written",
    [
        "zephyrine quill",
        "ZEPHYRINE QUILL",
        "zephyrine%20quill",
        "zephyrine+quill",
    ],
)
def test_a_phrase_is_looked_for_in_many_spellings(written: str) -> None:
    assert written.encode().lower() in traces.spellings(FACT)
    assert FACT.encode("utf-16-le").lower() in traces.spellings(FACT)


def test_any_forty_bytes_of_a_short_text_are_looked_for() -> None:
    assert traces.windows("short") == {b"short"}
    text = " ".join(str(n) for n in range(400))
    assert len(traces.windows(text)) == traces.WINDOWS
    assert all(len(raw) == traces.WINDOW_BYTES for raw in traces.windows(text))


def test_a_folder_that_cannot_be_read_is_no_proof(tmp_path: Path) -> None:
    (tmp_path / "locked").write_bytes(b"x")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(traces.sys, "executable", "/nonexistent")
        with pytest.raises(traces.UnreadError):
            traces.search(tmp_path, {b"x"})


# --- the pages ------------------------------------------------------------------------------------


def test_the_sheet_over_http_and_as_the_member_reads_it(
    session: Session, app: Flask, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    at, gone = f"/cases/{opened.case.public_id}", stage.post.public_id
    owl, wren = sign_in(stage.owl), sign_in(stage.wren)
    assert "Noted. It is done when a second" in owl.post(f"{at}/purge", follow_redirects=True).text
    assert "Take it back" in owl.get(f"{at}/clearing").text
    assert "Agree, and erase it" in wren.get(f"{at}/clearing").text
    assert "Erased." in wren.post(f"{at}/purge", follow_redirects=True).text
    assert owl.post(f"{at}/purge/prove", data={"reason": "no"}).status_code == 409
    proved = owl.post(f"{at}/purge/prove", data={"reason": REASON}, follow_redirects=True)
    assert "Something is open still" in proved.text
    mine = sign_in(stage.heron).get(f"/me/case/{opened.case.public_id}?view=full").text
    assert "What was erased on this site" in mine
    assert REASON in mine
    session.expire_all()
    assert session.scalars(select(Post.visibility).where(Post.public_id == gone)).all() in (
        [],
        [Visibility.ERASED],
    )
