"""What every reader of a matched pattern needs: its tokens, its clause, a candidate for it."""

from __future__ import annotations

from typing import Final

import re2

from app.screening.findings import Category
from app.screening.lexicon import PUBLIC, SPEAKS
from app.screening.scene import WINDOW, Candidate, Scene
from app.screening.scoring import CLAUSE as CLAUSE_WEIGHTS

CLAUSE: Final = 6
_CLAUSE_ENDS: Final = frozenset('.!?;\n,:()"')


def candidate_of(scene: Scene, category: Category, first: int, last: int, base: str) -> Candidate:
    """Return a candidate for tokens `first:last`; raises OverBudgetError as scenes do."""
    view = scene.view
    candidate = scene.candidate(category, view.starts[first], view.ends[last - 1], base)
    if view.is_disguised(candidate.start, candidate.end):
        candidate.add(f"disguise.{view.name}", 6)
    return candidate


def token_at(found: re2._Match[str], slot: str) -> int:
    """Return the token where a slot stands."""
    return int(found.start(found.re.groupindex[slot]))


def trimmed(scene: Scene, first: int, last: int) -> tuple[int, int]:
    """Return tokens `first:last` without the signs at their ends."""
    keys = scene.view.keys
    while first < last - 1 and not keys[first][0].isalnum() and keys[first][0] not in "@¿":
        first += 1
    while last - 1 > first and not keys[last - 1][0].isalnum() and keys[last - 1] != "?":
        last -= 1
    return first, last


def sentence_start(scene: Scene, at: int) -> int:
    """Return where the sentence of a token begins, a window before it at most."""
    symbols = scene.view.symbols
    first = at
    while first > 0 and first > at - WINDOW and symbols[first - 1] not in ".!?\n;":
        first -= 1
    return first


def clause(scene: Scene, first: int, last: int) -> tuple[int, int]:
    """Return the clause around tokens `first:last`, a few words to either side at most."""
    symbols = scene.view.symbols
    low, high = max(0, first - CLAUSE), min(len(symbols), last + CLAUSE)
    while first > low and symbols[first - 1] not in _CLAUSE_ENDS:
        first -= 1
    while last < high and symbols[last] not in _CLAUSE_ENDS:
        last += 1
    return first, last


def weigh_public(scene: Scene, candidate: Candidate, first: int, last: int) -> None:
    """Take away where fiction or public life is spoken of nearby."""
    count = scene.public_near(first, last) + sum(
        1 for at in range(first, last) if scene.view.flags[at] & PUBLIC
    )
    if count:
        candidate.add("public", -14 if count == 1 else -26)
    scene.add_cues(candidate, first, last, "public_name")


def weigh_spoken(scene: Scene, candidate: Candidate, last: int) -> None:
    """Take away where somebody in a tale says it: `"Tell me his name," said the queen`."""
    keys = scene.view.keys
    closing = next(
        (at for at in range(last, min(last + SPEECH, len(keys))) if keys[at] == '"'), None
    )
    if closing is not None and any(
        flag & SPEAKS for flag in scene.view.flags[closing + 1 : closing + 4]
    ):
        candidate.add("spoken", CLAUSE_WEIGHTS["spoken"])


SPEECH: Final = 14  # tokens that may stand between what is said and the end of the quotation
