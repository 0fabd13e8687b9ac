"""A change that does not come from a page of ours is refused, and nothing has changed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.forum.models import Follow, Thread
from tests.factories import make_member, make_thread


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application with its forms guarded, as it is served."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app


@pytest.fixture
def thread(session: Session) -> Thread:
    return make_thread(session)


@pytest.fixture
def wren(session: Session, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(make_member(session, "Wren"))


def token_on(browser: FlaskClient, path: str) -> str:
    """The token in the forms of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).text)
    assert found, "the page has no token"
    return found[1]


def follows(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Follow)) or 0


def _follow(browser: FlaskClient, thread: Thread, **named: dict[str, str]) -> int:
    return browser.post(f"/threads/{thread.public_id}/follow", **named).status_code


def test_a_form_of_ours_is_taken(wren: FlaskClient, thread: Thread, session: Session) -> None:
    token = token_on(wren, f"/threads/{thread.public_id}")
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert _follow(wren, thread, data={"csrf_token": token}, headers=headers) == 302
    assert follows(session) == 1


def test_a_form_without_the_newer_headers_is_taken(
    wren: FlaskClient, thread: Thread, session: Session
) -> None:
    token = token_on(wren, f"/threads/{thread.public_id}")
    assert _follow(wren, thread, data={"csrf_token": token}) == 302
    assert follows(session) == 1


@pytest.mark.parametrize("token", [None, "", "wrong", "IjEi.aaaaaa.bbbbbb"])
def test_a_form_without_its_token_is_refused(
    wren: FlaskClient, thread: Thread, session: Session, token: str | None
) -> None:
    token_on(wren, f"/threads/{thread.public_id}")
    data = {} if token is None else {"csrf_token": token}
    assert _follow(wren, thread, data=data) == 400
    assert follows(session) == 0


def test_somebody_elses_token_is_refused(
    wren: FlaskClient,
    thread: Thread,
    session: Session,
    sign_in: Callable[..., FlaskClient],
) -> None:
    path = f"/threads/{thread.public_id}"
    token_on(wren, path)
    stoat = sign_in(make_member(session, "Stoat"))
    assert _follow(wren, thread, data={"csrf_token": token_on(stoat, path)}) == 400
    assert follows(session) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://evil.example@localhost"},
        {"Origin": "http://localhost:81"},
        {"Origin": "https://localhost"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_form_from_elsewhere_is_refused_even_with_the_right_token(
    wren: FlaskClient, thread: Thread, session: Session, headers: dict[str, str]
) -> None:
    token = token_on(wren, f"/threads/{thread.public_id}")
    assert _follow(wren, thread, data={"csrf_token": token}, headers=headers) == 400
    assert follows(session) == 0


def test_no_change_is_made_by_a_look(wren: FlaskClient, thread: Thread, session: Session) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        wren.open(f"/threads/{thread.public_id}/follow", method=method)
    assert follows(session) == 0


def test_a_refused_form_gives_the_text_back(wren: FlaskClient, thread: Thread) -> None:
    answer = wren.post(
        f"/threads/{thread.public_id}/reply",
        data={"body": "An hour's <work>", "passphrase": "hush"},
    )
    assert answer.status_code == 400
    assert "An hour&#39;s &lt;work&gt;" in answer.text
    assert "hush" not in answer.text
    assert re.search(r'name="csrf_token"[^>]*value="[^"]+"', answer.text), "it can be sent again"


def test_every_form_of_a_page_has_its_token(
    wren: FlaskClient, thread: Thread, session: Session
) -> None:
    for path in ("/", f"/threads/{thread.public_id}", f"/threads/{thread.public_id}/reply"):
        page = wren.get(path).text
        for form in re.findall(r"<form\b.*?</form>", page, flags=re.DOTALL):
            if 'method="post"' in form:
                assert 'name="csrf_token"' in form, path


def test_only_our_own_names_are_answered(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "localhost"}).status_code == 200
    assert client.get("/", headers={"Host": "127.0.0.1:8000"}).status_code == 200
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil"):
        answer = client.get("/nowhere", headers={"Host": host})
        assert answer.status_code == 400, host
        assert host not in answer.text
