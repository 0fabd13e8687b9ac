"""What was typed comes back, whatever went wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_member, make_thread

TEXT = "A long evening's thoughts."


@pytest.fixture
def wren(session: Session, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(make_member(session, "Wren"))


def test_a_reply_to_a_thread_that_has_vanished_comes_back(wren: FlaskClient) -> None:
    answer = wren.post("/threads/nosuchthread/reply", data={"body": TEXT})
    assert answer.status_code == 404
    assert TEXT in answer.text.replace("&#39;", "'")


def test_a_text_with_a_sign_that_cannot_be_stored_comes_back(
    session: Session, wren: FlaskClient
) -> None:
    path = f"/threads/{make_thread(session).public_id}/reply"
    session.commit()
    answer = wren.post(path, data={"body": f"{TEXT}\0"})
    assert answer.status_code == 400
    assert TEXT in answer.text.replace("&#39;", "'")


@pytest.mark.parametrize(
    "sent", [{"quoted": ["fine", "\0"]}, {"\0": "fine"}], ids=["a second value", "a name"]
)
def test_a_nul_is_refused_wherever_it_stands(
    wren: FlaskClient, sent: dict[str, str | list[str]]
) -> None:
    assert wren.post("/threads/any/reply", data=sent).status_code == 400
    assert wren.get("/search", query_string=sent).status_code == 400
