"""Two requests at the very same time, and requests that break off half-way."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.db import Database
from app.forum import queries, search, service
from app.forum.models import Follow, Post, Quote, Revision, Thank, Thread
from app.forum.service import Draft
from app.policy.vocabulary import Actor, Visibility
from app.review.models import ReviewItem
from tests.factories import make_board, make_member, make_post, make_thread

PATIENCE = 20.0  # seconds; far more than two requests need


def at_once(database: Database, *deeds: Callable[[Session], object]) -> None:
    """Do deeds in sessions of their own that begin together; whatever goes wrong is raised."""
    barrier = threading.Barrier(len(deeds))
    wrong: list[Exception] = []

    def run(deed: Callable[[Session], object]) -> None:
        try:
            barrier.wait(PATIENCE)
            with database.write.begin() as session:
                deed(session)
        except Exception as error:  # noqa: BLE001 - handed on to the test below
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    if wrong:
        raise wrong[0]


def loaded(session: Session, public_id: str) -> Thread:
    """A thread as a request finds it."""
    thread = queries.thread_by_id(session, public_id)
    assert thread is not None
    return thread


def test_the_same_form_sent_twice_at_the_same_time_makes_one_post(
    session: Session, database: Database
) -> None:
    thread, wren = make_thread(session), make_member(session).actor
    session.commit()
    made: list[str] = []

    def send(own: Session) -> None:
        draft = Draft(body="The kettle is on.", form_key="once")
        made.append(service.create_post(own, wren, loaded(own, thread.public_id), draft).public_id)

    at_once(database, send, send, send)
    assert len(made) == 3
    assert len(set(made)) == 1
    session.expire_all()
    assert loaded(session, thread.public_id).post_count == 2


def test_the_same_new_thread_sent_twice_at_the_same_time_is_one_thread(
    session: Session, database: Database
) -> None:
    board, heron = make_board(session), make_member(session).actor
    session.commit()

    def send(own: Session) -> None:
        place = queries.board_by_id(own, board.public_id)
        assert place is not None
        draft = Draft(title="Kettles", body="Which one?", form_key="once")
        service.create_thread(own, heron, place, draft)

    at_once(database, send, send)
    assert session.scalar(select(func.count()).select_from(Thread)) == 1


@pytest.mark.parametrize(("title", "body"), [("Pots", "Which one?"), ("Kettles", "Which pot?")])
def test_a_form_that_comes_again_with_other_words_is_handed_back(
    session: Session, sign_in: Callable[..., FlaskClient], title: str, body: str
) -> None:
    board, browser = make_board(session), sign_in(make_member(session))
    path = f"/boards/{board.public_id}/start"
    sent = {"title": "Kettles", "body": "Which one?", "form_key": "once"}
    assert browser.post(path, data=sent).status_code == 302
    answer = browser.post(path, data={**sent, "title": title, "body": body})
    assert answer.status_code == 409
    assert title in answer.text
    assert body in answer.text
    assert session.scalar(select(func.count()).select_from(Thread)) == 1


def test_a_form_sent_twice_at_the_same_time_leads_to_the_first_post(
    session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    thread, wren = make_thread(session), make_member(session)
    browsers = [sign_in(wren), sign_in(wren)]
    for browser in browsers:
        browser.session = None  # type: ignore[attr-defined]  # the test's session is not theirs
    session.commit()
    answers: list[tuple[int, str]] = []
    barrier = threading.Barrier(2)

    def send(browser: FlaskClient) -> None:
        barrier.wait(PATIENCE)
        data = {"body": "The kettle is on.", "form_key": "once"}
        answer = browser.post(f"/threads/{thread.public_id}/reply", data=data)
        answers.append((answer.status_code, answer.headers.get("Location", "")))

    threads = [threading.Thread(target=send, args=(browser,)) for browser in browsers]
    for running in threads:
        running.start()
    for running in threads:
        running.join(PATIENCE)
    assert len(answers) == 2
    assert len(set(answers)) == 1
    assert answers[0][0] == 302
    assert f"/threads/{thread.public_id}" in answers[0][1]


def test_replies_at_the_same_time_get_numbers_without_gap_or_double(
    session: Session, database: Database
) -> None:
    thread, follower = make_thread(session), make_member(session)
    writers = [make_member(session).actor for _ in range(4)]
    service.follow(session, follower.actor, thread)
    session.commit()

    def reply(writer: Actor) -> Callable[[Session], object]:
        return lambda own: service.create_post(
            own, writer, loaded(own, thread.public_id), Draft(body="So say I.")
        )

    at_once(database, *(reply(writer) for writer in writers))
    numbers = select(Post.number).where(Post.thread_id == thread.id).order_by(Post.number)
    assert list(session.scalars(numbers)) == [1, 2, 3, 4, 5]
    assert queries.unread_notice_count(session, follower.actor) == 1


def test_threads_started_at_the_same_time_have_an_order(
    session: Session, database: Database
) -> None:
    board = make_board(session)
    writers = [make_member(session).actor for _ in range(4)]
    session.commit()

    def start(writer: Actor) -> Callable[[Session], object]:
        def deed(own: Session) -> object:
            place = queries.board_by_id(own, board.public_id)
            assert place is not None
            return service.create_thread(own, writer, place, Draft(title="Tea", body="Or not?"))

        return deed

    at_once(database, *(start(writer) for writer in writers))
    bumps = list(session.scalars(select(Thread.bump)))
    assert len(set(bumps)) == len(bumps) == 4


@pytest.mark.parametrize("deed", [service.thank, service.follow], ids=["thank", "follow"])
def test_pressing_twice_at_the_same_time_is_pressing_once(
    session: Session, database: Database, deed: Callable[..., None]
) -> None:
    post, wren = make_post(session), make_member(session).actor
    session.commit()

    def press(own: Session) -> None:
        found = queries.post_by_id(own, post.public_id)
        assert found is not None
        deed(own, wren, found if deed is service.thank else found.thread)

    at_once(database, press, press)
    model = Thank if deed is service.thank else Follow
    assert session.scalar(select(func.count()).select_from(model)) == 1


@pytest.mark.parametrize("broken", ["enqueue", "add", "notify"])
def test_what_breaks_off_half_way_leaves_nothing(
    session: Session,
    sign_in: Callable[..., FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
) -> None:
    heron, wren = make_member(session), make_member(session)
    thread = make_thread(session, author=heron)
    quoted = make_post(session, thread=thread, author=heron)
    service.follow(session, heron.actor, thread)
    browser = sign_in(wren)
    browser.application.config["PROPAGATE_EXCEPTIONS"] = False

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(search if broken == "add" else service, broken, fail)
    held = "She lives at 9 Tansy Row, Bristol BS1 4DJ. Her number is 020 7946 0123."
    body = held if broken == "enqueue" else "The kettle is on."
    answer = browser.post(
        f"/threads/{thread.public_id}/reply", data={"body": body, "quoted": quoted.public_id}
    )
    assert answer.status_code == 500
    assert body in answer.text, "what was typed is handed back"
    assert session.scalar(select(func.count()).select_from(Post)) == 2
    assert loaded(session, thread.public_id).post_count == 2
    for model in (Quote, Revision, ReviewItem):
        assert session.scalar(select(func.count()).select_from(model)) == 0
    assert queries.find(session, wren.actor, "kettle").rows == []


def test_an_edit_that_breaks_off_leaves_wording_and_index_as_they_were(
    session: Session, sign_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    heron = make_member(session)
    post = make_post(session, author=heron, body="The kettle is on.")
    browser = sign_in(heron)
    browser.application.config["PROPAGATE_EXCEPTIONS"] = False

    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(search, "add", fail)
        answer = browser.post(f"/posts/{post.public_id}/edit", data={"body": "It is off."})
    assert answer.status_code == 500
    assert post.body == "The kettle is on."
    assert post.visibility is Visibility.PUBLISHED
    assert session.scalar(select(func.count()).select_from(Revision)) == 0
    found = queries.find(session, heron.actor, "kettle").rows
    assert [hit.public_id for hit in found] == [post.public_id]
