"""One member's word for another."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.retention import Keep
from app.policy.trust import VOUCH_DAYS


class Vouch(Base):
    """A member says that another one belongs here."""

    __tablename__ = "vouches"
    __retention__ = Keep(
        why="a word for somebody speaks for a year", days=VOUCH_DAYS, after="made_on"
    )

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    voucher_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    made_on: Mapped[date] = mapped_column(Date)
