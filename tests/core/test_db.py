from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core import clock, db
from app.core.db import (
    PRAGMAS,
    Database,
    Fine,
    Hour,
    Number,
    QuarterHour,
    UnfitDatabaseError,
    Word,
    open_database,
)
from app.policy.vocabulary import Role, Standing, Trust
from tests.factories import make_member

MOMENT = datetime(2026, 5, 4, 13, 46, 7, 890, tzinfo=UTC)
PROMISED = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "temp_store": 2,
    "busy_timeout": 5000,
    "trusted_schema": 0,
    "cell_size_check": 1,
}


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Database:
    return open_database(f"sqlite:///{tmp_path / 'plain.sqlite3'}")


@pytest.mark.parametrize("name", PROMISED)
def test_every_sqlite_connection_keeps_the_promised_pragma(
    sqlite_file: Database, name: str
) -> None:
    for engine in (sqlite_file.write_engine, sqlite_file.read_engine):
        with engine.connect() as connection:
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == PROMISED[name]
    sqlite_file.close()


def test_a_sqlite_that_ignores_a_pragma_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PRAGMAS, "secure_delete", ("OFF", 1))
    opened = open_database(f"sqlite:///{tmp_path / 'plain.sqlite3'}")
    with pytest.raises(UnfitDatabaseError, match="secure_delete"):
        opened.write_engine.connect()
    opened.close()


def test_a_writer_takes_the_lock_at_once_and_a_reader_never(sqlite_file: Database) -> None:
    with sqlite_file.write() as writer, sqlite_file.read() as reader:
        writer.execute(text("SELECT 1"))
        reader.execute(text("SELECT 1"))
        other = sqlite3.connect(sqlite_file.write_engine.url.database or "", timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        writer.rollback()
        other.execute("BEGIN IMMEDIATE")
        other.close()
    sqlite_file.close()


def test_a_read_session_changes_nothing(database: Database, session: Session) -> None:
    member = make_member(session)
    session.commit()
    with database.read() as reader:
        found = reader.scalars(select(Member)).one()
        found.about = "changed"
        with pytest.raises(DBAPIError):
            reader.flush()
    session.expire_all()
    assert member.about == ""


def test_a_connection_that_has_read_can_write_again(database: Database, session: Session) -> None:
    for _ in range(3):
        with database.read() as reader:
            reader.execute(text("SELECT 1"))
        with database.write.begin() as writer:
            writer.execute(text("DELETE FROM members"))


def test_an_error_of_the_database_does_not_quote_what_was_written(session: Session) -> None:
    make_member(session, "Heron").about = "Rumpelstilzchen"
    session.flush()
    with pytest.raises(IntegrityError) as caught:
        session.execute(
            text("UPDATE members SET about = NULL WHERE about = :words"),
            {"words": "Rumpelstilzchen"},
        )
    assert "Rumpelstilzchen" not in str(caught.value).replace(str(caught.value.orig), "")
    assert caught.value.hide_parameters


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        (Hour(), datetime(2026, 5, 4, 13, tzinfo=UTC)),
        (QuarterHour(), datetime(2026, 5, 4, 14, tzinfo=UTC)),
        (Fine(), datetime(2026, 5, 4, 13, 46, 7, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_a_moment_is_cut_before_it_is_stored(kind: Hour, stored: datetime, dialect: object) -> None:
    bound = kind.process_bind_param(MOMENT, dialect)  # type: ignore[arg-type]
    assert bound is not None
    assert bound.replace(tzinfo=UTC) == stored
    assert kind.process_result_value(bound, dialect) == stored  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minute", "expected"),
    [(0, "13:00"), (1, "13:15"), (15, "13:15"), (16, "13:30"), (46, "14:00")],
)
def test_the_end_of_a_session_is_rounded_up_to_the_quarter(minute: int, expected: str) -> None:
    moment = datetime(2026, 5, 4, 13, minute, tzinfo=UTC)
    bound = QuarterHour().process_bind_param(moment, sqlite.dialect())
    assert f"{bound:%H:%M}" == expected


def test_the_end_of_a_session_is_never_before_the_moment_it_was_set_to() -> None:
    moment = datetime(2026, 5, 4, 13, 30, 20, tzinfo=UTC)
    bound = QuarterHour().process_bind_param(moment, postgresql.dialect())
    assert bound is not None
    assert bound >= moment


def test_an_enum_is_stored_by_value_and_an_ordered_one_by_number(session: Session) -> None:
    make_member(
        session,
        trust=Trust.REGULAR,
        roles=Role.MODERATOR | Role.TRUSTEE,
        standing=Standing.SILENCED,
    )
    row = session.execute(text("SELECT trust, roles, standing FROM members")).one()
    assert tuple(row) == (3, 9, "silenced")
    member = session.scalars(select(Member).execution_options(populate_existing=True)).one()
    assert member.trust is Trust.REGULAR
    assert member.roles == Role.MODERATOR | Role.TRUSTEE
    assert member.standing is Standing.SILENCED


def test_a_word_that_means_nothing_is_not_stored() -> None:
    with pytest.raises(ValueError, match="angry"):
        Word(Standing).process_bind_param("angry", sqlite.dialect())  # type: ignore[arg-type]


def test_every_constraint_has_a_name_that_migrations_can_find() -> None:
    table = Table(
        "things", MetaData(naming_convention=db.NAMING), Column("id", Integer, primary_key=True)
    )
    assert table.primary_key.name == "pk_things"
    assert Number(Trust).process_bind_param(None, sqlite.dialect()) is None


def test_control_a_moment_that_is_not_cut_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "to_hour", lambda moment: moment)
    hour = datetime(2026, 5, 4, 13, tzinfo=UTC)
    with pytest.raises(AssertionError, match="46"):
        test_a_moment_is_cut_before_it_is_stored(Hour(), hour, sqlite.dialect())
