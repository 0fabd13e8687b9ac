"""The table of limits: read by trust, changed by the operator, met without losing a word."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import sessions
from app.accounts.models import Member
from app.admin.forms import LimitsForm
from app.core.audit import AuditEntry
from app.core.settings import Settings, read_settings, write_settings
from app.forum.models import Post
from app.policy.limits import LIMITS, Limited, limits_of, links_in, rate_of, rows_of
from app.policy.vocabulary import Role, Trust
from tests.factories import make_member, make_thread, private_key_of

SignIn = Callable[..., FlaskClient]
LINKS = "See https://one.example, [two](HTTPS://two.example) and <http://three.example>."


def browser_of(app: Flask, session: Session, member: Member) -> FlaskClient:
    """Somebody signed in where limits hold."""
    browser = app.test_client(session=session)
    browser.set_cookie("bauta", sessions.begin(session, member.id, private_key_of(member)))
    session.flush()  # the session is there before the first page is asked for
    return browser


@pytest.mark.parametrize(
    ("limited", "trust", "rate"),
    [
        (Limited.POSTS, Trust.NEWCOMER, "10 per hour"),
        (Limited.POSTS, Trust.TRUSTED, "120 per hour"),
        (Limited.STARTS, Trust.KNOWN, "3 per day"),
        (Limited.REPORTS, Trust.VISITOR, "5 per hour"),
    ],
)
def test_a_step_of_trust_has_its_rate(limited: Limited, trust: Trust, rate: str) -> None:
    assert rate_of(LIMITS, limited, trust) == rate


def test_links_are_counted_however_they_are_set() -> None:
    assert links_in(LINKS) == 3
    assert links_in("No link: example.org, http:/ or https.") == 0


def test_no_step_of_trust_has_less_than_the_one_below() -> None:
    for row in LIMITS.values():
        assert list(row) == sorted(row)
    assert limits_of(rows_of(LIMITS)) == {key: tuple(row) for key, row in LIMITS.items()}


def test_a_row_that_came_later_than_what_was_stored_has_its_first_numbers() -> None:
    limits = limits_of([(1, 2, 3, 4)])
    assert limits[Limited.POSTS] == (1, 2, 3, 4)
    assert limits[Limited.LINKS] == LIMITS[Limited.LINKS]


def test_the_operator_changes_a_limit_and_it_holds(
    build_app: Callable[..., Flask], session: Session
) -> None:
    limited = build_app(limits_enabled=True)
    robin = browser_of(limited, session, make_member(session, roles=Role.OPERATOR))
    typed = LimitsForm.of(LIMITS).typed | {
        "post_known": "1",
        "links_known": "2",
        "mentions_known": "1",
    }
    assert robin.post("/console/limits", data=typed).status_code == 302
    assert session.scalars(select(AuditEntry.verb)).all() == ["limits.edit"]
    assert 'name="post_known"' in robin.get("/console/limits").text
    thread = make_thread(session)
    wren = browser_of(limited, session, make_member(session, trust=Trust.KNOWN))
    path = f"/threads/{thread.public_id}/reply"
    full = wren.post(path, data={"body": LINKS})
    assert full.status_code == 422
    assert "at most 2 links. Take 1 link out" in full.text
    assert "[two](HTTPS://two.example)" in full.text
    calling = wren.post(path, data={"body": "@owl, @stoat and @owl: tea?"})
    assert calling.status_code == 422
    assert "calls at most 1 member by an @. Take 1 out" in calling.text
    assert "@stoat and" in calling.text
    answers = [wren.post(path, data={"body": f"Word {number}."}) for number in range(2)]
    assert [answer.status_code for answer in answers] == [302, 429]
    assert "Word 1." in answers[1].text  # nothing typed is lost
    count = select(func.count()).where(Post.thread_id == thread.id, ~Post.is_opening)
    assert session.scalar(count) == 1


def test_a_number_that_cannot_be_meant_is_handed_back(session: Session, sign_in: SignIn) -> None:
    write_settings(session, Settings(name="Lantern"))
    robin = sign_in(make_member(session, roles=Role.OPERATOR))
    for name, wrong in (("post_known", "0"), ("links_regular", "-1"), ("report_known", "1001")):
        typed = LimitsForm.of(LIMITS).typed | {name: wrong}
        answer = robin.post("/console/limits", data=typed)
        assert answer.status_code == 422
        assert f'value="{wrong}"' in answer.text
    assert read_settings(session).limits == ()
    assert sign_in(make_member(session)).get("/console/limits").status_code == 404
