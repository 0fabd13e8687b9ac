"""What is done with filters: make one, switch it, take it away, and look for all in a text."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.core import audit, clock, ids
from app.core.errors import RefusalError
from app.core.text import clean_line
from app.filters import queries
from app.filters.models import PATTERN_SIGNS, RULE, Action, Filter, FilterBook, Sort
from app.filters.patterns import Hit, Pattern, Patterns, fault
from app.policy.dispositions import Disposition, as_set
from app.policy.vocabulary import Actor
from app.screening.findings import About, Category, Finding, Signal, Why
from app.screening.normalize import Mapped
from app.screening.readings import readings

FILTERS_MOST: Final = 500  # SCREENING.md §10
FLAGGED_MOST: Final = 0.05  # of a sample of published posts
SAMPLE_LEAST: Final = 20  # posts below which a share says nothing
ALERT: Final = "filter.alert"

DISPOSITIONS: Final = {
    Action.NUDGE: Disposition.NUDGE,
    Action.HOLD: Disposition.HOLD,
    Action.REFUSE: Disposition.REFUSE,
    Action.ALERT: Disposition.PUBLISH,
}


class FilterRefusedError(RefusalError):
    """A filter cannot be made; `reason` says why: a `Fault`, or "many", "long", "broad"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Plan:
    """What a moderator wants to look out for."""

    sort: Sort
    pattern: str
    action: Action
    board: str = ""
    message: str = ""
    ends_on: date | None = None


Finder = Callable[[str, Sequence[Mapped]], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is kept in memory of a filter beside its pattern."""

    public_id: str
    board: str
    action: Action
    message: str


@dataclass(frozen=True, slots=True)
class _State:
    """All filters in force, compiled, and each of them by its number in the compilation."""

    version: str
    day: date
    patterns: Patterns
    rules: dict[int, _Rule]


class _Shelf:
    """The last state that was compiled in this process; its version is random, never reused."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: _State | None = None

    def state(self, session: Session, version: str) -> _State:
        """The filters of this version and this day, compiled once."""
        with self._lock:
            known = self._state
            if known is None or (known.version, known.day) != (version, clock.today()):
                known = self._state = _compiled(session, version)
            return known


_shelf: Final = _Shelf()


def _compiled(session: Session, version: str) -> _State:
    filters = queries.filters_in_force(session)
    patterns = Patterns([_pattern(one.id, one.sort, one.pattern) for one in filters])
    rules = {one.id: _Rule(one.public_id, one.board, one.action, one.message) for one in filters}
    return _State(version, clock.today(), patterns, rules)


def _pattern(number: int, sort: Sort, text: str) -> Pattern:
    return Pattern(number, text, is_regex=sort is Sort.REGEX)


# --- making, switching, taking away ---------------------------------------------------------------


def create_filter(
    session: Session, moderator: Actor, plan: Plan, sample: Sequence[str] = ()
) -> Filter:
    """Look out for a phrase or a pattern from now on. `sample` are texts anybody may read.

    Raises:
        FilterRefusedError: when the pattern cannot be used or flags too much of the sample.
    """
    if reason := refusal(session, plan, sample):
        raise FilterRefusedError(reason)
    made = Filter(
        sort=plan.sort,
        pattern=plan.pattern.strip(),
        board=plan.board,
        action=plan.action,
        message=clean_line(plan.message),
        ends_on=plan.ends_on,
        hit_count=0,
        is_on=True,
        made_on=clock.today(),
    )
    session.add(made)
    session.flush()  # the audit log names the filter by its id
    _turn_page(session, moderator, "filter.create", made.public_id)
    return made


def refusal(session: Session, plan: Plan, sample: Sequence[str] = ()) -> str:
    """Why this filter cannot be made; empty if it can."""
    if queries.filter_count(session) >= FILTERS_MOST:
        return "many"
    if len(plan.pattern) > PATTERN_SIGNS:
        return "long"
    if reason := fault(plan.pattern, is_regex=plan.sort is Sort.REGEX):
        return reason.value
    if len(sample) >= SAMPLE_LEAST:
        flagged = sum(bool(tried(plan.sort, plan.pattern, text)) for text in sample)
        if flagged > FLAGGED_MOST * len(sample):
            return "broad"
    return ""


def tried(sort: Sort, pattern: str, text: str) -> list[Hit]:
    """Where a pattern that can be used would stand in a text; nothing is stored or counted."""
    if fault(pattern, is_regex=sort is Sort.REGEX):
        return []
    return Patterns([_pattern(0, sort, pattern)]).find(readings(text))


def set_on(session: Session, moderator: Actor, one: Filter, *, on: bool) -> None:
    """Switch a filter on or off."""
    one.is_on = on
    _turn_page(session, moderator, "filter.on" if on else "filter.off", one.public_id)


def remove_filter(session: Session, moderator: Actor, one: Filter) -> None:
    """Take a filter away."""
    session.execute(delete(Filter).where(Filter.id == one.id))
    _turn_page(session, moderator, "filter.remove", one.public_id)


def _turn_page(session: Session, moderator: Actor, verb: str, subject: str) -> None:
    """Let every process know that the filters have changed, and write down who changed them."""
    book = queries.book(session)
    if book is None:
        session.add(FilterBook(id=1, version=ids.new_id()))
    else:
        book.version = ids.new_id()
    audit.record(session, moderator.public_id, verb, subject)
    session.flush()  # whoever looks a text up in this very transaction must find the new version


# --- looking --------------------------------------------------------------------------------------


def found(session: Session, board: str, ways: Sequence[Mapped]) -> tuple[Finding, ...]:
    """What the filters in force on a board say of a text. Counts nothing."""
    return finder(session)(board, ways)


def finder(session: Session) -> Finder:
    """The filters in force, read once for many texts: give it a board and a text's readings."""
    version = queries.version(session)
    if not version:
        return lambda _board, _ways: ()
    state = _shelf.state(session, version)

    def find(board: str, ways: Sequence[Mapped]) -> tuple[Finding, ...]:
        hits = [(state.rules[hit.number], hit) for hit in state.patterns.find(ways)]
        return tuple(_finding(one, hit) for one, hit in hits if one.board in {"", board})

    return find


def matches(session: Session, board: str, ways: Sequence[Mapped]) -> tuple[Finding, ...]:
    """What the filters in force on a board say of a text that was sent; each counts its hit."""
    findings = found(session, board, ways)
    if findings:
        count_hits(session, {signal.rule for finding in findings for signal in finding.signals})
    return findings


def count_hits(session: Session, rules: Collection[str]) -> None:
    """Count one hit of each filter that is named by a rule."""
    named = [rule.removeprefix(RULE) for rule in rules if rule.startswith(RULE)]
    session.execute(
        update(Filter)
        .where(Filter.public_id.in_(named))
        .values(hit_count=Filter.hit_count + 1)
        .execution_options(synchronize_session=False)
    )


def _finding(one: _Rule, hit: Hit) -> Finding:
    """What one filter found: the moderators' own words for the author, if they wrote any."""
    why = Why("filter.said", (("message", one.message),)) if one.message else Why("filter")
    signals = [as_set(DISPOSITIONS[one.action]), Signal(f"{RULE}{one.public_id}", 0)]
    if one.action is Action.ALERT:
        signals.append(Signal(ALERT, 0))
    return Finding(Category.FILTER, hit.span, 1.0, About.INSTITUTION, why, tuple(signals))
