"""Whether the time that a text takes grows with its length alone, on a machine that may be busy."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

Text = TypeVar("Text")

SHORT, LONG = 25_000, 100_000
MOST_TIMES: Final = 4 * 2.3  # four times the text, and room for what else a processor does
LEAST: Final = 0.01  # seconds; below it a clock says little
ROUNDS: Final = 8


def is_linear(make: Callable[[int], Text], read: Callable[[Text], object]) -> bool:
    """Whether four times the text takes about four times as long to read.

    Asked in rounds until one says yes: other work slows a round down by chance, but by no chance
    does a quadratic reader, which takes sixteen times as long, pass for a linear one.
    """
    short, long = make(SHORT), make(LONG)
    return any(
        _seconds(read, long) < max(_seconds(read, short), LEAST) * MOST_TIMES for _ in range(ROUNDS)
    )


def _seconds(read: Callable[[Text], object], text: Text) -> float:
    """How long the processor was at it."""
    started = time.process_time()
    read(text)
    return time.process_time() - started
