"""Points of the checklist that the house can see for itself, whatever anybody ticks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy.orm import Session

from app.cases import queries, workflow
from app.cases.models import Case, Place
from app.cases.words import NoticeState, PlaceKind, PlaceState, Proof, Seat, SweepStage
from app.core import clock

Check = Callable[[Session, Case], bool]

SEEN_CLEAN: Final = frozenset({Proof.CLEAN, Proof.NOT_HERE, Proof.OUTSIDE})
UNDRAFTED: Final = frozenset({PlaceState.SEEN, PlaceState.CAPTURED})
UNSENT: Final = frozenset({*UNDRAFTED, PlaceState.DRAFTED, PlaceState.ASKED})
WISH: Final = "trace_wish"


def is_done(session: Session, case: Case, code: str) -> bool:
    """Whether the deed behind a point was done; what only its own page settles never is here."""
    check = CHECKS.get(code)
    return check is not None and check(session, case)


def _have_declared(session: Session, case: Case) -> bool:
    """Everybody named has said that nothing keeps them from it."""
    return all(row.has_declared for row in queries.named(session, case.id))


def _has_team(session: Session, case: Case) -> bool:
    """A lead and a second are named, or a trustee."""
    seats = {row.seat for row in queries.named(session, case.id)}
    return {Seat.LEAD, Seat.SECOND} <= seats or Seat.TRUSTEE in seats


def _has_letter(session: Session, case: Case) -> bool:
    """The team has written to the affected member."""
    return any(not letter.is_from_member for letter in queries.letters_of(session, case.id))


def _is_purged(session: Session, case: Case) -> bool:
    """Every row of the purge sheet was looked at, and none is open."""
    rows = queries.purge_rows_of(session, case.id)
    return bool(rows) and all(row.proof in SEEN_CLEAN for row in rows)


def _is_swept(session: Session, case: Case) -> bool:
    """The last sweep went to its end."""
    run = queries.sweep_of(session, case.id)
    return run is not None and run.stage is SweepStage.DONE


def _outside(session: Session, case: Case) -> list[Place]:
    """The places that are not this site."""
    places = queries.places_of(session, case.id)
    return [place for place in places if place.kind is not PlaceKind.HERE]


def _past(states: frozenset[PlaceState]) -> Check:
    """There are places outside, and none of them stands at one of these states."""

    def check(session: Session, case: Case) -> bool:
        places = _outside(session, case)
        return bool(places) and all(place.state not in states for place in places)

    return check


def _was_looked_at(session: Session, case: Case) -> bool:
    """Requests were sent, and no place waits to be looked at again today."""
    places = _outside(session, case)
    days = [place.next_look_on for place in places if place.next_look_on is not None]
    is_sent = any(place.state not in UNSENT for place in places)
    return is_sent and all(day > clock.today() for day in days)


def _notice_at(*states: NoticeState) -> Check:
    """The notice of the case is as far as this; the aid alone has no state of its own."""

    def check(session: Session, case: Case) -> bool:
        row = queries.notice_of(session, case.id)
        return row is not None and row.state in states

    return check


def _is_stable(session: Session, case: Case) -> bool:
    """No place is visible that we could change, and there is no danger."""
    ended = workflow.FINAL_PLACES | workflow.WAITING_PLACES
    places = queries.places_of(session, case.id)
    return not case.is_danger and all(place.state in ended for place in places)


def _is_traced(session: Session, case: Case) -> bool:
    """Two have agreed what may be said, and the member can read it."""
    return any(not row.is_from_member for row in queries.trace_words_of(session, case.id))


CHECKS: Final[Mapping[str, Check]] = {
    workflow.CONFLICTS: _have_declared,
    workflow.FIRST_LETTER: _has_letter,
    workflow.STABLE: _is_stable,
    "first.captured": lambda session, case: bool(queries.evidence_of(session, case.id)),
    "first.team": _has_team,
    "notice.aid": _notice_at(*NoticeState),
    "notice.signed": _notice_at(NoticeState.SIGNED),
    "notice.wording": _notice_at(NoticeState.AGREED, NoticeState.VETOED, NoticeState.SIGNED),
    "remove.again": _was_looked_at,
    "remove.drafts": _past(UNDRAFTED),
    "remove.places": lambda session, case: bool(queries.places_of(session, case.id)),
    "remove.purge": _is_purged,
    "remove.sent": _past(UNSENT),
    "remove.sweep": _is_swept,
    "trace.level": _is_traced,
    "trace.set": _is_traced,
    "trace.wanted": lambda session, case: queries.word_of(session, case.id, WISH) is not None,
}
