"""Clocks that stand still outside the hours of duty; and the table of RESPONSE.md §6."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases import clocks
from app.cases.clocks import Window
from app.cases.words import Clock, Severity

MONDAY: Final = datetime(2026, 11, 2, tzinfo=UTC)
OFFICE: Final = [Window(day, 8, 18) for day in range(5)]
HOUR: Final = timedelta(hours=1)

hours = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(1, 24))
    .filter(lambda w: w[1] < w[2])
    .map(lambda w: Window(*w)),
    min_size=1,
    max_size=6,
)
moments = st.integers(0, 14 * 24 * 60).map(lambda n: MONDAY + timedelta(minutes=n))


@pytest.mark.parametrize(
    ("start", "wait", "expected"),
    [
        (9 * HOUR, 2 * HOUR, 11 * HOUR),
        (17 * HOUR, 2 * HOUR, 33 * HOUR),  # an hour today, an hour tomorrow from eight
        (20 * HOUR, HOUR, 33 * HOUR),
        (4 * 24 * HOUR + 17 * HOUR, 2 * HOUR, 7 * 24 * HOUR + 9 * HOUR),  # over a weekend
    ],
)
def test_a_clock_stands_still_outside_the_hours(
    start: timedelta, wait: timedelta, expected: timedelta
) -> None:
    assert clocks.due(MONDAY + start, wait, OFFICE) == MONDAY + expected


@given(moments, st.integers(1, 600), hours)
def test_what_is_due_is_due_within_the_hours_and_never_too_early(
    start: datetime, minutes: int, cover: list[Window]
) -> None:
    due = clocks.due(start, timedelta(minutes=minutes), cover)
    assert due >= start + timedelta(minutes=minutes)
    a_moment_before = due - timedelta(seconds=1)
    assert clocks.is_covered(a_moment_before, cover)


def test_without_any_hours_all_hours_count_and_nobody_is_said_to_be_there() -> None:
    assert clocks.due(MONDAY, HOUR, []) == MONDAY + HOUR
    assert not clocks.is_covered(MONDAY, [])
    assert clocks.next_cover(MONDAY, []) is None


def test_somebody_is_there_next_when_the_next_hours_begin() -> None:
    friday_night = MONDAY + timedelta(days=4, hours=20)
    assert clocks.next_cover(friday_night, OFFICE) == MONDAY + timedelta(days=7, hours=8)
    assert clocks.next_cover(MONDAY + 9 * HOUR, OFFICE) == MONDAY + 9 * HOUR


@pytest.mark.parametrize(
    ("clock", "severity", "is_danger", "expected"),
    [
        (Clock.CLAIM, Severity.HINT, True, timedelta(minutes=15)),
        (Clock.CLAIM, Severity.GRAVE, False, timedelta(minutes=15)),
        (Clock.CLAIM, Severity.MEMBERS, False, timedelta(hours=2)),
        (Clock.FIRST_LETTER, Severity.PUBLIC, False, timedelta(hours=1)),
        (Clock.FIRST_LETTER, Severity.HINT, False, timedelta(hours=24)),
        (Clock.TEAM, Severity.HINT, False, None),
        (Clock.LOOK_AGAIN, Severity.GRAVE, True, None),
    ],
)
def test_the_table_says_how_long_there_is(
    clock: Clock, severity: Severity, *, is_danger: bool, expected: timedelta | None
) -> None:
    assert clocks.span(clock, severity, is_danger=is_danger) == expected


@given(moments, st.integers(0, 90 * 24 * 60))
def test_a_moment_more_than_a_day_away_is_stored_as_the_end_of_its_day(
    now: datetime, minutes: int
) -> None:
    due = now + timedelta(minutes=minutes)
    stored = clocks.coarse(due, now)
    assert due <= stored < due + timedelta(days=1, seconds=1)
    assert stored == due or (stored.hour, stored.minute) == (0, 0)
