"""What the community is told and asked by those who look after it, and how it is protected."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import Date, ForeignKey, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import ids
from app.core.db import Base, BigKey, Number, Word
from app.core.retention import Keep
from app.forum.models import Board
from app.policy.vocabulary import Gate, Trust

SHOWN_DAYS: Final = 30  # so long a notice stands where everybody comes by
OPEN_GATE: Final = Gate(read=Trust.VISITOR, reply=Trust.VISITOR, start=Trust.VISITOR)


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


class Measure(StrEnum):
    """What a protection does."""

    MEMBERS_ONLY = "members_only"  # visitors read nothing
    GATE = "gate"  # only members of some trust read and write
    WRITING = "writing"  # everybody reads on; only members of some trust write
    PICTURES = "pictures"  # pictures are added by members of some trust
    FIRST_POSTS = "first_posts"  # what newcomers write waits for a moderator
    INVITES = "invites"  # no invite is made, none lets anybody in
    RETENTION = "retention"  # tables are kept for their shorter time


class Protection(Base):
    """Something that was made stricter for a while, on one board or the whole site.

    It says nothing of why. On its last day the tick undoes it.
    """

    __tablename__ = "protections"
    __retention__ = Keep(
        why="so that the team can look up what was changed", days=90, after="ended_on"
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    measure: Mapped[Measure] = mapped_column(Word(Measure))
    board_id: Mapped[int | None] = mapped_column(
        ForeignKey("boards.id", ondelete="CASCADE"), index=True
    )
    trust: Mapped[Trust] = mapped_column(Number(Trust))  # what a gate asks for at least
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    # What everybody is told when it ends, in the language in which it began; empty for nothing.
    last_words: Mapped[str] = mapped_column(String(300))
    began_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)

    board: Mapped[Board | None] = relationship(lazy="raise_on_sql")

    @property
    def gate(self) -> Gate:
        """The gate of its board; whoever may not enter the board must not learn of it."""
        return OPEN_GATE if self.board is None else self.board.gate


class GuardedValue(Base):
    """What one setting of a board was before protections raised it, and to what they did.

    While the board still has `raised`, nobody has changed it by hand.
    """

    __tablename__ = "guarded_values"
    __retention__ = Keep(why="until the last protection of the board is undone")

    board_id: Mapped[int] = mapped_column(
        ForeignKey("boards.id", ondelete="CASCADE"), primary_key=True
    )
    field: Mapped[str] = mapped_column(String(24), primary_key=True)
    before: Mapped[int] = mapped_column(SmallInteger)
    raised: Mapped[int] = mapped_column(SmallInteger)
