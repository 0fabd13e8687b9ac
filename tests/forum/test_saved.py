"""Saved posts: found again by whoever saved them, and told to nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core.crypto import BrokenSealError
from app.forum import saved, service
from app.forum.models import Post, SavedPost, Thread
from app.policy.vocabulary import Trust, Visibility
from tests.factories import (
    PASSPHRASE,
    make_board,
    make_member,
    make_post,
    make_thread,
    private_key_of,
)
from tests.forum.test_drafts import count
from tests.forum.test_pages import alike, counted

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def post(session: Session) -> Post:
    """What Heron wrote, for Wren to save."""
    heron = make_member(session, "Heron")
    thread = make_thread(session, author=heron, title="Of lamps")
    return make_post(session, thread=thread, author=heron, body="A lamp in every window.")


def test_a_saved_post_is_found_again_and_taken_out(
    session: Session, sign_in: SignIn, post: Post
) -> None:
    wren = sign_in(make_member(session, "Wren"))
    place = f"/threads/{post.thread.public_id}#p-{post.public_id}"
    assert "You have saved no post" in wren.get("/me/saved").text
    assert f"/posts/{post.public_id}/save" in wren.get(f"/threads/{post.thread.public_id}").text
    answer = wren.post(f"/posts/{post.public_id}/save")
    assert answer.location == place
    page = wren.get("/me/saved").text
    for words in ("Of lamps", "A lamp in every window.", "Heron", f"/posts/{post.public_id}"):
        assert words in page
    assert wren.post(f"/posts/{post.public_id}/unsave").location == "/me/saved"
    assert "You have saved no post" in wren.get("/me/saved").text
    assert count(session, SavedPost) == 0


def test_a_post_is_saved_once(session: Session, sign_in: SignIn, post: Post) -> None:
    browser = sign_in(make_member(session, "Wren"))
    for _ in range(2):
        assert browser.post(f"/posts/{post.public_id}/save").status_code == 302
    assert count(session, SavedPost) == 1


def test_the_disk_does_not_tell_which_post_it_is(session: Session, post: Post) -> None:
    wren, stoat = make_member(session, "Wren"), make_member(session, "Stoat")
    for member in (wren, stoat):
        saved.save(session, member.actor, private_key_of(member), post)
    session.flush()
    one, other = session.scalars(select(SavedPost).order_by(SavedPost.id)).all()
    for row in (one, other):
        assert post.public_id.encode() not in row.box + row.tag
    assert one.tag != other.tag, "two members' rows cannot be compared"
    with pytest.raises(BrokenSealError):
        saved.saved_ids(session, wren.actor, private_key_of(stoat))


def test_nobody_else_sees_what_is_saved(
    session: Session, sign_in: SignIn, client: FlaskClient, post: Post
) -> None:
    wren, stoat = make_member(session, "Wren"), make_member(session, "Stoat")
    heron = session.get_one(Member, post.author_id)
    path = f"/threads/{post.thread.public_id}"
    theirs = {name: sign_in(member) for name, member in (("Heron", heron), ("Stoat", stoat))}
    before = {name: alike(browser.get(path).text) for name, browser in theirs.items()}
    saved.save(session, wren.actor, private_key_of(wren), post)
    for name, browser in theirs.items():
        assert alike(browser.get(path).text) == before[name]
        assert "A lamp" not in browser.get("/me/saved").text
        assert "Wren" not in browser.get("/inbox").text
    assert client.get("/me/saved").status_code == 401
    assert client.post(f"/posts/{post.public_id}/save").status_code == 401


def shut(thread: Thread, post: Post) -> None:
    thread.board.gate_read = Trust.TRUSTED


def remove(thread: Thread, post: Post) -> None:
    post.visibility = Visibility.REMOVED


def hide_thread(thread: Thread, post: Post) -> None:
    thread.visibility = Visibility.HELD


@pytest.mark.parametrize("change", [shut, remove, hide_thread])
def test_what_is_gone_or_shut_shows_nothing_of_itself(
    session: Session, sign_in: SignIn, post: Post, change: Callable[[Thread, Post], None]
) -> None:
    wren = make_member(session, "Wren")
    saved.save(session, wren.actor, private_key_of(wren), post)
    browser = sign_in(wren)
    change(post.thread, post)
    page = browser.get("/me/saved").text
    for words in ("Of lamps", "A lamp in every window.", post.public_id):
        assert words not in page
    assert "1 saved post is gone, or is not open to you now." in page
    assert browser.post("/me/saved/forget").status_code == 302
    assert count(session, SavedPost) == 0


def test_an_erased_post_is_counted_like_one_that_is_shut(
    session: Session, sign_in: SignIn, post: Post
) -> None:
    wren = make_member(session, "Wren")
    saved.save(session, wren.actor, private_key_of(wren), post)
    service.erase_post(session, post)
    assert "1 saved post is gone" in sign_in(wren).get("/me/saved").text


def test_forgetting_what_is_gone_keeps_the_others(
    session: Session, sign_in: SignIn, post: Post
) -> None:
    wren = make_member(session, "Wren")
    other = make_post(session, thread=post.thread, body="Still here.")
    for each in (post, other):
        saved.save(session, wren.actor, private_key_of(wren), each)
    post.visibility = Visibility.REMOVED
    browser = sign_in(wren)
    browser.post("/me/saved/forget")
    kept = saved.saved_ids(session, wren.actor, private_key_of(wren))
    assert [public_id for _, public_id in kept] == [other.public_id]


def test_what_cannot_be_read_cannot_be_saved(session: Session, sign_in: SignIn) -> None:
    browser = sign_in(make_member(session, "Stoat"))
    board = make_board(session, gate_read=Trust.TRUSTED)
    inside = make_post(session, thread=make_thread(session, board=board))
    assert browser.post(f"/posts/{inside.public_id}/save").status_code == 404
    removed = make_post(session, visibility=Visibility.REMOVED)
    assert browser.post(f"/posts/{removed.public_id}/save").status_code == 403
    assert count(session, SavedPost) == 0


def test_saved_posts_come_in_pages_at_an_even_cost(
    session: Session, sign_in: SignIn, app: Flask, post: Post
) -> None:
    wren = make_member(session, "Wren")
    browser, key = sign_in(wren), private_key_of(wren)
    saved.save(session, wren.actor, key, post)
    costs = []
    for number in range(30):
        if number in {0, 20}:
            with app.app_context(), counted(app.extensions["database"]) as made:
                browser.get("/me/saved")
            costs.append(len(made))
        each = make_post(session, thread=post.thread, body=f"Number {number}.")
        saved.save(session, wren.actor, key, each)
    first = browser.get("/me/saved").text
    assert "Number 29." in first
    assert "A lamp in every window." not in first
    older = first.partition("before=")[2].partition('"')[0]
    assert "A lamp in every window." in browser.get(f"/me/saved?before={older}").text
    assert costs[0] == costs[1]


def test_there_is_an_end_to_saving(
    session: Session, sign_in: SignIn, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved, "SAVED_AT_MOST", 0)
    browser = sign_in(make_member(session, "Wren"))
    assert browser.post(f"/posts/{post.public_id}/save").location == "/me/saved"
    assert "as many posts as one member can" in browser.get("/me/saved").text


def test_what_was_saved_goes_with_the_account(
    session: Session, sign_in: SignIn, post: Post
) -> None:
    wren = make_member(session, "Wren")
    saved.save(session, wren.actor, private_key_of(wren), post)
    form = {"texts": "keep", "passphrase": PASSPHRASE}
    assert sign_in(wren).post("/me/leave", data=form).location == "/left"
    assert session.scalar(select(func.count()).select_from(SavedPost)) == 0
