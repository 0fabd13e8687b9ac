"""How I go on: equal ways, close at hand; each does what it says, and no more."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Break, Member, MemberSession
from app.cli.tick import tick
from app.core.db import Database
from app.forum import hiding
from app.forum import service as forum
from app.forum.models import Follow, Notice, Post
from app.forum.queries import thread_by_id
from app.forum.service import Draft
from app.leaving import service
from app.policy.vocabulary import Trust, Visibility
from app.privacy.erasure import Texts
from app.review.models import ReviewItem
from app.trust.service import count_trust
from tests.factories import make_board, make_member, make_moderator, make_post, make_thread

SignIn = Callable[..., FlaskClient]
MoveClock = Callable[[timedelta], None]
WAYS = {
    "/me/settings/pseudonym", "/me/going-on/erase", "/me/going-on/hide", "/me/leave",
    "/me/privacy", "/me/going-on/break",
}  # fmt: skip


def words(session: Session, visibility: Visibility) -> list[str]:
    query = select(Post.body).where(Post.visibility == visibility).order_by(Post.id)
    return list(session.scalars(query))


# --- the page -------------------------------------------------------------------------------------


def test_every_way_has_the_same_weight_and_the_alphabet_orders_them(
    session: Session, sign_in: SignIn
) -> None:
    page = sign_in(make_member(session, "Wren")).get("/me/going-on").text
    rows = re.findall(
        r"<li>\s*<h2>([^<]+)</h2>\s*<p>([^<]+)</p>\s*<div class=\"row\">\s*"
        r"<a class=\"([^\"]+)\"\s+href=\"([^\"]+)\"",
        page,
    )
    assert {url for _, _, _, url in rows} == WAYS
    assert [title for title, *_ in rows] == sorted(title for title, *_ in rows)
    assert len({kind for _, _, kind, _ in rows}) == 1, "one button looks like another"
    assert max(len(text) for _, text, _, _ in rows) < 90, "none is talked up"
    assert "sure you want" not in page


@pytest.mark.parametrize("start", ["/me/settings", "/me/privacy"])
def test_from_my_account_every_way_is_two_clicks_away(
    session: Session, sign_in: SignIn, start: str
) -> None:
    browser = sign_in(make_member(session, "Wren"))
    assert 'href="/me/going-on"' in browser.get(start).text
    second = browser.get("/me/going-on").text
    assert all(f'href="{url}"' in second for url in WAYS)
    assert 'action="/me/leave"' in browser.get("/me/leave").text


# --- a break --------------------------------------------------------------------------------------


def test_a_break_signs_out_everywhere_and_quiets_the_inbox_until_its_day(
    session: Session, sign_in: SignIn, database: Database, move_clock: MoveClock
) -> None:
    wren, heron = make_member(session, "Wren"), make_member(session, "Heron")
    thread = make_thread(session, author=wren)
    session.add(Follow(member_id=wren.id, thread_id=thread.id, marker=None))
    public_id = thread.public_id
    browser, another = sign_in(wren), sign_in(wren)
    answer = browser.post("/me/going-on/break", data={"days": "10"})
    assert answer.headers["Location"] == "/away"
    assert another.get("/inbox").status_code == 401
    assert session.scalar(select(func.count()).select_from(MemberSession)) == 0

    def told() -> int:
        thread = thread_by_id(session, public_id)
        assert thread is not None
        forum.create_post(session, heron.actor, thread, Draft(body="A quiet answer."))
        session.commit()
        query = select(func.count()).select_from(Notice).where(Notice.member_id == wren.id)
        return session.scalar(query) or 0

    assert told() == 0
    move_clock(timedelta(days=10))
    assert told() == 1, "the day has come"
    session.commit()
    move_clock(timedelta(days=1))
    tick(database)
    assert session.scalar(select(func.count()).select_from(Break)) == 0


def test_a_break_can_be_ended_before_its_day(session: Session, sign_in: SignIn) -> None:
    wren = make_member(session, "Wren")
    sign_in(wren).post("/me/going-on/break", data={"days": "10"})
    browser = sign_in(wren)
    assert "You are on a break" in browser.get("/me/going-on").text
    browser.post("/me/going-on/back")
    assert "You are on a break" not in browser.get("/me/going-on").text


@pytest.mark.parametrize("days", ["", "0", "366", "soon"])
def test_a_break_without_a_sensible_day_is_handed_back(
    session: Session, sign_in: SignIn, days: str
) -> None:
    answer = sign_in(make_member(session, "Wren")).post("/me/going-on/break", data={"days": days})
    assert answer.status_code == 422
    assert session.scalar(select(func.count()).select_from(Break)) == 0


# --- hiding ---------------------------------------------------------------------------------------


def test_hidden_posts_are_read_and_found_by_nobody_and_come_back_where_they_stood(
    session: Session, sign_in: SignIn
) -> None:
    heron, wren = make_member(session, "Heron"), make_member(session, "Wren")
    thread = make_thread(session, author=wren, body="Opening lantern words.")
    for author, body in ((heron, "First lantern."), (wren, "Second lantern."), (heron, "Third.")):
        make_post(session, thread=thread, author=author, body=body)
    mine, other = sign_in(heron), sign_in(wren)
    path = f"/threads/{thread.public_id}"
    before = [post.number for post in session.scalars(select(Post).order_by(Post.id))]
    mine.post("/me/going-on/hide", data={"age": "0"})
    for browser in (mine, other, sign_in(make_moderator(session))):
        shown = browser.get(path).text
        assert "First lantern." not in shown
        assert "Second lantern." in shown
        assert shown.count("Its author has hidden this post.") == 2
    assert "First" not in other.get("/search?q=lantern").text
    mine.post("/me/going-on/show")
    assert "First lantern." in other.get(path).text
    assert [post.number for post in session.scalars(select(Post).order_by(Post.id))] == before
    assert session.scalar(select(func.count()).select_from(Notice)) == 0, "nobody is told again"


def test_the_title_of_a_hidden_thread_is_hidden_with_it(session: Session, sign_in: SignIn) -> None:
    heron, wren = make_member(session, "Heron"), make_member(session, "Wren")
    board = make_board(session)
    alone = make_thread(session, board=board, author=heron, title="Alone at sea")
    shared = make_thread(session, board=board, author=heron, title="Shared at sea")
    make_post(session, thread=shared, author=wren, body="I know.")
    mine, other = sign_in(heron), sign_in(wren)
    mine.post("/me/going-on/hide", data={"age": "0"})
    listed = other.get(f"/boards/{board.public_id}").text
    assert "at sea" not in listed
    assert other.get(f"/threads/{alone.public_id}").status_code == 404
    assert "I know." in other.get(f"/threads/{shared.public_id}").text
    mine.post("/me/going-on/show")
    assert other.get(f"/boards/{board.public_id}").text.count("at sea") == 2


def test_only_old_posts_are_hidden_when_that_was_chosen(
    session: Session, sign_in: SignIn, move_clock: MoveClock
) -> None:
    heron = make_member(session, "Heron")
    make_thread(session, author=heron, body="Old.")
    move_clock(timedelta(days=31))
    make_thread(session, author=heron, body="New.")
    browser = sign_in(heron)
    assert browser.post("/me/going-on/hide", data={"age": ""}).status_code == 422
    browser.post("/me/going-on/hide", data={"age": "30"})
    assert words(session, Visibility.HIDDEN) == ["Old."]
    assert words(session, Visibility.PUBLISHED) == ["New."]


def test_what_would_show_somebody_today_waits_for_a_moderator_before_it_is_back(
    app: Flask, session: Session
) -> None:
    heron = make_member(session, "Heron")
    thread = make_thread(session, author=heron, body="Fine.")
    make_post(session, thread=thread, author=heron, body="Her number is 07700 900341, ring her.")
    hiding.hide(session, heron.actor)
    session.flush()  # what is hidden is found in the next step
    hiding.show(session, heron.actor)
    session.flush()  # and so is what is back
    assert words(session, Visibility.PUBLISHED) == ["Fine."]
    assert words(session, Visibility.HELD) == ["Her number is 07700 900341, ring her."]


def test_hiding_costs_no_trust(session: Session) -> None:
    heron = make_member(session, "Heron", trust=Trust.NEWCOMER)
    make_thread(session, author=heron)
    count_trust(session)
    before = heron.trust, heron.trust_falls_on
    hiding.hide(session, heron.actor)
    count_trust(session)
    assert (heron.trust, heron.trust_falls_on) == before


def test_hiding_goes_on_until_nothing_is_left(
    session: Session, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hiding, "SLICE", 2)
    heron = make_member(session, "Heron")
    for _ in range(3):
        make_thread(session, author=heron)
    browser = sign_in(heron)
    first = browser.post("/me/going-on/hide", data={"age": "0"})
    assert "1 post is left" in first.text
    assert browser.post("/me/going-on/hide", data={"age": "0"}).status_code == 302
    assert len(words(session, Visibility.HIDDEN)) == 3


def test_who_leaves_and_lets_texts_stay_lets_no_hidden_one_stay(
    app: Flask, database: Database, session: Session
) -> None:
    heron, wren = make_member(session, "Heron"), make_member(session, "Wren")
    hidden = make_thread(session, author=heron, body="Hidden canary.")
    make_post(session, thread=hidden, author=wren, body="An answer.")
    hiding.hide(session, heron.actor)
    make_thread(session, author=heron, body="To stay.")
    session.commit()
    with database.write.begin() as another:
        service.leave(another, heron.actor, Texts.KEPT)
    tick(database)
    assert "To stay." in words(session, Visibility.PUBLISHED)
    assert session.scalars(select(Post.body).where(Post.body.contains("canary"))).all() == []


# --- erasing --------------------------------------------------------------------------------------


def test_everything_is_erased_and_the_account_goes_on_with_its_trust(
    session: Session, sign_in: SignIn, database: Database
) -> None:
    heron = make_member(session, "Heron", trust=Trust.REGULAR)
    wren = make_member(session, "Wren")
    thread = make_thread(session, author=heron, title="Canary title", body="Canary body.")
    make_post(session, thread=thread, author=wren, body="An answer.")
    make_thread(session, author=heron, body="Another canary.")
    browser = sign_in(heron)
    assert browser.post("/me/going-on/erase").status_code == 422
    browser.post("/me/going-on/erase", data={"sure": "1"})
    assert "Canary" not in sign_in(wren).get(f"/threads/{thread.public_id}").text
    session.commit()
    tick(database)
    session.expire_all()
    assert sorted(session.scalars(select(Post.body))) == ["", "An answer."]
    left = session.scalars(select(Post).where(Post.is_opening)).one()
    assert (left.author_id, thread.author_id, thread.title) == (None, None, "…")
    count_trust(session)
    kept = session.get(Member, heron.id)
    assert kept is not None
    assert (kept.trust, kept.trust_falls_on) == (Trust.REGULAR, None)
    assert browser.get("/me/going-on").status_code == 200


def test_another_members_posts_are_untouched_by_all_of_it(
    session: Session, sign_in: SignIn, database: Database
) -> None:
    heron, wren = make_member(session, "Heron"), make_member(session, "Wren")
    make_thread(session, author=wren, body="Wren's own.")
    browser = sign_in(heron)
    for path, sent in (("hide", {"age": "0"}), ("show", {}), ("erase", {"sure": "1"})):
        browser.post(f"/me/going-on/{path}", data=sent)
    session.commit()
    tick(database)
    assert words(session, Visibility.PUBLISHED) == ["Wren's own."]


# --- hiding, and those who decide -----------------------------------------------------------------


def test_hiding_takes_no_reported_post_from_the_moderators(
    session: Session, sign_in: SignIn
) -> None:
    heron, wren = make_member(session, "Heron"), make_member(session, "Wren")
    post = make_post(session, author=heron, body="What was reported.")
    sent = {"reason": "harassment", "text": ""}
    assert sign_in(wren).post(f"/posts/{post.public_id}/report", data=sent).status_code == 302
    sign_in(heron).post("/me/going-on/hide", data={"age": "0"})
    item = session.scalars(select(ReviewItem.public_id)).one()
    page = sign_in(make_moderator(session)).get(f"/queue/{item}").text
    assert "What was reported." in page
    assert "hidden by its author" in page


def test_what_moderators_removed_does_not_come_back_with_what_was_hidden(
    app: Flask, session: Session
) -> None:
    heron = make_member(session, "Heron")
    post = make_post(session, author=heron, body="Against the norms.")
    hiding.hide(session, heron.actor)
    session.flush()  # it is hidden when it is removed
    forum.remove(session, post, "norms")
    session.flush()  # and removed when the rest comes back
    hiding.show(session, heron.actor)
    assert post.visibility is Visibility.REMOVED
