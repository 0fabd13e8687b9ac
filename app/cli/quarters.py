"""The report of a quarter, written by the first tick after it, which may ask all rooms."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.community import quarters


def write_report(session: Session) -> None:
    """Write the report of the quarter that is over, unless it is there. Drills are no cases."""
    quarter, first, after = quarters.last_quarter()
    if quarters.is_written(session, quarter):
        return
    cases = select(func.count()).where(
        Case.opened_on >= first, Case.opened_on < after, Case.is_drill.is_(False)
    )
    quarters.write(session, quarter, first, after, session.scalar(cases) or 0)
