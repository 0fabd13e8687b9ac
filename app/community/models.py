"""What the community is told and asked by those who look after it, and how it is protected."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock, ids
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


class Occasion(StrEnum):
    """What a notice is for."""

    ACKNOWLEDGEMENT = "acknowledgement"  # something happened
    REAFFIRMATION = "reaffirmation"  # nothing has to have happened


class Wording(Base):
    """A notice that two people have not signed yet; until then nobody else reads it."""

    __tablename__ = "wordings"
    __retention__ = Keep(why="what two have not signed is not told", days=90, after="made_on")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    occasion: Mapped[Occasion] = mapped_column(Word(Occasion))
    text: Mapped[str] = mapped_column(Text)
    days: Mapped[int] = mapped_column(SmallInteger)  # between the second signature and its day
    first_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    made_on: Mapped[date] = mapped_column(Date)


class QuarterCount(Base):
    """How often something was done in one quarter; nothing where it was too seldom to say."""

    __tablename__ = "quarter_counts"
    __retention__ = Keep(why="numbers of a quarter speak of nobody, and stay")

    quarter: Mapped[str] = mapped_column(String(7), primary_key=True)  # as 2026-Q3
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    count: Mapped[int | None] = mapped_column(Integer)


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


class Round(Base):
    """A question to members, and the urn into which they answer: of none it says whose it is.

    While it is open the answers lie in the urn alone: one box, boxed anew with each answer, ordered
    by marks that only their members' own keys can make (`urn`). When it is counted, the urn and the
    other half of its key are destroyed. What is shown then has no mark, no order and no day.
    """

    __tablename__ = "rounds"
    __retention__ = Keep(
        why="so that what was asked, said and answered can be looked up",
        days=730,
        after="counted_on",
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    question: Mapped[str] = mapped_column(Text)
    choices: Mapped[list[str]] = mapped_column(JSON)
    gate_read: Mapped[Trust] = mapped_column(Number(Trust))
    opened_on: Mapped[date] = mapped_column(Date)
    closes_on: Mapped[date] = mapped_column(Date)
    counted_on: Mapped[date | None] = mapped_column(Date)
    shred_id: Mapped[int] = mapped_column(BigInteger)  # gone once the urn was counted
    urn: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Votes for each choice, then those for none; empty where too few voted to show it.
    tally: Mapped[list[int]] = mapped_column(JSON)
    heard: Mapped[str] = mapped_column(Text)  # the public answer, in three parts
    will_do: Mapped[str] = mapped_column(Text)
    will_not: Mapped[str] = mapped_column(Text)
    replied_on: Mapped[date | None] = mapped_column(Date)

    @property
    def gate(self) -> Gate:
        """Who may read and answer it."""
        return Gate(read=self.gate_read, reply=self.gate_read, start=self.gate_read)

    @property
    def is_open(self) -> bool:
        """Whether answers are taken."""
        return self.counted_on is None and clock.today() < self.closes_on


class RoundText(Base):
    """One answer in words, after the count. Its number is drawn, so that rows tell no order."""

    __tablename__ = "round_texts"
    __retention__ = Keep(why="as long as its question, and gone with it")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), index=True)
    body: Mapped[str] = mapped_column(Text)
