"""The doors of the filters, and what their page does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.filters.models import Action, Filter, Sort
from app.forum.models import Post
from app.policy.vocabulary import Trust, Visibility
from app.review.models import ReviewItem
from tests.factories import make_board, make_member, make_moderator, make_thread

FORM = {"pattern": "crypto coach", "sort": "phrase", "action": "hold", "board": ""}


def test_a_moderator_makes_tries_switches_and_removes_a_filter(
    session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    owl = sign_in(make_moderator(session))
    assert "There are no filters" in owl.get("/queue/filters").text
    tried = owl.post("/queue/filters", data={**FORM, "try": "1", "sample": "A Crypto-Coach <b>"})
    assert "<mark>Crypto-Coach" in tried.text
    assert session.scalars(select(Filter)).all() == []
    assert owl.post("/queue/filters", data=FORM).status_code == 302
    one = session.scalars(select(Filter)).one()
    assert "crypto coach" in owl.get("/queue/filters").text
    owl.post(f"/queue/filters/{one.public_id}/off")
    assert not one.is_on
    owl.post(f"/queue/filters/{one.public_id}/on")
    assert one.is_on
    owl.post(f"/queue/filters/{one.public_id}/remove")
    assert session.scalars(select(Filter)).all() == []


@pytest.mark.parametrize(
    "wrong", [{"pattern": ""}, {"pattern": "a*"}, {"sort": "x"}, {"action": "x"}, {"ends_on": "x"},
              {"ends_on": "2001-01-01"}, {"message": "x" * 201}, {"sort": "regex", "pattern": "("}]
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    session: Session, sign_in: Callable[..., FlaskClient], wrong: dict[str, str]
) -> None:
    owl = sign_in(make_moderator(session))
    answer = owl.post("/queue/filters", data={**FORM, "message": "Kept words", **wrong})
    assert answer.status_code == 422
    assert "message" in wrong or "Kept words" in answer.text
    assert session.scalars(select(Filter)).all() == []


def test_members_and_visitors_do_not_know_that_there_are_filters(
    session: Session, sign_in: Callable[..., FlaskClient], client: FlaskClient
) -> None:
    one = Filter(
        sort=Sort.PHRASE, pattern="x y", action=Action.HOLD, made_on=make_member(session).joined_on
    )
    session.add(one)
    session.flush()
    wren = sign_in(make_member(session, trust=Trust.TRUSTED))
    for method, path in (("GET", "/queue/filters"), ("POST", "/queue/filters"),
                         ("POST", f"/queue/filters/{one.public_id}/remove")):  # fmt: skip
        assert wren.open(path, method=method, data=FORM).status_code == 404
        assert client.open(path, method=method, data=FORM).status_code == 401
    assert session.scalars(select(Filter)).all() == [one]


@pytest.mark.parametrize("action", list(Action))
def test_a_post_with_a_filtered_phrase_becomes_what_the_filter_says(
    session: Session, sign_in: Callable[..., FlaskClient], action: Action
) -> None:
    board = make_board(session)
    thread = make_thread(session, board=board)
    sign_in(make_moderator(session)).post(
        "/queue/filters", data={**FORM, "action": action.value, "message": "Not here."}
    )
    stoat = make_member(session, "Stoat")
    answer = sign_in(stoat).post(
        f"/threads/{thread.public_id}/reply", data={"body": "ask my crypto coach"}
    )
    post = session.scalars(select(Post).where(Post.author_id == stoat.id)).first()
    queued = session.scalars(select(ReviewItem)).all()
    if action in {Action.NUDGE, Action.REFUSE}:
        assert answer.status_code == 422
        assert "Not here." in answer.text
        assert post is None
        return
    assert post is not None
    is_held = action is Action.HOLD
    assert post.visibility is (Visibility.HELD if is_held else Visibility.PUBLISHED)
    assert [item.subject for item in queued] == [post.public_id]
    assert session.scalars(select(Filter)).one().hit_count == 1
