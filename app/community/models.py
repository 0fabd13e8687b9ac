"""What the community is told by those who look after it."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import Date, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import ids
from app.core.db import Base, BigKey
from app.core.retention import Keep

SHOWN_DAYS: Final = 30  # so long a notice stands where everybody comes by


class Announcement(Base):
    """One notice to the community: a text and the day from which it is shown, nothing of why."""

    __tablename__ = "announcements"
    __retention__ = Keep(
        why="so that whoever comes back after months can read it", days=365, after="shows_on"
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    text: Mapped[str] = mapped_column(Text)
    shows_on: Mapped[date] = mapped_column(Date)
