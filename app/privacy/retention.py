"""The retention runner: reads `__retention__` off every table and takes away what is too old."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Date, Integer, String, and_, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock, shreds
from app.core.db import Base, Hour
from app.core.retention import Keep
from app.core.settings import read_settings

RETENTION: Final = "retention"
REPORT_DAYS: Final = 30


class Upkeep(Base):
    """When the server last did one of the things that it does by itself."""

    __tablename__ = "upkeep"
    __retention__ = Keep(why="one line for each thing; it speaks of no member")

    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    ran_at: Mapped[datetime] = mapped_column(Hour)


class RetentionCount(Base):
    """How many rows of one table were taken away on one day because their time was up."""

    __tablename__ = "retention_counts"
    __retention__ = Keep(
        why="for the page that shows what went", days=REPORT_DAYS, after="counted_on"
    )

    counted_on: Mapped[date] = mapped_column(Date, primary_key=True)
    of_table: Mapped[str] = mapped_column(String(64), primary_key=True)
    gone: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True, slots=True)
class Report:
    """When retention last ran, and what it took from each table in the last thirty days."""

    ran_at: datetime | None
    gone: Mapping[str, int]


def run_retention(session: Session) -> int:
    """Take away every row whose time is up; returns how many rows went."""
    gone = {}
    is_shorter = read_settings(session).is_kept_shorter
    # What hangs on a row goes before it: a row that is taken along would leave its shred behind.
    order = {table: place for place, table in enumerate(Base.metadata.sorted_tables)}
    mappers = sorted(Base.registry.mappers, key=lambda mapper: -order[mapper.class_.__table__])
    for mapper in mappers:
        keep = mapper.class_.__retention__
        days = keep.days_now(is_shorter=is_shorter)
        if days is None:
            continue
        column = getattr(mapper.class_, keep.after)
        edge = clock.now() - timedelta(days=days)
        limit = edge.date() if isinstance(column.type, Date) else edge
        is_past = and_(column.is_not(None), column < limit)
        if "shred_id" in mapper.columns:  # sealed: the other part of its key must not outlive it
            shreds.destroy(session, session.scalars(select(mapper.class_.shred_id).where(is_past)))
        result = session.execute(
            delete(mapper.class_).where(is_past),
            execution_options={"synchronize_session": False},
        )
        gone[mapper.class_.__tablename__] = max(getattr(result, "rowcount", 0), 0)
    for name, count in gone.items():
        if count and name != RetentionCount.__tablename__:
            _count(session, name, count)
    note_run(session, RETENTION)
    return sum(gone.values())


def report(session: Session) -> Report:
    """What retention did, for the page that shows it."""
    rows: Sequence[tuple[str, int]] = [
        (name, count)
        for name, count in session.execute(
            select(RetentionCount.of_table, func.sum(RetentionCount.gone))
            .group_by(RetentionCount.of_table)
            .order_by(RetentionCount.of_table)
        )
    ]
    ran = session.get(Upkeep, RETENTION)
    return Report(ran_at=None if ran is None else ran.ran_at, gone=dict(rows))


def has_run_since(session: Session, name: str, moment: datetime) -> bool:
    """Whether something was done at this moment or after."""
    ran = session.get(Upkeep, name)
    return ran is not None and ran.ran_at >= clock.to_hour(moment)


def note_run(session: Session, name: str) -> None:
    """Write down that something was done now."""
    session.merge(Upkeep(name=name, ran_at=clock.now()))


def _count(session: Session, name: str, count: int) -> None:
    """Add to what went from a table today."""
    today = session.get(RetentionCount, (clock.today(), name))
    if today is None:
        session.add(RetentionCount(counted_on=clock.today(), of_table=name, gone=count))
    else:
        today.gone += count
