"""A forum for measuring: one member, one thread of 10,000 posts, written into the tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert

from app.accounts import sessions
from app.accounts.service import create_member, make_keys
from app.core import clock, ids
from app.core.crypto import Cost, Passphrase
from app.core.db import open_database
from app.core.migrate import upgrade
from app.core.settings import Settings, write_settings
from app.core.text import render
from app.forum import service as forum
from app.forum.models import Post, Quote, Thread
from app.policy.vocabulary import Gate, Role, Trust, Visibility
from config import Config

POSTS = 10_000
TEXT = (
    "I have read all of this twice now. What helped me was to write the *three things* that I can "
    "do this week on a card, and to leave the rest for later.\n\n"
    "- one call a day, in the morning\n- soup in the freezer\n- somebody who knows where I am\n\n"
    "> You do not have to decide today.\n\nThank you for saying that, it is **still** true."
)


@dataclass(frozen=True)
class Place:
    """Where to find what was built."""

    config: Config
    thread: str
    cookie: str


def build(data: Path) -> Place:
    """Build it in this folder."""
    config = Config(data=data, bind="127.0.0.1:0", limits_enabled=False, ticks_inside=False)
    database = open_database(config.database)
    upgrade(database.write_engine)
    with database.write.begin() as session:
        write_settings(session, Settings(name="Bench", norms="Be kind."))
        keys = make_keys(Passphrase("correct horse battery staple"), Cost(1, 8, 1))
        heron = create_member(session, "heron", keys, trust=Trust.TRUSTED, roles=Role.NONE)
        heron.is_confirmed = True
        category = forum.create_category(session, "All")
        gate = Gate(Trust.NEWCOMER, Trust.NEWCOMER, Trust.NEWCOMER)
        board = forum.create_board(session, category, "Harbour", "A board", gate)
        session.flush()
        thread = Thread(
            board=board,
            author_id=heron.id,
            title="The long thread",
            visibility=Visibility.PUBLISHED,
            post_count=POSTS,
            started_at=clock.now(),
            active_at=clock.now(),
            bump=1,
        )
        session.add(thread)
        session.flush()
        html = render(TEXT).html
        rows = [
            {
                "public_id": ids.new_id(),
                "thread_id": thread.id,
                "author_id": heron.id,
                "number": number,
                "visibility": Visibility.PUBLISHED,
                "body": TEXT,
                "html": html,
                "written_at": clock.now(),
                "rule": "",
                "is_opening": number == 1,
            }
            for number in range(1, POSTS + 1)
        ]
        session.execute(insert(Post), rows)
        first = session.query(Post.id).filter(Post.thread_id == thread.id).order_by(Post.id).first()
        start = first[0] if first else 1
        quotes = [{"post_id": start + n, "quoted_id": start + n - 3} for n in range(3, POSTS, 4)]
        session.execute(insert(Quote), quotes)
        forum.follow(session, heron.actor, thread)
        cookie = sessions.begin(session, heron.id, keys.private_key)
        place = Place(config=config, thread=thread.public_id, cookie=cookie)
    with database.write_engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    database.close()
    return place
