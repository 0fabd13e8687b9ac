"""The retention runner: reads `__retention__` off every table and takes away what is too old."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Date, delete
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import Base


def run_retention(session: Session) -> int:
    """Take away every row whose time is up; returns how many rows went."""
    gone = 0
    for mapper in Base.registry.mappers:
        keep = mapper.class_.__retention__
        if keep.days is None:
            continue
        column = getattr(mapper.class_, keep.after)
        edge = clock.now() - timedelta(days=keep.days)
        limit = edge.date() if isinstance(column.type, Date) else edge
        result = session.execute(
            delete(mapper.class_).where(column.is_not(None), column < limit),
            execution_options={"synchronize_session": False},
        )
        gone += max(getattr(result, "rowcount", 0), 0)
    return gone
