"""The database: its base class, its column types, and how it is opened for reading and writing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, IntEnum, IntFlag, StrEnum
from functools import lru_cache
from typing import Any, ClassVar, Final, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Result,
    Select,
    SmallInteger,
    String,
    TypeDecorator,
    create_engine,
    event,
    or_,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from app.core import clock
from app.core.retention import Keep

NAMING: Final = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# What every SQLite connection must have before anything is stored (PRIVACY.md §11). Each is read
# back after it was set: a build of SQLite that ignores one is refused.
PRAGMAS: Final[dict[str, tuple[str, object]]] = {
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),  # an accepted post survives a power cut
    "foreign_keys": ("ON", 1),
    "secure_delete": ("ON", 1),
    "temp_store": ("MEMORY", 2),
    "busy_timeout": ("5000", 5000),
    "trusted_schema": ("OFF", 0),
    "cell_size_check": ("ON", 1),
}

BigKey = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows only by INTEGER keys


class Base(DeclarativeBase):
    """The root of every table."""

    metadata = MetaData(naming_convention=NAMING)
    __retention__: ClassVar[Keep]


class spaced(GenericFunction[str]):  # noqa: N801 - a function of SQL, called as one
    """The texts of several rows in one, with blanks between them.

    SQLAlchemy's `aggregate_strings` writes its separator into the statement anew at every run,
    which costs a page more than the database's own work.
    """

    type = String()
    inherit_cache = True


@compiles(spaced, "sqlite")
def _spaced_sqlite(element: spaced, compiler: SQLCompiler, **how: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **how)}, ' ')"


@compiles(spaced, "postgresql")
def _spaced_postgresql(element: spaced, compiler: SQLCompiler, **how: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **how)}, ' ')"


class UnfitDatabaseError(Exception):
    """The database does not keep the settings on which our promises rest."""


class Hour(TypeDecorator[datetime]):
    """A moment cut to its hour: the finest that is stored of what a member did."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Cut what goes in down to the hour."""
        if value is None:
            return None
        cut = clock.to_hour(value)
        return cut.replace(tzinfo=None) if dialect.name == "sqlite" else cut

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """The same, remembering what hours look like: the posts of a page share a few."""
        read = super().result_processor(dialect, coltype)
        return lru_cache(maxsize=1024)(read) if read else None


class QuarterHour(Hour):
    """A moment rounded up to the next quarter of an hour; only for the end of a session."""

    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Round what goes in up to the quarter."""
        if value is None:
            return None
        value = value.astimezone(UTC)
        down = clock.to_hour(value) + timedelta(minutes=value.minute // 15 * 15)
        up = down if down == value else down + timedelta(minutes=15)
        return up.replace(tzinfo=None) if dialect.name == "sqlite" else up


class Fine(Hour):
    """An exact moment, for rows that live a day at the most: claims and jobs."""

    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Keep the seconds, drop their parts."""
        if value is None:
            return None
        whole = value.astimezone(UTC).replace(microsecond=0)
        return whole.replace(tzinfo=None) if dialect.name == "sqlite" else whole


E = TypeVar("E", bound=Enum)


class Word(TypeDecorator[StrEnum]):
    """A word from a `StrEnum`, stored by its value."""

    impl = String(24)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        """Store the value."""
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """Give back the word."""
        return None if value is None else self.kind(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """The same for column after column: a page reads hundreds."""
        return _Members(self.kind).__getitem__


class Number(TypeDecorator[IntEnum | IntFlag]):
    """A member of an ordered or combinable enum, stored by its number so that SQL can compare."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, kind: type[IntEnum | IntFlag]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """Store the number."""
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> IntEnum | IntFlag | None:
        """Give back the member of the enum."""
        return None if value is None else self.kind(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """The same for column after column: a page reads hundreds."""
        return _Members(self.kind).__getitem__


class _Members(dict[Any, Any]):
    """The members of an enum by what is stored for them; raises ValueError for anything else."""

    def __init__(self, kind: type[Enum]) -> None:
        super().__init__({None: None})
        self._kind = kind

    def __missing__(self, stored: object) -> Enum:
        self[stored] = member = self._kind(stored)
        return member


def one_of(column: ColumnElement[Any], values: Iterable[object]) -> ColumnElement[bool]:
    """Whether a column has one of a few values that never change.

    `in_` makes room for the values anew each time a statement is run.
    """
    return or_(*(column == value for value in sorted(values, key=str)))


@dataclass(frozen=True, slots=True)
class Database:
    """One database in two coats: `write` sessions change things, `read` sessions cannot."""

    url: str
    write_engine: Engine
    read_engine: Engine
    write: sessionmaker[Session]
    read: sessionmaker[Session]

    @property
    def is_sqlite(self) -> bool:
        """Whether the rows lie in one file beside the server."""
        return self.write_engine.dialect.name == "sqlite"

    def lend(self, name: str, thing: object) -> None:
        """Put a thing into every session that is opened from now on, under its name."""
        for sessions in (self.write, self.read):
            sessions.configure(info={**sessions.kw.get("info", {}), name: thing})

    def close(self) -> None:
        """Give all connections back."""
        self.write_engine.dispose()
        self.read_engine.dispose()


def open_database(url: str) -> Database:
    """Open a database by its address (`sqlite:///…` or `postgresql+psycopg://…`).

    Raises:
        UnfitDatabaseError: when a SQLite connection does not keep the pragmas above.
    """
    if url.startswith("sqlite"):
        write = _sqlite_engine(url, begin="BEGIN IMMEDIATE", query_only=False)
        read = _sqlite_engine(url, begin="BEGIN", query_only=True)
    else:
        # Bound values never reach an error message: they are members' words.
        write = create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=8)
        read = write.execution_options(postgresql_readonly=True)
    return Database(
        url=url,
        write_engine=write,
        read_engine=read,
        write=sessionmaker(write, expire_on_commit=False),
        read=sessionmaker(read, expire_on_commit=False, autoflush=False),
    )


def plainly(
    session: Session, statement: Select[*tuple[Any, ...]], values: Mapping[str, Any]
) -> Result[*tuple[Any, ...]]:
    """Run a statement on tables in the transaction of a session, past what is made for objects.

    That work is a third of such a statement's time. For what every page asks; a statement on
    classes goes through the session, which first writes what is still to be written.
    """
    return session.connection().execute(statement, values)


def _from_json(text: str) -> Any:
    """What was stored as JSON; most posts have no pictures, and parsing that costs more."""
    return [] if text == "[]" else json.loads(text)


def _sqlite_engine(url: str, *, begin: str, query_only: bool) -> Engine:
    """Build an engine whose transactions open with `begin` and whose connections are checked."""
    engine = create_engine(
        url,
        hide_parameters=True,
        json_deserializer=_from_json,
        connect_args={"check_same_thread": False, "timeout": 5},
        pool_size=16,
        max_overflow=16,
    )
    event.listen(engine, "connect", _on_connect(query_only=query_only))

    def open_transaction(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "begin", open_transaction)
    return engine


def _on_connect(*, query_only: bool) -> Callable[[sqlite3.Connection, ConnectionPoolEntry], None]:
    """Set the pragmas on a new connection and read each of them back."""

    def settle(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # we say ourselves when a transaction begins
        cursor = connection.cursor()
        for name, (wanted, _) in PRAGMAS.items():
            cursor.execute(f"PRAGMA {name} = {wanted}")
        if query_only:
            cursor.execute("PRAGMA query_only = ON")
        for name, (wanted, expected) in PRAGMAS.items():
            (found,) = cursor.execute(f"PRAGMA {name}").fetchone()
            if found != expected:
                message = f"SQLite keeps {name} = {found} where {wanted} is needed"
                raise UnfitDatabaseError(message)
        cursor.close()

    return settle
