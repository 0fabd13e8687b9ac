"""A member's own safety: what only the member opens, and copies for somebody he or she trusts.

The plan, the ticks of the guides and whatever else a member keeps here lie in one box, so that the
disk does not tell who has a plan from who has read a guide.
"""

from __future__ import annotations

import secrets
from datetime import date
from typing import Final

from sqlalchemy import BigInteger, Date, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core import ids
from app.core.db import Base, BigKey
from app.core.retention import Keep

ID_BITS: Final = 62


def drawn_id() -> int:
    """An inner id that tells nothing of when its row came."""
    return secrets.randbits(ID_BITS)


class OwnPage(Base):
    """What a member keeps for himself or herself alone: one box under the member's own key."""

    __tablename__ = "own_pages"
    __retention__ = Keep(why="until its member erases it, or leaves")

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    shred_id: Mapped[int] = mapped_column(BigInteger)
    part: Mapped[bytes] = mapped_column(LargeBinary(128))
    box: Mapped[bytes] = mapped_column(LargeBinary)


class PlanCopy(Base):
    """Some of a plan, sealed to one other person; who that is no row says."""

    __tablename__ = "plan_copies"
    __retention__ = Keep(why="a copy that nobody renews is out of date", days=365, after="made_on")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False, default=drawn_id)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    shred_id: Mapped[int] = mapped_column(BigInteger)
    part: Mapped[bytes] = mapped_column(LargeBinary(128))
    box: Mapped[bytes] = mapped_column(LargeBinary)
    made_on: Mapped[date] = mapped_column(Date)
