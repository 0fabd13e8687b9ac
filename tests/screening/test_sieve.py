"""The sieve lets every pattern through that a text holds, and spares the search for most others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.screening.engine import SHIPPED, lexicon_for, views
from app.screening.sieve import STRIDES, Need, Sieve

CORPUS = Path(__file__).parent / "corpus" / "dev.jsonl"


def test_no_pattern_is_missed_that_a_text_holds() -> None:
    lexicon = lexicon_for(SHIPPED)
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    posts = [json.loads(line)["text"] for line in lines if line.strip()][:60]
    for text in (*posts, " ".join(posts[:12])):
        symbols = next(views(text, lexicon)).symbols
        held = {pattern for pattern in lexicon.patterns if pattern.expression.search(symbols)}
        assert held <= set(lexicon.possible(symbols))


def test_ordinary_talk_is_hardly_searched_at_all() -> None:
    lexicon = lexicon_for(SHIPPED)
    symbols = next(views("The soup was great, thanks for the recipe!", lexicon)).symbols
    assert len(lexicon.possible(symbols)) * 50 < len(lexicon.patterns)


def test_needs_that_stand_far_apart_are_not_served_together() -> None:
    sieve = Sieve()
    sieve.add(7, [Need(1, frozenset("a")), Need(2, frozenset("bc"))], longest=4)
    assert sieve.possible("xxaxcx") == [7]
    assert sieve.possible("xxaxxx") == []
    assert sieve.possible("a" + "x" * 2 * STRIDES[0] + "b") == []


def test_a_pattern_without_needs_is_always_possible() -> None:
    sieve = Sieve()
    sieve.add(3, [], longest=2)
    assert sieve.possible("x") == [3]


def test_a_pattern_longer_than_any_stretch_is_refused() -> None:
    with pytest.raises(ValueError, match="tokens"):
        Sieve().add(0, [Need(1, frozenset("a"))], longest=STRIDES[-1] + 1)
