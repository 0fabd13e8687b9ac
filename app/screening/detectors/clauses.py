"""What a clause says of somebody, put together from who, does what, where and when.

Phrases (`phrases.py`) are patterns that somebody wrote down. Here nothing is written down but what
words do: a workplace near a word for work and a person exposes, in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.screening.clauses import Clauses, is_written_in
from app.screening.detectors.asked import asked
from app.screening.detectors.employed import employed
from app.screening.detectors.linked import linked, threatened
from app.screening.detectors.named import named
from app.screening.detectors.placed import placed
from app.screening.scene import Candidate, Scene

MOST: Final = 30  # of one kind in one text


def clauses(scene: Scene) -> Iterator[Candidate]:
    """Yield what the clauses of a view expose, read with each language's grammar."""
    for grammar in scene.lexicon.grammars:
        if not is_written_in(scene.view, grammar) or scene.lexicon.tongues.is_foreign(
            grammar.code, scene.view.keys
        ):
            continue
        read = Clauses(scene.view, grammar, scene.lexicon)
        for reader in (employed, placed, asked, linked, threatened, named):
            for count, candidate in enumerate(reader(scene, read)):
                if count >= MOST:
                    break
                candidate.add(f"clause.{grammar.code}", 0)
                yield candidate
