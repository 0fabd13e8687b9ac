"""What a table promises to forget is gone a day later, and not a day sooner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Date, func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import Base, Number, Word
from app.privacy.retention import run_retention
from tests.conftest import NOON
from tests.factories import make_member, make_post
from tests.house.test_tables import MODELS

PASSING = [model for model in MODELS if model.__retention__.days is not None]


def _fill(session: Session, model: type[Base], aged_on: datetime) -> None:
    """One row of a table, with something in every column, aged by the clock of its retention."""
    values: dict[str, Any] = {}
    for attribute in sa.inspect(model).column_attrs:
        column = attribute.columns[0]
        if attribute.key == model.__retention__.after:
            is_day = isinstance(column.type, Date)
            values[attribute.key] = aged_on.date() if is_day else aged_on
        elif column.foreign_keys and not column.nullable:
            values[attribute.key] = _parent(session, column)
        elif not column.nullable and column.default is None and column.autoincrement is not True:
            values[attribute.key] = _something(column)
    values.pop("id", None)
    session.add(model(**values))
    session.flush()


def _parent(session: Session, column: sa.Column[Any]) -> Any:
    """A row for a foreign key to name."""
    (key,) = column.foreign_keys
    table = key.column.table
    found = session.scalar(select(key.column).limit(1))
    if found is None and table.name == "members":
        return make_member(session).id
    if found is None and table.name == "posts":
        return make_post(session).id
    if found is None:
        (parent,) = [model for model in MODELS if model.__table__ is table]
        _fill(session, parent, clock.now())
        found = session.scalar(select(key.column).limit(1))
    return found


def _something(column: sa.Column[Any]) -> Any:
    """A value that fits a column."""
    if isinstance(column.type, (Word, Number)):
        return next(iter(column.type.kind))
    if isinstance(column.type, Date):
        return clock.today()
    if isinstance(column.type, sa.JSON):
        return []
    kind = column.type.python_type
    plain = {bytes: b"x", str: "x", int: 1, bool: False, date: clock.today()}
    return plain.get(kind, clock.now())


def _count(session: Session, model: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("model", PASSING)
def test_a_row_stays_for_its_days_and_goes_the_day_after(
    session: Session, move_clock: Callable[[timedelta], None], model: type[Base]
) -> None:
    days = model.__retention__.days
    assert days is not None
    _fill(session, model, clock.now())
    move_clock(timedelta(days=days - 1))
    run_retention(session)
    assert _count(session, model) == 1, f"gone before its {days} days"
    move_clock(timedelta(days=2))
    assert run_retention(session) >= 1
    assert _count(session, model) == 0, f"still there after {days} days"


@pytest.mark.parametrize("model", PASSING)
def test_a_row_whose_time_has_not_begun_stays(
    session: Session, move_clock: Callable[[timedelta], None], model: type[Base]
) -> None:
    column = getattr(model, model.__retention__.after)
    if not column.nullable:
        return
    _fill(session, model, clock.now())
    session.execute(sa.update(model).values({column.key: None}))
    move_clock(timedelta(days=4000))
    before = _count(session, model)
    run_retention(session)
    session.expire_all()
    assert before == 1
    others = _count(session, model)
    assert others == 1 or _parent_goes(model), "a row went that nobody has closed"


def _parent_goes(model: type[Base]) -> bool:
    """Whether a row may go because the row it hangs on has gone."""
    return any(key.ondelete == "CASCADE" for key in model.__table__.foreign_keys)


def test_what_stays_until_a_deed_is_never_taken(
    session: Session, move_clock: Callable[[timedelta], None]
) -> None:
    make_post(session, author=make_member(session, "Heron"))
    move_clock(timedelta(days=10_000))
    assert run_retention(session) == 0


def test_the_clock_of_these_tests_stands_where_they_think(
    move_clock: Callable[[timedelta], None],
) -> None:
    assert clock.now() == NOON == datetime(2026, 11, 2, 12, tzinfo=UTC)
