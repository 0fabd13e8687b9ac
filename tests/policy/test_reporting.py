"""How much reports count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.reporting import Reporting, hurries, independent
from app.policy.vocabulary import Trust


@pytest.mark.parametrize(
    ("upheld", "left", "is_wrong"),
    [(0, 0, False), (0, 3, False), (0, 4, True), (1, 3, False), (1, 4, True), (3, 7, False)],
)
def test_a_quarter_of_the_last_reports_must_be_right(
    upheld: int,
    left: int,
    is_wrong: bool,  # noqa: FBT001 - what the case says
) -> None:
    reporting = Reporting(upheld, left)
    assert reporting.is_mostly_wrong is is_wrong
    assert hurries(Trust.KNOWN, reporting) is not is_wrong
    assert not hurries(Trust.NEWCOMER, reporting)


@pytest.mark.parametrize(
    ("reporters", "ties", "count"),
    [
        ([], [], 0),
        ([1, 2, 3], [], 3),
        ([1, 2, 3], [(2, 1)], 2),
        ([1, 2, 3], [(2, 1), (3, 2)], 1),
        ([1, 2, 3], [(1, 9), (3, 9)], 2),
        ([1, 2, 3, 4], [(1, 8), (2, 9), (3, 9), (4, 8)], 2),
    ],
)
def test_who_brought_one_another_in_counts_once(
    reporters: list[int], ties: list[tuple[int, int]], count: int
) -> None:
    assert independent(reporters, ties) == count


PEOPLE = st.integers(1, 9)


@given(st.sets(PEOPLE, min_size=1), st.lists(st.tuples(PEOPLE, PEOPLE)))
def test_ties_never_make_more_of_them_nor_none(
    reporters: set[int], ties: list[tuple[int, int]]
) -> None:
    own = [tie for tie in ties if tie[0] in reporters]
    count = independent(reporters, own)
    assert 1 <= count <= len(reporters)
    assert independent(reporters, reversed(own)) == count
