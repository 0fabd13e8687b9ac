"""Looking published posts through again: what is held, what is queued, and what is left alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.cli.rescreening import go_on, look_again
from app.core.audit import AuditEntry
from app.core.db import Database
from app.filters import service as filters
from app.filters.models import Action, Sort
from app.filters.service import Plan
from app.forum import queries, rescreening, rules, service
from app.forum.models import Notice, Post, Rescreening
from app.forum.rescreening import ALL, START, Share
from app.forum.service import Draft
from app.policy.vocabulary import Trust, Visibility
from app.privacy.retention import run_retention
from app.review import queries as review
from app.review.service import close
from app.shields import service as shields
from app.shields.models import Mode
from app.shields.phrases import Kind
from app.shields.service import Wish
from tests.factories import (
    make_board,
    make_member,
    make_moderator,
    make_picture,
    make_post,
    make_thread,
)
from tests.forum.test_pages import counted

SignIn = Callable[..., FlaskClient]
SURE = "His real name is Ottoline Farrabee, tell everyone."
LIKELY = "Ask her yourself: her cell, 07700 900341."
PAGE = "/queue/screening"


def run(session: Session, database: Database) -> Rescreening:
    """Begin a run and see it through, slice by slice."""
    begun = rescreening.begin(session, "operator")
    session.commit()
    place: rescreening.Place | None = START
    while place is not None:
        place = look_again(database, begun.id, place)
    session.expire_all()
    return begun


def test_a_post_that_is_surely_exposing_is_held_and_its_author_told(
    session: Session, database: Database
) -> None:
    post = make_post(session, body=SURE)
    begun = run(session, database)
    assert post.visibility is Visibility.HELD
    item = review.open_item_of(session, post.public_id)
    assert item is not None
    assert item.findings
    assert (begun.looked_count, begun.held_count, begun.queued_count) == (2, 1, 0)
    notice = session.scalars(select(Notice).where(Notice.member_id == post.author_id)).one()
    assert (notice.kind, notice.subject) == ("held", post.public_id)


def test_what_is_less_certain_stays_and_is_queued(session: Session, database: Database) -> None:
    post = make_post(session, body=LIKELY)
    begun = run(session, database)
    assert post.visibility is Visibility.PUBLISHED
    assert review.open_item_of(session, post.public_id) is not None
    assert (begun.held_count, begun.queued_count) == (0, 1)


def test_what_a_picture_shows_is_looked_through_as_well(
    session: Session, database: Database
) -> None:
    post = make_post(session, body="Look at this.")
    make_picture(session, post, alt=SURE)
    run(session, database)
    assert post.visibility is Visibility.HELD
    item = review.open_item_of(session, post.public_id)
    assert item is not None
    assert max(found["end"] for found in item.findings) > len("Look at this.")
    assert max(found["end"] for found in item.findings) <= len(post.words)


def test_ordinary_posts_stay_and_carry_the_version(session: Session, database: Database) -> None:
    post = make_post(session, body="The soup was good.")
    run(session, database)
    assert post.visibility is Visibility.PUBLISHED
    assert post.rules_version == rules.rules_version(session)
    assert rescreening.stand(session).stale == 0
    assert review.open_item_of(session, post.public_id) is None


def test_a_new_post_counts_as_screened_and_a_new_filter_makes_it_stale(session: Session) -> None:
    author, moderator = make_member(session), make_moderator(session)
    thread = make_thread(session, author=author)
    service.create_post(session, author.actor, thread, Draft(body="Good soup."))
    assert rescreening.stand(session).stale == 1  # the opening post, made without the service
    plan = Plan(sort=Sort.PHRASE, pattern="marzipan", action=Action.HOLD)
    filters.create_filter(session, moderator.actor, plan)
    assert rescreening.stand(session).stale == 2


def test_a_filter_never_takes_a_standing_post_from_readers_by_itself(
    session: Session, database: Database
) -> None:
    post = make_post(session, body="More marzipan for everybody.")
    plan = Plan(sort=Sort.PHRASE, pattern="marzipan", action=Action.REFUSE)
    made = filters.create_filter(session, make_moderator(session).actor, plan)
    run(session, database)
    assert post.visibility is Visibility.PUBLISHED
    item = review.open_item_of(session, post.public_id)
    assert item is not None
    assert made.public_id in str(item.findings)
    assert made.hit_count == 0  # hits count what was sent


def test_a_shield_that_holds_takes_a_standing_post_and_names_nothing(
    session: Session, database: Database
) -> None:
    shields.open_shields(database, bytes(range(32)))
    session.info.update(database.write.kw["info"])
    wren = make_member(session)
    post = make_post(session, author=make_member(session), body="Ottoline Farrabee bakes well.")
    wish = Wish(Kind.NAME, "Ottoline Farrabee", "the red one", Mode.HOLD)
    shields.create_shield(session, wren.actor, wish)
    run(session, database)
    assert post.visibility is Visibility.HELD
    item = review.open_item_of(session, post.public_id)
    assert item is not None
    assert "red one" not in str(item.findings)


def test_what_a_moderator_let_stand_is_not_asked_again_until_something_else_is_found(
    session: Session, database: Database
) -> None:
    post = make_post(session, body=LIKELY)
    run(session, database)
    item = review.open_item_of(session, post.public_id)
    assert item is not None
    close(session, item, item.version, "leave")
    post.rules_version = ""
    run(session, database)
    assert review.open_item_of(session, post.public_id) is None
    post.body, post.rules_version = f"By the way, {LIKELY}", ""
    run(session, database)
    assert review.open_item_of(session, post.public_id) is not None


def test_a_title_is_part_of_what_is_looked_through_and_goes_with_its_post(
    session: Session, database: Database, sign_in: SignIn
) -> None:
    author, reader = make_member(session), make_member(session)
    thread = make_thread(session, author=author, title="Her real name is Ottoline Farrabee")
    make_post(session, thread=thread, author=reader)
    run(session, database)
    page = sign_in(reader).get(f"/threads/{thread.public_id}").text
    assert "Farrabee" not in page
    assert "A quiet answer." in page


def test_search_finds_no_word_of_a_post_that_was_held(
    session: Session, database: Database, sign_in: SignIn
) -> None:
    post = make_post(session, body=SURE)
    reader = sign_in(make_member(session))
    assert post.public_id in reader.get("/search?q=everyone").text
    run(session, database)
    assert post.public_id not in reader.get("/search?q=everyone").text


def test_a_post_changed_while_it_was_screened_is_left_to_its_new_wording(
    session: Session, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = make_post(session, body=SURE)
    screen = rescreening.screen

    def change_meanwhile(text: str, **named: Any) -> Any:
        if text == SURE:
            post.body = "Nothing of the kind."
            session.commit()
        return screen(text, **named)

    monkeypatch.setattr(rescreening, "screen", change_meanwhile)
    run(session, database)
    assert post.visibility is Visibility.PUBLISHED
    assert review.open_item_of(session, post.public_id) is None


def test_a_run_that_was_killed_goes_on_where_it_stopped(
    session: Session, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescreening, "SLICE", 2)
    thread = make_thread(session)
    for _ in range(4):
        make_post(session, thread=thread, author=make_member(session, f"Crane{_}"), body=LIKELY)
    begun = rescreening.begin(session, "operator")
    session.commit()
    look_again(database, begun.id)  # and nothing after it: the process is gone
    session.expire_all()
    assert rescreening.stand(session).stale == 3
    again = run(session, database)
    assert again.id == begun.id
    assert (again.looked_count, again.queued_count) == (5, 4)


def test_shares_together_are_everything_and_no_post_is_in_two(
    session: Session, database: Database
) -> None:
    author = make_member(session)
    for _ in range(5):
        make_thread(session, author=author)
    begun = rescreening.begin(session, "operator")
    session.commit()
    looked = []
    for part in range(3):
        look_again(database, begun.id, START, Share(part, 3))
        session.expire_all()
        looked.append(session.get_one(Rescreening, begun.id).looked_count)
        session.commit()
    assert looked[0] < looked[1] < looked[2] == 5
    assert look_again(database, begun.id, START, ALL) is None


def test_what_an_author_said_before_is_known_wherever_a_slice_begins(
    session: Session, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(rescreening, "screen", lambda _, context: asked.append(context.earlier))
    monkeypatch.setattr(rescreening, "_weigh", _only_screen)
    wren, heron = make_member(session), make_member(session, "Gannet")
    thread = make_thread(session, author=wren, body="0")
    for number in range(1, 9):
        make_post(session, thread=thread, author=(wren, heron)[number % 2], body=str(number))
    told = []
    for size in (200, 1, 3):
        monkeypatch.setattr(rescreening, "SLICE", size)
        for post in session.scalars(select(Post)):
            post.rules_version = ""
        run(session, database)
        told.append(asked.copy())
        asked.clear()
    assert told[0] == told[1] == told[2]
    assert told[0][-1] == ("0", "2", "4", "6")
    assert told[0][3] == ("1",)


def _only_screen(post: Post, _: object, context: object, **__: object) -> rescreening.Found:
    """Screen and find nothing."""
    rescreening.screen(post.body, context=context)  # type: ignore[arg-type]
    return rescreening.Found(post.id, ("", post.body))


def test_two_who_begin_at_once_share_one_run_and_the_log_names_both(session: Session) -> None:
    owl, kestrel = make_moderator(session), make_moderator(session, "Kestrel")
    run = rescreening.begin(session, owl.public_id)
    assert rescreening.begin(session, kestrel.public_id) is run
    query = select(AuditEntry.actor, AuditEntry.subject).order_by(AuditEntry.sequence)
    entries = session.execute(query.where(AuditEntry.verb == "screening.start")).all()
    assert [tuple(entry) for entry in entries] == [
        (owl.public_id, run.public_id),
        (kestrel.public_id, run.public_id),
    ]


def test_the_server_works_on_it_and_closes_it(session: Session, database: Database) -> None:
    post = make_post(session, body=LIKELY)
    begun = rescreening.begin(session, "operator")
    session.commit()
    go_on(database)
    go_on(database)
    session.expire_all()
    assert session.get_one(Rescreening, begun.id).finished_on is not None
    assert review.open_item_of(session, post.public_id) is not None
    assert rescreening.running(session) is None
    go_on(database)  # nothing to do, nothing done


def test_a_slice_costs_the_same_statements_for_many_posts(
    session: Session, database: Database
) -> None:
    author = make_member(session)
    costs = []
    for length in (2, 30):
        thread = make_thread(session, author=author)
        for _ in range(length):
            make_post(session, thread=thread, author=author)
        begun = rescreening.begin(session, "operator")
        session.commit()
        with counted(database) as made:
            look_again(database, begun.id)
        besides = ("filter", "shield", "held_phrase")
        costs.append(len([each for each in made if not any(word in each for word in besides)]))
    assert costs[0] == costs[1]


# --- the moderators' page -------------------------------------------------------------------------


def test_a_moderator_begins_it_and_sees_how_far_it_is(
    session: Session, sign_in: SignIn, database: Database
) -> None:
    make_post(session, body=LIKELY)
    browser = sign_in(make_moderator(session))
    assert "Look 2 posts through" in browser.get(PAGE).text
    assert browser.post(PAGE).status_code == 302
    assert "Under way" in browser.get(PAGE).text
    go_on(database)
    go_on(database)
    page = browser.get(PAGE).text
    assert "Nothing is left to look through" in page
    assert "1 put into the queue" in page


@pytest.mark.parametrize("who", [None, Trust.TRUSTED])
def test_nobody_else_sees_a_trace_of_it(
    session: Session, sign_in: SignIn, client: FlaskClient, who: Trust | None
) -> None:
    browser = client if who is None else sign_in(make_member(session, trust=who))
    expected = 401 if who is None else 404
    assert browser.get(PAGE).status_code == expected
    assert browser.post(PAGE).status_code == expected
    assert session.scalars(select(Rescreening)).first() is None


def test_the_line_in_the_inbox_leads_to_the_post_and_goes_with_it(
    session: Session, database: Database, sign_in: SignIn
) -> None:
    heron = make_member(session, "Heron")
    board = make_board(session, gate_read=Trust.VISITOR)
    post = make_post(session, thread=make_thread(session, board=board), author=heron, body=SURE)
    run(session, database)
    browser = sign_in(heron)
    page = browser.get("/inbox").text
    assert "A moderator reads a post of yours again" in page
    assert f"/posts/{post.public_id}" in page
    again = queries.post_by_id(session, post.public_id)
    assert again is not None
    service.erase_post(session, again)
    assert "A moderator reads a post" not in browser.get("/inbox").text


def test_a_former_members_post_is_looked_through_too(session: Session, database: Database) -> None:
    author: Member = make_member(session)
    post = make_post(session, author=author, body=SURE)
    post.author_id = None
    run(session, database)
    assert post.visibility is Visibility.HELD


def test_a_finished_run_is_forgotten_after_ninety_days(
    session: Session, database: Database, move_clock: Callable[[timedelta], None]
) -> None:
    make_thread(session)
    rescreening.finish(session, run(session, database))
    move_clock(timedelta(days=90))
    run_retention(session)
    assert session.scalars(select(Rescreening)).first() is not None
    move_clock(timedelta(days=1))
    run_retention(session)
    assert session.scalars(select(Rescreening)).first() is None
