"""How much reports count. Pure.

Whoever wants to be rid of somebody reports him or her, often, urgently, and with friends. So an
urgent mark moves something in the queue only by the word of somebody who has been right before, or
has not yet been wrong often; and reports of people who brought one another in count as one.
Nothing of this keeps a report from being read, and what may show who somebody is comes first
whoever says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.policy.vocabulary import Trust

LOOKED_AT: Final = 10  # so many of the last reports that were decided
ENOUGH: Final = 4  # fewer say nothing of anybody
RIGHT_ONE_IN: Final = 4  # who is right less often is not taken at the word "urgent"


@dataclass(frozen=True, slots=True)
class Reporting:
    """What came of somebody's last reports."""

    upheld: int = 0
    left: int = 0

    @property
    def is_mostly_wrong(self) -> bool:
        """Whether there are enough of them, and almost none was right."""
        decided = self.upheld + self.left
        return decided >= ENOUGH and self.upheld * RIGHT_ONE_IN < decided


def hurries(trust: Trust, reporting: Reporting) -> bool:
    """Whether the urgent mark of somebody puts a report before others."""
    return trust >= Trust.KNOWN and not reporting.is_mostly_wrong


def independent(reporters: Iterable[int], ties: Iterable[tuple[int, int]]) -> int:
    """How many reports are left when those of people who brought one another in count as one.

    Args:
        reporters: who reported, each once.
        ties: who came by whose invite; two who came by the invite of the same third are tied too.
    """
    above = {member: member for member in reporters}
    count = len(above)

    def top(member: int) -> int:
        while above[member] != member:
            member = above[member]
        return member

    for member, inviter in ties:
        above.setdefault(inviter, inviter)
        one, other = top(above.setdefault(member, member)), top(inviter)
        if one != other:
            above[one] = other
    return len({top(member) for member in list(above)[:count]})
