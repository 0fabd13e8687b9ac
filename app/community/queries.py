"""What the community says of itself and of what is stored here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.community.models import Announcement
from app.community.tables import GROUPS
from app.core import clock
from app.core.db import Base
from app.privacy import retention

LATE: Final = timedelta(hours=2)
FEW: Final = 10


@dataclass(frozen=True, slots=True)
class KeptTable:
    """What one table holds, in plain words, and how long its rows stay."""

    what: str
    why: str
    days: int | None


@dataclass(frozen=True, slots=True)
class Upkeep:
    """When the server last took away what is too old, and how much in the last thirty days.

    `is_late` says that it has not run for two hours, although it should every quarter of one.
    `went` says what the tables hold, with how many rows; small numbers would tell of single
    members, so they are none (None).
    """

    ran_at: datetime | None
    is_late: bool
    went: Sequence[tuple[str, int | None]]


def announcements(session: Session, days: int | None = None) -> Sequence[Announcement]:
    """The notices that are shown today, the newest first; with `days` only those as young."""
    today = clock.today()
    query = select(Announcement).where(Announcement.shows_on <= today)
    if days is not None:
        query = query.where(Announcement.shows_on > today - timedelta(days=days))
    order = (Announcement.shows_on.desc(), Announcement.id.desc())
    return session.scalars(query.order_by(*order)).all()


def upkeep(session: Session, now: datetime) -> Upkeep:
    """What the page that promises retention shows of it."""
    report = retention.report(session)
    return Upkeep(
        ran_at=report.ran_at,
        is_late=report.ran_at is None or now - report.ran_at > LATE,
        went=[
            (in_words(name), count if count >= FEW else None) for name, count in report.gone.items()
        ],
    )


def kept_tables(*, is_shorter: bool = False) -> dict[str, Sequence[KeptTable]]:
    """What is stored for what, with the retention that holds now, read off the models."""
    rules = {
        mapper.class_.__tablename__: mapper.class_.__retention__ for mapper in Base.registry.mappers
    }
    return {
        str(heading): [
            KeptTable(
                str(what), gettext(rules[name].why), rules[name].days_now(is_shorter=is_shorter)
            )
            for name, what in tables.items()
        ]
        for heading, tables in GROUPS
    }


def in_words(table: str) -> str:
    """What a table holds, in plain words; its name, where an older version left it."""
    return next((str(tables[table]) for _heading, tables in GROUPS if table in tables), table)
