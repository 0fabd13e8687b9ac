"""Headings and boards in their order, as the operator puts them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.forum.models import Board, Category
from app.policy.vocabulary import Role
from tests.factories import make_board, make_category, make_member

SignIn = Callable[..., FlaskClient]
PLAN = {"description": "", "read": "1", "reply": "1", "start": "1"}


def order(session: Session) -> list[str]:
    """The boards as the list of boards shows them, under their headings."""
    session.expire_all()
    query = (
        select(Category.name, Board.name)
        .join(Board, Board.category_id == Category.id)
        .order_by(Category.position, Category.id, Board.position, Board.id)
    )
    return [f"{heading}: {board}" for heading, board in session.execute(query)]


@pytest.fixture
def badger(session: Session, sign_in: SignIn) -> FlaskClient:
    return sign_in(make_member(session, "Badger", roles=Role.OPERATOR))


@pytest.fixture
def boards(session: Session) -> dict[str, Board]:
    """Three boards under one heading, and one under another."""
    indoors, outdoors = make_category(session, "Indoors"), make_category(session, "Outdoors")
    made = {name: make_board(session, name, category=indoors) for name in ("Attic", "Hall", "Loft")}
    made["Pond"] = make_board(session, "Pond", category=outdoors)
    session.commit()
    return made


def test_a_board_goes_up_and_down_and_at_the_end_it_stays(
    session: Session, badger: FlaskClient, boards: dict[str, Board]
) -> None:
    path = f"/console/boards/{boards['Loft'].public_id}/shift"
    for ways, names in (
        (["up"], ["Attic", "Loft", "Hall"]),
        (["up", "up"], ["Loft", "Attic", "Hall"]),
        (["down", "down", "down"], ["Attic", "Hall", "Loft"]),
    ):
        for way in ways:
            assert badger.post(path, data={"way": way}).status_code == 302
        assert order(session) == [*(f"Indoors: {name}" for name in names), "Outdoors: Pond"]


def test_a_heading_goes_up_with_its_boards(
    session: Session, badger: FlaskClient, boards: dict[str, Board]
) -> None:
    outdoors = session.get_one(Category, boards["Pond"].category_id)
    badger.post(f"/console/headings/{outdoors.public_id}/shift", data={"way": "up"})
    assert order(session)[0] == "Outdoors: Pond"
    page = badger.get("/").text
    assert page.index("Pond") < page.index("Attic")


def test_a_board_that_is_put_under_another_heading_stands_there_last(
    session: Session, badger: FlaskClient, boards: dict[str, Board]
) -> None:
    path = f"/console/boards/{boards['Pond'].public_id}"
    assert badger.post(path, data={**PLAN, "name": "Pond", "category": "Indoors"}).location
    assert order(session)[-1] == "Indoors: Pond"
    left = session.scalars(select(Category.name)).all()
    assert left == ["Indoors"], "a heading without boards goes"
    badger.post(path, data={**PLAN, "name": "Pond", "category": "By the water"})
    assert order(session)[-1] == "By the water: Pond"


def test_a_heading_gets_another_name_or_joins_the_one_of_that_name(
    session: Session, badger: FlaskClient, boards: dict[str, Board]
) -> None:
    indoors = session.get_one(Category, boards["Hall"].category_id)
    path = f"/console/headings/{indoors.public_id}"
    assert 'value="Indoors"' in badger.get(path).text
    assert badger.post(path, data={"name": "  "}).status_code == 422
    assert badger.post(path, data={"name": "At home"}).status_code == 302
    assert order(session)[0] == "At home: Attic"
    badger.post(path, data={"name": "Outdoors"})
    assert order(session) == [f"Outdoors: {name}" for name in ("Pond", "Attic", "Hall", "Loft")]
    assert badger.get(path).status_code == 404
    verbs = session.scalars(select(AuditEntry.verb).order_by(AuditEntry.sequence)).all()
    assert verbs == ["heading.edit", "heading.edit"]


def test_nobody_else_moves_anything_or_learns_of_a_heading(
    session: Session, sign_in: SignIn, boards: dict[str, Board]
) -> None:
    owl = sign_in(make_member(session, "Owl", roles=Role.MODERATOR))
    indoors = session.get_one(Category, boards["Hall"].category_id)
    assert owl.get(f"/console/headings/{indoors.public_id}").status_code == 404
    for path in (f"headings/{indoors.public_id}", f"boards/{boards['Hall'].public_id}"):
        assert owl.post(f"/console/{path}/shift", data={"way": "up"}).status_code == 404
    assert order(session)[0] == "Indoors: Attic"
