"""What was taken out of a text and what was put in, word by word. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

WORD: Final = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of words: what stood there, and what stands there now."""

    before: str
    after: str

    @property
    def is_same(self) -> bool:
        """Whether nothing was changed here."""
        return self.before == self.after


def changes(before: str, after: str) -> list[Change]:
    """Take two wordings and return their stretches in order; joined, each side is whole again."""
    old, new = WORD.findall(before), WORD.findall(after)
    # The matcher passes over words that stand everywhere: a text of one word, repeated, is cheap.
    matcher = SequenceMatcher(None, old, new)
    return [
        Change("".join(old[start:end]), "".join(new[from_:to]))
        for _, start, end, from_, to in matcher.get_opcodes()
    ]
