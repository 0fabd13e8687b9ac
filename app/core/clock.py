"""The only place that may ask what time it is, so that tests can stop the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

_source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 - replaced as a whole by `stopped`


def now() -> datetime:
    """The present moment, aware and in UTC."""
    return _source()


def today() -> date:
    """The present day in UTC."""
    return now().date()


def this_hour() -> datetime:
    """The present hour: what may be stored of a member's deed (PRODUCT.md §2.5)."""
    return to_hour(now())


def to_hour(moment: datetime) -> datetime:
    """The same moment, cut down to its hour, in UTC."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def to_day(moment: datetime) -> datetime:
    """The same moment, cut down to the midnight that began its day, in UTC."""
    return to_hour(moment).replace(hour=0)


@contextmanager
def stopped(at: datetime) -> Iterator[Callable[[timedelta], None]]:
    """Stop the clock at a moment; yields a function that moves it on by an interval."""
    global _source  # noqa: PLW0603 - one clock a process is the point
    before, moment = _source, at

    def move(by: timedelta) -> None:
        nonlocal moment
        moment += by

    _source = lambda: moment  # noqa: E731 - see above
    try:
        yield move
    finally:
        _source = before
