"""An @ before a pseudonym calls that member, once, and nobody who may not read the board."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.forum import service
from app.forum.models import Notice
from app.forum.service import Draft
from app.policy.mentions import called
from app.policy.vocabulary import Trust, Visibility
from tests.factories import make_board, make_member, make_post, make_thread

SignIn = Callable[..., FlaskClient]
LINE = "Somebody called you in"


def kinds(session: Session) -> list[tuple[int, str]]:
    """Who was told, and why."""
    rows = session.scalars(select(Notice).order_by(Notice.member_id, Notice.id))
    return [(notice.member_id, notice.kind) for notice in rows]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@wren, and (@stoat-two): look", ("wren", "stoat-two")),
        ("@Wren said so. **@wren** @WREN", ("wren",)),
        ("“Ask @größe” – @żuraw…", ("größe", "żuraw")),
        ("heron@wren.example, @wren@elsewhere.example, example.org/@wren", ()),
        ("an @ alone, @a, @@wren, @wren@", ()),
    ],
)
def test_a_name_is_told_from_an_address(text: str, names: tuple[str, ...]) -> None:
    assert called(text) == names


def test_who_is_called_finds_one_line_without_a_word_of_the_text(
    session: Session, sign_in: SignIn
) -> None:
    heron, wren = make_member(session, "Heron"), make_member(session, "Wren")
    thread = make_thread(session, author=heron)
    service.follow(session, wren.actor, thread)
    service.create_post(session, heron.actor, thread, Draft(body="@wren, @WREN and @heron: tea?"))
    assert kinds(session) == [(wren.id, "mention")]
    page = sign_in(wren).get("/inbox").text
    assert LINE in page
    assert "tea?" not in page


def test_who_is_quoted_too_is_told_of_the_quote_alone(session: Session) -> None:
    heron, wren = make_member(session, "Heron"), make_member(session, "Wren")
    post = make_post(session, author=wren)
    draft = Draft(body="@wren is right.", quoted=(post.public_id,))
    service.create_post(session, heron.actor, post.thread, draft)
    assert kinds(session) == [(wren.id, "quote")]


def test_who_may_not_read_the_board_finds_nothing(session: Session, sign_in: SignIn) -> None:
    board = make_board(session, gate_read=Trust.TRUSTED)
    heron, wren = make_member(session, "Heron", trust=Trust.TRUSTED), make_member(session, "Wren")
    thread = make_thread(session, board=board, author=heron)
    service.create_post(session, heron.actor, thread, Draft(body="@wren cannot read this."))
    browser = sign_in(wren)
    assert LINE not in browser.get("/inbox").text
    assert "Inbox</a>" in browser.get("/").text, "and no count tells of it"


def test_nobody_is_called_by_a_post_that_is_held_until_it_is_let_go(session: Session) -> None:
    stoat, wren = make_member(session, "Stoat"), make_member(session, "Wren")
    thread = make_thread(session, author=stoat)
    post = make_post(session, thread=thread, body="@wren!", visibility=Visibility.HELD)
    assert kinds(session) == []
    service.release(session, post)
    assert (wren.id, "mention") in kinds(session)
