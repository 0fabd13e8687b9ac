"""The privacy page shows whether retention runs, and what it took."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Invite
from app.core import clock
from app.privacy.retention import run_retention
from tests.factories import make_member


def invite_some(session: Session, count: int) -> None:
    """Invites that run out in thirty days."""
    heron = make_member(session)
    session.add_all(
        Invite(
            words_hash=bytes([number]) * 32,
            inviter_id=heron.id,
            uses_left=1,
            made_on=clock.today(),
        )
        for number in range(count)
    )
    session.flush()  # they must be there before their time passes


def test_a_server_on_which_retention_never_ran_says_so(client: FlaskClient) -> None:
    assert "has not run yet" in client.get("/privacy").text


def test_the_page_says_that_retention_runs_and_when_it_stopped(
    session: Session, client: FlaskClient, move_clock: Callable[[timedelta], None]
) -> None:
    run_retention(session)
    page = client.get("/privacy").text
    assert "ran within the last two hours" in page
    assert "nothing was past its time" in page
    move_clock(timedelta(days=3))
    assert "the operator has to look" in client.get("/privacy").text


def test_the_page_counts_what_went_but_not_so_few_that_it_tells_of_somebody(
    session: Session, client: FlaskClient, move_clock: Callable[[timedelta], None]
) -> None:
    invite_some(session, 9)
    move_clock(timedelta(days=32))
    assert run_retention(session) == 9
    went = client.get("/privacy").text.partition("How many went")[2]
    assert "fewer than ten" in went
    assert ">9<" not in went


def test_the_page_counts_many(
    session: Session, client: FlaskClient, move_clock: Callable[[timedelta], None]
) -> None:
    invite_some(session, 12)
    move_clock(timedelta(days=32))
    run_retention(session)
    run_retention(session)
    assert ">12<" in client.get("/privacy").text.partition("How many went")[2]
