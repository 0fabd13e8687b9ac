"""The ground the tests stand on: the database is the one that was asked for, and it is fresh."""

from __future__ import annotations

import os
import socket

import pytest
import sqlalchemy
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.db import Database
from tests.factories import make_board, make_member, make_post, make_thread


def test_the_suite_runs_on_the_database_that_was_asked_for(database: Database) -> None:
    wanted = os.environ.get("BAUTA_TEST_DB", "sqlite")
    with database.read() as session:
        if wanted == "postgresql":
            version = session.scalar(text("SHOW server_version"))
        else:
            version = session.scalar(text("SELECT sqlite_version()"))
    assert database.write_engine.dialect.name == wanted
    assert int(str(version).split(".")[0]) >= (13 if wanted == "postgresql" else 3)


def test_a_read_session_cannot_write(database: Database) -> None:
    with database.read() as session, pytest.raises(sqlalchemy.exc.DBAPIError):
        session.execute(text("DELETE FROM members"))


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_a_database_of_its_own(session: Session, turn: int) -> None:
    assert session.scalar(text("SELECT count(*) FROM members")) == 0
    make_member(session)
    session.commit()


def test_no_test_can_call_out() -> None:
    with socket.socket() as caller, pytest.raises(PermissionError):
        caller.connect(("192.0.2.1", 80))


def test_the_factories_number_posts_as_the_forum_does(session: Session) -> None:
    thread = make_thread(session, board=make_board(session))
    post = make_post(session, thread=thread)
    assert (post.number, thread.post_count, thread.bump) == (2, 2, 2)
