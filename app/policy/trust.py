"""The ladder of trust: what is counted of a member, and what each step asks for.

Counted are days, days with published posts, other members who gave thanks or vouched, and decisions
against what he or she wrote; never what somebody reads, and never how much is written on one day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import Final

from app.policy.vocabulary import Trust

UPHELD_FOR: Final = 90  # days for which a decision counts
GRACE: Final = 14  # days between the word that trust will fall, and its fall
VOUCHES_A_MONTH: Final = 3
VOUCH_DAYS: Final = 365


class Count(StrEnum):
    """What is counted."""

    DAYS = "days"
    DAYS_WRITTEN = "days_written"
    THANKED_BY = "thanked_by"
    VOUCHED_BY = "vouched_by"
    UPHELD = "upheld"


@dataclass(frozen=True, slots=True)
class Record:
    """What counts of one member."""

    days: int = 0  # since joining
    days_written: int = 0  # on which something was published that still stands
    thanked_by: int = 0  # other members
    vouched_by: int = 0  # other members
    upheld: int = 0  # decisions to take away what he or she wrote, in the last 90 days


@dataclass(frozen=True, slots=True)
class Step:
    """What a level of trust asks for: at least so much, and no more decisions than `upheld`."""

    days: int
    days_written: int
    thanked_by: int
    vouched_by: int
    upheld: int


@dataclass(frozen=True, slots=True)
class Want:
    """One thing that a step asks for, and how much of it is there."""

    count: Count
    has: int
    needs: int

    @property
    def is_met(self) -> bool:
        """Whether it is enough, or not too much."""
        return self.has <= self.needs if self.count is Count.UPHELD else self.has >= self.needs


Ladder = Mapping[Trust, Step]
STEPS: Final = (Trust.KNOWN, Trust.REGULAR, Trust.TRUSTED)
LADDER: Final[Ladder] = {
    Trust.KNOWN: Step(days=3, days_written=2, thanked_by=0, vouched_by=0, upheld=1),
    Trust.REGULAR: Step(days=30, days_written=10, thanked_by=3, vouched_by=0, upheld=1),
    Trust.TRUSTED: Step(days=120, days_written=30, thanked_by=10, vouched_by=2, upheld=0),
}


def wants(record: Record, step: Step) -> tuple[Want, ...]:
    """All that a step asks for, beside what is there."""
    return tuple(Want(count, getattr(record, count), getattr(step, count)) for count in Count)


def earned(record: Record, ladder: Ladder) -> Trust:
    """The level that a record has earned: the last step before the first that it does not meet."""
    level = Trust.NEWCOMER
    for step in STEPS:
        if not all(want.is_met for want in wants(record, ladder[step])):
            break
        level = step
    return level


def next_step(trust: Trust) -> Trust | None:
    """The level above, or none."""
    return None if trust is Trust.TRUSTED else Trust(max(trust, Trust.NEWCOMER) + 1)


def ladder_of(rows: Sequence[Sequence[int]]) -> Ladder:
    """A ladder out of plain numbers, as it is stored; the first one where nothing is stored."""
    if not rows:
        return LADDER
    return {level: Step(*row) for level, row in zip(STEPS, rows, strict=True)}


def rows_of(ladder: Ladder) -> tuple[tuple[int, ...], ...]:
    """The plain numbers of a ladder, the lowest step first."""
    return tuple(astuple(ladder[level]) for level in STEPS)
