"""What the community says of itself and of what is stored here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.core.db import Base
from app.privacy import retention

LATE: Final = timedelta(hours=2)
FEW: Final = 10


@dataclass(frozen=True, slots=True)
class KeptTable:
    """One table and how long its rows stay."""

    name: str
    why: str
    days: int | None


@dataclass(frozen=True, slots=True)
class Upkeep:
    """When the server last took away what is too old, and how much in the last thirty days.

    `is_late` says that it has not run for two hours, although it should every quarter of one.
    `went` names tables with how many rows; small numbers would tell of single members, so they
    are none (None).
    """

    ran_at: datetime | None
    is_late: bool
    went: Sequence[tuple[str, int | None]]


def upkeep(session: Session, now: datetime) -> Upkeep:
    """What the page that promises retention shows of it."""
    report = retention.report(session)
    return Upkeep(
        ran_at=report.ran_at,
        is_late=report.ran_at is None or now - report.ran_at > LATE,
        went=[(name, count if count >= FEW else None) for name, count in report.gone.items()],
    )


def kept_tables() -> Sequence[KeptTable]:
    """Every table of this server with its retention, read off the models themselves."""
    rules = {
        mapper.class_.__tablename__: mapper.class_.__retention__ for mapper in Base.registry.mappers
    }
    return [KeptTable(name, rule.why, rule.days) for name, rule in sorted(rules.items())]
