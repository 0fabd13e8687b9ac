"""Should the community be told? An aid that shows its rule; two people decide. Pure.

The rules are RESPONSE.md §9, the strictest first: the first one that applies answers. Each has an
opposite view, which stands beside it, so that nobody mistakes the aid for the decision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from app.cases.words import Level


class Rule(StrEnum):
    """What led to an answer."""

    OTHERS_IN_DANGER = "others_in_danger"
    LEGAL_DUTY = "legal_duty"
    STILL_VISIBLE = "still_visible"
    MEMBER_SAYS_NO = "member_says_no"
    OTHERS_NAMED = "others_named"
    OUR_FAULT = "our_fault"
    PERHAPS_INSIDE = "perhaps_inside"
    DISCUSSED = "discussed"
    DISCUSSED_GUESSABLE = "discussed_guessable"
    SOME_SAW = "some_saw"
    MANY_SAW = "many_saw"
    MANY_SAW_GUESSABLE = "many_saw_guessable"
    FEW_SAW = "few_saw"


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known when the question is asked; what is unknown counts as the careful answer."""

    member_agrees: bool = False
    others_in_danger: bool = False  # and could do something about it
    legal_duty: bool = False
    guessable: bool = True  # fewer than a hundred are active, or absence or topic would tell
    some_saw: bool = False  # three to twenty replied to it or quoted it
    many_saw: bool = False
    discussed: bool = False
    still_visible: bool = False
    perhaps_inside: bool = False
    our_fault: bool = False
    others_named: bool = False  # and have not agreed

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The questions, in their order."""
        return tuple(field.name for field in fields(cls))


@dataclass(frozen=True, slots=True)
class Advice:
    """What the aid says, and by which rule."""

    level: Level
    rule: Rule


RULES: Final[tuple[tuple[Rule, Callable[[Answers], bool], Level], ...]] = (
    (Rule.OTHERS_IN_DANGER, lambda said: said.others_in_danger, Level.N5),
    (Rule.LEGAL_DUTY, lambda said: said.legal_duty, Level.N2),
    (Rule.STILL_VISIBLE, lambda said: said.still_visible, Level.N0),
    (Rule.MEMBER_SAYS_NO, lambda said: not said.member_agrees, Level.N1),
    (Rule.OTHERS_NAMED, lambda said: said.others_named, Level.N1),
    (Rule.OUR_FAULT, lambda said: said.our_fault, Level.N5),
    (Rule.PERHAPS_INSIDE, lambda said: said.perhaps_inside, Level.N5),
    (Rule.DISCUSSED_GUESSABLE, lambda said: said.discussed and said.guessable, Level.N3),
    (Rule.DISCUSSED, lambda said: said.discussed, Level.N4),
    (Rule.MANY_SAW_GUESSABLE, lambda said: said.many_saw and said.guessable, Level.N3),
    (Rule.MANY_SAW, lambda said: said.many_saw, Level.N4),
    (Rule.SOME_SAW, lambda said: said.some_saw, Level.N2),
    (Rule.FEW_SAW, lambda said: True, Level.N1),
)
WITHOUT_CONSENT: Final = frozenset({Rule.OTHERS_IN_DANGER, Rule.LEGAL_DUTY})
TO_EVERYBODY: Final = frozenset({Level.N3, Level.N4, Level.N5})


def advise(said: Answers) -> Advice:
    """What the aid says: the first rule that applies."""
    rule, _applies, level = next(row for row in RULES if row[1](said))
    return Advice(level, rule)
