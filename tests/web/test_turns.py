"""Pages that read are made one after another, and nobody waits long for another's page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from flask import Flask, g

from app.web import unit_of_work
from app.web.access import public
from app.web.unit_of_work import database, owe
from tests.conftest import KIND

MANY = 3
LONG = 30.0  # seconds that nobody waits for, however busy the machine is


def ask_at_once(app: Flask, draw: Callable[[], str]) -> list[int]:
    """Let several ask at once for a page that is drawn so; returns how each was answered."""
    app.add_url_rule("/drawn", view_func=public(draw))
    statuses: list[int] = []

    def ask() -> None:
        statuses.append(app.test_client().get("/drawn").status_code)

    asking = [threading.Thread(target=ask) for _ in range(MANY)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    return statuses


def meet() -> Callable[[], str]:
    """A page that is done when as many as ask for it are being drawn at once; else it breaks."""
    gate = threading.Barrier(MANY, timeout=LONG)

    def draw() -> str:
        gate.wait()
        return "met"

    return draw


def test_pages_are_drawn_one_after_another_where_the_database_works_inside(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if KIND != "sqlite":
        assert ask_at_once(app, meet()) == [200] * MANY
        return
    monkeypatch.setattr(unit_of_work, "PATIENCE", LONG)
    now: list[int] = []
    most: list[int] = []

    def draw() -> str:
        now.append(1)
        time.sleep(0.01)  # for the others to come in, if they are let in
        most.append(len(now))
        now.pop()
        return "drawn"

    assert ask_at_once(app, draw) == [200] * MANY
    assert most == [1] * MANY


def test_a_slow_page_keeps_nobody_waiting(app: Flask) -> None:
    assert ask_at_once(app, meet()) == [200] * MANY


def test_what_fails_gives_its_turn_back(app: Flask) -> None:
    had: list[bool] = []

    @public
    def breaks() -> str:
        had.append(g.has_turn)
        raise RuntimeError

    app.add_url_rule("/breaks", view_func=breaks)
    for _ in range(3):
        with suppress(RuntimeError):
            app.test_client().get("/breaks")
    assert had == [KIND == "sqlite"] * 3


def test_a_turn_ends_before_a_small_write_is_waited_for(app: Flask) -> None:
    had: list[bool] = []

    @public
    def owes() -> str:
        had.append(g.has_turn)
        owe(lambda _: had.append(g.get("has_turn", False)))
        return "owed"

    app.add_url_rule("/owes", view_func=owes)
    assert app.test_client().get("/owes").status_code == 200
    with app.app_context():
        assert had == [database().is_sqlite, False]
