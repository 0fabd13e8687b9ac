"""Hostile texts are read in linear time; the exact figures are in `make bench-screening`."""

from __future__ import annotations

import pytest

from app.screening.engine import screen
from benchmarks.screening_families import FAMILIES
from tests.growth import is_linear


@pytest.mark.slow
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_four_times_the_text_takes_about_four_times_as_long(family: str) -> None:
    assert is_linear(FAMILIES[family], screen)
