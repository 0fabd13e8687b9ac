"""The norms where they matter: agreed to, again when they change, and there at the first post."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.accounts.service import agree_to_norms
from app.community.norms import first_norms
from app.core.settings import write_settings
from app.forum.models import Post, Thread
from app.forum.service import Draft
from app.messages import service as messages
from app.messages.models import Message
from app.policy.vocabulary import Role, Trust, Visibility
from app.review.models import ReviewItem
from tests.conftest import SITE
from tests.factories import make_board, make_member, make_post, make_thread, private_key_of

SignIn = Callable[..., FlaskClient]
CHANGED = "The norms have changed"
WORDS = "A text that nobody wants to write twice."


def change_norms(session: Session, version: int = 2) -> None:
    write_settings(session, replace(SITE, norms="Be kinder.", norms_version=version))
    session.commit()


def version_of(session: Session, member: Member) -> int:
    session.refresh(member)
    return member.norms_version


def test_the_first_norm_of_a_new_community_is_that_nobody_is_exposed(app: Flask) -> None:
    with app.test_request_context():
        assert first_norms().startswith("1. **Nobody is exposed here.**")


def test_norms_that_the_operator_changes_are_a_new_version_and_other_settings_are_not(
    session: Session, sign_in: SignIn
) -> None:
    robin = make_member(session, "Robin", roles=Role.OPERATOR)
    browser, wren = sign_in(robin), sign_in(make_member(session, "Wren"))
    sent = {"community": "Lantern", "purpose": "Other.", "norms": "Be kind.", "signup": "open"}
    browser.post("/console", data=sent)
    assert CHANGED not in wren.get("/").text
    browser.post("/console", data=sent | {"norms": "Be kinder."})
    assert CHANGED in wren.get("/").text


def test_whoever_has_not_agreed_reads_on_and_can_agree_on_the_page(
    session: Session, sign_in: SignIn
) -> None:
    wren, thread = make_member(session, "Wren"), make_thread(session)
    change_norms(session)
    browser = sign_in(wren)
    assert browser.get(f"/threads/{thread.public_id}").status_code == 200
    page = browser.get("/norms").text
    assert "Be kinder." in page
    version = re.findall(r'name="version" value="(\d+)"', page)
    browser.post("/norms", data={"version": version})
    assert version_of(session, wren) == 2
    assert CHANGED not in browser.get("/").text


def test_an_agreement_to_norms_that_changed_meanwhile_does_not_count(
    session: Session, sign_in: SignIn
) -> None:
    wren = make_member(session, "Wren")
    change_norms(session, 3)
    browser = sign_in(wren)
    browser.post("/norms", data={"version": "2"})
    assert version_of(session, wren) == 1
    agree_to_norms(session, wren.id, 3)
    agree_to_norms(session, wren.id, 2)
    assert version_of(session, wren) == 3, "nobody goes back to earlier ones"


@pytest.mark.parametrize("what", ["reply", "thread", "edit"])
def test_before_writing_one_agrees_and_no_word_is_lost(
    session: Session, sign_in: SignIn, what: str
) -> None:
    wren, thread = make_member(session, "Wren"), make_thread(session)
    own = make_post(session, thread=thread, author=wren)
    change_norms(session)
    browser = sign_in(wren)
    path, sent = {
        "reply": (f"/threads/{thread.public_id}/reply", {"body": WORDS}),
        "thread": (f"/boards/{thread.board.public_id}/start", {"title": "New", "body": WORDS}),
        "edit": (f"/posts/{own.public_id}/edit", {"body": WORDS}),
    }[what]
    count = select(func.count()).select_from(Post).where(Post.body == WORDS)
    asked = browser.post(path, data=sent)
    assert asked.status_code == 403
    assert WORDS in asked.text
    assert "Be kinder." in asked.text
    assert session.scalar(count) == 0
    agreed = re.findall(r'name="agreed_norms" value="(\d+)"', asked.text)
    assert browser.post(path, data=sent | {"agreed_norms": agreed}).status_code == 302
    assert session.scalar(count) == 1
    assert version_of(session, wren) == 2


@pytest.mark.parametrize("what", ["start", "write"])
def test_before_writing_a_message_one_agrees_and_no_word_is_lost(
    session: Session, sign_in: SignIn, what: str
) -> None:
    wren, heron = make_member(session, "Wren"), make_member(session, "Heron")
    browser, path = sign_in(wren), "/u/Heron/message"
    if what == "write":
        draft = Draft("An earlier one.")
        messages.send(session, heron.actor, private_key_of(heron), wren.actor, draft)
        session.commit()
        path = browser.get(path).location
        assert path.startswith("/messages/")
    change_norms(session)
    count = select(func.count()).select_from(Message)
    before = session.scalar(count) or 0
    asked = browser.post(path, data={"body": WORDS})
    assert asked.status_code == 403
    assert WORDS in asked.text
    assert "Be kinder." in asked.text
    assert session.scalar(count) == before
    agreed = re.findall(r'name="agreed_norms" value="(\d+)"', asked.text)
    sent = browser.post(path, data={"body": WORDS, "agreed_norms": agreed})
    assert sent.status_code == 302
    assert session.scalar(count) == before + 2, "a copy for each of the two"
    assert version_of(session, wren) == 2


def test_what_does_not_go_out_is_not_asked_about(session: Session, sign_in: SignIn) -> None:
    thread = make_thread(session)
    change_norms(session)
    browser = sign_in(make_member(session, "Wren"))
    preview = browser.post(
        f"/threads/{thread.public_id}/reply", data={"body": WORDS, "preview": "1"}
    )
    assert preview.status_code == 200
    assert browser.get("/me/leave").status_code == 200
    assert browser.post(f"/posts/{first_post(session)}/thank").status_code == 302


def first_post(session: Session) -> str:
    return session.scalars(select(Post.public_id)).first() or ""


def test_newcomers_are_reminded_above_the_composer_and_others_are_not(
    session: Session, sign_in: SignIn
) -> None:
    board, said = make_board(session), "We do not ask for names or places here"
    new = sign_in(make_member(session, "Finch", trust=Trust.NEWCOMER))
    old = sign_in(make_member(session, "Wren", trust=Trust.REGULAR))
    page = new.get(f"/boards/{board.public_id}/start").text
    assert page.index(said) < page.index("<textarea")
    assert said not in old.get(f"/boards/{board.public_id}/start").text


ASKING = "What is your real name?"


def test_a_question_who_somebody_is_is_asked_back_gently_before_anything_is_stored(
    session: Session, sign_in: SignIn
) -> None:
    thread = make_thread(session)
    browser = sign_in(make_member(session, "Wren"))
    path = f"/threads/{thread.public_id}/reply"
    answer = browser.post(path, data={"body": ASKING})
    assert answer.status_code == 422
    assert "We do not ask who somebody is, or where" in answer.text
    assert ASKING in answer.text
    assert session.scalar(select(func.count()).select_from(ReviewItem)) == 0
    changed = browser.post(path, data={"body": "What was it like?"})
    assert changed.status_code == 302


def test_who_asks_all_the_same_lets_a_moderator_look_first(
    session: Session, sign_in: SignIn
) -> None:
    thread = make_thread(session)
    board = thread.board.public_id
    browser = sign_in(make_member(session, "Wren"))
    path = f"/threads/{thread.public_id}/reply"
    browser.post(path, data={"body": ASKING, "second_look": "1"})
    assert session.scalars(select(Post.visibility).where(Post.body == ASKING)).one() is (
        Visibility.HELD
    )
    browser.post(f"/boards/{board}/start", data={"title": ASKING, "body": "Well?"})
    assert session.scalar(select(func.count()).select_from(Thread)) == 1, "in a title as well"


def test_a_question_beside_something_that_exposes_goes_to_a_moderator_as_before(
    session: Session, sign_in: SignIn
) -> None:
    thread = make_thread(session)
    browser = sign_in(make_member(session, "Wren"))
    body = f"{ASKING} Her number is 07700 900341."
    sent = browser.post(f"/threads/{thread.public_id}/reply", data={"body": body})
    held = session.scalars(select(Post.visibility).where(Post.body == body)).all()
    assert (sent.status_code, held) == (302, [Visibility.HELD])
