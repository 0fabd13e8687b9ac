"""`python -m benchmarks.sweep`: how fast everything is looked through for the facts of one case."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from sqlalchemy import select, update

from app.cases.keys import open_cases
from app.cases.models import Sweep
from app.cases.service import casework, sweep
from app.cases.service.casework import Opened, Opening
from app.cases.words import Seat, Severity
from app.cli.sweeping import take_slice
from app.core import crypto
from app.core.db import Database, open_database
from app.core.migrate import upgrade
from app.core.shreds import open_shreds
from app.forum.models import Post
from app.shields.service import open_shields
from benchmarks import rescreening
from benchmarks.leaving import somebody

POSTS = 100_000
KILLED_AFTER = 40  # slices, before somebody else goes on
EVERY = 5_000  # one post in so many says it
FACTS = ("Zephyrine Quillfeather", "07700 900341", "14 Larkspur Lane")
DISGUISED = "They say it was Z e p h y r i n e Quillfeather all along."
LIMIT = 90.0  # seconds: RESPONSE.md §18, 26


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = _filled(folder)
        sweep_id = _begun(database)
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(KILLED_AFTER):
            take_slice(database, sweep_id)
        database.close()
        database = _open(folder)  # whatever was in memory is gone
        while take_slice(database, sweep_id):
            pass
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        with database.read() as session:
            done = session.get_one(Sweep, sweep_id)
            found, looked, total = done.find_count, done.looked_count, done.total_count
        database.close()
    assert found == POSTS // EVERY, f"{found} found"
    assert looked == total == POSTS + 1, f"{looked} of {total}"
    print(f"{looked} texts swept for {len(FACTS)} facts, killed once and resumed: {wall:.1f} s by")
    print(f"the wall, {cpu:.1f} s of one core (under {LIMIT:.0f} s); {found} of {found} found")


def _filled(folder: Path) -> Database:
    rescreening.POSTS = POSTS
    database = _open(folder)
    upgrade(database.write_engine)
    with database.write.begin() as session:
        rescreening._fill(session)  # noqa: SLF001 - the same posts, so that figures compare
        last = session.scalars(select(Post.id).where(Post.id % EVERY == 0)).all()
        session.execute(update(Post).where(Post.id.in_(last)).values(body=DISGUISED))
    return database


def _begun(database: Database) -> int:
    with database.write.begin() as session:
        owl = somebody("Owl")
        owl.public_key = crypto.public_key(crypto.new_private_key())
        session.add(owl)
        session.flush()
        people = {owl.id: (Seat.LEAD, owl.public_key)}
        begun = casework.begin_case(session, Opening(Severity.PUBLIC), people, None)
        opened = Opened(begun.case, begun.ring, owl.pseudonym, owl.id)
        assert sweep.shield_facts(session, opened, FACTS) == 0
        return sweep.begin(session, opened).id


def _open(folder: Path) -> Database:
    database = open_database(f"sqlite:///{folder / 'bench.sqlite3'}")
    open_shreds(database, folder / "keys")
    open_shields(database, bytes(range(32)))
    open_cases(database, bytes(range(32)))
    return database


if __name__ == "__main__":
    main()
