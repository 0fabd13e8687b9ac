"""The guided set-up and the operator's console."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core.audit import AuditEntry
from app.core.settings import Settings, read_settings, write_settings
from app.forum.models import Board
from app.policy.vocabulary import Role, Trust
from tests.factories import make_board, make_member

SignIn = Callable[..., FlaskClient]
TOKEN = "the-secret-of-the-link"
WORDS = "copper lantern ninety walnut harbour drizzle"
FORM = {
    "community": "Harbour",
    "purpose": "",
    "norms": "Nobody is exposed here.",
    "signup": "open",
    "pseudonym": "badger",
    "passphrase": WORDS,
    "front": "Front door",
    "inside": "Garden",
    "quiet": "Cellar",
}


@pytest.fixture
def visitor(blank_app: Flask, session: Session) -> FlaskClient:
    """Somebody with a browser, before the forum is set up."""
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    write_settings(session, Settings(setup_hash=digest))
    session.commit()
    return blank_app.test_client(session=session)


def test_the_set_up_makes_a_forum_all_at_once(visitor: FlaskClient, session: Session) -> None:
    page = visitor.get(f"/setup/{TOKEN}")
    assert page.status_code == 200
    offered = re.search(r'name="passphrase"[^>]* value="([^"]+)"', page.text)
    assert offered is not None
    assert len(offered[1].split()) == 6
    assert visitor.post(f"/setup/{TOKEN}", data=FORM).status_code == 302
    settings = read_settings(session)
    assert (settings.name, settings.setup_hash) == ("Harbour", "")
    badger = session.scalars(select(Member)).one()
    assert badger.roles == Role.OPERATOR | Role.MODERATOR
    gates = session.execute(select(Board.name, Board.gate_read).order_by(Board.gate_read)).all()
    assert [tuple(row) for row in gates] == [
        ("Front door", Trust.VISITOR),
        ("Garden", Trust.NEWCOMER),
        ("Cellar", Trust.TRUSTED),
    ]
    assert session.scalars(select(AuditEntry.verb)).all() == ["site.set_up"]


def test_the_link_works_once(visitor: FlaskClient, session: Session) -> None:
    visitor.post(f"/setup/{TOKEN}", data=FORM)
    again = {**FORM, "pseudonym": "stoat"}
    assert visitor.get(f"/setup/{TOKEN}").status_code == 404
    assert visitor.post(f"/setup/{TOKEN}", data=again).status_code == 404
    assert session.scalar(select(func.count()).select_from(Member)) == 1


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x"])
def test_another_link_leads_nowhere(visitor: FlaskClient, session: Session, token: str) -> None:
    assert visitor.get(f"/setup/{token}").status_code == 404
    assert visitor.post(f"/setup/{token}", data=FORM).status_code == 404
    assert session.scalar(select(func.count()).select_from(Member)) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("community", " "),
        ("norms", ""),
        ("pseudonym", "a@example.org"),
        ("passphrase", "too short"),
        ("passphrase", "harbour harbour harbour"),
        ("quiet", "x" * 61),
    ],
)
def test_bad_input_makes_nothing_and_keeps_everything(
    visitor: FlaskClient, session: Session, field: str, value: str
) -> None:
    answer = visitor.post(f"/setup/{TOKEN}", data={**FORM, field: value})
    assert answer.status_code == 422
    assert 'value="Garden"' in answer.text
    assert session.scalar(select(func.count()).select_from(Member)) == 0
    assert session.scalar(select(func.count()).select_from(Board)) == 0


def test_the_console_is_for_operators_and_nobody_else_knows_of_it(
    session: Session, sign_in: SignIn, client: FlaskClient
) -> None:
    badger = sign_in(make_member(session, roles=Role.OPERATOR))
    owl = sign_in(make_member(session, roles=Role.MODERATOR))
    board = make_board(session)
    for path in ("/console", "/console/boards/new", f"/console/boards/{board.public_id}"):
        assert badger.get(path).status_code == 200
        assert owl.get(path).status_code == 404
        assert owl.post(path, data={}).status_code == 404
        assert client.get(path).status_code == 401


def test_changed_norms_get_a_new_version(session: Session, sign_in: SignIn) -> None:
    badger = sign_in(make_member(session, roles=Role.OPERATOR))
    before = read_settings(session)
    form = {"community": before.name, "purpose": "", "norms": before.norms, "signup": "invite"}
    assert badger.post("/console", data=form).status_code == 302
    assert read_settings(session).norms_version == before.norms_version
    badger.post("/console", data={**form, "norms": "Be kinder."})
    session.expire_all()
    assert read_settings(session).norms_version == before.norms_version + 1


def test_a_board_is_opened_and_changed(session: Session, sign_in: SignIn) -> None:
    badger = sign_in(make_member(session, roles=Role.OPERATOR))
    form = {
        "category": "Outside",
        "name": "Pond",
        "description": "",
        "read": "2",
        "reply": "2",
        "start": "3",
        "reviews_first_posts": "yes",
    }
    assert badger.post("/console/boards/new", data=form).status_code == 302
    board = session.scalars(select(Board).where(Board.name == "Pond")).one()
    assert (board.gate_read, board.gate_start) == (Trust.KNOWN, Trust.REGULAR)
    assert board.reviews_first_posts
    path = f"/console/boards/{board.public_id}"
    assert badger.post(path, data={**form, "name": "Lake", "read": "4"}).status_code == 422
    assert badger.post(path, data={**form, "name": "Lake"}).status_code == 302
    session.expire_all()
    assert board.name == "Lake"
    verbs = session.scalars(select(AuditEntry.verb).order_by(AuditEntry.sequence)).all()
    assert verbs == ["board.open", "board.edit"]
