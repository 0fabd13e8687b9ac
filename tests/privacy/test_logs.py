"""The logs carry events and counts: whatever goes wrong, no member is quoted."""

from __future__ import annotations

import io
import logging
import sys
import threading
import warnings
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.privacy import logs
from app.privacy.logs import Event, QuietFormatter, hush, say
from app.web.access import public
from app.web.unit_of_work import session as of_request
from tests.factories import make_member

CANARY = "Rumpelstilzchen-7f3a"


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that the server would print, with logging as the server sets it up."""
    stream = io.StringIO()
    root = logging.getLogger()
    before = (root.handlers[:], root.level, logs.OURS.level, sys.excepthook, threading.excepthook)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        patch.setattr(sys, "stdout", stream)
        hush()
        assert threading.excepthook is logs._on_thread_exception  # noqa: SLF001 - hush sets it
        yield stream
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    logs.OURS.setLevel(before[2])
    sys.excepthook, threading.excepthook = before[3], before[4]
    logging.captureWarnings(capture=False)


def fail() -> None:
    raise ValueError(CANARY)


def test_an_event_is_said_with_its_counts(output: io.StringIO) -> None:
    say(Event.POST_HELD, findings=2)
    assert output.getvalue() == "post.held findings=2\n"


def test_an_event_carries_no_words(output: io.StringIO) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        QuietFormatter().format(
            logging.makeLogRecord({"event": Event.POST_HELD, "counts": {"who": CANARY}})
        )
    assert CANARY not in output.getvalue()


@pytest.mark.parametrize("level", [logging.WARNING, logging.ERROR, logging.CRITICAL])
def test_a_librarys_message_is_reduced_to_where_it_arose(output: io.StringIO, level: int) -> None:
    logging.getLogger("library").log(level, "somebody wrote %s", CANARY)
    said = output.getvalue()
    assert "library" in said
    assert "test_logs.py:" in said
    assert CANARY not in said


def test_an_exception_is_reduced_to_its_class_and_place(output: io.StringIO) -> None:
    try:
        fail()
    except ValueError:
        logging.getLogger("library").exception("failed on %s", CANARY)
    said = output.getvalue()
    assert "ValueError" in said
    assert CANARY not in said


def test_a_chain_of_exceptions_quotes_nobody(output: io.StringIO) -> None:
    try:
        try:
            fail()
        except ValueError as error:
            raise RuntimeError(CANARY) from error
    except RuntimeError:
        logging.getLogger("library").exception(CANARY, stack_info=True)
    assert CANARY not in output.getvalue()


def test_an_exception_that_nobody_caught_quotes_nobody(output: io.StringIO) -> None:
    try:
        fail()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    assert "ValueError" in output.getvalue()
    assert CANARY not in output.getvalue()


def test_an_exception_in_a_thread_quotes_nobody(output: io.StringIO) -> None:
    # pytest puts a hook of its own in place around each test, so ours is called by its name.
    try:
        fail()
    except ValueError as error:
        caught = (ValueError, error, error.__traceback__, threading.current_thread())
        logs._on_thread_exception(threading.ExceptHookArgs(caught))  # noqa: SLF001 - as said
    assert "thread ValueError" in output.getvalue()
    assert CANARY not in output.getvalue()


def test_a_warning_quotes_nobody(output: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(CANARY, UserWarning, stacklevel=1)
    assert CANARY not in output.getvalue()


def test_an_accident_in_a_view_quotes_nobody(
    app: Flask, client: FlaskClient, output: io.StringIO
) -> None:
    @public
    def breaks() -> str:
        raise RuntimeError(CANARY)

    app.add_url_rule("/breaks", view_func=breaks)
    answer = client.get(f"/breaks?q={CANARY}", headers={"User-Agent": CANARY})
    assert answer.status_code == 500
    assert CANARY not in answer.text
    assert "RuntimeError" in output.getvalue()
    assert CANARY not in output.getvalue()


def test_a_broken_constraint_quotes_nobody(
    app: Flask, client: FlaskClient, session: Session, output: io.StringIO
) -> None:
    make_member(session, CANARY)
    session.commit()

    @public
    def doubles() -> str:
        make_member(of_request(), CANARY)
        return ""

    app.add_url_rule("/doubles", methods=["POST"], view_func=doubles)
    answer = client.post("/doubles")
    assert answer.status_code == 500
    assert CANARY not in answer.text
    assert "IntegrityError" in output.getvalue()
    assert CANARY not in output.getvalue()


def test_an_error_of_the_database_shows_no_parameters(session: Session) -> None:
    make_member(session, "Heron")
    with pytest.raises(IntegrityError) as caught:
        session.execute(text("UPDATE members SET pseudonym = NULL, about = :t"), {"t": CANARY})
    # PostgreSQL's own words quote the row: this is why no exception's text is ever written down.
    around = str(caught.value).replace(str(caught.value.orig), "")
    assert "hide_parameters" in around
    assert CANARY not in around
