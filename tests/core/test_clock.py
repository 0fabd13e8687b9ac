from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.core import clock

LATE = datetime(2026, 3, 1, 0, 59, 59, 999, tzinfo=timezone(timedelta(hours=2)))


def test_the_clock_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_a_stopped_clock_moves_only_when_it_is_told_to() -> None:
    start = datetime(2026, 1, 1, 23, 30, tzinfo=UTC)
    with clock.stopped(start) as move:
        assert clock.now() == clock.now() == start
        move(timedelta(hours=1))
        assert clock.now() == start + timedelta(hours=1)
        assert clock.today().isoformat() == "2026-01-02"
    assert clock.now() > start + timedelta(days=1)


def test_a_stopped_clock_starts_again_after_an_accident() -> None:
    with pytest.raises(LookupError), clock.stopped(LATE):
        raise LookupError
    assert clock.now() > LATE


def test_an_hour_and_a_day_are_cut_in_utc_and_never_rounded_up() -> None:
    assert clock.to_hour(LATE) == datetime(2026, 2, 28, 22, tzinfo=UTC)
    assert clock.to_day(LATE) == datetime(2026, 2, 28, tzinfo=UTC)
    with clock.stopped(LATE):
        assert clock.this_hour() == datetime(2026, 2, 28, 22, tzinfo=UTC)
