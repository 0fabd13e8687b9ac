"""What somebody's own posts say about himself or herself, fact by weak fact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.screening.engine import PLAIN, Context, lexicon_for, views
from app.screening.findings import Span
from app.screening.readers import place_from

KINDS: Final = (
    "place",
    "age",
    "work",
    "school",
    "family",
    "health",
    "belief",
    "routine",
    "looks",
    "vehicle",
    "languages",
    "accounts",
)
_POINTING: Final = frozenset({"place", "work", "school"})
ENOUGH_KINDS: Final = 3  # town, trade and age together usually point to a few people


@dataclass(frozen=True, slots=True)
class Fact:
    """One weak fact about the author: its kind, a message id `kind.<kind>`, and where it stands."""

    kind: str
    span: Span

    @property
    def message(self) -> str:
        """The id of the kind's name in `messages.MESSAGES`."""
        return f"kind.{self.kind}"


def facts(text: str, *, context: Context = PLAIN) -> tuple[Fact, ...]:
    """Return the weak facts that a text gives about its own author, in order of place."""
    lexicon = lexicon_for(context.languages)
    view = next(views(text, lexicon, context))
    found: dict[tuple[int, int, str], Fact] = {}
    for pattern in view.matching(frozenset({"facts"})):
        slots = pattern.expression.groupindex
        for match in pattern.expression.finditer(view.symbols):
            first, last = match.span()
            while last > first + 1 and not view.keys[last - 1][0].isalnum():
                last -= 1
            if "place" in slots:
                read = place_from(view, match.start(slots["place"]), lexicon.head_endings)
                if read is not None:
                    last = max(last, read.last)
                elif not view.is_capital(match.start(slots["place"])):
                    continue
            span = view.mapped.span(view.starts[first], view.ends[last - 1])
            found.setdefault((span.start, span.end, pattern.strength), Fact(pattern.strength, span))
    return tuple(found[key] for key in sorted(found))


def points_to_few(kinds: Iterable[str]) -> bool:
    """Return whether these kinds of facts together usually point to a few people."""
    known = set(kinds)
    return len(known) >= ENOUGH_KINDS and bool(known & _POINTING)
