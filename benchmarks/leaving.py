"""How long it takes until an account with 5,000 posts is gone to the last byte.

Run: python -m benchmarks.leaving [posts]. Every post holds a word of its own; afterwards the
database's files are searched for any eight letters of any of them. Fails above ten seconds, or
when a byte is left.
"""

from __future__ import annotations

import secrets
import string
import sys
import tempfile
import time
from pathlib import Path

from ahocorasick_rs import BytesAhoCorasick
from sqlalchemy import insert

from app.accounts import names
from app.accounts.models import Member
from app.cli import erasing
from app.core import clock, ids
from app.core.db import Database, open_database
from app.core.migrate import upgrade
from app.core.text import render
from app.forum import search
from app.forum.models import Board, Category, Post, Thread
from app.leaving import service
from app.policy.vocabulary import Standing, Trust, Visibility
from app.privacy.erasure import Texts

MOST_SECONDS = 10.0
WINDOW = 8
POSTS_A_THREAD = 40


def make_word() -> str:
    """A word that nobody has ever written."""
    return "zq" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(26))


def somebody(name: str) -> Member:
    """A member without any use for keys."""
    return Member(
        public_id=ids.new_id(),
        pseudonym=name,
        skeleton=name,
        joined_on=clock.today(),
        trust=Trust.REGULAR,
        standing=Standing.GOOD,
        salt=bytes(16),
        cost="1:8:1",
        verifier=bytes(32),
        public_key=bytes(32),
        wrapped_key=bytes(64),
    )


def fill(database: Database, count: int) -> list[str]:
    """Heron's posts, each beside one of Wren's; returns the words in Heron's."""
    words = [make_word() for _ in range(count)]
    with database.write.begin() as session:
        heron, wren = somebody("heron"), somebody("wren")
        category = Category(name="Everyday")
        session.add_all([heron, wren, category])
        session.flush()
        board = Board(
            category_id=category.id,
            name="Harbour",
            gate_read=Trust.NEWCOMER,
            gate_reply=Trust.NEWCOMER,
            gate_start=Trust.NEWCOMER,
        )
        session.add(board)
        session.flush()
        inner = 0
        for start in range(0, count, POSTS_A_THREAD):
            now = clock.now()
            thread = Thread(
                board=board,
                author_id=wren.id,
                title="A lamp",
                visibility=Visibility.PUBLISHED,
                started_at=now,
                active_at=now,
                bump=start,
            )
            session.add(thread)
            session.flush()
            rows = []
            for place, word in enumerate(words[start : start + POSTS_A_THREAD]):
                for author, body in (
                    (wren, f"Wren says something about the harbour {inner}."),
                    (heron, f"Heron said {word} to Wren, and meant the fog over the harbour."),
                ):
                    inner += 1
                    rows.append(
                        {
                            "id": inner,
                            "public_id": ids.new_id(),
                            "thread_id": thread.id,
                            "author_id": author.id,
                            "visibility": Visibility.PUBLISHED,
                            "number": 2 * place + 1 + (author is heron),
                            "body": body,
                            "html": render(body).html,
                            "written_at": now,
                            "is_opening": place == 0 and author is wren,
                        }
                    )
            session.execute(insert(Post), rows)
            thread.post_count = len(rows)
            for row in rows:
                shown = f"A lamp\n{row['body']}" if row["is_opening"] else row["body"]
                search.add(session, row["id"], shown)
    return words


def bytes_left(folder: Path, words: list[str]) -> int:
    """How many places in the files hold eight letters of any word."""
    windows = {w[at : at + WINDOW].encode() for w in words for at in range(len(w) - WINDOW + 1)}
    automaton = BytesAhoCorasick(list(windows))
    return sum(
        len(automaton.find_matches_as_indexes(path.read_bytes().lower()))
        for path in folder.glob("bauta.sqlite3*")
    )


def main(count: int) -> int:
    """Measure the three ways to leave."""
    failed = 0
    for texts in Texts:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            database = open_database(f"sqlite:///{folder / 'bauta.sqlite3'}")
            upgrade(database.write_engine)
            names.open_names(database, secrets.token_bytes(32))
            words = fill(database, count)
            before = bytes_left(folder, words)
            began = time.perf_counter()
            with database.write.begin() as session:
                actor = session.query(Member).filter_by(pseudonym="heron").one().actor
                service.leave(session, actor, texts)
            at_once = time.perf_counter() - began
            done = erasing.settle_erasures(database)
            seconds = time.perf_counter() - began
            left = bytes_left(folder, words)
            database.close()
        wanted = before if texts is Texts.KEPT else 0
        is_well = done and seconds < MOST_SECONDS and (left == 0) == (wanted == 0)
        failed += not is_well
        print(
            f"{texts:<6} {count} posts: hidden after {at_once:.2f} s, done after {seconds:.2f} s, "
            f"{before} places before, {left} after: {'well' if is_well else 'WRONG'}"
        )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000))
