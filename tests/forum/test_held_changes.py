"""A published text that is changed and then held: its new wording reaches no reader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.forum import queries, service
from app.forum.models import Post, Thread
from app.forum.service import Draft
from app.policy.vocabulary import VISITOR, Trust, Visibility
from app.review.models import IN_BODY, IN_TITLE, ReviewItem
from tests.factories import make_board, make_member, make_post, make_thread, opening_of

ADDRESS = "Mary Ellsworth lives at 14 Orchard Lane, Leeds LS6 2AB, call 020 7946 0958."
NUMBER = "Call her on 020 7946 0958."


@pytest.fixture
def thread(session: Session) -> Thread:
    """A thread on a board for everybody, with an opening post and three replies."""
    thread = make_thread(session, board=make_board(session, gate_read=Trust.VISITOR))
    for text in ("One.", "Two.", "Three."):
        make_post(session, thread=thread, body=text)
    return thread


def change(session: Session, post: Post, *, body: str = "", title: str = "") -> None:
    """The author changes a text and asks a moderator to look at it."""
    actor = session.get_one(Member, post.author_id).actor
    draft = Draft(body=body or post.body, title=title, asks_moderator=True)
    service.edit_post(session, actor, post, draft)
    assert post.visibility is Visibility.HELD


def reply(session: Session, thread: Thread, number: int) -> Post:
    """The post with this number."""
    query = select(Post).where(Post.thread_id == thread.id, Post.number == number)
    return session.scalars(query).one()


def test_readers_see_nothing_of_a_changed_reply_that_is_held(
    session: Session, thread: Thread, client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    post = reply(session, thread, 2)
    change(session, post, body=ADDRESS)
    session.commit()
    for browser in (client, sign_in(make_member(session, "Otter"))):
        page = browser.get(f"/threads/{thread.public_id}")
        assert page.status_code == 200
        assert "Orchard" not in page.text
        assert post.public_id not in page.text
        assert "Three." in page.text
        assert "Orchard" not in browser.get(f"/threads/{thread.public_id}?before=9").text


def test_a_changed_reply_that_is_held_leaves_no_gap(session: Session, thread: Thread) -> None:
    change(session, reply(session, thread, 2), body=ADDRESS)
    rows = queries.posts_of(session, thread, VISITOR)
    assert [row.number for row in rows] == [1, 2, 3]
    assert thread.post_count == 3


def test_a_changed_reply_is_back_at_the_end_once_it_is_released(
    session: Session, thread: Thread
) -> None:
    post = reply(session, thread, 2)
    change(session, post, body=NUMBER)
    service.release(session, post)
    session.flush()  # the list is read from the database
    rows = queries.posts_of(session, thread, VISITOR)
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert rows[-1].public_id == post.public_id


def test_readers_keep_the_title_there_was_while_a_changed_one_is_held(
    session: Session, thread: Thread, client: FlaskClient
) -> None:
    change(session, opening_of(session, thread), title=ADDRESS)
    session.commit()
    for path in ("/latest", f"/boards/{thread.board.public_id}", f"/threads/{thread.public_id}"):
        page = client.get(path)
        assert "Orchard" not in page.text, path
        assert "A lamp in the window" in page.text, path


def test_a_changed_title_is_shown_once_it_is_released(session: Session, thread: Thread) -> None:
    opening = opening_of(session, thread)
    change(session, opening, title="Call 020 7946 0958")
    assert thread.full_title == "Call 020 7946 0958"
    service.release(session, opening)
    assert thread.title == "Call 020 7946 0958"
    assert queries.find(session, VISITOR, "0958").rows[0].title == "Call 020 7946 0958"


@pytest.mark.parametrize("is_held", [False, True], ids=["published", "held"])
def test_the_title_goes_with_an_opening_post_that_is_taken_away(
    session: Session, thread: Thread, *, is_held: bool
) -> None:
    opening = opening_of(session, thread)
    if is_held:
        change(session, opening, title=ADDRESS[:80])
        service.reject(session, opening, "identity")
    else:
        service.remove(session, opening, "identity")
    session.flush()  # the list is read from the database
    assert [row.title for row in queries.latest_threads(session, VISITOR).rows] == ["…"]
    service.restore(session, opening)
    assert thread.title == (ADDRESS[:80] if is_held else "A lamp in the window")


def test_a_title_that_waits_is_gone_when_its_post_is_erased(
    session: Session, thread: Thread
) -> None:
    opening = opening_of(session, thread)
    change(session, opening, title=ADDRESS[:80])
    service.erase_post(session, opening)
    assert (thread.title, thread.kept_title) == ("…", "")


def test_the_queue_knows_what_was_found_in_a_title(session: Session) -> None:
    author = make_member(session)
    draft = Draft(body="Nothing here.", title="Call 020 7946 0958", asks_moderator=True)
    service.create_thread(session, author.actor, make_board(session), draft)
    found = session.scalars(select(ReviewItem)).one().findings
    assert {kept["where"] for kept in found} == {IN_TITLE}
    assert IN_BODY not in {kept["where"] for kept in found}
