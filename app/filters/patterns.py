"""Patterns compiled together, and where they stand in a text: linear in its length, always.

Phrases go into one Aho-Corasick automaton, regular expressions into one RE2 set; RE2 takes no
expression that could need more than linear time. Only an expression that the set has found is
looked for once more, to know where.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import re2
from ahocorasick_rs import AhoCorasick, MatchKind

from app.screening.findings import Span
from app.screening.normalize import Mapped, fold
from app.screening.words import plain

PATTERN_MEMORY: Final = 1 << 20  # bytes for one expression, SCREENING.md §10
SET_MEMORY: Final = 1 << 26  # bytes for all of them together
STEM_LEAST: Final = 2  # letters; `a*` would stand in every text
WORD_MOST: Final = 60  # letters of a word that a `*` stands for; longer ones are no word
SPANS_MOST: Final = 20  # of one filter in one text
_SAMPLE: Final = "a b1, c-d\ne"  # an expression that matches nothing at all does so in here
_SIGN: Final = re.compile(r"\W")
_GAP: Final = re.compile(r"\W{1,20}")
_WORD_END: Final = re.compile(r"\w*")


class Fault(StrEnum):
    """What is wrong with a pattern."""

    EMPTY = "empty"
    STAR = "star"
    BROKEN = "broken"
    MATCHES_NOTHING = "matches_nothing"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern under the number of its filter."""

    number: int
    text: str
    is_regex: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a pattern stands in the original text."""

    number: int
    span: Span


def fault(text: str, *, is_regex: bool) -> Fault | None:
    """What is wrong with a pattern; None if it can be used."""
    if not text.strip():
        return Fault.EMPTY
    return _fault_of_regex(text) if is_regex else _fault_of_phrase(text)


def _fault_of_phrase(text: str) -> Fault | None:
    parts = _words_of(text)
    if not parts:
        return Fault.EMPTY
    for part in parts:
        stem = part.rstrip("*")
        if "*" in stem or (part != stem and len(stem) < STEM_LEAST):
            return Fault.STAR
    return None


def _fault_of_regex(text: str) -> Fault | None:
    try:
        compiled = re2.compile(text, _options(PATTERN_MEMORY))
    except re2.error:
        return Fault.BROKEN
    is_empty = any(found.end() == found.start() for found in compiled.finditer(_SAMPLE))
    return Fault.MATCHES_NOTHING if is_empty or compiled.search("") is not None else None


def _options(memory: int) -> Any:
    options = re2.Options()
    options.log_errors = False  # a pattern would reach the log
    options.max_mem = memory
    options.case_sensitive = False
    return options


class Patterns:
    """All patterns of one state of the filters, ready to be looked for."""

    __slots__ = ("_automaton", "_begins", "_heads", "_regexes", "_set")

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._heads: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        self._regexes: list[tuple[int, Any]] = []
        self._set: Any = None
        for pattern in patterns:
            if pattern.is_regex:
                self._regexes.append(
                    (pattern.number, re2.compile(pattern.text, _options(PATTERN_MEMORY)))
                )
            elif words := _words_of(pattern.text):
                # A head stands between spaces, so the automaton looks at beginnings of words only.
                is_open = words[0].endswith("*")
                head = " " + words[0].rstrip("*") + ("" if is_open else " ")
                self._heads.setdefault(head, []).append((pattern.number, words))
        self._begins = list(self._heads)
        self._automaton = AhoCorasick(self._begins, matchkind=MatchKind.Standard)
        if self._regexes:
            self._set = re2.Set.SearchSet(_options(SET_MEMORY))
            for pattern in patterns:
                if pattern.is_regex:
                    self._set.Add(pattern.text)
            self._set.Compile()

    def find(self, readings: Sequence[Mapped]) -> list[Hit]:
        """Where the patterns stand in a text, over all its readings, each place once."""
        if not self._heads and not self._regexes:
            return []
        found: dict[Hit, None] = {}
        seen: dict[int, int] = {}
        for reading in readings:
            for hit in (*self._phrases(reading), *self._matched(reading)):
                if hit not in found and seen.get(hit.number, 0) < SPANS_MOST:
                    seen[hit.number] = seen.get(hit.number, 0) + 1
                    found[hit] = None
        return sorted(found, key=lambda hit: (hit.span.start, hit.span.end, hit.number))

    def _phrases(self, reading: Mapped) -> Iterator[Hit]:
        """Phrases: the automaton finds how each begins, the rest is compared word by word."""
        if not self._heads:
            return
        low = _plain_of(reading.text)
        spaced = f" {_SIGN.sub(' ', low)} "  # sign for sign, and one more at each end
        spent: dict[int, int] = {}
        for index, start, _ in self._automaton.find_matches_as_indexes(spaced, overlapping=True):
            for number, words in self._heads[self._begins[index]]:
                if spent.get(number, 0) >= SPANS_MOST:
                    continue
                beyond = _end_of(low, start, words)
                if beyond is not None:
                    spent[number] = spent.get(number, 0) + 1
                    yield Hit(number, reading.span(start, beyond))

    def _matched(self, reading: Mapped) -> Iterator[Hit]:
        """Expressions: the set says which, each of these then says where."""
        if self._set is None:
            return
        text = reading.text
        for index in self._set.Match(text) or ():
            number, compiled = self._regexes[index]
            for count, found in enumerate(compiled.finditer(text)):
                if count >= SPANS_MOST:
                    break
                if found.end() > found.start():
                    yield Hit(number, reading.span(found.start(), found.end()))


def _end_of(low: str, start: int, words: tuple[str, ...]) -> int | None:
    """Where a phrase ends whose first word begins here; None if the text goes on otherwise."""
    at = start
    for place, word in enumerate(words):
        if place:
            gap = _GAP.match(low, at)
            if gap is None:
                return None
            at = gap.end()
        stem = word.rstrip("*")
        if not low.startswith(stem, at):
            return None
        at += len(stem)
        if word.endswith("*"):
            at = _WORD_END.match(low, at, at + WORD_MOST).end()  # type: ignore[union-attr]  # never none
        if _WORD_END.match(low, at, at + 1).end() > at:  # type: ignore[union-attr]  # never none
            return None
    return at


def _words_of(text: str) -> tuple[str, ...]:
    """The words of a phrase as they are compared, with their stars."""
    return tuple(re.findall(r"[\w*]+", _plain_of(fold(text).text)))


def _plain_of(text: str) -> str:
    """Small letters without accents, letter for letter, so that every place stays."""
    low = text.lower()
    if low.isascii():
        return low
    if len(low) != len(text):
        low = "".join(sign.lower()[:1] or sign for sign in text)
    return "".join(sign if sign.isascii() else plain(sign)[:1] or sign for sign in low)
