"""Pages that read are made one after another, and nobody waits long for another's page."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

from flask import Flask, g

from app.web.access import public
from app.web.unit_of_work import PATIENCE, database, owe
from tests.conftest import KIND

MANY = 3


class Drawn:
    """How many pages were in the making at once, at the most."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self._lock = threading.Lock()

    def draw(self, seconds: float) -> str:
        """Take this long over a page."""
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(seconds)
        with self._lock:
            self.now -= 1
        return "drawn"


def ask_at_once(app: Flask, path: str) -> float:
    """Ask for a page by several at once; how long all of it took, in seconds."""
    started = time.perf_counter()
    asking = [threading.Thread(target=app.test_client().get, args=(path,)) for _ in range(MANY)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    return time.perf_counter() - started


def test_quick_pages_are_drawn_one_after_another_where_the_database_works_inside(
    app: Flask,
) -> None:
    drawn = Drawn()
    app.add_url_rule("/drawn", view_func=public(lambda: drawn.draw(PATIENCE / 5)))
    ask_at_once(app, "/drawn")
    assert (drawn.most == 1) is (KIND == "sqlite")


def test_a_slow_page_keeps_nobody_waiting(app: Flask) -> None:
    drawn = Drawn()
    app.add_url_rule("/drawn", view_func=public(lambda: drawn.draw(PATIENCE * 8)))
    took = ask_at_once(app, "/drawn")
    assert drawn.most == MANY
    assert took < PATIENCE * 8 * MANY


def test_what_fails_gives_its_turn_back(app: Flask) -> None:
    @public
    def breaks() -> str:
        raise RuntimeError

    app.add_url_rule("/breaks", view_func=breaks)
    drawn = Drawn()
    app.add_url_rule("/drawn", view_func=public(lambda: drawn.draw(0)))
    for _ in range(2):
        with suppress(RuntimeError):
            app.test_client().get("/breaks")
    started = time.perf_counter()
    app.test_client().get("/drawn")
    assert time.perf_counter() - started < PATIENCE


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
