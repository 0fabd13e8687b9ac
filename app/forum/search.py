"""The search index: FTS5 on SQLite, a text-search vector on PostgreSQL; only published posts."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Table,
    Text,
    delete,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.orm import Session

from app.core.text import fold

WORDS_AT_MOST: Final = 8
MERGE_ALL: Final = -500  # pages a step; below zero it begins with all segments (PRIVACY.md §11)
MERGE_ON: Final = 500
WORD_SIGNS: Final = 100  # longer ones are cut: PostgreSQL takes no word above 2046 bytes
_WORD: Final = re.compile(r"[^\W_]+")

# Both databases hold the words of a post under the post's inner id. What a word is we say
# ourselves: PostgreSQL alone would take `and/or` or an address for one word. On SQLite the table
# keeps no text of its own, so the old words must be said again when a post leaves it.
post_search: Final = Table(
    "post_search", MetaData(), Column("rowid", Integer), Column("words", Text)
)

_sizes: Final = Table("post_search_docsize", MetaData(), Column("id", Integer))  # FTS5's own


def is_sqlite(session: Session) -> bool:
    """Whether the session speaks to SQLite."""
    return session.get_bind().dialect.name == "sqlite"


def add(session: Session, post_id: int, words: str) -> None:
    """Let searchers find a post by these words."""
    statement = (
        "INSERT INTO post_search(rowid, words) VALUES (:id, :words)"
        if is_sqlite(session)
        else "INSERT INTO post_search(rowid, words) VALUES (:id, to_tsvector('simple', :words))"
    )
    session.execute(text(statement), {"id": post_id, "words": " ".join(_words(words))})


def drop(session: Session, post_id: int, words: str) -> None:
    """Take a post out of the index; `words` must be what it was put in with.

    A transaction that has put a post in must not search between taking it out and putting it in
    again: FTS5 of SQLite 3.40 then loses its own count. No deed does.
    """
    if is_sqlite(session):
        session.execute(
            text(
                "INSERT INTO post_search(post_search, rowid, words) VALUES ('delete', :id, :words)"
            ),
            {"id": post_id, "words": " ".join(_words(words))},
        )
    else:
        session.execute(text("DELETE FROM post_search WHERE rowid = :id"), {"id": post_id})


def drop_all(session: Session, posts: Sequence[tuple[int, str]]) -> None:
    """Take posts out of the index that may stand in it, each with the words it was put in with."""
    inner = [post_id for post_id, _ in posts]
    if not is_sqlite(session):
        session.execute(delete(post_search).where(post_search.c.rowid.in_(inner)))
        return
    # What was never in the index must not be taken out of it: its counts would be wrong.
    indexed = set(session.scalars(select(_sizes.c.id).where(_sizes.c.id.in_(inner))))
    for post_id, words in posts:
        if post_id in indexed:
            drop(session, post_id, words)


def merge(session: Session, pages: int) -> bool:
    """Merge so many pages of SQLite's index; returns whether anything is left to merge.

    What SQLite counts as changed says so: one is the command itself (sqlite.org/fts5.html §6.7).
    """
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - asked for SQLite alone
    before = connection.total_changes
    session.execute(
        text("INSERT INTO post_search(post_search, rank) VALUES ('merge', :pages)"),
        {"pages": pages},
    )
    return connection.total_changes - before > 1


def words_of(query: str) -> tuple[str, ...]:
    """The words that a searcher asks for, folded, eight at most."""
    return tuple(_words(query)[:WORDS_AT_MOST])


def _words(source: str) -> list[str]:
    """The words of a text as both databases compare them: letters and digits, folded."""
    return [word[:WORD_SIGNS] for word in _WORD.findall(fold(source))]


def matches(session: Session, words: tuple[str, ...]) -> ColumnElement[bool]:
    """A condition on `post_search`: all words occur, the last one perhaps only begun."""
    if is_sqlite(session):
        asked = " ".join(f'"{word}"' for word in words) + "*"
        return literal_column("post_search").op("MATCH")(asked)
    asked = " & ".join(words) + ":*"
    vector: ColumnElement[str] = literal_column("post_search.words")
    return vector.op("@@")(func.to_tsquery("simple", asked))
