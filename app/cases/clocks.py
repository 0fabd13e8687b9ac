"""By when what must be done: the table of RESPONSE.md §6, and hours in which clocks run. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from app.cases.words import Clock, Severity

A_DAY: Final = timedelta(days=1)
A_WEEK: Final = 7
MINUTES: Final = 60
HOLD_LASTS: Final = timedelta(hours=2)  # covered hours, unless a human confirms
TRY_AGAIN_AFTER: Final = timedelta(minutes=30)  # covered, between two steps up the chain
LOOK_AGAIN: Final[Mapping[Severity, tuple[timedelta, ...]]] = {
    Severity.GRAVE: (timedelta(hours=6), *(timedelta(days=n) for n in (1, 3, 7, 30))),
    Severity.PUBLIC: tuple(timedelta(days=n) for n in (1, 3, 7, 30)),
    Severity.MEMBERS: tuple(timedelta(days=n) for n in (7, 30)),
    Severity.HINT: (),
}

_M, _H = timedelta(minutes=1), timedelta(hours=1)
# From the highest severity, which danger equals, down to the lowest.
TABLE: Final[Mapping[Clock, tuple[timedelta | None, ...]]] = {
    Clock.CLAIM: (15 * _M, 30 * _M, 2 * _H, 12 * _H),
    Clock.TEAM: (10 * _M, 20 * _M, _H, None),
    Clock.FIRST_LETTER: (15 * _M, _H, 4 * _H, 24 * _H),
    Clock.SUSPEND: (10 * _M, 10 * _M, 30 * _M, None),
    Clock.PURGE: (30 * _M, _H, 4 * _H, None),
    Clock.DRAFT: (_H, 4 * _H, 24 * _H, None),
    Clock.SEND: (30 * _M, 2 * _H, 24 * _H, None),
    Clock.UPDATE: (2 * _H, A_DAY, 3 * A_DAY, None),
    Clock.NO_ANSWER: (2 * _H, 12 * _H, 12 * _H, None),
    Clock.CHECK_IN: (A_DAY, A_DAY, A_DAY, A_DAY),
    Clock.OUR_BREACH: (A_DAY, A_DAY, A_DAY, A_DAY),
    Clock.LOOK_BACK: (14 * A_DAY, 14 * A_DAY, 14 * A_DAY, 14 * A_DAY),
}


@dataclass(frozen=True, slots=True)
class Window:
    """Some hours of a weekday (0 is Monday) in UTC, from one full hour to another, 24 at most."""

    weekday: int
    begins: int
    ends: int


Hours = Sequence[Window]


def span(clock: Clock, severity: Severity, *, is_danger: bool) -> timedelta | None:
    """How long there is for something; nothing where the table asks for nothing."""
    row = TABLE.get(clock)
    if row is None:
        return None
    return row[0] if is_danger else row[Severity.GRAVE - severity]


def due(start: datetime, wait: timedelta, hours: Hours) -> datetime:
    """When something is due that takes `wait` of covered time; a clock stands still outside.

    Without any hours set, all hours count: nothing would ever be due otherwise.
    """
    if not hours:
        return start + wait
    at, left = start, wait
    while True:
        at, end = _cover_after(at, hours)
        if left <= end - at:
            return at + left
        left -= end - at
        at = end


def is_covered(moment: datetime, hours: Hours) -> bool:
    """Whether somebody is on duty at a moment; never where no hours are set."""
    return bool(hours) and _cover_after(moment, hours)[0] == moment


def next_cover(moment: datetime, hours: Hours) -> datetime | None:
    """When somebody is on duty next; the moment itself where somebody is, nothing without hours."""
    return _cover_after(moment, hours)[0] if hours else None


def coarse(moment: datetime, now: datetime) -> datetime:
    """A due moment as it may be stored: exact within a day, else the end of its day."""
    if moment - now <= A_DAY:
        return moment
    return datetime.combine((moment + A_DAY).astimezone(UTC).date(), time(), UTC)


def _cover_after(moment: datetime, hours: Hours) -> tuple[datetime, datetime]:
    """The covered stretch in which a moment lies, cut at the moment, or the next one after it."""
    midnight = datetime.combine(moment.astimezone(UTC).date(), time(), UTC)
    stretches = []
    for day in range(A_WEEK + 1):
        begin_of_day = midnight + day * A_DAY
        for window in hours:
            if window.weekday == begin_of_day.weekday():
                begins = begin_of_day + timedelta(hours=window.begins)
                ends = begin_of_day + timedelta(hours=window.ends)
                if ends > moment:
                    stretches.append((max(begins, moment), ends))
    return min(stretches)


def look_after(
    severity: Severity,
    is_danger: bool,  # noqa: FBT001 - a column of the case
    sent: date,
    last: date | None = None,
) -> date | None:
    """The day on which a place is looked at next, after a request was sent on a day.

    `last` is the day of the last look. Nothing when the table asks for no more looks.
    """
    waits = LOOK_AGAIN[Severity.GRAVE if is_danger else severity]
    days = sorted({sent + timedelta(days=max(wait.days, 1)) for wait in waits})
    return next((day for day in days if last is None or day > last), None)
