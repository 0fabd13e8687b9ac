"""What a member's own posts add up to: shown to that member alone, from what stands there now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core.db import Database
from app.forum import queries, selfcheck, service
from app.policy.vocabulary import Trust, Visibility
from tests.factories import make_board, make_member, make_post, make_thread
from tests.forum.test_pages import counted

SignIn = Callable[..., FlaskClient]
PAGE = "/me/privacy/self-check"
TOWN = "I live in Dunmere, by the water."
AGE = "I'm 34, and tired."
TRADE = "I'm a nurse, mostly nights."


def test_facts_stand_by_kind_with_the_ways_to_change_them(
    session: Session, sign_in: SignIn
) -> None:
    wren = make_member(session)
    post = make_post(session, author=wren, body=f"Good morning. {TOWN} How are you all?")
    make_post(session, author=wren, body=TRADE)
    text = sign_in(wren).get(PAGE).text
    assert 'id="place"' in text
    assert 'id="work"' in text
    assert "<mark>I live in Dunmere</mark>" in text
    assert f"/posts/{post.public_id}/edit" in text
    assert f"/posts/{post.public_id}/erase" in text


def test_a_post_too_old_to_change_can_still_be_erased(
    session: Session, sign_in: SignIn, move_clock: Callable[..., None]
) -> None:
    wren = make_member(session)
    post = make_post(session, author=wren, body=TOWN)
    move_clock(timedelta(days=3))
    text = sign_in(wren).get(PAGE).text
    assert f"/posts/{post.public_id}/edit" not in text
    assert f"/posts/{post.public_id}/erase" in text


@pytest.mark.parametrize(
    ("bodies", "points"),
    [((TOWN, AGE, TRADE), True), ((TOWN, AGE), False), ((TOWN, TOWN, TOWN), False)],
)
def test_it_says_when_kinds_together_point_to_few(
    session: Session, sign_in: SignIn, bodies: tuple[str, ...], *, points: bool
) -> None:
    wren = make_member(session)
    for body in bodies:
        make_post(session, author=wren, body=body)
    text = sign_in(wren).get(PAGE).text
    assert ("usually point to a few people" in text) is points


def test_a_title_counts_as_part_of_the_opening_post(session: Session, sign_in: SignIn) -> None:
    wren = make_member(session)
    board = make_board(session, gate_read=Trust.VISITOR)
    draft = service.Draft(title="I live in Dunmere and need advice", body="Hello.", agreed=True)
    service.create_thread(session, wren.actor, board, draft)
    assert "<mark>I live in Dunmere</mark>" in sign_in(wren).get(PAGE).text


def test_nobody_elses_posts_are_read_and_nothing_that_is_gone(
    session: Session, sign_in: SignIn
) -> None:
    wren, heron = make_member(session), make_member(session, "Gannet")
    make_post(session, author=heron, body=TOWN)
    erased = make_post(session, author=wren, body=TRADE)
    service.erase_post(session, erased)
    removed = make_post(session, author=wren, body=AGE)
    service.remove(session, removed, "identity")
    text = sign_in(wren).get(PAGE).text
    assert "Nothing was found" in text or "You have no posts here" in text
    assert "Dunmere" not in text


def test_what_lies_behind_a_gate_that_has_shut_is_not_named(
    session: Session, sign_in: SignIn
) -> None:
    wren = make_member(session, trust=Trust.NEWCOMER)
    board = make_board(session, "Harbour", gate_read=Trust.TRUSTED)
    make_post(
        session,
        thread=make_thread(session, title="Hidden bay", board=board),
        author=wren,
        body=TOWN,
    )
    text = sign_in(wren).get(PAGE).text
    assert "Hidden bay" not in text
    assert "You have no posts here" in text


def test_a_held_post_is_read_too(session: Session, sign_in: SignIn) -> None:
    wren = make_member(session)
    make_post(session, author=wren, body=TOWN, visibility=Visibility.HELD)
    assert "<mark>I live in Dunmere</mark>" in sign_in(wren).get(PAGE).text


def test_older_posts_come_page_by_page(
    session: Session, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "CHECKED_A_PAGE", 2)
    wren = make_member(session)
    make_post(session, author=wren, body=TOWN)
    for _ in range(2):
        make_post(session, author=wren, body=TRADE)
    browser = sign_in(wren)
    first = browser.get(PAGE).text
    assert "Dunmere" not in first
    older = first.split(f'href="{PAGE}?before=')[1].split('"')[0]
    assert "Dunmere" in browser.get(f"{PAGE}?before={older}").text


def test_what_stands_everywhere_is_counted_and_not_listed_without_end(
    session: Session, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selfcheck, "SHOWN_A_KIND", 2)
    wren = make_member(session)
    for _ in range(5):
        make_post(session, author=wren, body=TOWN)
    text = sign_in(wren).get(PAGE).text
    assert text.count("<mark>") == 2
    assert "3 more places of this kind" in text


def test_a_visitor_is_sent_to_sign_in(client: FlaskClient) -> None:
    assert client.get(PAGE).status_code == 401


def test_it_changes_no_row_and_costs_the_same_for_many_posts(
    session: Session, sign_in: SignIn, database: Database
) -> None:
    wren = make_member(session)
    make_post(session, author=wren, body=TOWN)
    browser = sign_in(wren)
    with counted(database) as few:
        browser.get(PAGE)
    for _ in range(8):
        make_post(session, author=wren, body=TRADE)
    session.commit()
    with counted(database) as many:
        browser.get(PAGE)
    assert len(many) == len(few)
    assert not [each for each in many if not each.lstrip().startswith("SELECT")]


def test_words_around_are_cut_between_words(session: Session) -> None:
    wren = make_member(session)
    filler = "word " * 60
    post = make_post(session, author=wren, body=f"{filler}{TOWN} {filler}")
    (revealed,) = selfcheck.picture_of([post]).revealed
    (saying,) = revealed.sayings
    assert saying.words == "I live in Dunmere"
    assert saying.before.startswith("… word ")
    assert saying.after.endswith(" word …")
    assert len(saying.before) <= selfcheck.AROUND + 2
