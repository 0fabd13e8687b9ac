"""The ways in which a text can be read, for rooms that look for phrases in it.

Cheaper than the engine's own views: nothing is looked up in a lexicon unless the text spells out
numbers. Every reading still knows where each of its characters stands in the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final

from app.screening.engine import SHIPPED, lexicon_for, views
from app.screening.lexicon import NUMBER_WORD
from app.screening.normalize import (
    Mapped,
    decoded,
    fold,
    joined,
    rotated,
    unleeted,
    without_markup,
)
from app.screening.scene import OverBudgetError

MOST_READ: Final = 120_000  # code points; the engine holds whatever is longer unread
NUMBER_WORDS_IN_A_ROW: Final = 4  # fewer are no telephone number
SHORTEST_TOKEN: Final = 13  # characters in which something could be encoded
_WORD: Final = re.compile(r"[^\W\d_]+")
_ACCENT: Final = re.compile("[\u0300-\u036f]")
_ROTATED: Final = re.compile(r"rot[ -]?13", re.IGNORECASE)


def readings(text: str) -> tuple[Mapped, ...]:
    """The text as it stands without invisible signs and markup, and every way to undisguise it.

    Spaced letters are joined, leet is put back, number words become digits, encoded words are
    decoded. The same text gives the same readings, always.
    """
    return tuple(_readings(text[:MOST_READ])) if text else ()


def _readings(text: str) -> Iterator[Mapped]:
    base = without_markup(fold(text))
    yield base
    current = base
    for change in (joined, unleeted):
        changed = change(current)
        if changed is not None:
            current = changed
            yield changed
    if _spells_numbers(base.text):
        yield from _with_numbers(text)
    if _ROTATED.search(base.text):
        yield rotated(base)
    if len(text) > SHORTEST_TOKEN:
        yield from decoded(base)


def _spells_numbers(text: str) -> bool:
    """Whether enough words for digits stand close together to be a number."""
    known, low = _number_words(), text.lower()
    words = _WORD.findall(low if low.isascii() else _bare(low))
    if sum(word in known for word in words) < NUMBER_WORDS_IN_A_ROW:
        return False
    near = 0
    for word in words:
        near = near + 1 if word in known else max(0, near - 1)
        if near >= NUMBER_WORDS_IN_A_ROW:
            return True
    return False


def _bare(text: str) -> str:
    """A text without accents; not `plain`, whose cache is for words."""
    return _ACCENT.sub("", unicodedata.normalize("NFD", text))


@cache
def _number_words() -> frozenset[str]:
    entries = lexicon_for(SHIPPED).entries
    return frozenset(word for word, entry in entries.items() if entry[0] & NUMBER_WORD)


def _with_numbers(text: str) -> Iterator[Mapped]:
    try:
        for view in views(text, lexicon_for(SHIPPED)):
            if view.name:
                yield view.mapped
    except OverBudgetError:
        return  # the engine has said that the text is too tangled, and it is held for that
