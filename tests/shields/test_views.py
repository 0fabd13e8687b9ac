"""The doors of the shields, what a held post says, and that nobody can ask what is shielded."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.forum import service as forum
from app.forum.models import Notice, Post, Thread
from app.policy.vocabulary import Visibility
from app.review.models import ReviewItem
from app.shields.models import Mode, SecondLook, Shield
from tests.factories import make_member, make_moderator, make_post, make_thread
from tests.shields.conftest import decoys, keyhole_of

NAME = "Ottoline Farrabee"
FORM = {"kind": "name", "phrase": NAME, "label": "the red one", "mode": "hold"}


def test_a_member_adds_and_removes_a_shield_and_sees_only_its_label(
    session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    heron = sign_in(make_member(session, "Heron"))
    assert "You have no shields" in heron.get("/me/privacy/shields").text
    assert heron.post("/me/privacy/shields", data=FORM).status_code == 302
    page = heron.get("/me/privacy/shields").text
    assert "the red one" in page
    assert "Ottoline" not in page
    one = session.scalars(select(Shield)).one()
    assert heron.post(f"/me/privacy/shields/{one.public_id}/remove").status_code == 302
    assert session.scalars(select(Shield)).all() == []


@pytest.mark.parametrize(
    "wrong", [{"phrase": ""}, {"phrase": "together"}, {"label": ""}, {"label": NAME},
              {"mode": "x"}, {"kind": "x"}, {"phrase": "x" * 81}]
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    session: Session, sign_in: Callable[..., FlaskClient], wrong: dict[str, str]
) -> None:
    heron = sign_in(make_member(session, "Heron"))
    answer = heron.post("/me/privacy/shields", data={**FORM, **wrong})
    assert answer.status_code == 422
    assert "label" in wrong or "the red one" in answer.text
    assert session.scalars(select(Shield)).all() == []


def test_what_stands_in_five_posts_is_no_secret(
    session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    wren = make_member(session, "Wren")
    thread = make_thread(session, author=wren)
    for number in range(5):
        make_post(session, thread=thread, author=wren, body=f"{NAME} again, {number}")
    answer = sign_in(make_member(session, "Heron")).post("/me/privacy/shields", data=FORM)
    assert answer.status_code == 422


def test_others_shields_are_not_there(
    carrying: Session,
    sign_in: Callable[..., FlaskClient],
    client: FlaskClient,
    shield: Callable[..., Shield],
) -> None:
    heron, stoat = make_member(carrying, "Heron"), make_member(carrying, "Stoat")
    one = shield(carrying, heron, NAME)
    path = f"/me/privacy/shields/{one.public_id}/remove"
    assert sign_in(stoat).post(path).status_code == 404
    assert sign_in(make_moderator(carrying)).post(path).status_code == 404
    assert client.post(path).status_code == 401
    assert client.get("/me/privacy/shields").status_code == 401
    assert "the red one" not in sign_in(stoat).get("/me/privacy/shields").text
    assert carrying.scalars(select(Shield)).one()


# --- no oracle ------------------------------------------------------------------------------------


def _masked(answer: TestResponse) -> tuple[int, str, list[tuple[str, str]]]:
    text = re.sub(r'(value=")[^"]{16,}"|[a-z2-9]{16}', "…", answer.text)
    headers = [(k, re.sub(r"[a-z2-9]{16}", "…", v)) for k, v in answer.headers if k != "Set-Cookie"]
    return answer.status_code, text, headers


def _item_of(session: Session, post: Post) -> ReviewItem:
    return session.scalars(select(ReviewItem).where(ReviewItem.subject == post.public_id)).one()


def _send(browser: FlaskClient, thread: Thread, body: str, **more: str) -> TestResponse:
    return browser.post(f"/threads/{thread.public_id}/reply", data={"body": body, **more})


def test_a_shield_and_a_decoy_give_byte_for_byte_the_same_answer(
    carrying: Session, sign_in: Callable[..., FlaskClient], shield: Callable[..., Shield]
) -> None:
    heron, stoat = make_member(carrying, "Heron"), make_member(carrying, "Stoat")
    decoy = next(decoys(keyhole_of(carrying).keys))
    real = "Farrabee Ottoline".ljust(len(decoy), "e")[: len(decoy)]
    shield(carrying, heron, real)
    thread = make_thread(carrying)
    browser = sign_in(stoat)
    hit, chance = _send(browser, thread, f"so, {real}"), _send(browser, thread, f"so, {decoy}")
    assert hit.status_code == 302
    assert _masked(hit) == _masked(chance)
    pages = []
    for name, other in ((real, decoy), (decoy, real)):
        post = carrying.scalars(select(Post).where(Post.body == f"so, {name}")).one()
        assert post.visibility is Visibility.HELD
        item = carrying.scalars(
            select(ReviewItem).where(ReviewItem.subject == post.public_id)
        ).one()
        pages.append([{**f, "end": 0} for f in item.findings])
        assert other not in str(item.findings)
    assert pages[0] == pages[1]
    assert len(carrying.scalars(select(SecondLook)).all()) == 2


def test_a_preview_and_a_text_that_is_handed_back_say_nothing_of_shields(
    carrying: Session, sign_in: Callable[..., FlaskClient], shield: Callable[..., Shield]
) -> None:
    heron, stoat = make_member(carrying, "Heron"), make_member(carrying, "Stoat")
    shield(carrying, heron, NAME)
    thread, browser = make_thread(carrying), sign_in(stoat)
    other = "Zottoline Garrabee"
    for more in ({"preview": "1"}, {}):
        body = "{} · my card is 4539 1488 0343 6467, use it"
        hit = _send(browser, thread, body.format(NAME), **more)
        miss = _send(browser, thread, body.format(other), **more)
        assert hit.status_code == (200 if more else 422)
        assert hit.text.replace(NAME, "…").count("…") == miss.text.replace(other, "…").count("…")
        assert "A moderator reads this first" not in hit.text
    assert carrying.scalars(select(SecondLook)).all() == []
    assert carrying.scalars(select(ReviewItem)).all() == []


def test_an_alert_shield_publishes_and_alerts_in_silence(
    carrying: Session, sign_in: Callable[..., FlaskClient], shield: Callable[..., Shield]
) -> None:
    heron, stoat = make_member(carrying, "Heron"), make_member(carrying, "Stoat")
    shield(carrying, heron, NAME, mode=Mode.ALERT)
    thread, browser = make_thread(carrying), sign_in(stoat)
    loud = _send(browser, thread, f"ask {NAME}")
    quiet = _send(browser, thread, "ask Zottoline Garrabee")
    assert _masked(loud) == _masked(quiet)
    (item,) = carrying.scalars(select(ReviewItem)).all()
    post = carrying.scalars(select(Post).where(Post.public_id == item.subject)).one()
    assert post.visibility is Visibility.PUBLISHED


def test_an_edit_is_looked_through_and_counts(
    carrying: Session, sign_in: Callable[..., FlaskClient], shield: Callable[..., Shield]
) -> None:
    heron, stoat = make_member(carrying, "Heron"), make_member(carrying, "Stoat")
    shield(carrying, heron, NAME)
    thread = make_thread(carrying)
    post = make_post(carrying, thread=thread, author=stoat, body="Nobody.")
    sign_in(stoat).post(f"/posts/{post.public_id}/edit", data={"body": NAME})
    assert post.visibility is Visibility.HELD
    assert carrying.scalars(select(SecondLook)).one().member_id == stoat.id


def test_ones_own_phrase_asks_and_then_goes_through(
    carrying: Session, sign_in: Callable[..., FlaskClient], shield: Callable[..., Shield]
) -> None:
    heron = make_member(carrying, "Heron")
    shield(carrying, heron, NAME)
    thread, browser = make_thread(carrying), sign_in(heron)
    asked = _send(browser, thread, f"hello from {NAME}")
    assert asked.status_code == 422
    assert "the red one" in asked.text
    consent = re.search(r'name="consent" value="(\w+)"', asked.text)
    assert consent
    sent = _send(browser, thread, f"hello from {NAME}", agree="1", consent=consent[1])
    assert sent.status_code == 302
    for item in carrying.scalars(select(ReviewItem)):
        assert "the red one" not in str(item.findings)


def test_moderators_see_neither_phrase_nor_owner_and_the_owner_learns_when_one_confirms(
    carrying: Session, sign_in: Callable[..., FlaskClient], shield: Callable[..., Shield]
) -> None:
    heron, stoat = make_member(carrying, "Heron"), make_member(carrying, "Stoat")
    one = shield(carrying, heron, NAME, label="canary label")
    decoy = next(decoys(keyhole_of(carrying).keys))
    thread = make_thread(carrying, author=make_member(carrying, "Wren"))
    browser, owl = sign_in(stoat), sign_in(make_moderator(carrying))
    for name in (NAME, decoy):
        _send(browser, thread, f"so, {name}")
    posts = carrying.scalars(select(Post).where(Post.author_id == stoat.id)).all()
    for post in posts:
        item = carrying.scalars(
            select(ReviewItem).where(ReviewItem.subject == post.public_id)
        ).one()
        seen = owl.get(f"/queue/{item.public_id}").text
        assert "Heron" not in seen
        assert "canary label" not in seen
        assert one.public_id not in seen
        forum.reject(carrying, post, forum.IDENTITY)
    told = carrying.scalars(select(Notice).where(Notice.kind == "shield")).all()
    assert [(n.member_id, n.subject, n.post_id) for n in told] == [(heron.id, one.public_id, None)]
    assert "touched one of your shields" in sign_in(heron).get("/inbox").text
    forum.remove(carrying, posts[0], "spam")
    assert len(carrying.scalars(select(Notice).where(Notice.kind == "shield")).all()) == 1
