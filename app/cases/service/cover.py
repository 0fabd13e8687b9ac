"""The hours in which somebody is on duty."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.cases.clocks import Window
from app.cases.models import CoverHour
from app.core import audit
from app.policy.vocabulary import Actor


def set_hours(session: Session, operator: Actor, windows: Sequence[Window]) -> None:
    """Set the hours of duty in place of those before."""
    session.execute(delete(CoverHour))
    session.add_all(
        CoverHour(weekday=window.weekday, begins=window.begins, ends=window.ends)
        for window in windows
    )
    audit.record(session, operator.public_id, "cover.edit", "site")
