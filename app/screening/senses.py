"""What the words of a language do in a sentence, and who is spoken of.

A pack's `[senses]` says which words name persons, ask, place, employ, threaten: one list a kind,
with every form that `[inflection]` gives them. Each language has bits of its own, so no language
changes what another one reads, and a text is read only in the languages it is written in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from app.screening.findings import About
from app.screening.languages.pack import Pack
from app.screening.words import plain

if TYPE_CHECKING:
    from app.screening.tokens import View

KINDS: Final = (
    "as",  # between somebody and the name they bear
    "fetch",  # who asks so wants to come
    "ihave",
    "he",  # one person who is neither speaker nor reader
    "clitic",  # the same before a verb of seeing: "lo he visto"
    "human",
    "like",  # adjectives that name somebody when no noun follows
    "poster",  # a person known from here: op, admin, seller, account
    "kin",
    "family",  # kin of whom one speaks with love
    "trade",
    "his",
    "you",
    "thou",  # one reader, by the familiar word
    "your",
    "me",
    "my",
    "we",
    "verb_he",  # verbs whose form says who acts, where pronouns are left out
    "verb_you",
    "verb_me",
    "nobody",  # "il y a": no person
    "det",
    "many",  # articles of several
    "which_one",  # behind an article: "el que", "celui qui"
    "that",
    "be",
    "fact",  # what identifies by itself
    "hint",  # what does so together with whose it is
    "somebody",  # anyone, who, nobody
    "knows",
    "tell",  # imperatives
    "wish",
    "find",
    "reward",
    "where",
    "which",
    "spot",  # nouns for places: street, school, bar
    "who",
    "lives",
    "called",
    "really",
    "names",
    "surname",
    "behind",
    "recorded",  # where a name stands written
    "told",  # "now you know"
    "works",
    "does",  # works only beside a till, ward or shift
    "studies",
    "post",  # till, ward, shift
    "workplace",
    "at",
    "of",
    "moves",
    "sees",
    "day",
    "every",
    "now",
    "part",
    "clock",
    "alone",
    "same",
    "one",
    "other",
    "account",
    "platform",
    "posts",
    "reveal",
    "audience",
    "learns",
    "condition",
    "proof",
    "iknow",
    "fiction",
    "open",  # what everybody is asked to
    "thing",  # what does as persons do and is none
    "past",
    "safety",
)
_BIT: Final = {name: 1 << place for place, name in enumerate(KINDS)}
_FROM_WORDS: Final = {"kin": "kin", "relatives": "family", "people": "trade"}
_FUNCTION: Final = (
    "he",
    "his",
    "you",
    "your",
    "me",
    "my",
    "we",
    "det",
    "that",
    "be",
    "at",
    "of",
    "article",
    "owner",
)
_PARTS: Final = re.compile(r"\w+|[^\w\s]")


def _together(*names: str) -> int:
    return sum(_BIT[name] for name in names)


_NOUNS: Final = _together(
    *("human", "poster", "kin", "trade", "fact", "hint", "spot", "post", "workplace"),
    *("recorded", "account", "platform", "audience", "thing", "fiction"),
)


def bit(*names: str) -> int:
    """Return the bits of these kinds together; raises KeyError for a kind nobody declared."""
    together = 0
    for name in names:
        together |= _BIT[name]
    return together


class Senses:
    """The words of one language by what they do."""

    __slots__ = (
        "_stop",
        "accented",
        "bits",
        "code",
        "drops",
        "function",
        "has_compounds",
        "is_listed",
        "phrases",
    )

    def __init__(self, pack: Pack) -> None:
        """Take a pack's senses; raises KeyError for a kind that `KINDS` does not name."""
        self.code = pack.code
        self.bits: dict[str, int] = {}
        self.accented: dict[str, int] = {}  # "sé", which is not "se"
        self.drops = "verb_he" in pack.senses  # pronouns may be left out
        self.is_listed = bool(pack.senses)
        self.has_compounds = "compounds" in pack.senses
        self._stop = frozenset(plain(word.lower()) for word in pack.words.get("stop", ()))
        self.phrases: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        lists: list[tuple[str, Iterable[str]]] = [*pack.senses.items()]
        lists += [(kind, pack.words.get(name, ())) for name, kind in _FROM_WORDS.items()]
        for name, words in lists:
            if name == "compounds":
                continue
            for word in words:
                self._add(word.lower(), name)
        function = set(self._stop)
        for name in _FUNCTION:
            for known in (pack.senses, pack.grammar):
                function.update(plain(word.lower()) for word in known.get(name, ()))
        self.function = frozenset(function)

    def _add(self, word: str, name: str) -> None:
        key, mine = plain(word), _BIT[name]
        if key in self._stop and name.startswith("verb_"):
            return  # "como" is seldom "I eat"
        if key in self._stop and key != word:
            self.accented[key] = self.accented.get(key, 0) | mine
            return
        parts = _PARTS.findall(key)
        if len(parts) == 1:
            self.bits[parts[0]] = self.bits.get(parts[0], 0) | mine
        elif parts:
            self.phrases.setdefault(parts[0], []).append((tuple(parts[1:]), mine))

    def read(self, view: View) -> list[int]:
        """Return what each word of a view does, 0 for those nobody listed."""
        keys = view.keys
        get = self.bits.get
        bits = [get(key, 0) for key in keys]
        accented = self.accented
        for at, key in enumerate(keys):
            if key in accented and not view.low[view.starts[at] : view.ends[at]].isascii():
                bits[at] = accented[key]
            elif self.has_compounds and not bits[at] and len(key) > SHORTEST_COMPOUND:
                bits[at] = self._tail(key)
        for head in self.phrases.keys() & set(keys):
            at = -1
            for _ in range(keys.count(head)):
                at = keys.index(head, at + 1)
                for rest, mine in self.phrases[head]:
                    if tuple(keys[at + 1 : at + 1 + len(rest)]) == rest:
                        bits[at] |= mine
        return bits

    def _tail(self, key: str) -> int:
        """Return what the last noun of a compound does: `Klassenlehrerin`."""
        if not key.isalpha():
            return 0
        for cut in range(SHORTEST_HEAD, min(len(key) - SHORTEST_TAIL, LONGEST_HEAD) + 1):
            mine = self.bits.get(key[cut:], 0) & _NOUNS
            if mine:
                return mine
        return 0


class Tongues:
    """Tells in which of the languages a text is written, by its little words."""

    __slots__ = ("_masks", "_senses")

    def __init__(self, packs: tuple[Pack, ...]) -> None:
        self._senses = tuple(Senses(pack) for pack in packs)
        self._masks: dict[str, int] = {}
        for place, senses in enumerate(self._senses):
            for word in senses.function:
                self._masks[word] = self._masks.get(word, 0) | 1 << place

    def of(self, keys: list[str]) -> Iterator[Senses]:
        """Yield the languages with senses in which a text is written; mostly one or none."""
        totals, words = self._counted(keys)
        most = max(totals, default=0)
        others = [n for n, senses in zip(totals, self._senses, strict=True) if not senses.is_listed]
        for senses, total in zip(self._senses, totals, strict=True):
            if (
                senses.is_listed
                and total > max(others, default=0)
                and total * 10 >= most * ALIKE
                and total * 8 >= words
            ):
                yield senses

    def is_foreign(self, code: str, keys: list[str]) -> bool:
        """Return whether a text is clearly written in another language than this one."""
        totals, _ = self._counted(keys)
        own = sum(n for n, s in zip(totals, self._senses, strict=True) if s.code == code)
        return max(totals, default=0) >= 2 * own + FOREIGN

    def _counted(self, keys: list[str]) -> tuple[list[int], int]:
        """Return how many little words of each language there are, and how many words."""
        get = self._masks.get
        counts: dict[int, int] = {}
        words = 0
        for key in keys:
            mask = get(key)
            if mask is not None:
                counts[mask] = counts.get(mask, 0) + 1
            words += key[0].isalpha()
        totals = [
            sum(count for mask, count in counts.items() if mask >> place & 1)
            for place in range(len(self._senses))
        ]
        return totals, words


SHORTEST_COMPOUND, SHORTEST_HEAD, SHORTEST_TAIL, LONGEST_HEAD = 7, 3, 4, 20  # letters
FOREIGN: Final = 3  # little words more than those of another language that settle it
ALIKE: Final = 8  # tenths of the best language's little words that a second language must have


class Person(NamedTuple):
    """Somebody who is spoken of: tokens `first:last`, and what kind of word it is."""

    first: int
    last: int
    rule: str
    weight: int
    about: About


__all__ = ["KINDS", "Person", "Senses", "Tongues", "bit"]
