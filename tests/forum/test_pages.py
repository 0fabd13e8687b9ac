"""The forum's pages: doors, what they say, what they leave out, and what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.core.db import Database
from app.forum import service
from app.forum.models import Post, Thread
from app.forum.service import Draft
from app.policy.vocabulary import Standing, Trust, Visibility
from tests.factories import make_board, make_member, make_moderator, make_post, make_thread

SignIn = Callable[..., FlaskClient]
OWN = "If you want the seedlings, call me on 020 7946 0958 after six."


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that a page makes."""
    made: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT")):
            made.append(statement)

    engines = {database.write_engine}
    if database.is_sqlite:  # elsewhere the reading engine is the same one in another coat
        engines.add(database.read_engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield made
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


def alike(text: str) -> str:
    """A page without the tokens of its forms: one tells the second in which it was made."""
    return re.sub(r'(name="(?:csrf_token|form_key)" value=")[^"]*', r"\1", text)


def test_a_thread_page_costs_at_most_six_statements_however_long_the_thread(
    session: Session, sign_in: SignIn, app: Flask
) -> None:
    wren, heron = make_member(session), make_member(session)
    costs = []
    for length in (3, 60):
        thread = make_thread(session, author=heron)
        last = None
        for _ in range(length):
            last = make_post(session, thread=thread, author=heron)
        assert last is not None
        quoting = Draft(body="So I think too.", quoted=(last.public_id,))
        service.create_post(session, wren.actor, thread, quoting)
        service.follow(session, wren.actor, thread)
        browser = sign_in(wren)
        address = f"/threads/{thread.public_id}?after={max(thread.post_count - 10, 0)}"
        browser.get(address)
        with app.app_context(), counted(app.extensions["database"]) as made:
            assert browser.get(address).status_code == 200
        # The test drops the settings before each request; a server remembers them.
        costs.append(len([statement for statement in made if "FROM settings" not in statement]))
    assert max(costs) <= 6, costs
    assert costs[0] == costs[1]


def test_a_visitor_gets_no_cookie(session: Session, client: FlaskClient) -> None:
    thread = make_thread(session, board=make_board(session, gate_read=Trust.VISITOR))
    board = thread.board.public_id
    for path in ("/", "/latest", f"/boards/{board}", f"/threads/{thread.public_id}"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers, path


@pytest.mark.parametrize("deed", ["reply", "follow"])
def test_the_doors_to_a_thread(
    session: Session, sign_in: SignIn, client: FlaskClient, deed: str
) -> None:
    thread = make_thread(session, board=make_board(session, gate_read=Trust.KNOWN))
    path = f"/threads/{thread.public_id}/{deed}"
    may = sign_in(make_member(session, trust=Trust.KNOWN))
    must_not_know = sign_in(make_member(session, trust=Trust.NEWCOMER))
    assert may.post(path, data={"body": "Soup."}).status_code == 302
    hidden = must_not_know.post(path, data={"body": "Soup."})
    absent = must_not_know.post(f"/threads/nowhere/{deed}", data={"body": "Soup."})
    assert hidden.status_code == absent.status_code == 404
    assert alike(hidden.text.replace(thread.public_id, "nowhere")) == alike(absent.text)
    assert client.post(path, data={"body": "Soup."}).status_code == 401


def test_a_silenced_member_may_read_and_not_write_and_keeps_the_text(
    session: Session, sign_in: SignIn
) -> None:
    thread = make_thread(session)
    stoat = sign_in(make_member(session, standing=Standing.SILENCED))
    path = f"/threads/{thread.public_id}"
    assert stoat.get(path).status_code == 200
    answer = stoat.post(f"{path}/reply", data={"body": "words I do not want to lose"})
    assert answer.status_code == 403
    assert "words I do not want to lose" in answer.text


def test_a_locked_thread_takes_replies_of_moderators_alone(
    session: Session, sign_in: SignIn
) -> None:
    thread = make_thread(session, is_locked=True)
    path = f"/threads/{thread.public_id}/reply"
    wren, owl = sign_in(make_member(session)), sign_in(make_moderator(session))
    assert wren.post(path, data={"body": "Soup."}).status_code == 403
    assert owl.post(path, data={"body": "Soup."}).status_code == 302


def test_the_composer_marks_and_keeps_and_offers_three_ways_on(
    session: Session, sign_in: SignIn
) -> None:
    thread = make_thread(session)
    heron = sign_in(make_member(session))
    path = f"/threads/{thread.public_id}/reply"
    answer = heron.post(path, data={"body": OWN})
    assert answer.status_code == 422
    assert "<mark>020 7946 0958" in answer.text
    assert answer.text.count("call me on 020 7946 0958 after six.</textarea>") == 1
    for way_on in ("Change it", "This is about me, post it anyway", "Send it to a moderator first"):
        assert way_on in answer.text
    consent = re.search(r'name="consent" value="(\w+)"', answer.text)
    assert consent is not None
    other = {"body": OWN.replace("0958", "0959"), "consent": consent[1], "agree": "1"}
    assert heron.post(path, data=other).status_code == 422
    same = {"body": OWN, "consent": consent[1], "agree": "1"}
    assert heron.post(path, data=same).status_code == 302
    forged = {"body": OWN, "consent": "00" * 16, "agree": "1"}
    assert heron.post(path, data=forged).status_code == 422


def test_a_preview_stores_nothing(session: Session, sign_in: SignIn) -> None:
    thread = make_thread(session)
    heron = sign_in(make_member(session))
    data = {"body": "*soup* <script>alert(1)</script>", "preview": "1"}
    answer = heron.post(f"/threads/{thread.public_id}/reply", data=data)
    assert "<em>soup</em>" in answer.text
    assert "<script" not in answer.text
    assert session.scalar(select(func.count()).select_from(Post)) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 422),
        ("   \n\t ", 422),
        ("\x00\x01\x02", 400),
        ("a" + "\u0301" * 100_000, 302),
        ("x" * 20_000, 302),
        ("x" * 20_001, 422),
    ],
)
def test_bad_input_is_told_in_a_sentence_and_loses_nothing(
    session: Session, sign_in: SignIn, body: str, status: int
) -> None:
    thread = make_thread(session)
    heron = sign_in(make_member(session))
    answer = heron.post(f"/threads/{thread.public_id}/reply", data={"body": body})
    assert answer.status_code == status
    if status == 422 and body.strip():
        assert body.strip() in answer.text


def test_bytes_that_are_no_utf8_do_not_break_a_post(session: Session, sign_in: SignIn) -> None:
    thread = make_thread(session)
    heron = sign_in(make_member(session))
    answer = heron.post(
        f"/threads/{thread.public_id}/reply",
        data=b"body=soup%ff%fe",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 302


def test_the_same_form_sent_twice_leads_to_one_post(session: Session, sign_in: SignIn) -> None:
    thread = make_thread(session)
    heron = sign_in(make_member(session))
    data = {"body": "Soup.", "form_key": "abc"}
    places = {
        heron.post(f"/threads/{thread.public_id}/reply", data=data).headers["Location"]
        for _ in range(2)
    }
    assert len(places) == 1
    assert session.scalar(select(func.count()).select_from(Post)) == 2


def test_nobody_but_author_and_moderators_can_tell_that_a_post_is_held(
    session: Session, sign_in: SignIn
) -> None:
    stoat, wren = make_member(session), make_member(session)
    thread = make_thread(session)
    held = make_post(session, thread=thread, author=stoat, visibility=Visibility.HELD, body="zebra")
    for browser, status in (
        (sign_in(stoat), 302),
        (sign_in(make_moderator(session)), 302),
        (sign_in(wren), 404),
    ):
        assert browser.get(f"/posts/{held.public_id}").status_code == status
        page = browser.get(f"/threads/{thread.public_id}").text
        assert ("zebra" in page) == (status == 302)


def test_a_restricted_board_has_no_name_in_the_title_of_its_pages(
    session: Session, sign_in: SignIn
) -> None:
    board = make_board(session, "Quiet room", gate_read=Trust.TRUSTED)
    thread = make_thread(session, board=board, title="What I did not say")
    browser = sign_in(make_member(session, trust=Trust.TRUSTED))
    for path in (f"/boards/{board.public_id}", f"/threads/{thread.public_id}"):
        title = re.search(r"<title>(.*?)</title>", browser.get(path).text, re.DOTALL)
        assert title is not None
        assert "Quiet" not in title[1]
        assert "What I did" not in title[1]


def test_the_feed_is_there_for_boards_that_everybody_may_read_and_no_other(
    session: Session, sign_in: SignIn, client: FlaskClient
) -> None:
    front = make_board(session, gate_read=Trust.VISITOR)
    make_thread(session, board=front, title="Soup & bread")
    inside = make_board(session, "Garden")
    feed = client.get(f"/boards/{front.public_id}/feed")
    assert feed.status_code == 200
    assert "Soup &amp; bread" in feed.text
    assert client.get(f"/boards/{inside.public_id}/feed").status_code == 401
    wren = sign_in(make_member(session))
    assert wren.get(f"/boards/{inside.public_id}/feed").status_code == 404


def test_a_foreign_link_leads_past_the_page_that_warns(session: Session, sign_in: SignIn) -> None:
    heron = make_member(session)
    thread = make_thread(session)
    draft = Draft(body="See [this](https://example.org/a?b=1&c=2).")
    post = service.create_post(session, heron.actor, thread, draft)
    browser = sign_in(heron)
    page = browser.get(f"/threads/{thread.public_id}").text
    assert "https://example.org" not in page
    assert f"/leaving/{post.public_id}/0" in page
    leaving = browser.get(f"/leaving/{post.public_id}/0").text
    assert 'href="https://example.org/a?b=1&amp;c=2" rel="noreferrer' in leaving
    assert browser.get(f"/leaving/{post.public_id}/1").status_code == 404


def test_moving_a_thread_hides_it_with_its_new_board(session: Session, sign_in: SignIn) -> None:
    wren, owl = make_member(session), make_moderator(session)
    thread = make_thread(session)
    quiet = make_board(session, "Quiet room", gate_read=Trust.TRUSTED)
    path = f"/threads/{thread.public_id}"
    reader = sign_in(wren)
    assert reader.get(path).status_code == 200
    answer = sign_in(owl).post(f"{path}/move", data={"board": quiet.public_id})
    assert answer.status_code == 302
    assert reader.get(path).status_code == 404
    assert reader.post(f"{path}/move", data={"board": quiet.public_id}).status_code == 404


def test_locking_and_pinning_are_written_down(session: Session, sign_in: SignIn) -> None:
    thread = make_thread(session)
    owl = sign_in(make_moderator(session))
    wren = sign_in(make_member(session))
    for deed in ("lock", "pin"):
        assert wren.post(f"/threads/{thread.public_id}/{deed}").status_code == 404
        assert owl.post(f"/threads/{thread.public_id}/{deed}").status_code == 302
    changed = session.get(Thread, thread.id)
    assert changed is not None
    assert changed.is_locked
    assert changed.is_pinned
    page = owl.get("/audit").text
    assert "thread.lock" in page or "lock" in page
