"""How many invites a member may give, by trust, and for how long each lets somebody in.

Counted are invites that were given within thirty days, used or not; one that is taken back before
anybody used it counts no more. Newcomers and known members give none: `trusted_to_invite`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Final

from app.policy.vocabulary import Actor, Role, Trust

WINDOW_DAYS: Final = 30  # within which invites are counted, and the longest that one may last
MOST_GIVEN: Final = 50  # the most that an operator can allow one member within the window


@dataclass(frozen=True, slots=True)
class Inviting:
    """What the operator allows. Whoever works for the site gives as many as trusted members."""

    regular: int = 5
    trusted: int = 5
    days: int = WINDOW_DAYS  # for which an invite can be used


def most_invites(actor: Actor, rules: Inviting) -> int:
    """How many invites somebody whom the door lets through may give within the window."""
    works_here = bool(actor.roles & (Role.MODERATOR | Role.OPERATOR))
    return rules.trusted if works_here or actor.trust is Trust.TRUSTED else rules.regular


def inviting_of(numbers: Sequence[int]) -> Inviting:
    """The rules out of plain numbers, as they are stored; the first ones where nothing is."""
    return Inviting(*numbers) if numbers else Inviting()


def numbers_of(rules: Inviting) -> tuple[int, ...]:
    """The plain numbers of the rules, as they are stored."""
    return astuple(rules)
