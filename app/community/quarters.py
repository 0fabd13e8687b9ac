"""The report of each quarter: how often something was done, and only where that says of nobody.

A number below five is not in it, on the disk neither. There are no sums, from which one could be
worked out. What moderators did stands in the public log day by day; cases stand nowhere but here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.community.models import QuarterCount
from app.core import clock
from app.core.audit import AuditEntry

FEWEST: Final = 5  # RESPONSE.md §3, D11
MONTHS: Final = 3


class Counted(StrEnum):
    """What is counted."""

    CASES = "cases"
    TAKEN_AWAY = "taken_away"
    RELEASED = "released"
    SANCTIONS = "sanctions"
    UPHELD = "upheld"
    UNDONE = "undone"
    PROTECTIONS = "protections"


VERBS: Final[Mapping[Counted, tuple[str, ...]]] = {
    Counted.TAKEN_AWAY: ("post.remove", "post.reject"),
    Counted.RELEASED: ("post.release",),
    Counted.SANCTIONS: ("sanction.warn", "sanction.silence", "sanction.suspend"),
    Counted.UPHELD: ("statement.uphold",),
    Counted.UNDONE: ("statement.undo",),
    Counted.PROTECTIONS: ("protection.begin",),
}


def last_quarter() -> tuple[str, date, date]:
    """The quarter that is over: its name, its first day, and the first day after it."""
    today = clock.today()
    after = date(today.year, (today.month - 1) // MONTHS * MONTHS + 1, 1)
    last = after - timedelta(days=1)
    first = date(last.year, (last.month - 1) // MONTHS * MONTHS + 1, 1)
    return f"{last.year}-Q{(last.month - 1) // MONTHS + 1}", first, after


def is_written(session: Session, quarter: str) -> bool:
    """Whether the report of a quarter is there."""
    query = select(QuarterCount.kind).where(QuarterCount.quarter == quarter)
    return session.scalar(query.limit(1)) is not None


def write(session: Session, quarter: str, first: date, after: date, cases: int) -> None:
    """Write the report of a quarter; `cases` are counted by who knows of them."""
    counts = {Counted.CASES: cases}
    for counted, verbs in VERBS.items():
        query = select(func.count()).where(
            AuditEntry.verb.in_(verbs), AuditEntry.on >= first, AuditEntry.on < after
        )
        counts[counted] = session.scalar(query) or 0
    for counted, count in counts.items():
        told = count if count >= FEWEST else None
        session.add(QuarterCount(quarter=quarter, kind=counted.value, count=told))


def reports(session: Session) -> Mapping[str, Mapping[Counted, int | None]]:
    """All reports, the newest first."""
    rows: Sequence[QuarterCount] = session.scalars(
        select(QuarterCount).order_by(QuarterCount.quarter.desc())
    ).all()
    found: dict[str, dict[Counted, int | None]] = {}
    for row in rows:
        found.setdefault(row.quarter, {})[Counted(row.kind)] = row.count
    return found
