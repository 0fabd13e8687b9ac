"""What the words of one language do in a clause.

A pack's `[grammar]` says which words name persons, ask, place, employ. Each list is one bit, and
each language has bits of its own, so that no language changes what another one reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.screening.words import plain

KINDS: Final = (
    "he",  # one person who is neither speaker nor reader
    "they",
    "you",
    "me",
    "owner",  # possessives: his, your, whose
    "article",
    "pointing",  # this, that
    "be",
    "human",  # a person with an article or a pointing word: guy, woman
    "poster",  # a person known from here: op, admin, seller
    "kin",
    "thing",  # what does as persons do and is none: cat, train, character
    "place_word",
    "at",  # prepositions of place
    "of",  # prepositions between what is asked and whose it is
    "moves",  # what one does at a place
    "sees",
    "works",
    "job",
    "studies",
    "post",  # where at work: till, reception
    "often",
    "day",
    "part",  # of the day
    "now",
    "around",  # before a time of day
    "lives",
    "facts",  # what identifies somebody: address, surname
    "weak_facts",  # what does so together with whose it is: name, photo
    "where",
    "request",
    "anyone",
    "wants",
    "finds",  # verbs that ask for a person: identify, locate
    "names",  # what announces a name
    "real",
    "calls",
    "behind",
    "reveals",
    "audience",
    "condition",
    "learns",
    "other",  # a further account
    "platform",
    "posts_as",
    "past",
    "home",  # at home, where nobody is shown the way
    "open",  # what everybody is asked to
    "know",
    "offline",
    "empty",
    "before",
    "maybe",
    "rival",  # kin whom one may wish ill
    "same",
    "politeness",
    "shame",
    "traces",
    "hard",
    "busy",  # works only where a firm is named as one
    "dropped",  # verbs that say who works without saying who
    "fiction",
    "aux",
    "published",
    "belongings",  # what is where its owner is
    "area",
    "dated",
    "fiction_with",  # fiction only with an article: the book
    "recorded",  # where a name stands written
    "one",  # the same …
    "modal",  # asks only where its subject follows: can you
    "subject",  # what then follows it
    "trying",  # what stands before the `to` of a wish
    "declares",  # he finds: tells, unless anybody is asked
)
_BIT: Final = {name: 1 << place for place, name in enumerate(KINDS)}


def bit(*names: str) -> int:
    """Return the bits of these lists together; raises KeyError for a list nobody declared."""
    together = 0
    for name in names:
        together |= _BIT[name]
    return together


class Grammar:
    """The words of one language by what they do."""

    __slots__ = ("bits", "code")

    def __init__(self, code: str, lists: Mapping[str, tuple[str, ...]]) -> None:
        """Take a pack's lists; raises KeyError for one that `KINDS` does not name."""
        self.code = code
        self.bits: dict[str, int] = {}
        for name, words in lists.items():
            for word in words:
                key = plain(word.lower())
                self.bits[key] = self.bits.get(key, 0) | _BIT[name]
