"""What a language knows, as plain values: the shape of the modules written by `make packs`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pattern:
    """One phrase pattern: what it is evidence for, how strongly, and how it reads."""

    category: str
    strength: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Cue:
    """One word or phrase near a candidate, and what it adds for which category."""

    category: str
    strength: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Pack:
    """One language: data only, written from `<code>.toml`."""

    code: str
    regions: tuple[str, ...]
    numbers: Mapping[str, str]  # a number word, or several, to its digits
    repeats: Mapping[str, int]  # "double" → 2
    disguise: Mapping[str, tuple[str, ...]]  # at, dot, dash, underscore, slash: words for signs
    words: Mapping[str, tuple[str, ...]]  # named lists that the code asks for
    lists: Mapping[str, tuple[str, ...]]  # named lists that patterns use
    address: Mapping[str, tuple[str, ...]]
    cues: tuple[Cue, ...]
    patterns: tuple[Pattern, ...]
    grammar: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # see grammar.py
    senses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # see senses.py
