"""What one of the staff proposes and a second has to agree to."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, ids
from app.core.db import Base, BigKey, Hour, Number, Word
from app.core.retention import Keep
from app.moderation.models import Rule
from app.policy.vocabulary import Role

OPEN_FOR: Final = timedelta(days=7)


class Deed(StrEnum):
    """What may be proposed about a member."""

    GIVE_ROLE = "give_role"
    TAKE_ROLE = "take_role"
    REMOVE = "remove"  # for good


ASKS_OF: Final = {  # the role of those who decide about it
    Deed.GIVE_ROLE: Role.OPERATOR,
    Deed.TAKE_ROLE: Role.OPERATOR,
    Deed.REMOVE: Role.MODERATOR,
}


class Proposal(Base):
    """A deed that takes two, until the second has agreed or the time is over."""

    __tablename__ = "proposals"
    __retention__ = Keep(
        why="a proposal runs out after seven days; one that was decided goes at once",
        days=OPEN_FOR.days,
        after="made_on",
    )
    __table_args__ = (UniqueConstraint("member_id", "deed", "role"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    deed: Mapped[Deed] = mapped_column(Word(Deed))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(Number(Role), default=Role.NONE)  # none for a removal
    rule: Mapped[Rule | None] = mapped_column(Word(Rule))  # of a removal, with its facts
    facts: Mapped[str] = mapped_column(Text, default="")
    first_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    made_on: Mapped[date] = mapped_column(Date)
    # From when on the first may do it alone, had there been nobody else to ask; else nothing.
    alone_from: Mapped[datetime | None] = mapped_column(Hour)

    @property
    def asks_of(self) -> Role:
        """The role of those who decide about it."""
        return ASKS_OF[self.deed]

    @property
    def until(self) -> date:
        """The last day on which somebody may agree."""
        return self.made_on + OPEN_FOR

    @property
    def is_open(self) -> bool:
        """Whether there is still time to agree."""
        return clock.today() <= self.until
