"""Weak facts about one private person that are an exposure only when they are put together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from app.screening.findings import About, Category, Finding, Signal, Span
from app.screening.lexicon import Lexicon
from app.screening.messages import why
from app.screening.scoring import BASE, confidence
from app.screening.tokens import View

KINDS: Final = (
    "age",
    "family",
    "first_name",
    "health",
    "looks",
    "place",
    "routine",
    "school",
    "vehicle",
    "work",
)
POINTING: Final = frozenset({"place", "work", "school", "routine"})
ENOUGH: Final = 3
PER_KIND: Final = 5  # tenths of log-odds that each kind beyond the third adds


def told_of_others(view: View, lexicon: Lexicon) -> dict[str, tuple[int, int]]:
    """Return the kinds of weak facts a view tells about a third person, each with its tokens."""
    kinds: dict[str, tuple[int, int]] = {}
    for pattern in view.matching(frozenset({"others"})):
        for match in pattern.expression.finditer(view.symbols):
            kinds.setdefault(pattern.strength, match.span())
    return kinds


def accumulated(view: View, lexicon: Lexicon, earlier: Iterable[View]) -> Finding | None:
    """Return a finding if this text, with the author's earlier ones, tells enough of one person."""
    here = told_of_others(view, lexicon)
    if not here:
        return None
    kinds = set(here)
    for other in earlier:
        kinds |= set(told_of_others(other, lexicon))
    if len(kinds) < ENOUGH or not kinds & POINTING:
        return None
    first = min(start for start, _ in here.values())
    last = max(end for _, end in here.values())
    span = view.mapped.span(view.starts[first], view.ends[last - 1])
    signals = (
        Signal("accumulation", BASE["accumulation"], span),
        Signal("kinds", PER_KIND * (len(kinds) - ENOUGH), span),
    )
    named = tuple(kind for kind in KINDS if kind in kinds)
    return Finding(
        Category.ACCUMULATION,
        Span(span.start, span.end),
        confidence(signals),
        About.PERSON,
        why(Category.ACCUMULATION, About.PERSON, ("kinds", ", ".join(named))),
        signals,
    )
