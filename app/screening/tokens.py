"""A view cut into words, numbers and signs, each with what the lexicon knows of it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import Final

from app.screening.lexicon import (
    BREAK_SYMBOL,
    CAMEL_SYMBOL,
    EMAIL_SYMBOL,
    HANDLE_SYMBOL,
    LONG_NUMBER,
    OTHER_SYMBOL,
    SHORT_NUMBER,
    URL_SYMBOL,
    Compiled,
    Lexicon,
)
from app.screening.normalize import Mapped
from app.screening.words import plain

_TOKEN: Final = re.compile(
    r"https?://[^\s<>\"]+|www\.[^\s<>\"]+|(?<![^\W_])u/\w+|(?<!\w)@\w+|\w+|\n\s*|[^\w\s]"
)
_PLAIN_TOKEN: Final = re.compile(r"\w+|(?<!\w)@\w+|\n\s*|[^\w\s]")  # where these are not
_ORDINARY_CAMEL: Final = ("mc", "mac", "de", "di", "la", "le", "o", "van", "fitz", "iphone", "ipad")
LONGEST_SHORT_NUMBER: Final = 2
SHORTEST_HANDLE: Final = 4
MOST_TOKENS: Final = 8_000  # the longest post has some 6,000; what is beyond them is not weighed

_SIGNS: Final = {chr(code): chr(code) for code in range(128) if not chr(code).isalnum()}
_SIGNS["\n"] = BREAK_SYMBOL
del _SIGNS["_"]


def _spelt(word: str, lexicon: Lexicon) -> tuple[str, int, str, int]:
    """Return the key, flags and symbol of a token, and 1 for a capital, -1 for a small letter."""
    low = word.lower()
    first = low[0]
    if low.isalpha():
        key = low if low.isascii() else plain(low)
        entry = lexicon.entries.get(key, lexicon.unknown)
        if word[0] == first:
            return key, entry[0], entry[1], -1
        is_camel = (
            not entry[0]
            and word[1:] != low[1:]
            and not word.isupper()
            and not low.startswith(_ORDINARY_CAMEL)
        )
        return key, entry[0], CAMEL_SYMBOL if is_camel else entry[2], 1
    return low, 0, _symbol_of(low), 0


def _symbol_of(low: str) -> str:  # noqa: PLR0911  # each way out is one case
    """Return the symbol of a token that is no plain word."""
    first = low[0]
    if first.isalpha():
        if low.startswith(("http", "www.")) and not low.replace("_", "").isalnum():
            return URL_SYMBOL
        is_handle = low[1:2] == "/" or "_" in low or len(low) >= SHORTEST_HANDLE
        return HANDLE_SYMBOL if is_handle else OTHER_SYMBOL
    if first.isdigit():
        if not low.isdigit():
            return OTHER_SYMBOL
        return SHORT_NUMBER if len(low) <= LONGEST_SHORT_NUMBER else LONG_NUMBER
    if first == "\n":
        return BREAK_SYMBOL
    if first in "@_" and len(low) > 1:
        return HANDLE_SYMBOL
    return first if first.isascii() else OTHER_SYMBOL


class View:
    """One way to read the text: its characters, tokens and symbols, and how it was disguised."""

    __slots__ = (
        "_possible",
        "ends",
        "flags",
        "is_capitalised",
        "is_cut",
        "is_strict",
        "keys",
        "lexicon",
        "low",
        "mapped",
        "name",
        "original",
        "starts",
        "symbols",
        "text",
        "vocabulary",
    )

    def __init__(  # noqa: PLR0913  # what one way of reading is told
        self,
        mapped: Mapped,
        lexicon: Lexicon,
        pseudonyms: frozenset[str] = frozenset(),
        name: str = "",
        original: str = "",
        *,
        is_strict: bool = False,
    ) -> None:
        self.mapped = mapped
        self.lexicon = lexicon
        self.text = text = mapped.text
        self.low = text.lower()
        self.name = name
        self.original = original
        self.is_strict = is_strict
        token = _TOKEN if "://" in text or "www." in text or "u/" in text else _PLAIN_TOKEN
        spans = [found.span() for found in islice(token.finditer(text), MOST_TOKENS + 1)]
        self.is_cut = len(spans) > MOST_TOKENS
        del spans[MOST_TOKENS:]
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]
        keys: list[str] = []
        flags: list[int] = []
        symbols: list[str] = []
        capitals = lowers = 0
        get, sign = lexicon.entries.get, _SIGNS.get
        for start, end in spans:
            word = text[start:end]
            entry = get(word)
            if entry is not None:  # most words: in lower case, and listed as they stand
                keys.append(word)
                flags.append(entry[0])
                symbols.append(entry[1])
                lowers += 1
                continue
            symbol = sign(word)
            if symbol is not None:
                keys.append(word)
                flags.append(0)
                symbols.append(symbol)
                continue
            key, flag, symbol, case = _spelt(word, lexicon)
            keys.append(key)
            flags.append(flag)
            symbols.append(symbol)
            capitals += case > 0
            lowers += case < 0
        self.keys = keys
        self.flags = flags
        self.vocabulary = frozenset(keys)  # so that one look says what a text has nothing of
        if not pseudonyms.isdisjoint(self.vocabulary):
            for at, key in enumerate(keys):
                if key in pseudonyms and key.isalpha():
                    symbols[at] = HANDLE_SYMBOL
                    is_capital = text[spans[at][0]].isupper()
                    capitals -= is_capital
                    lowers -= not is_capital
        self.symbols = "".join(symbols)
        # Where most words have capitals (titles, shouting), a capital says nothing.
        self.is_capitalised = capitals * 2 > capitals + lowers and capitals > 6
        self._possible: list[Compiled] | None = None

    def matching(self, wanted: frozenset[str]) -> Iterator[Compiled]:
        """Yield the patterns of the wanted categories that occur in this view."""
        if self._possible is None:
            self._possible = self.lexicon.possible(self.symbols)
        encoded = b""
        for pattern in self._possible:
            if pattern.category in wanted:
                encoded = encoded or self.symbols.encode()
                if pattern.expression.search(encoded) is not None:
                    yield pattern

    def is_disguised(self, start: int, end: int) -> bool:
        """Return whether this stretch was written otherwise than it is meant."""
        if not self.name:
            return False
        span = self.mapped.span(start, end)
        return self.original[span.start : span.end] != self.text[start:end]

    def at_or_after(self, place: int) -> int:
        """Return the first token that begins at or after a place in the text."""
        return bisect_left(self.starts, place)

    def before(self, place: int) -> int:
        """Return the number of tokens that begin before a place in the text."""
        return bisect_left(self.starts, place)

    def holding(self, place: int) -> int:
        """Return the token at a place, or the one before it."""
        return max(0, bisect_right(self.starts, place) - 1)

    def is_capital(self, token: int) -> bool:
        """Return whether a token begins with a capital letter."""
        return self.text[self.starts[token]].isupper()


__all__ = ["EMAIL_SYMBOL", "View"]
