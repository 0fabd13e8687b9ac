"""Filters: the community's own phrases and patterns, and what becomes of a text that holds one."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import Boolean, Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, ids
from app.core.db import Base, BigKey, Word
from app.core.retention import Keep

PATTERN_SIGNS: Final = 200  # SCREENING.md §10
MESSAGE_SIGNS: Final = 200


class Sort(StrEnum):
    """How a filter's pattern is read."""

    PHRASE = "phrase"  # words, with `*` for the rest of a word
    REGEX = "regex"


class Action(StrEnum):
    """What becomes of a text in which the pattern stands."""

    NUDGE = "nudge"
    HOLD = "hold"
    REFUSE = "refuse"
    ALERT = "alert"


RULE: Final = "filter:"  # before its public id, as the name of a signal in a finding


class Filter(Base):
    """One phrase or pattern that the moderators look out for."""

    __tablename__ = "filters"
    __retention__ = Keep(why="until a moderator takes it away")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    sort: Mapped[Sort] = mapped_column(Word(Sort))
    pattern: Mapped[str] = mapped_column(String(PATTERN_SIGNS))
    board: Mapped[str] = mapped_column(String(16), default="")  # its public id; empty: everywhere
    action: Mapped[Action] = mapped_column(Word(Action))
    message: Mapped[str] = mapped_column(String(MESSAGE_SIGNS), default="")
    ends_on: Mapped[date | None] = mapped_column(Date)
    hit_count: Mapped[int] = mapped_column(Integer, default=0)
    is_on: Mapped[bool] = mapped_column(Boolean, default=True)
    made_on: Mapped[date] = mapped_column(Date)

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed."""
        return self.ends_on is not None and self.ends_on < clock.today()


class FilterBook(Base):
    """The one row that says which state the filters are in."""

    __tablename__ = "filter_books"
    __retention__ = Keep(why="as long as this server stands; it speaks of no member")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    version: Mapped[str] = mapped_column(String(16))
