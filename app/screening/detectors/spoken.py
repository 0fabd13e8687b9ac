"""What a text exposes by the words that stand in it together, in whatever order they come.

`phrases.py` knows how things are said. People also say them in ways that nobody wrote down; then a
name, a workplace, a place and a time or a question still stand beside a word for somebody. Each
word that a pack's `[senses]` lists adds a little evidence, and none is enough by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.screening.detectors.together import together
from app.screening.detectors.told import told
from app.screening.detectors.wanted import wanted
from app.screening.scene import Candidate, Scene
from app.screening.spoken import Spoken

MOST: Final = 40  # of one reader in one text


def spoken(scene: Scene) -> Iterator[Candidate]:
    """Yield what the sentences of a view expose, in each language that it is written in.

    Languages that have no senses are read with `together.py`.
    """
    tongues = tuple(scene.lexicon.tongues.of(scene.view.keys))
    if not tongues:
        yield from together(scene)
    for senses in tongues:
        read = Spoken(scene.view, senses, scene.lexicon)
        for reader in (told, wanted):
            for count, candidate in enumerate(reader(scene, read)):
                if count >= MOST:
                    break
                candidate.add(f"senses.{senses.code}", 0)
                yield candidate
