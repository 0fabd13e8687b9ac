"""What was erased is gone from the bytes on the disk, whenever the machine stops (PRIVACY.md §11).

What reads the database's own files has a SQLite file of its own, whichever database the suite
runs on. What PostgreSQL keeps in its files is another matter, and said on the privacy page.
"""

from __future__ import annotations

import secrets
import shutil
import signal
import string
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.cli import erasing
from app.cli.erasing import settle_erasures
from app.cli.tick import tick
from app.core import db as core_db
from app.core.db import Database
from app.core.shreds import open_shreds
from app.forum import service
from app.forum.models import Board, Post, Revision
from app.forum.service import Draft
from app.privacy import erasure
from tests.conftest import build_schema
from tests.factories import make_member, make_picture, make_post, make_thread

ROOT = Path(__file__).parents[2]
WINDOW = 8  # FTS5 shares the beginnings of words, so ends of words are looked for as well


def make_word() -> str:
    """A word that nobody has ever written."""
    return "zq" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(26))


def left_of(word: str, folder: Path) -> list[str]:
    """The files of a database in which any eight letters of a word still stand."""
    windows = [word[at : at + WINDOW].encode() for at in range(len(word) - WINDOW + 1)]
    return [
        path.name
        for path in sorted(folder.glob("bauta.sqlite3*"))
        for content in [path.read_bytes().lower()]
        if any(window in content for window in windows)
    ]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows, made once."""
    path = tmp_path_factory.mktemp("empty") / "bauta.sqlite3"
    build_schema(f"sqlite:///{path}")
    return path


@pytest.fixture
def files(empty: Path, tmp_path: Path) -> Path:
    """A folder with such a file in it."""
    folder = tmp_path / "files"
    folder.mkdir()
    shutil.copy(empty, folder)
    return folder


@pytest.fixture
def disk(files: Path, tmp_path: Path) -> Iterator[Database]:
    """The database in that folder, open; the keys of its epochs lie elsewhere."""
    opened = core_db.open_database(f"sqlite:///{files / 'bauta.sqlite3'}")
    open_shreds(opened, tmp_path / "keys")
    yield opened
    opened.close()


def written(session: Session, word: str, board: Board | None = None) -> Post:
    """A post in whose text, earlier wording and search words a word stands."""
    heron = make_member(session)
    thread = make_thread(session, board=board)
    post = service.create_post(session, heron.actor, thread, Draft(body=f"First {word} then."))
    for number in range(30):  # enough that the index has several segments
        make_post(session, thread=thread, author=heron, body=f"Filling text {make_word()} {number}")
        if number % 5 == 0:
            session.commit()
    return service.edit_post(session, heron.actor, post, Draft(body=f"Then {word} changed."))


def test_no_byte_of_an_erased_text_is_left(disk: Database, files: Path) -> None:
    word = make_word()
    with disk.write() as session:
        post = written(session, word)
        session.commit()
        assert left_of(word, files)
        service.erase_post(session, post)
        session.commit()
    assert left_of(word, files), "the bytes are only owed yet"
    assert settle_erasures(disk)
    assert left_of(word, files) == []


def test_no_byte_of_an_erased_picture_is_left(disk: Database, files: Path) -> None:
    with disk.write() as session:
        post = make_post(session)
        picture = make_picture(session, post, alt=(word := make_word()))
        box, own_part = picture.box[100:140], picture.own_part
        session.commit()
        assert stands(box, files)
        assert left_of(word, files)
        service.erase_post(session, post)
        session.commit()
    assert settle_erasures(disk)
    assert not stands(box, files)
    assert not stands(own_part, files)
    assert left_of(word, files) == []


def test_no_byte_of_a_picture_that_was_taken_out_of_its_post_is_left(
    disk: Database, files: Path
) -> None:
    with disk.write() as session:
        heron = make_member(session)
        post = make_post(session, author=heron)
        box = make_picture(session, post).box[100:140]
        session.commit()
        assert stands(box, files)
        service.edit_post(session, heron.actor, post, Draft(body=post.body))
        session.commit()
    assert settle_erasures(disk)
    assert not stands(box, files)


def test_no_byte_of_a_picture_that_nobody_posted_is_left_after_its_day(
    disk: Database, files: Path, move_clock: Callable[[timedelta], None]
) -> None:
    with disk.write() as session:
        box = make_picture(session, of=make_member(session)).box[100:140]
        session.commit()
    assert stands(box, files)
    move_clock(timedelta(hours=26))
    tick(disk)
    assert not stands(box, files)


def stands(some: bytes, folder: Path) -> bool:
    """Whether some bytes stand anywhere in a database's files."""
    return any(some in path.read_bytes() for path in folder.glob("bauta.sqlite3*"))


def test_no_byte_of_an_earlier_wording_that_was_removed_is_left(
    disk: Database, files: Path
) -> None:
    word = make_word()
    with disk.write() as session:
        post = written(session, word)
        service.edit_post(session, make_member(session).actor, post, Draft(body="Another."))
        for revision in session.scalars(select(Revision).where(Revision.post_id == post.id)):
            service.remove_revision(session, revision)
        session.commit()
    assert settle_erasures(disk)
    assert left_of(word, files) == []


def test_what_retention_takes_leaves_no_byte_either(
    disk: Database, files: Path, move_clock: Callable[[timedelta], None]
) -> None:
    word = make_word()
    with disk.write() as session:
        post = written(session, word)
        service.edit_post(session, make_member(session).actor, post, Draft(body="Another."))
        session.commit()
    move_clock(timedelta(days=32))
    tick(disk)
    assert left_of(word, files) == []


def test_an_erasure_is_under_way_until_the_bytes_are_gone(
    session: Session, database: Database
) -> None:
    post = written(session, make_word())
    assert post.author_id is not None
    service.erase_post(session, post)
    session.commit()
    assert erasure.owing_of(session, post.author_id) == erasure.Owing(under_way=1, done=0)
    assert erasure.is_owed(session)
    session.commit()
    assert settle_erasures(database)
    assert erasure.owing_of(session, post.author_id) == erasure.Owing(under_way=0, done=1)
    assert not erasure.is_owed(session)


def test_an_erasure_that_is_taken_back_owes_nothing(session: Session) -> None:
    post = written(session, make_word())
    session.commit()
    service.erase_post(session, post)
    session.rollback()
    assert not erasure.is_owed(session)


def test_a_reader_puts_it_off_and_the_next_try_does_it(
    disk: Database, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(core_db.PRAGMAS, "busy_timeout", ("100", 100))
    word = make_word()
    with disk.write() as session:
        post = written(session, word)
        session.commit()
        with disk.read() as reader:
            reader.execute(text("SELECT count(*) FROM posts"))
            service.erase_post(session, post)
            session.commit()
            assert not settle_erasures(disk)
            assert left_of(word, files)
            assert erasure.is_owed(session)
            session.commit()
    assert settle_erasures(disk)
    assert left_of(word, files) == []


def test_the_database_is_written_anew_once_a_week(
    disk: Database, move_clock: Callable[[timedelta], None]
) -> None:
    def freed() -> int:
        with disk.read() as session:
            return session.scalar(text("PRAGMA freelist_count")) or 0

    def make_and_leave_room() -> None:
        with disk.write.begin() as session:
            session.execute(text("CREATE TABLE room (filling TEXT)"))
            session.execute(text("INSERT INTO room VALUES (:words)"), {"words": "x" * 40_000})
        with disk.write.begin() as session:
            session.execute(text("DROP TABLE room"))

    make_and_leave_room()
    tick(disk)
    assert freed() == 0
    make_and_leave_room()
    move_clock(timedelta(days=6))
    tick(disk)
    assert freed() > 0
    move_clock(timedelta(days=2))
    tick(disk)
    assert freed() == 0


# --- controls: without each of the parts, words are left ------------------------------------------


@pytest.fixture
def erased(files: Path) -> Callable[[], list[str]]:
    """Erase a post as the test has set things; then say in which files its word is left."""

    def erase() -> list[str]:
        opened = core_db.open_database(f"sqlite:///{files / 'bauta.sqlite3'}")
        word = make_word()
        with opened.write() as session:
            post = written(session, word)
            session.commit()
            service.erase_post(session, post)
            session.commit()
        settle_erasures(opened)
        found = left_of(word, files)
        opened.close()
        return found

    return erase


def test_control_the_parts_together_leave_nothing(erased: Callable[[], list[str]]) -> None:
    assert erased() == []


def test_control_without_secure_delete_words_are_left(
    erased: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(core_db.PRAGMAS, "secure_delete", ("OFF", 0))
    assert erased() != []


def test_control_without_the_index_written_anew_words_are_left(
    erased: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "rewrite_index", lambda database: None)
    assert erased() != []


def test_control_without_the_journal_cut_off_words_are_left(
    erased: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "cut_journal", lambda database: True)
    assert erased() != []


# --- a machine that stops -------------------------------------------------------------------------

STOPPED = """
import os, signal, sys
from app.cli import erasing
from app.core.db import open_database
from app.forum import search

step, url = sys.argv[1:]

def stop(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def after(function):
    def stopping(*given):
        function(*given)
        stop()
    return stopping

if step == "before":
    erasing.rewrite_index = stop
elif step == "half-way":
    real, calls = search.merge, []
    def merge(*given):
        calls.append(1)
        return stop() if len(calls) > 1 else real(*given)
    search.merge = merge
elif step == "rewritten":
    erasing.rewrite_index = after(erasing.rewrite_index)
elif step == "cut":
    erasing.cut_journal = after(erasing.cut_journal)
elif step == "done":
    erasing.say = stop
erasing.settle_erasures(open_database(url))
"""


@pytest.mark.slow
@pytest.mark.parametrize("step", ["before", "half-way", "rewritten", "cut", "done"])
def test_a_machine_that_stops_finishes_after_its_next_start(
    disk: Database, files: Path, step: str
) -> None:
    word = make_word()
    with disk.write() as session:
        post = written(session, word)
        service.erase_post(session, post)
        session.commit()
    disk.close()
    stopped = subprocess.run(
        [sys.executable, "-c", STOPPED, step, disk.url], cwd=ROOT, check=False, timeout=60
    )
    assert stopped.returncode == -signal.SIGKILL
    with disk.read() as reading:
        assert erasure.is_owed(reading) is (step != "done")
    assert settle_erasures(disk)
    assert left_of(word, files) == []
    with disk.read() as reading:
        assert not erasure.is_owed(reading)
