"""Paying what erasures owe: the index writes itself anew, then the journal is cut off.

Every step may be done twice, so that one that was cut short is simply done again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from app.core import clock
from app.core.db import Database
from app.forum import search
from app.leaving import service as leaving
from app.privacy import erasure
from app.privacy.logs import Event, say
from app.privacy.retention import has_run_since, note_run

PACK_EVERY: Final = timedelta(days=7)
PACKING: Final = "packing"


def settle_erasures(database: Database) -> bool:
    """Bring every erasure as far as it can be brought; returns whether nothing is owed then.

    On SQLite the disk has forgotten once the index is written anew and the journal is cut off,
    which a page that is being read at this moment can put off. On PostgreSQL nothing of the kind
    can be done while members write: there `done` means that no table gives the text back.
    """
    is_going = True
    while is_going:
        with database.write.begin() as session:
            is_going = leaving.take_slice(session)
    with database.read() as session:
        newest = erasure.newest_owed(session)
    rewrite_index(database)
    if not cut_journal(database):
        return False
    with database.write.begin() as session:
        paid = erasure.pay(session, newest)
    if paid:
        say(Event.ERASURE_DONE, count=paid)
    return True


def rewrite_index(database: Database) -> None:
    """Merge the search index until nothing changes: its segments keep words taken out.

    In small steps, each a transaction of its own, so that nobody waits long for the lock.
    """
    if not database.is_sqlite:
        return
    pages, is_going = search.MERGE_ALL, True
    while is_going:
        with database.write.begin() as session:
            is_going = search.merge(session, pages)
        pages = search.MERGE_ON


def cut_journal(database: Database) -> bool:
    """Move the journal into the database and cut it off; returns False while a reader prevents it.

    A weaker checkpoint would leave erased text in the journal.
    """
    if not database.is_sqlite:
        return True
    busy, _, _ = _outside_transactions(database, "PRAGMA wal_checkpoint(TRUNCATE)")
    return not busy


def pack(database: Database) -> None:
    """Write the database anew once a week, so that no page keeps the rest of an older one."""
    if not database.is_sqlite:
        return
    with database.read() as session:
        if has_run_since(session, PACKING, clock.now() - PACK_EVERY):
            return
    _outside_transactions(database, "VACUUM")
    cut_journal(database)
    with database.write.begin() as session:
        note_run(session, PACKING)


def _outside_transactions(database: Database, statement: str) -> tuple[int, ...]:
    """Run what SQLite does in no transaction; returns the row it answers with, if any."""
    connection = database.write_engine.raw_connection()
    try:
        row: tuple[int, ...] | None = connection.cursor().execute(statement).fetchone()
    finally:
        connection.close()
    return row or ()
