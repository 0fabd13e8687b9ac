"""When somebody writes, when a silence means something, and who is called. Pure (RESPONSE.md §6).

A check-in that we miss calls the second, and a day later somebody from outside. One that the member
does not answer is met with a single gentle try; then silence is respected, unless danger was
agreed: then somebody is called, and it goes on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.support.models import CheckIn, CheckState

A_DAY: Final = timedelta(days=1)
MOST_DAYS: Final = 90  # between two check-ins
SET_DAYS: Final = (1, 3, 7, 14, 30, 90)  # after it was asked for (RESPONSE.md §6)
ON_SET_DAYS: Final = 0  # the rhythm of those days, where others are a number of days
ANSWER_DAYS: Final = 3  # so long an answer is waited for before the one gentle try
GENTLE_DAYS: Final = 4  # and so long after it
NOBODY, OWNER, SECOND, OUTSIDE = range(4)  # how far up somebody was called


@dataclass(frozen=True, slots=True)
class Calls:
    """Whom a round calls: members by their inner ids, and perhaps the people from outside."""

    members: frozenset[int] = frozenset()
    is_for_outside: bool = False


def begin(row: CheckIn, today: date) -> None:
    """Let it run from now on: the first letter is due tomorrow."""
    row.state, row.due_on = CheckState.ACTIVE, today + A_DAY
    row.active_on = today
    _forget(row)


def next_day(today: date, every: int, begun_on: date) -> date | None:
    """When the next letter is due after one of today; none after the last of the set days."""
    if every != ON_SET_DAYS:
        return today + every * A_DAY
    return next((day for n in SET_DAYS if (day := begun_on + n * A_DAY) > today), None)


def change(row: CheckIn, today: date, every: int, begun_on: date) -> None:
    """Another rhythm: the next letter never comes later than it would have."""
    row.active_on = today
    if row.state is CheckState.ACTIVE and row.missed_on is None:
        days = (row.due_on, next_day(today, every, begun_on))
        row.due_on = min((day for day in days if day is not None), default=None)


def wrote(row: CheckIn, today: date, every: int, begun_on: date) -> None:
    """Somebody of ours has written; the next letter is due in its rhythm."""
    row.active_on = today
    row.missed_on, row.called, row.called_on = None, NOBODY, None
    if row.state is CheckState.ACTIVE:
        row.due_on = next_day(today, every, begun_on)
        if row.answer_by is None:  # else an earlier letter is still without an answer
            row.answer_by = today + ANSWER_DAYS * A_DAY


def answered(row: CheckIn, today: date, *, wants_help: bool = False) -> None:
    """The member has said something; whoever wants help is written to today."""
    row.active_on = today
    row.answer_by, row.is_tried = None, False
    if row.state is CheckState.QUIET:
        row.state, row.due_on = CheckState.ACTIVE, today + A_DAY
    if wants_help:
        row.state, row.due_on = CheckState.ACTIVE, today
        row.called, row.called_on = NOBODY, None


def pause(row: CheckIn, today: date) -> None:
    """Nobody writes until the member wants it."""
    row.state, row.due_on, row.active_on = CheckState.PAUSED, None, today
    _forget(row)


def make_round(row: CheckIn, today: date, present: Collection[int]) -> Calls:
    """Look at one check-in on a day; `present` are those who may write, by their inner ids."""
    called = _miss(row, today, present)
    silent = _silence(row, today, present)
    return Calls(called.members | silent.members, called.is_for_outside or silent.is_for_outside)


def _miss(row: CheckIn, today: date, present: Collection[int]) -> Calls:
    """What is due today, and what we have missed."""
    if row.state is not CheckState.ACTIVE or row.due_on is None or row.due_on > today:
        return Calls()
    if row.due_on < today and row.missed_on is None:
        row.missed_on = today
    if row.called_on == today:
        return Calls()  # one call a day is enough
    level = OWNER
    if row.missed_on is not None:
        level = SECOND if row.missed_on == today else OUTSIDE
    # Where nobody is at one step, the next one is called at once.
    if level == OWNER and row.owner_id not in present:
        level = SECOND
    if level == SECOND and not row.reader_ids & set(present):
        level = OUTSIDE
    row.called, row.called_on = level, today
    owner = {row.owner_id} if row.owner_id is not None else set()
    wanted = owner if level == OWNER else row.reader_ids
    return Calls(frozenset(wanted & set(present)), level == OUTSIDE)


def _silence(row: CheckIn, today: date, present: Collection[int]) -> Calls:
    """What the member did not answer."""
    if row.state is not CheckState.ACTIVE or row.answer_by is None or row.answer_by >= today:
        return Calls()
    here = frozenset(row.reader_ids & set(present))
    calls = Calls(here, not here) if row.is_danger else Calls()
    if not row.is_tried:
        row.is_tried, row.answer_by = True, today + GENTLE_DAYS * A_DAY
    elif row.is_danger:
        row.answer_by = today  # it is looked at again tomorrow, and somebody called again
    elif row.missed_on is None:  # we owe a letter first, where we have missed one
        row.state, row.due_on, row.answer_by = CheckState.QUIET, None, None
        row.called, row.called_on = NOBODY, None
    return calls


def _forget(row: CheckIn) -> None:
    """Begin afresh: nothing was missed, and no answer is waited for."""
    row.missed_on, row.called, row.called_on = None, NOBODY, None
    row.answer_by, row.is_tried = None, False
