"""What was typed comes back, whatever went wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.policy.vocabulary import Trust
from tests.factories import make_board, make_member, make_thread

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


def test_what_a_member_without_confirmed_codes_sends_comes_back(
    session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    stoat = make_member(session, "Stoat", is_confirmed=False)
    path = f"/threads/{make_thread(session).public_id}/reply"
    session.commit()
    client = sign_in(stoat)
    answer = client.post(path, data={"body": TEXT})
    assert answer.status_code == 403
    assert TEXT in answer.text.replace("&#39;", "'")
    assert f'action="{path}"' in answer.text
    assert "/recovery-codes" in answer.text
    stoat.is_confirmed = True
    session.commit()
    assert client.post(path, data={"body": TEXT}).status_code == 302


def test_a_member_without_confirmed_codes_sees_the_lists_of_a_visitor(
    session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    stoat = make_member(session, "Stoat", is_confirmed=False)
    inside = make_thread(session, board=make_board(session, "Cove"), title="For members")
    outside = make_board(session, "Square", gate_read=Trust.VISITOR)
    make_thread(session, board=outside, title="For everybody")
    session.commit()
    client = sign_in(stoat)
    boards, latest = client.get("/").text, client.get("/latest").text
    assert "Square" in boards
    assert "Cove" not in boards
    assert "For everybody" in latest
    assert "For members" not in latest
    # The same answer whether a thread is there or not.
    for thread in (inside.public_id, "nosuchthread"):
        assert client.get(f"/threads/{thread}").status_code == 302
