"""Hostile texts are read in linear time; the exact figures are in `make bench-screening`."""

from __future__ import annotations

import time

import pytest

from app.screening.engine import screen
from benchmarks.screening_families import FAMILIES

SHORT, LONG = 25_000, 100_000
MOST_TIMES = 4 * 2.3  # four times the text, and room for a busy machine
MOST_SECONDS = 1.0  # a quadratic reader needs minutes


def seconds(text: str) -> float:
    start = time.process_time()
    screen(text)
    return time.process_time() - start


@pytest.mark.slow
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_four_times_the_text_takes_about_four_times_as_long(family: str) -> None:
    make = FAMILIES[family]
    short = min(seconds(make(SHORT)) for _ in range(2))
    long = min(seconds(make(LONG)) for _ in range(2))
    assert long < MOST_SECONDS
    assert long < max(short, 0.01) * MOST_TIMES
