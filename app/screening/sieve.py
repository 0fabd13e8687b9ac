"""Which patterns can stand in a text at all, told from the words that stand near each other.

Each pattern needs some sets of symbols, one of each. Every symbol has one long number with a bit
for each need of a pattern that it serves. The numbers of neighbouring tokens put together say for
all patterns at once whose needs are served there, and only those are searched for in earnest. So a
thousand patterns cost a few operations a token, on any text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

MOST_NEEDS: Final = 4  # of one pattern that are looked at, the rarest first
_SHIFTS: Final = (1, 2)  # lay four bits over each other
STRIDES: Final = (16, 48)  # tokens; a pattern is looked for in stretches of twice its stride


class Need(NamedTuple):
    """Symbols of which a pattern holds one, and how common they are."""

    cost: int
    symbols: frozenset[str]

    def rank(self) -> tuple[int, list[str]]:
        """Return what sorts needs, the rarest first, always in the same order."""
        return self.cost, sorted(self.symbols)


class Sieve:
    """The needs of all patterns, ready to be held against a text."""

    def __init__(self) -> None:
        self._layers = tuple(_Layer(stride) for stride in STRIDES)

    def add(self, pattern: int, needs: Sequence[Need], longest: int) -> None:
        """Take in what a pattern needs, and how many tokens it takes at most.

        Raises ValueError if it takes more than any stretch that is looked at.
        """
        layer = next((layer for layer in self._layers if longest <= layer.stride), None)
        if layer is None:
            message = f"a pattern takes up to {longest} tokens"
            raise ValueError(message)
        layer.add(pattern, sorted(needs, key=Need.rank))

    def possible(self, symbols: str) -> list[int]:
        """Return the patterns that a string of symbols could hold, in the order of their numbers.

        None that it does hold is missing.
        """
        return sorted(pattern for layer in self._layers for pattern in layer.possible(symbols))


class _Layer:
    """The patterns that are no longer than one stride, and so lie in two that follow each other."""

    def __init__(self, stride: int) -> None:
        self.stride = stride
        self._patterns: list[int] = []
        self._served: dict[str, int] = {}
        self._spare = 0  # the bits of needs that a pattern does not have
        self._firsts = 0  # the first bit of each pattern

    def add(self, pattern: int, needs: Sequence[Need]) -> None:
        first = len(self._patterns) * MOST_NEEDS
        self._patterns.append(pattern)
        self._firsts |= 1 << first
        for rank in range(MOST_NEEDS):
            bit = 1 << (first + rank)
            if rank >= len(needs):
                self._spare |= bit
                continue
            for symbol in needs[rank].symbols:
                self._served[symbol] = self._served.get(symbol, 0) | bit

    def possible(self, symbols: str) -> Iterator[int]:
        get, stride = self._served.get, self.stride
        before = found = 0
        for start in range(0, len(symbols), stride):
            here = 0
            for symbol in symbols[start : start + stride]:
                here |= get(symbol, 0)
            served = here | before | self._spare
            before = here
            for shift in _SHIFTS:  # now a pattern's first bit says that all of its bits are set
                served &= served >> shift
            found |= served
        found &= self._firsts
        while found:
            lowest = found & -found
            yield self._patterns[lowest.bit_length() // MOST_NEEDS]
            found ^= lowest
