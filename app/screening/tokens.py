"""A view cut into words, numbers and signs, each with what the lexicon knows of it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
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
    Lexicon,
)
from app.screening.normalize import Mapped
from app.screening.words import plain

_TOKEN: Final = re.compile(
    r"https?://[^\s<>\"]+|www\.[^\s<>\"]+|(?<![^\W_])u/\w+|(?<!\w)@\w+|\w+|\n\s*|[^\w\s]"
)
_ORDINARY_CAMEL: Final = ("mc", "mac", "de", "di", "la", "le", "o", "van", "fitz", "iphone", "ipad")
LONGEST_SHORT_NUMBER: Final = 2
SHORTEST_HANDLE: Final = 4
MOST_TOKENS: Final = 30_000  # 100,000 characters of any language hold fewer


class View:
    """One way to read the text: its characters, tokens and symbols, and how it was disguised."""

    __slots__ = (
        "ends",
        "flags",
        "is_capitalised",
        "is_cut",
        "is_strict",
        "keys",
        "low",
        "mapped",
        "name",
        "original",
        "starts",
        "symbols",
        "text",
        "upper_count",
    )

    def __init__(  # noqa: C901, PLR0912, PLR0913, PLR0915  # one grammar, read from top to bottom
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
        self.text = text = mapped.text
        self.low = low = text.lower()
        self.name = name
        self.original = original
        self.is_strict = is_strict
        spans = [found.span() for found in islice(_TOKEN.finditer(text), MOST_TOKENS + 1)]
        self.is_cut = len(spans) > MOST_TOKENS
        del spans[MOST_TOKENS:]
        keys: list[str] = []
        flags: list[int] = []
        symbols: list[str] = []
        get = lexicon.entries.get
        unknown = lexicon.unknown
        capitals = lowers = 0
        for start, end in spans:
            word = low[start:end]
            known = get(word)
            if known is not None and word not in pseudonyms and text[start:end] == word:
                keys.append(word)  # most words: in lower case, and listed as they stand
                flags.append(known[0])
                symbols.append(known[1])
                lowers += 1
                continue
            first = word[0]
            if first.isalpha():
                if word.isalpha():
                    key = word if word.isascii() else plain(word)
                    entry = get(key, unknown)
                    keys.append(key)
                    flags.append(entry[0])
                    if key in pseudonyms:
                        symbols.append(HANDLE_SYMBOL)
                    elif text[start] != first:
                        capitals += 1
                        is_camel = (
                            not entry[0]
                            and text[start + 1 : end] != word[1:]
                            and not text[start:end].isupper()
                            and not word.startswith(_ORDINARY_CAMEL)
                        )
                        symbols.append(CAMEL_SYMBOL if is_camel else entry[2])
                    else:
                        lowers += 1
                        symbols.append(entry[1])
                    continue
                keys.append(word)
                flags.append(0)
                if word.startswith(("http", "www.")) and not word.replace("_", "").isalnum():
                    symbols.append(URL_SYMBOL)
                elif word[1:2] == "/" or "_" in word or end - start >= SHORTEST_HANDLE:
                    symbols.append(HANDLE_SYMBOL)
                else:
                    symbols.append(OTHER_SYMBOL)
                continue
            keys.append(word)
            flags.append(0)
            if first.isdigit():
                if not word.isdigit():
                    symbols.append(OTHER_SYMBOL)
                else:
                    is_short = end - start <= LONGEST_SHORT_NUMBER
                    symbols.append(SHORT_NUMBER if is_short else LONG_NUMBER)
            elif first == "\n":
                symbols.append(BREAK_SYMBOL)
            elif (first == "@" and end - start > 1) or (first == "_" and end - start > 1):
                symbols.append(HANDLE_SYMBOL)
            else:
                symbols.append(first if first.isascii() else OTHER_SYMBOL)
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]
        self.keys = keys
        self.flags = flags
        self.symbols = "".join(symbols)
        self.upper_count = capitals
        # Where most words have capitals (titles, shouting), a capital says nothing.
        self.is_capitalised = capitals * 2 > capitals + lowers and capitals > 6  # noqa: PLR2004  # the number says what it counts

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
