"""`python -m benchmarks.rescreening`: how fast posts are looked through again."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.cli.rescreening import look_again
from app.core import clock, ids
from app.core.db import open_database
from app.core.migrate import upgrade
from app.forum import rescreening
from app.forum.models import Board, Category, Post, Thread
from app.policy.vocabulary import Trust, Visibility
from app.shields.service import open_shields

POSTS = 20_000
POSTS_A_THREAD = 40
SHORT = (
    "Thanks for this, I will try the soup on Friday.",
    "Same here. The second week was the hardest for me.",
    "Does anybody know whether the library opens on Mondays?",
    "I read it twice and still do not see what they want from us.",
    "Congratulations! That is a big step.",
    "We tried that at work, and nobody answered for a month.",
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        upgrade(database.write_engine)
        open_shields(database, bytes(range(32)))
        with database.write.begin() as session:
            _fill(session)
        with database.write.begin() as session:
            run_id = rescreening.begin(session, "operator").id
        wall, cpu = time.perf_counter(), time.process_time()
        place: rescreening.Place | None = rescreening.START
        while place is not None:
            place = look_again(database, run_id, place)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        with database.read() as session:
            left = session.scalars(select(Post).where(Post.rules_version == "")).first()
        database.close()
    assert left is None
    print(f"{POSTS} short posts in {wall:.1f} s: {POSTS / wall:.0f} a second by the wall,")
    print(f"{POSTS / cpu:.0f} a second of one core (at least 2,000)")


def _fill(session: Session) -> None:
    random.seed(7)
    category = Category(name="c")
    session.add(category)
    session.flush()
    board = Board(
        category_id=category.id,
        name="b",
        gate_read=Trust.VISITOR,
        gate_reply=Trust.NEWCOMER,
        gate_start=Trust.NEWCOMER,
    )
    session.add(board)
    session.flush()
    now = clock.to_hour(clock.now())
    posts = []
    for number in range(POSTS):
        if number % POSTS_A_THREAD == 0:
            thread = Thread(
                board_id=board.id,
                title="A thread",
                visibility=Visibility.PUBLISHED,
                post_count=POSTS_A_THREAD,
                started_at=now,
                active_at=now,
                bump=number,
            )
            session.add(thread)
            session.flush()
        posts.append(
            {
                "public_id": ids.new_id(),
                "thread_id": thread.id,
                "number": number % POSTS_A_THREAD + 1,
                "visibility": Visibility.PUBLISHED,
                "body": " ".join(random.sample(SHORT, 2)),
                "html": "",
                "written_at": now,
            }
        )
    session.execute(insert(Post), posts)


if __name__ == "__main__":
    main()
