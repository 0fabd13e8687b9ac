"""A power cut in the middle of writing: nothing accepted is lost, nothing is half done."""

from __future__ import annotations

import http.client
import re
import threading
import urllib.parse
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import lend_keys
from app.accounts import keyring, sessions
from app.accounts.queries import credentials_of
from app.cli.demo import PASSPHRASE, fill
from app.core import audit
from app.core.crypto import Passphrase
from app.core.db import open_database
from app.core.migrate import upgrade
from app.forum.models import Board, Post, Thread
from config import Config
from tests.journeys.conftest import Live, start

pytestmark = [pytest.mark.journey, pytest.mark.slow]


class Writer:
    """A member who writes as fast as the server takes it, without a browser."""

    def __init__(self, live: Live, cookie: str) -> None:
        self.host = live.address.removeprefix("http://")
        self.cookies = {"bauta": cookie}
        self.token = ""

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """One request with this member's cookies; remembers the form cookie."""
        connection = http.client.HTTPConnection(self.host, timeout=10)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode({**fields, "csrf_token": self.token})
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        if set_cookie := answer.getheader("Set-Cookie"):
            name, _, value = set_cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if found := re.search(r'name="csrf_token" value="([^"]+)"', page):
            self.token = found.group(1)
        connection.close()
        return answer.status, page


def prepared(data: Path) -> tuple[str, str]:
    """The example community; returns Heron's cookie and a thread to write in."""
    data.mkdir(mode=0o700)
    database = open_database(f"sqlite:///{data / 'bauta.sqlite3'}")
    upgrade(database.write_engine)
    lend_keys(database, Config(data=data))
    fill(database)
    with database.write.begin() as session:
        heron = credentials_of(session, "heron")
        assert heron is not None
        key = keyring.unlock(Passphrase(PASSPHRASE), heron.public_id, heron.lock)
        assert key is not None
        cookie = sessions.begin(session, heron.member_id, key)
        thread = session.scalars(
            select(Thread.public_id)
            .join(Board, Board.id == Thread.board_id)
            .where(Board.gate_read == 1, Thread.is_locked.is_(False))
        ).first()
        # The limit on posts an hour is not what is tested here.
        session.execute(text("UPDATE members SET trust = 4 WHERE pseudonym = 'heron'"))
    database.close()
    assert thread is not None
    return cookie, thread


def write_until_the_end(writer: Writer, thread: str, accepted: list[str]) -> None:
    """Post one text after another until nobody answers; note those that were accepted."""
    for number in range(110):
        words = f"power cut text {number} of many"
        try:
            status, _ = writer.ask("POST", f"/threads/{thread}/reply", {"body": words})
        except (OSError, http.client.HTTPException):
            return
        if status == 302:
            accepted.append(words)


def whole(session: Session) -> None:
    """Every count and index agrees with the rows it speaks of."""
    assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    for thread in session.scalars(select(Thread)):
        numbers = session.scalars(
            select(Post.number)
            .where(Post.thread_id == thread.id, Post.number.is_not(None))
            .order_by(Post.number)
        ).all()
        assert list(numbers) == list(range(1, thread.post_count + 1))
    published = session.execute(
        text("SELECT count(*) FROM posts WHERE visibility = 'published'")
    ).scalar()
    indexed = session.execute(text("SELECT count(*) FROM post_search")).scalar()
    assert published == indexed
    assert audit.verify(session).broken_at is None


def test_a_power_cut_loses_nothing_that_was_accepted_and_leaves_nothing_half_done(
    tmp_path: Path,
) -> None:
    data = tmp_path / "var"
    cookie, thread = prepared(data)
    accepted: list[str] = []
    for _ in range(2):
        live = start(data)
        writer = Writer(live, cookie)
        assert writer.ask("GET", f"/threads/{thread}")[0] == 200
        before = len(accepted)
        writing = threading.Thread(target=write_until_the_end, args=(writer, thread, accepted))
        writing.start()
        while len(accepted) < before + 8 and writing.is_alive():
            pass
        live.kill()
        writing.join(30)
        assert len(accepted) >= before + 8

    live = start(data)
    live.kill()
    database = open_database(f"sqlite:///{data / 'bauta.sqlite3'}")
    with database.read() as session:
        whole(session)
        stored = set(session.scalars(select(Post.body).where(Post.body.like("power cut text%"))))
    database.close()
    assert set(accepted) <= stored
