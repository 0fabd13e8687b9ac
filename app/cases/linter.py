"""The linter: no sealed term leaves in a letter, a note or a request. Pure.

A case keeps keyed tags of its facts and of the pseudonym, under the team's key. A text is folded,
read in every way that screening knows, and its words and runs of words are compared as tags, also
turned round, in the plural and with letters said twice. It answers yes or no; it prints no
term and no place (RESPONSE.md §2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from app.core import crypto
from app.core.text import fold
from app.screening.engine import screen
from app.screening.findings import Category
from app.screening.readings import readings

LONGEST_RUN: Final = 6  # words of one fact
SHORTEST: Final = 3  # signs; a shorter word stands in every text
WORD: Final = re.compile(r"[^\W_]+")
REPEATED: Final = re.compile(r"(.)\1+")
DIGITS: Final = "0123456789"
SURE: Final = 0.8  # from here on a generic detector is believed
PATTERNS: Final = frozenset({Category.PHONE, Category.EMAIL})


def tags(key: bytes, facts: Iterable[str]) -> frozenset[str]:
    """The tags of what must not be said: each fact as a whole, and each of its longer words."""
    found: set[str] = set()
    for fact in facts:
        words = _words(fact)
        runs = {"".join(words), "".join(reversed(words))}
        runs |= {word for word in words if len(word) > SHORTEST}
        runs |= {_once(run) for run in runs if len(_once(run)) > SHORTEST}
        found |= {_tag(key, run) for run in runs if len(run) >= SHORTEST}
    return frozenset(found)


def is_clean(key: bytes, sealed: frozenset[str], text: str) -> bool:
    """Whether a text holds no sealed term, and nothing that looks like a number or an address."""
    if any(f.category in PATTERNS and f.confidence >= SURE for f in screen(text)):
        return False
    if not sealed:
        return True
    ways = {fold(text), *(fold(way.text) for way in readings(text))}
    runs = set[str]().union(*(_runs(_words(way)) for way in ways))
    return not any(_tag(key, form) in sealed for form in runs.union(*map(_forms, runs)))


def _runs(words: list[str]) -> set[str]:
    """Every word and every run of a few words, written as one."""
    return {
        "".join(words[start : start + length])
        for start in range(len(words))
        for length in range(1, LONGEST_RUN + 1)
        if start + length <= len(words)
    }


def _forms(run: str) -> set[str]:
    """A run as it may stand for another: in the plural, with digits, letters said twice, turned."""
    forms = {run.strip(DIGITS), run.removesuffix("s"), _once(run), run[::-1]}
    return {form for form in forms if len(form) > SHORTEST}


def _once(run: str) -> str:
    """A run with each letter that stands several times in a row once."""
    return REPEATED.sub(r"\1", run)


def _words(text: str) -> list[str]:
    """The words of a text, folded."""
    return WORD.findall(fold(text))


def _tag(key: bytes, run: str) -> str:
    """The tag of one run."""
    return crypto.tag(key, "linter", run).hex()
