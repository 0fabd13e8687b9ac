"""One transaction per request: a view that returns commits, one that raises does not.

Safe methods get a session that cannot write; unsafe ones get one whose transaction takes the write
lock at its first statement. A page that owes a small write of its own – a session's end moved on,
the reader's own marker – notes it with `owe`, and it is settled after the answer is made.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, cast

from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy.orm import Session

from app.core.db import Database

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Owed = Callable[[Session], None]


def database() -> Database:
    """The database of this application."""
    return cast(Database, current_app.extensions["database"])


def session() -> Session:
    """The session of this request."""
    return cast(Session, g.session)


@contextmanager
def reading() -> Iterator[Session]:
    """A short look at the database beside the request's own session.

    For what must be known before something slow is done, such as a hash, which must not happen
    while the request holds the write lock.
    """
    with database().read() as short:
        yield short


@contextmanager
def writing() -> Iterator[Session]:
    """A short transaction beside the request's own, for what is kept whatever the answer will be.

    Before the request's own transaction begins, that is before its door: on SQLite one would wait
    for the other.
    """
    with database().write.begin() as short:
        yield short


def owe(write: Owed) -> None:
    """Note a small write that a safe request owes; it is settled in a transaction of its own."""
    g.owed.append(write)


def undo() -> None:
    """Take back whatever the request has done so far."""
    if has_request_context() and "session" in g:
        g.session.rollback()
        g.owed.clear()


def owe_nothing() -> None:
    """Let this request write what its view writes and nothing else, not even its session's end.

    For what must not stand beside a row that names its member, on the disk or in a log of changes.
    """
    g.owed.clear()


PATIENCE: Final = 0.05  # seconds; some ten pages


def one_transaction_per_request(app: Flask) -> None:
    """Open a session before the view, settle it after, close it whatever happened.

    Where the database works inside this process, pages that only read are made one after another.
    SQLite gives up the interpreter's lock for every row it reads, and threads that wait for one
    take it from each other a hundred times a page, which costs a third of the page. Nobody waits
    long: who has had no turn after `PATIENCE` goes on without one.
    """
    turns = threading.Lock()

    @app.before_request
    def open_session() -> None:
        is_safe = request.method in SAFE_METHODS
        g.has_turn = is_safe and database().is_sqlite and turns.acquire(timeout=PATIENCE)
        g.session = database().read() if is_safe else database().write()
        g.owed = []

    def end_turn() -> None:
        if g.pop("has_turn", False):
            turns.release()

    @app.after_request
    def settle(response: Response) -> Response:
        if "session" not in g:
            return response
        g.session.commit()
        end_turn()
        if g.owed:
            with database().write.begin() as short:
                for write in g.owed:
                    write(short)
        return response

    @app.teardown_request
    def close(error: BaseException | None) -> None:
        end_turn()
        if "session" in g:
            g.pop("session").close()
