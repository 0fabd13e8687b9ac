"""What a frightened person reads is plain: Flesch-Kincaid grade 8 at most (RESPONSE.md §18, 21)."""

from __future__ import annotations

import re
from typing import Final

import pytest
from flask import Flask

from app.cases import wording
from tests.house.source import ROOT

PAGES: Final = (
    "cases/my_case",
    "cases/my_cases",
    "_macros/emergency",
    "cases/exposed",
    "cases/receipt",
    "cases/followed",
    "cases/ask_receipt",
    "cases/locked_out",
    "leaving/ways_on",
    "leaving/break",
    "leaving/away",
    "leaving/hide",
    "leaving/erase",
    "community/round",
    "community/rounds",
)
SAID: Final = re.compile(r'_\("((?:[^"\\]|\\.)*)"')
VOWELS: Final = re.compile(r"[aeiouy]+")
HIGHEST: Final = 8.0


def grade(sentences: list[str]) -> float:
    """The grade of some sentences: Kincaid et al., 1975; syllables are counted by their vowels."""
    words = [word for sentence in sentences for word in re.findall(r"[a-z']+", sentence.lower())]
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    silent = word.endswith("e") and not word.endswith("le")
    return max(1, len(VOWELS.findall(word)) - silent)


def sentences_of(text: str) -> list[str]:
    """The sentences of a text; a bare dash is none."""
    parts = re.split(r"(?<=[.?!:])\s+|\n+", text)
    return [part for part in parts if len(part.split()) > 2]


def test_the_measure_tells_plain_from_hard() -> None:
    plain = ["The cat sat on the mat.", "It was a warm day."]
    hard = ["Notwithstanding jurisdictional considerations, remediation necessitates cooperation."]
    assert grade(plain) < 3
    assert grade(hard) > 12


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_of_the_affected_member_are_plain(name: str) -> None:
    source = (ROOT / "templates" / f"{name}.html").read_text()
    said = [part for text in SAID.findall(source) for part in sentences_of(text)]
    assert said
    assert grade(said) <= HIGHEST


@pytest.mark.parametrize("which", wording.LETTERS)
def test_the_letters_to_the_affected_member_are_plain(app: Flask, which: str) -> None:
    with app.test_request_context():
        text = wording.letter(which)
    assert grade(sentences_of(text)) <= HIGHEST
    assert "!" not in text
    assert not re.search(r"don.t worry|promise|deadline", text)
