"""The console over HTTP: who may open what, what the pages say, and that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import sessions
from app.core import clock
from app.filters import service as filters
from app.filters.models import Action, Sort
from app.filters.service import Plan
from app.forum import service as forum
from app.forum.service import Draft
from app.moderation import queries, service
from app.moderation.models import Report, ReportReason, Sanction, Statement
from app.moderation.service import Complaint
from app.policy.vocabulary import Role, Standing, Trust, Visibility
from app.review.models import Reason, ReviewItem
from app.review.service import claim
from tests.factories import (
    make_board,
    make_member,
    make_moderator,
    make_post,
    make_thread,
    private_key_of,
)
from tests.moderation.stage import (
    NUMBER,
    REMOVE,
    make_answered,
    make_held,
    make_reported,
    matter_of,
    post_of,
    silence,
    suspend,
)

SignIn = Callable[..., FlaskClient]
Move = Callable[[timedelta], None]


def form_for(session: Session, item: ReviewItem, **named: str) -> dict[str, str]:
    """The decision form as the item's page would send it."""
    fields = {"version": str(item.version), "seen": matter_of(session, item).fingerprint}
    return fields | named


def removal(session: Session, item: ReviewItem, **named: str) -> dict[str, str]:
    """A removal with its reasons."""
    fields = {"act": "remove", "rule": "identity", "facts": "It says where Wren works."}
    return form_for(session, item, **fields | named)


# --- doors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/queue", "/audit"])
def test_the_console_is_not_there_but_for_moderators(
    session: Session, client: FlaskClient, sign_in: SignIn, path: str
) -> None:
    assert client.get(path).status_code == 401
    assert sign_in(make_member(session, "Wren")).get(path).status_code == 404
    assert sign_in(make_member(session, "Badger", roles=Role.OPERATOR)).get(path).status_code == 404
    assert sign_in(make_moderator(session)).get(path).status_code == 200


ITEM_DOORS = [
    ("get", ""),
    ("post", "/take"),
    ("post", "/take-over"),
    ("post", "/give-back"),
    ("post", "/hand-on"),
    ("post", "/decide"),
    ("post", "/answer"),
]


@pytest.mark.parametrize(("method", "door"), ITEM_DOORS)
def test_an_item_is_not_there_but_for_moderators_who_may_enter_its_board(
    session: Session, client: FlaskClient, sign_in: SignIn, method: str, door: str
) -> None:
    board = make_board(session, gate_role=Role.RESPONDER)
    item = make_held(session, board=board)
    path = f"/queue/{item.public_id}{door}"
    assert client.open(path, method=method).status_code == 401
    assert client.open(f"/queue/nothing{door}", method=method).status_code == 401
    assert sign_in(make_member(session, "Linnet")).open(path, method=method).status_code == 404
    assert sign_in(make_moderator(session)).open(path, method=method).status_code == 404
    both = make_member(session, "Finch", roles=Role.MODERATOR | Role.RESPONDER)
    assert sign_in(both).open(path, method=method).status_code != 404


@pytest.mark.parametrize(("method", "door"), ITEM_DOORS)
def test_nobody_sees_what_waits_about_the_own_post(
    session: Session, sign_in: SignIn, method: str, door: str
) -> None:
    owl = make_moderator(session)
    item = make_reported(session, author=owl)
    browser = sign_in(owl)
    assert browser.open(f"/queue/{item.public_id}{door}", method=method).status_code == 404
    assert item.public_id not in browser.get("/queue").text
    assert "(1)" not in browser.get("/queue").text


def test_an_own_held_post_waits_for_another_moderator_and_is_decided_where_there_is_none(
    session: Session, sign_in: SignIn
) -> None:
    owl, finch = make_moderator(session), make_moderator(session, "Finch")
    item = make_held(session, author=owl)
    browser = sign_in(owl)
    assert browser.get(f"/queue/{item.public_id}").status_code == 404
    assert item.public_id not in browser.get("/queue").text
    finch.standing = Standing.SUSPENDED  # and now Owl is alone
    assert item.public_id in browser.get("/queue").text
    page = browser.get(f"/queue/{item.public_id}").text
    assert "This is your own post" in page
    assert "And the author?" not in page
    decided = browser.post(
        f"/queue/{item.public_id}/decide", data=form_for(session, item, act="release")
    )
    assert decided.status_code == 302
    assert post_of(session, item).visibility is Visibility.PUBLISHED
    assert not session.scalars(select(Statement)).all()
    assert "released an own post" in browser.get("/log").text


def test_what_was_reported_of_the_only_moderator_stays_hidden_from_him_or_her(
    session: Session, sign_in: SignIn
) -> None:
    owl = make_moderator(session)
    item = make_held(session, author=owl)
    browser = sign_in(owl)
    session.add(
        Report(
            review_item_id=item.id,
            post_id=post_of(session, item).id,
            reporter_id=make_member(session).id,
            reason=ReportReason.IDENTITY,
            made_on=clock.today(),
        )
    )
    item.report_count = 1
    assert item.public_id not in browser.get("/queue").text
    assert browser.get(f"/queue/{item.public_id}").status_code == 404


def test_the_only_moderator_decides_about_a_post_that_he_or_she_reported(
    session: Session, sign_in: SignIn
) -> None:
    owl = make_moderator(session)
    item = make_reported(session, reporter=owl)
    sent = removal(session, item)
    assert sign_in(owl).post(f"/queue/{item.public_id}/decide", data=sent).status_code == 302
    assert not item.is_open


@pytest.mark.parametrize("where", ["title", "body"])
def test_an_item_says_which_filter_found_something(
    session: Session, sign_in: SignIn, where: str
) -> None:
    owl, wren = make_moderator(session), make_member(session, "Wren", trust=Trust.TRUSTED)
    plan = Plan(Sort.PHRASE, "marzipan & co", Action.HOLD)
    made = filters.create_filter(session, owl.actor, plan)
    texts = {"title": "A cake", "body": "I baked it."}
    texts[where] += " With Marzipan & Co!"
    draft = Draft(title=texts["title"], body=texts["body"])
    forum.create_thread(session, wren.actor, make_board(session), draft)
    session.commit()
    item = session.scalars(select(ReviewItem)).one()
    browser = sign_in(owl)
    page = browser.get(f"/queue/{item.public_id}").text
    assert "filter “marzipan &amp; co”" in page
    filters.remove_filter(session, owl.actor, made)
    page = browser.get(f"/queue/{item.public_id}").text
    assert "a filter that was taken away since" in page
    assert "filter:" not in page


def test_nobody_decides_about_the_own_report(session: Session, sign_in: SignIn) -> None:
    owl = make_moderator(session)
    make_moderator(session, "Finch")
    item = make_reported(session, reporter=owl)
    browser = sign_in(owl)
    page = browser.get(f"/queue/{item.public_id}")
    assert page.status_code == 200
    assert "Somebody else decides this" in page.text
    assert "What becomes of the post" not in page.text
    for door in ("decide", "take"):
        answer = browser.post(f"/queue/{item.public_id}/{door}", data=removal(session, item))
        assert answer.status_code == 403
    assert item.is_open


def test_whoever_decided_does_not_decide_about_the_answer(
    session: Session, sign_in: SignIn
) -> None:
    owl, finch = make_moderator(session), make_moderator(session, "Finch")
    _statement, item = make_answered(session, owl, make_member(session, "Stoat"))
    fields = {"act": "uphold", "text": "It stands.", "version": str(item.version)}
    assert sign_in(owl).post(f"/queue/{item.public_id}/answer", data=fields).status_code == 403
    assert sign_in(finch).post(f"/queue/{item.public_id}/answer", data=fields).status_code == 302


def test_a_moderator_who_is_alone_decides_about_the_answer(
    session: Session, sign_in: SignIn
) -> None:
    owl = make_moderator(session)
    _statement, item = make_answered(session, owl, make_member(session, "Stoat"))
    fields = {"act": "undo", "text": "You are right.", "version": str(item.version)}
    assert sign_in(owl).post(f"/queue/{item.public_id}/answer", data=fields).status_code == 302


def test_a_statement_is_read_by_its_member_and_by_moderators(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_reported(session, author=stoat)
    statement = service.decide(session, owl.actor, item, item.version, REMOVE)
    assert statement is not None
    path = f"/statements/{statement.public_id}"
    assert client.get(path).status_code == client.get("/statements/nothing").status_code == 401
    assert sign_in(make_member(session, "Linnet")).get(path).status_code == 404
    assert sign_in(owl).get(path).status_code == 200
    assert sign_in(stoat).get(path).status_code == 200
    assert sign_in(owl).post(f"{path}/answer", data={"text": "No."}).status_code == 404


def test_only_moderators_lift_and_nobody_lifts_the_own_sanction(
    session: Session, sign_in: SignIn
) -> None:
    owl, finch = make_moderator(session), make_moderator(session, "Finch")
    item = make_reported(session, author=finch)
    statement = service.decide(session, owl.actor, item, item.version, silence())
    assert statement is not None
    path = f"/statements/{statement.public_id}/lift"
    assert sign_in(make_member(session, "Linnet")).post(path).status_code == 404
    assert sign_in(finch).post(path).status_code == 403
    assert sign_in(owl).post(path).status_code == 302
    assert finch.standing_now is Standing.GOOD


@pytest.mark.parametrize(
    ("visibility", "status"),
    [(Visibility.PUBLISHED, 200), (Visibility.REMOVED, 403), (Visibility.HELD, 404)],
)
def test_what_readers_see_can_be_reported(
    session: Session, sign_in: SignIn, visibility: Visibility, status: int
) -> None:
    post = make_post(session, visibility=visibility)
    browser = sign_in(make_member(session, "Linnet"))
    assert browser.get(f"/posts/{post.public_id}/report").status_code == status
    fields = {"reason": "spam"}
    answer = browser.post(f"/posts/{post.public_id}/report", data=fields)
    assert answer.status_code == (302 if status == 200 else status)


def test_a_post_on_a_board_one_may_not_enter_cannot_be_reported(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    post = make_post(
        session, thread=make_thread(session, board=make_board(session, gate_read=Trust.TRUSTED))
    )
    assert (
        sign_in(make_member(session, "Linnet")).get(f"/posts/{post.public_id}/report").status_code
        == 404
    )
    assert client.get(f"/posts/{post.public_id}/report").status_code == 401


def test_nobody_reports_the_own_post(session: Session, sign_in: SignIn) -> None:
    stoat = make_member(session, "Stoat")
    post = make_post(session, author=stoat)
    assert sign_in(stoat).get(f"/posts/{post.public_id}/report").status_code == 403


@pytest.mark.parametrize("path", ["/me/reports", "/me/standing"])
def test_pages_of_ones_own_are_for_members(
    session: Session, client: FlaskClient, sign_in: SignIn, path: str
) -> None:
    assert client.get(path).status_code == 401
    assert sign_in(make_member(session)).get(path).status_code == 200


# --- reporting ------------------------------------------------------------------------------------


def test_the_report_page_begins_with_what_this_house_exists_for(
    session: Session, sign_in: SignIn
) -> None:
    post = make_post(session, body="A quiet answer.")
    text = sign_in(make_member(session)).get(f"/posts/{post.public_id}/report").text
    assert text.index("It shows who someone is") < text.index("It is advertising")
    assert "A quiet answer." in text
    assert "Your name is not shown to the person you report." in text
    assert "You will get an answer in your inbox." in text


def test_a_report_without_a_reason_keeps_what_was_typed(session: Session, sign_in: SignIn) -> None:
    post = make_post(session)
    fields = {"text": "It is about my street.", "is_urgent": "1"}
    answer = sign_in(make_member(session)).post(f"/posts/{post.public_id}/report", data=fields)
    assert answer.status_code == 422
    assert "Choose what is wrong with the post." in answer.text
    assert "It is about my street." in answer.text
    assert "checked" in answer.text
    assert session.scalars(select(Report)).first() is None


def test_a_report_that_is_too_long_is_not_lost(session: Session, sign_in: SignIn) -> None:
    post = make_post(session)
    fields = {"reason": "spam", "text": "a" * 4001}
    answer = sign_in(make_member(session)).post(f"/posts/{post.public_id}/report", data=fields)
    assert answer.status_code == 422
    assert "1 characters longer" in answer.text
    assert "a" * 4001 in answer.text


def test_whoever_has_reported_a_post_is_told_so(session: Session, sign_in: SignIn) -> None:
    wren = make_member(session, "Wren")
    item = make_reported(session, reporter=wren)
    text = sign_in(wren).get(f"/posts/{post_of(session, item).public_id}/report").text
    assert "You have reported this post" in text
    assert "Send the report" not in text


def test_the_reporters_own_list_tells_the_outcome(session: Session, sign_in: SignIn) -> None:
    owl, wren = make_moderator(session), make_member(session, "Wren")
    item = make_reported(session, reporter=wren)
    browser = sign_in(wren)
    before = browser.get("/me/reports").text
    assert "No moderator has decided yet." in before
    assert "A lamp in the window" in before
    service.decide(session, owl.actor, item, item.version, REMOVE)
    after = browser.get("/me/reports").text
    assert "Readers no longer see the post." in after
    assert "A lamp in the window" not in after, "the post can no longer be read"
    assert REMOVE.facts not in after, "what was said to the author is the author's"


def test_a_list_of_reports_names_no_post_that_went_behind_a_gate(
    session: Session, sign_in: SignIn
) -> None:
    wren = make_member(session, "Wren")
    item = make_reported(session, reporter=wren)
    post_of(session, item).thread.board.gate_read = Trust.TRUSTED
    text = sign_in(wren).get("/me/reports").text
    assert "A lamp in the window" not in text
    assert "No moderator has decided yet." in text


def test_a_member_cannot_report_without_end(
    session: Session, app: Flask, build_app: Callable[..., Flask]
) -> None:
    wren = make_member(session, "Wren", trust=Trust.NEWCOMER)
    posts = [make_post(session) for _number in range(6)]
    browser = build_app(limits_enabled=True).test_client(session=session)
    browser.set_cookie("bauta", sessions.begin(session, wren.id, private_key_of(wren)))
    codes = [
        browser.post(f"/posts/{post.public_id}/report", data={"reason": "spam"}).status_code
        for post in posts
    ]
    assert codes == [302] * 5 + [429]


# --- the queue ------------------------------------------------------------------------------------


def test_an_empty_queue_says_so(session: Session, sign_in: SignIn) -> None:
    text = sign_in(make_moderator(session)).get("/queue").text
    assert "The queue is empty" in text


def test_a_row_says_what_it_is_and_keeps_the_text_closed(
    session: Session, sign_in: SignIn, move_clock: Move
) -> None:
    stoat = make_member(session, "Stoat")
    make_held(session, author=stoat, board=make_board(session, "Night shift"))
    move_clock(timedelta(hours=3))
    text = sign_in(make_moderator(session)).get("/queue").text
    for part in ("A post by Stoat", "Held", "Night shift", "phone number", "3 h", "nobody yet"):
        assert part in text
    closed = text[text.index('<details class="fold">') :]
    assert NUMBER in closed[: closed.index("</details>")]
    assert text.count("7946") == 1


def test_age_is_told_in_hours_and_then_in_days(
    session: Session, sign_in: SignIn, move_clock: Move
) -> None:
    make_held(session)
    owl = make_moderator(session)
    for hours, words in ((0, "less than 1 h"), (47, "47 h"), (1, "2 days"), (24, "3 days")):
        move_clock(timedelta(hours=hours))
        assert words in sign_in(owl).get("/queue").text


def test_filters_narrow_the_queue_and_keep_one_another(session: Session, sign_in: SignIn) -> None:
    owl = make_moderator(session)
    quiet, loud = make_board(session, "Quiet room"), make_board(session, "Loud room")
    held = make_held(session, board=quiet)
    reported = make_reported(session, board=quiet)
    elsewhere = claim(session, owl.actor, make_held(session, board=loud))
    browser = sign_in(owl)

    def shown(query: str) -> set[str]:
        text = browser.get(f"/queue?{query}").text
        return {i.public_id for i in (held, reported, elsewhere) if f"/queue/{i.public_id}" in text}

    assert shown("") == {held.public_id, reported.public_id, elsewhere.public_id}
    assert shown("reason=held") == {held.public_id, elsewhere.public_id}
    assert shown("reason=reported") == {reported.public_id}
    assert shown("claimed=mine") == {elsewhere.public_id}
    assert shown("claimed=nobody") == {held.public_id, reported.public_id}
    assert shown(f"board={quiet.public_id}") == {held.public_id, reported.public_id}
    assert shown(f"board={quiet.public_id}&reason=held") == {held.public_id}
    assert shown("reason=answer") == set()
    assert shown("reason=nonsense&claimed=nonsense&after=nonsense") == shown("")
    text = browser.get("/queue?reason=held").text
    assert f'href="/queue?reason=held&amp;board={quiet.public_id}"' in text
    assert "Held&nbsp;(2)" in text
    assert "Reported&nbsp;(1)" in text


def test_pages_of_the_queue_follow_one_another(session: Session, sign_in: SignIn) -> None:
    thread = make_thread(session)
    browser = sign_in(make_moderator(session))
    items = [make_held(session, thread=thread).public_id for _number in range(30)]
    first = browser.get("/queue").text
    assert [i for i in items if f"/queue/{i}" in first] == items[:25]
    second = browser.get(f"/queue?after={items[24]}").text
    assert [i for i in items if f"/queue/{i}" in second] == items[25:]
    assert f"after={items[24]}" in first
    assert 'rel="next"' not in second


def test_several_posts_are_decided_from_the_queue(session: Session, sign_in: SignIn) -> None:
    owl = make_moderator(session)
    items = [make_held(session) for _number in range(3)]
    ticks = [ticket(session, item) for item in items[:2]]
    fields = {"chosen": ticks, "act": "reject", "rule": "identity", "facts": "A phone number."}
    answer = sign_in(owl).post("/queue", data=fields)
    assert answer.status_code == 302
    assert [item.outcome for item in items] == ["reject", "reject", ""]


def test_a_rejection_without_a_reason_keeps_the_ticks(session: Session, sign_in: SignIn) -> None:
    owl, item, other = make_moderator(session), make_held(session), make_held(session)
    fields = {"chosen": [ticket(session, item)], "act": "reject", "facts": "A phone number."}
    answer = sign_in(owl).post("/queue", data=fields)
    assert answer.status_code == 422
    assert "Choose the rule on which this rests." in answer.text
    assert "A phone number." in answer.text
    assert ticked(answer.text, item)
    assert not ticked(answer.text, other)


def test_nothing_is_decided_when_one_of_the_chosen_has_changed(
    session: Session, sign_in: SignIn
) -> None:
    owl, fine, changed = make_moderator(session), make_held(session), make_held(session)
    ticks = [ticket(session, fine), ticket(session, changed)]
    claim(session, make_moderator(session, "Finch").actor, changed)
    answer = sign_in(owl).post("/queue", data={"chosen": ticks, "act": "release"})
    assert answer.status_code == 409
    assert "Somebody was faster" in answer.text
    session.expire_all()
    assert fine.is_open
    assert post_of(session, fine).visibility is Visibility.HELD


def test_a_tick_on_an_item_one_may_not_see_is_refused(session: Session, sign_in: SignIn) -> None:
    hidden = make_held(session, board=make_board(session, gate_role=Role.RESPONDER))
    ticks = [ticket(session, hidden), "nothing.1.abc"]
    owl = make_moderator(session)
    for tick in ticks:
        answer = sign_in(owl).post("/queue", data={"chosen": [tick], "act": "release"})
        assert answer.status_code == 404
    assert hidden.is_open


def ticket(session: Session, item: ReviewItem) -> str:
    """What the box of an item says."""
    return f"{item.public_id}.{item.version}.{matter_of(session, item).fingerprint}"


def ticked(text: str, item: ReviewItem) -> bool:
    """Whether the box of an item is ticked on a page."""
    box = text[text.index(f'id="pick-{item.public_id}"') :]
    return "checked" in box[: box.index(">")]


def test_the_boxes_of_the_page_hold_what_the_form_needs(session: Session, sign_in: SignIn) -> None:
    item = make_held(session)
    assert f'value="{ticket(session, item)}"' in sign_in(make_moderator(session)).get("/queue").text


# --- one item -------------------------------------------------------------------------------------


def test_an_item_shows_the_text_marked_and_why(session: Session, sign_in: SignIn) -> None:
    item = make_held(session)
    text = sign_in(make_moderator(session)).get(f"/queue/{item.public_id}").text
    assert "<mark>020 7946 0958" in text
    assert "phone number" in text
    assert "% sure" in text
    assert "held: only its author and moderators see it" in text


def test_an_item_shows_what_stands_around_the_post(session: Session, sign_in: SignIn) -> None:
    thread = make_thread(session, body="The opening words.")
    item = make_held(session, thread=thread)
    text = sign_in(make_moderator(session)).get(f"/queue/{item.public_id}").text
    assert "The opening words." in text
    assert "Before it" in text


def test_reporters_are_masked(session: Session, sign_in: SignIn) -> None:
    finch, linnet = make_member(session, "Finch"), make_member(session, "Linnet")
    item = make_reported(session, reporter=finch)
    make_reported(session, post=post_of(session, item), reporter=linnet)
    owl = make_moderator(session)
    text = sign_in(owl).get(f"/queue/{item.public_id}").text + sign_in(owl).get("/queue").text
    assert "reporter 1" in text
    assert "reporter 2" in text
    assert "Finch" not in text
    assert "Linnet" not in text


def test_a_post_changed_after_the_report_is_shown_in_both_wordings(
    session: Session, sign_in: SignIn
) -> None:
    stoat = make_member(session, "Stoat")
    post = make_post(session, author=stoat, body="You smell of kippers.")
    item = make_reported(session, post=post)
    forum.edit_post(session, stoat.actor, post, Draft(body="You smell of roses."))
    text = sign_in(make_moderator(session)).get(f"/queue/{item.public_id}").text
    assert "This was changed after it was reported" in text
    assert "You smell of kippers." in text
    assert "You smell of roses." in text
    assert "You smell of <del>[−kippers.−]</del> <ins>[+roses.+]</ins>" in text


def test_an_item_tells_what_was_decided_about_its_author_before(
    session: Session, sign_in: SignIn
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    first = make_reported(session, author=stoat)
    statement = service.decide(session, owl.actor, first, first.version, silence())
    assert statement is not None
    item, related = make_reported(session, author=stoat), make_held(session, author=stoat)
    text = sign_in(owl).get(f"/queue/{item.public_id}").text
    assert "Silenced" in text
    assert f"/statements/{statement.public_id}" in text
    assert f"/queue/{related.public_id}" in text


def test_history_is_silent_about_a_board_one_may_not_enter(
    session: Session, sign_in: SignIn
) -> None:
    both = make_member(session, "Finch", roles=Role.MODERATOR | Role.RESPONDER)
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    hidden = make_board(session, gate_role=Role.RESPONDER)
    first = make_reported(session, author=stoat, board=hidden)
    statement = service.decide(session, both.actor, first, first.version, REMOVE)
    assert statement is not None
    related = make_reported(session, author=stoat, board=hidden)
    item = make_reported(session, author=stoat)
    for browser, sees in ((sign_in(both), True), (sign_in(owl), False)):
        text = browser.get(f"/queue/{item.public_id}").text
        assert (statement.public_id in text) is sees
        assert (related.public_id in text) is sees


def test_taking_giving_back_and_taking_over(session: Session, sign_in: SignIn) -> None:
    owl, finch = make_moderator(session), make_moderator(session, "Finch")
    item = make_held(session)
    path = f"/queue/{item.public_id}"
    first, second = sign_in(owl), sign_in(finch)
    assert first.post(f"{path}/take").status_code == 302
    assert item.holder_id == owl.id
    assert second.post(f"{path}/take").status_code == 409
    page = second.get(path).text
    assert "Owl has this." in page
    version = {"version": str(item.version)}
    assert second.post(f"{path}/take-over", data={"version": "1"}).status_code == 409
    assert second.post(f"{path}/take-over", data=version).status_code == 302
    assert item.holder_id == finch.id
    assert first.post(f"{path}/give-back").status_code == 409
    assert second.post(f"{path}/give-back").status_code == 302
    assert item.holder_id is None


def test_a_decision_is_made_in_one_form(session: Session, sign_in: SignIn) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_reported(session, author=stoat)
    fields = removal(session, item, sanction="silence", days="3")
    answer = sign_in(owl).post(f"/queue/{item.public_id}/decide", data=fields)
    assert answer.status_code == 302
    assert post_of(session, item).visibility is Visibility.REMOVED
    assert stoat.standing_now is Standing.SILENCED
    assert session.scalars(select(Sanction)).one().statement_id > 0


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"act": ""}, "Choose what becomes of the post."),
        ({"act": "explode"}, "Choose what becomes of the post."),
        ({"rule": ""}, "Choose the rule on which this rests."),
        ({"facts": "  "}, "Say to the member what happened."),
        ({"sanction": "silence"}, "Choose for how many days."),
        ({"sanction": "suspend", "days": "5000"}, "Choose for how many days."),
        ({"act": "leave", "sanction": "warn", "rule": ""}, "Choose the rule on which this rests."),
        ({"act": "release", "sanction": "warn"}, "A post that is released needs no sanction."),
        ({"facts": "a" * 5000}, "1000 characters longer"),
    ],
)
def test_an_unfinished_decision_comes_back_with_everything_typed(
    session: Session, sign_in: SignIn, changed: dict[str, str], complaint: str
) -> None:
    owl, item = make_moderator(session), make_reported(session)
    fields = removal(session, item, **changed)
    answer = sign_in(owl).post(f"/queue/{item.public_id}/decide", data=fields)
    assert answer.status_code == 422
    assert complaint in answer.text
    assert fields["facts"].strip() in answer.text
    assert item.is_open
    assert session.scalars(select(Statement)).first() is None


def test_leaving_a_post_needs_no_reasons(session: Session, sign_in: SignIn) -> None:
    owl, item = make_moderator(session), make_reported(session)
    fields = form_for(session, item, act="leave")
    assert sign_in(owl).post(f"/queue/{item.public_id}/decide", data=fields).status_code == 302


def test_a_preview_shows_what_the_member_will_read_and_decides_nothing(
    session: Session, sign_in: SignIn
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_reported(session, author=stoat)
    fields = removal(session, item, sanction="silence", days="3")
    path = f"/queue/{item.public_id}/decide"
    preview = sign_in(owl).post(path, data=fields | {"preview": "1"})
    assert preview.status_code == 200
    assert item.is_open
    assert session.scalars(select(Statement)).first() is None
    sign_in(owl).post(path, data=fields)
    statement = session.scalars(select(Statement)).one()
    read = sign_in(stoat).get(f"/statements/{statement.public_id}").text
    for sentence in (
        "A moderator has removed your post.",
        "It says where Wren works.",
        "you can read and report, but not write.",
        "A person: one of the moderators.",
    ):
        assert sentence in preview.text
        assert sentence in read


def test_a_preview_of_leaving_says_that_nobody_is_told(session: Session, sign_in: SignIn) -> None:
    owl, item = make_moderator(session), make_reported(session)
    fields = form_for(session, item, act="leave", preview="1")
    text = sign_in(owl).post(f"/queue/{item.public_id}/decide", data=fields).text
    assert "Nothing. The author is not told of this." in text


def test_whoever_comes_second_is_told_and_keeps_what_was_typed(
    session: Session, sign_in: SignIn
) -> None:
    owl, finch = make_moderator(session), make_moderator(session, "Finch")
    item = make_reported(session)
    path = f"/queue/{item.public_id}/decide"
    fields = removal(session, item, facts="Words that took an hour.")
    assert sign_in(finch).post(path, data=removal(session, item)).status_code == 302
    answer = sign_in(owl).post(path, data=fields)
    assert answer.status_code == 409
    assert "Somebody was faster" in answer.text
    assert "The post was removed." in answer.text
    assert "Words that took an hour." in answer.text
    assert len(session.scalars(select(Statement)).all()) == 1


def test_a_decision_on_a_text_that_changed_can_be_sent_again_after_looking(
    session: Session, sign_in: SignIn
) -> None:
    owl, item = make_moderator(session), make_reported(session)
    fields = removal(session, item)
    post_of(session, item).body = "Changed under the hand."
    path = f"/queue/{item.public_id}/decide"
    answer = sign_in(owl).post(path, data=fields)
    assert answer.status_code == 409
    assert "Changed under the hand." in answer.text
    assert item.is_open
    assert sign_in(owl).post(path, data=removal(session, item)).status_code == 302


def test_a_form_without_version_or_fingerprint_decides_nothing(
    session: Session, sign_in: SignIn
) -> None:
    owl, item = make_moderator(session), make_reported(session)
    path = f"/queue/{item.public_id}/decide"
    for missing in ("version", "seen"):
        fields = removal(session, item)
        del fields[missing]
        assert sign_in(owl).post(path, data=fields).status_code == 409
    assert item.is_open


def test_a_decided_item_says_how_it_ended(session: Session, sign_in: SignIn) -> None:
    owl, item = make_moderator(session), make_reported(session)
    service.decide(session, owl.actor, item, item.version, REMOVE)
    text = sign_in(owl).get(f"/queue/{item.public_id}").text
    assert "This has been decided" in text
    assert "Preview what the member will read" not in text


# --- held posts -----------------------------------------------------------------------------------


def test_a_held_post_is_known_to_its_author_and_the_moderators_alone(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    thread = make_thread(session, board=make_board(session, gate_read=Trust.VISITOR))
    item = make_held(session, author=stoat, thread=thread, body="The secret is kippers.")
    post = post_of(session, item)
    for path in (f"/threads/{thread.public_id}", "/", "/latest", "/search?q=kippers"):
        assert "The secret is kippers" not in client.get(path).text
        assert "The secret is kippers" not in sign_in(make_member(session)).get(path).text
    assert sign_in(make_member(session)).get(f"/posts/{post.public_id}").status_code == 404
    assert sign_in(stoat).get(f"/posts/{post.public_id}").status_code == 302
    assert sign_in(owl).get(f"/posts/{post.public_id}").status_code == 302


# --- statements, answers, standing ----------------------------------------------------------------


def test_a_statement_says_what_why_by_whom_and_what_can_be_done(
    session: Session, sign_in: SignIn, move_clock: Move
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    post = make_post(session, author=stoat, body="She works at the lighthouse.")
    item = make_reported(session, post=post)
    statement = service.decide(session, owl.actor, item, item.version, REMOVE)
    assert statement is not None
    text = sign_in(stoat).get(f"/statements/{statement.public_id}").text
    for sentence in (
        "A moderator has removed your post. Readers no longer see it.",
        "Nobody shows who someone is",
        REMOVE.facts,
        "No program decided this.",
        "You can answer once, until Jan 31, 2027",
        "She works at the lighthouse.",
        "Send the answer",
    ):
        assert sentence.replace("Jan 31, 2027", "31 Jan 2027") in text
    assert "Owl" not in text, "the member deals with the moderators, not with one of them"


def test_a_statement_keeps_the_title_of_a_thread_behind_a_gate_to_itself(
    session: Session, sign_in: SignIn
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    post = make_post(session, author=stoat, body="She works at the lighthouse.")
    item = make_reported(session, post=post)
    statement = service.decide(session, owl.actor, item, item.version, REMOVE)
    assert statement is not None
    browser, path = sign_in(stoat), f"/statements/{statement.public_id}"
    assert "A lamp in the window" in browser.get(path).text
    post.thread.board.gate_read = Trust.TRUSTED
    text = browser.get(path).text
    assert "A lamp in the window" not in text
    assert "She works at the lighthouse." in text, "what Stoat wrote stays Stoat's to read"


def test_an_answer_is_sent_once_and_its_reply_is_read(session: Session, sign_in: SignIn) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    statement, item = make_answered(session, owl, stoat)
    browser, path = sign_in(stoat), f"/statements/{statement.public_id}"
    assert browser.post(f"{path}/answer", data={"text": "Again."}).status_code == 403
    assert "No moderator has read it yet." in browser.get(path).text
    service.uphold(session, owl.actor, item, item.version, "We have looked again.")
    text = browser.get(path).text
    assert "The decision stands." in text
    assert "We have looked again." in text


def test_an_empty_answer_is_handed_back(session: Session, sign_in: SignIn) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_reported(session, author=stoat)
    statement = service.decide(session, owl.actor, item, item.version, REMOVE)
    assert statement is not None
    path = f"/statements/{statement.public_id}/answer"
    assert sign_in(stoat).post(path, data={"text": " "}).status_code == 422
    assert not statement.is_answered
    assert sign_in(stoat).post(path, data={"text": "No."}).status_code == 302
    assert statement.answer == "No."


def test_the_time_for_an_answer_runs_out(
    session: Session, sign_in: SignIn, move_clock: Move
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_reported(session, author=stoat)
    statement = service.decide(session, owl.actor, item, item.version, REMOVE)
    assert statement is not None
    move_clock(timedelta(days=91))
    browser, path = sign_in(stoat), f"/statements/{statement.public_id}"
    assert "The time for an answer ran out" in browser.get(path).text
    assert browser.post(f"{path}/answer", data={"text": "No."}).status_code == 403


def test_a_moderator_reads_answer_and_decision_together(session: Session, sign_in: SignIn) -> None:
    owl, finch = make_moderator(session), make_moderator(session, "Finch")
    _statement, item = make_answered(session, owl, make_member(session, "Stoat"))
    browser = sign_in(finch)
    assert "An answer by Stoat" in browser.get("/queue").text
    text = browser.get(f"/queue/{item.public_id}").text
    assert "I did not mean it like that." in text
    assert REMOVE.facts in text
    path = f"/queue/{item.public_id}/answer"
    fields = {"version": str(item.version), "text": "Well said."}
    unfinished = browser.post(path, data=fields)
    assert unfinished.status_code == 422
    assert "Well said." in unfinished.text
    overtaken = browser.post(path, data=fields | {"act": "undo", "version": "99"})
    assert overtaken.status_code == 409
    assert "Well said." in overtaken.text
    assert browser.post(path, data=fields | {"act": "undo"}).status_code == 302


def test_a_silenced_member_reads_and_reports_and_answers_but_does_not_write(
    session: Session, sign_in: SignIn, move_clock: Move
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_reported(session, author=stoat)
    statement = service.decide(session, owl.actor, item, item.version, silence(days=3))
    assert statement is not None
    thread = make_thread(session)
    other = make_post(session, thread=thread)
    browser = sign_in(stoat)
    reply = f"/threads/{thread.public_id}/reply"
    assert browser.get(f"/threads/{thread.public_id}").status_code == 200
    assert browser.post(reply, data={"body": "Hello."}).status_code == 403
    assert browser.get(f"/posts/{other.public_id}/report").status_code == 200
    path = f"/statements/{statement.public_id}/answer"
    assert browser.post(path, data={"text": "No."}).status_code == 302
    standing = browser.get("/me/standing").text
    assert "Silenced" in standing
    assert "You can read, report and thank. You cannot write posts." in standing
    assert "5 Nov 2026" in standing
    move_clock(timedelta(days=3))
    again = sign_in(stoat)
    assert again.post(reply, data={"body": "Hello."}).status_code == 302
    assert "No decision limits what you can do here." in again.get("/me/standing").text


def test_a_suspended_member_sees_only_what_was_decided(
    session: Session, sign_in: SignIn, move_clock: Move
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_reported(session, author=stoat)
    before = sign_in(stoat)
    statement = service.decide(session, owl.actor, item, item.version, suspend(days=1))
    assert statement is not None
    assert before.get("/me/standing").status_code == 401, "the session has ended"
    browser = sign_in(stoat)
    thread = make_thread(session)
    assert browser.get(f"/threads/{thread.public_id}").status_code == 403
    assert browser.get("/me/reports").status_code == 403
    assert browser.get("/me/standing").status_code == 200
    assert browser.get(f"/statements/{statement.public_id}").status_code == 200
    path = f"/statements/{statement.public_id}/answer"
    assert browser.post(path, data={"text": "No."}).status_code == 302
    move_clock(timedelta(days=1))
    assert sign_in(stoat).get(f"/threads/{thread.public_id}").status_code == 200


def test_a_standing_without_a_decision_is_good(session: Session, sign_in: SignIn) -> None:
    text = sign_in(make_member(session, trust=Trust.REGULAR)).get("/me/standing").text
    assert "No decision limits what you can do here." in text
    assert "regular" in text
    assert "There are none." in text


# --- logs -----------------------------------------------------------------------------------------


def test_the_public_log_tells_deeds_rules_and_days_and_nobody(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    ids = []
    for _turn in range(2):
        item = make_reported(session, author=stoat)
        statement = service.decide(session, owl.actor, item, item.version, REMOVE)
        assert statement is not None
        ids += [item.public_id, statement.public_id, owl.public_id, stoat.public_id]
    for browser in (client, sign_in(make_member(session))):
        answer = browser.get("/log")
        assert answer.status_code == 200
        assert "Moderators removed a post" in answer.text
        assert "Nobody shows who someone is" in answer.text
        assert "2 times" in answer.text
        assert REMOVE.facts not in answer.text
        assert "Owl" not in answer.text
        assert not [i for i in ids if i in answer.text]


def test_the_audit_log_shows_verbs_and_ids(session: Session, sign_in: SignIn) -> None:
    owl = make_moderator(session)
    item = make_reported(session)
    statement = service.decide(session, owl.actor, item, item.version, REMOVE)
    assert statement is not None
    text = sign_in(owl).get("/audit").text
    assert "post.remove" in text
    assert statement.public_id in text
    assert REMOVE.facts not in text


def test_logs_are_paged(
    session: Session, client: FlaskClient, sign_in: SignIn, move_clock: Move
) -> None:
    owl = make_moderator(session)
    for _day in range(55):
        item = make_reported(session)
        service.decide(session, owl.actor, item, item.version, REMOVE)
        move_clock(timedelta(days=1))
    entries = queries.audit_log(session)
    assert (len(entries.rows), entries.older) == (50, 6)
    assert [row.sequence for row in queries.audit_log(session, before=6).rows] == [5, 4, 3, 2, 1]
    lines, before = queries.public_log(session)
    assert (len(lines), before) == (30, lines[-1].on)
    rest, end = queries.public_log(session, before)
    assert (len(rest), end) == (25, None)
    assert f"before={before.isoformat()}" in client.get("/log").text
    assert "before=6" in sign_in(owl).get("/audit").text


def test_first_posts_and_reports_stand_side_by_side(session: Session, sign_in: SignIn) -> None:
    owl = make_moderator(session)
    make_held(session, body="Hello.", reason=Reason.FIRST_POST)
    make_reported(session, complaint=Complaint(ReportReason.IDENTITY, is_urgent=True))
    text = sign_in(owl).get("/queue").text
    assert text.index("1 report") < text.index("First post</b>"), "what is pressing stands first"


def test_no_page_title_of_the_console_names_a_member(session: Session, sign_in: SignIn) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    statement, item = make_answered(session, owl, stoat)
    for path in (f"/queue/{item.public_id}", f"/statements/{statement.public_id}", "/queue"):
        head = sign_in(owl).get(path).text.partition("</title>")[0]
        assert "Stoat" not in head
        assert "lamp" not in head


def test_a_shield_is_said_above_the_text_and_covers_no_mark(
    session: Session, sign_in: SignIn
) -> None:
    item = make_held(session)
    length = len(post_of(session, item).body)
    shield = {
        "category": "shield", "where": "body", "start": 0, "end": length, "confidence": 1.0,
        "about": "member", "why": "shield", "parameters": [], "rules": [["shield.often", 0]],
    }  # fmt: skip
    item.findings = [shield, *item.findings]
    session.commit()
    page = sign_in(make_moderator(session)).get(f"/queue/{item.public_id}").text
    assert "A moderator reads this first." in page.split('class="marked"')[0]
    assert "the author may be guessing at them" in page
    assert "<mark>020 7946 0958<" in page


def test_a_finding_beyond_the_end_of_a_text_is_not_passed_over(
    session: Session, sign_in: SignIn
) -> None:
    item = make_held(session)
    session.commit()
    moderator = sign_in(make_moderator(session))
    said = "The text has changed since it was screened"
    assert said not in moderator.get(f"/queue/{item.public_id}").text
    post_of(session, item).body = "Gone."
    session.commit()
    assert said in moderator.get(f"/queue/{item.public_id}").text
