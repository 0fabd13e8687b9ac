"""The statement ladder: what may be said of where an exposure came from, and on what. Pure.

It counts ways in which something could have been known. It knows no score, no rank and no
"probably", and nothing in it tells who has read what: nobody writes that down (RESPONSE.md §14).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.cases.words import Rung
from app.cases.workflow import Gate, is_reason

LISTED_BELOW: Final = 20  # a set of so many accounts is never listed by name
LEAST_UNCOUNTED: Final = 34  # per cent: never under a third, unless somebody writes why
WHOLE: Final = 100
EXAMPLES: Final = (2, 5, 12, 40)
HALF: Final = 50


@dataclass(frozen=True, slots=True)
class Known:
    """Who could have known by the rules: accounts here, or everybody."""

    accounts: frozenset[int] = frozenset()
    told: int = 0  # recipients of messages, as the member shows them; they may be counted already
    is_public: bool = False

    @property
    def count(self) -> int:
        """At least so many accounts; the two kinds may be the same people."""
        return max(len(self.accounts), self.told)

    @property
    def is_listable(self) -> bool:
        """Whether the set is small enough that two people may look at the names."""
        return not self.is_public and 0 < len(self.accounts) < LISTED_BELOW


@dataclass(frozen=True, slots=True)
class Bar:
    """How much of what could have happened is counted here, not counted, and not known; in 100."""

    uncounted: int = LEAST_UNCOUNTED
    unknown: int = 33

    @property
    def counted(self) -> int:
        """What is left for ways that are counted."""
        return WHOLE - self.uncounted - self.unknown


@dataclass(frozen=True, slots=True)
class Grounds:
    """On what a statement would rest."""

    known: Known = Known()
    is_wanted: bool = False  # the affected member said that it may be looked into
    has_routes: bool = False
    has_record: bool = False  # an account of this site posted it, and the case holds the record
    alternatives: str = ""
    change: str = ""
    words: str = ""  # of an admission, or how record and control of the account were checked


def barred(uncounted: int, unknown: int, why: str) -> tuple[Gate, ...]:
    """What keeps a bar from being drawn so."""
    if min(uncounted, unknown) < 0 or uncounted + unknown > WHOLE:
        return (Gate.ORDER,)
    if uncounted < LEAST_UNCOUNTED and not is_reason(why):
        return (Gate.UNCOUNTED,)
    return ()


def saying(rung: Rung, grounds: Grounds) -> tuple[Gate, ...]:
    """What keeps a statement from being made. "We cannot tell" may always be said."""
    if rung is Rung.UNKNOWN:
        return ()
    if rung >= Rung.RECORD:
        shut = {
            Gate.GROUNDS: not grounds.has_record,
            Gate.REASON: rung is Rung.ADMITTED and not is_reason(grounds.words),
        }
    else:
        shut = {Gate.NOT_WANTED: not grounds.is_wanted, Gate.GROUNDS: not grounds.has_routes}
    shut[Gate.ALTERNATIVES] = not (is_reason(grounds.alternatives) and is_reason(grounds.change))
    return tuple(gate for gate, is_shut in shut.items() if is_shut)


def naming(grounds: Grounds) -> tuple[Gate, ...]:
    """What keeps names from being looked at, before two ask for it with a reason."""
    shut = {
        Gate.NOT_WANTED: not grounds.is_wanted,
        Gate.TOO_MANY: not grounds.known.is_listable,
        Gate.ALTERNATIVES: not (is_reason(grounds.alternatives) and is_reason(grounds.change)),
    }
    return tuple(gate for gate, is_shut in shut.items() if is_shut)


def share(count: int, others: int = HALF) -> float:
    """How much falls on one of `count` accounts while other ways have `others` per cent."""
    return (WHOLE - others) / count


def modesty() -> Mapping[int, str]:
    """What one account of a set comes to when half of it lies elsewhere: not much."""
    return {count: f"{share(count):.2g}" for count in EXAMPLES}
