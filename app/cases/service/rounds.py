"""What `bauta tick` does for exposures: lapsed holds, overdue clocks, cases past their time."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.cases import clocks, keys, queries
from app.cases.models import (
    KEPT_DAYS,
    Case,
    CaseNotice,
    CasePart,
    Consent,
    Evidence,
    Exposure,
    ExposureReport,
    LedgerRow,
    Letter,
    LookBack,
    MemberWord,
    Named,
    PartReader,
    PartSlot,
    Place,
    PurgeRow,
    StepItem,
    Sweep,
    Timer,
    Trace,
    TraceWord,
)
from app.cases.service import casework, evidence, helping, holds, intake, sweep
from app.cases.words import Part, Seat
from app.core import clock, shreds
from app.forum import service as forum
from app.support import check_ins

SEALED: Final = (
    CaseNotice, Consent, Evidence, Exposure, Letter, LookBack, MemberWord, Place, PurgeRow,
    StepItem, Sweep, Trace, TraceWord, Timer, PartSlot, PartReader, CasePart, Named,
)  # fmt: skip
SOURCE_DAYS: Final = 30  # after closing (RESPONSE.md §11)
OWNER, SECOND, ALL, TRUSTEE = range(4)  # the chain of RESPONSE.md §6


def make_rounds(session: Session) -> int:
    """Do what is due now; returns how many clocks had run out."""
    holds.lapse(session)
    overdue = queries.timers_due(session, clock.now())
    for timer in overdue:
        _call_up(session, timer)
    _call_to_look(session)
    _call_to_check_in(session)
    for case_id in evidence.verify_due(session):
        case = session.get_one(Case, case_id)
        for member_id in queries.named_ids(session, case_id):
            casework.ring_up(session, case, member_id)
    forget_past(session)
    forget_sources(session)
    return len(overdue)


def _call_to_check_in(session: Session) -> None:
    """Call who writes to somebody today, and whoever steps in where a letter was missed."""
    present = {member.id for member in queries.responders(session)}
    calls = check_ins.make_rounds(session, present)
    outside = queries.last_called(session) if calls.is_for_outside else []
    for member_id in calls.members | {member.id for member in outside}:
        forum.notify(session, member_id, intake.NOTICE, intake.NOTICE)


def _call_to_look(session: Session) -> None:
    """Call those named when a place is to be looked at again; once a day, until somebody notes it.

    The line in the inbox says nothing, and which place it is stands on the page of the case.
    """
    for place in queries.places_to_look_at(session, clock.today()):
        case = session.get_one(Case, place.case_id)
        for member_id in queries.named_ids(session, place.case_id):
            casework.ring_up(session, case, member_id)
        place.next_look_on = clock.today() + timedelta(days=1)


def _call_up(session: Session, timer: Timer) -> None:
    """Call the next in the chain, with a line that says nothing, and let the clock run on.

    Outside the covered hours nobody is called by a clock that stands still; it is due again later.
    """
    for member_id in _whom(session, timer):
        forum.notify(session, member_id, intake.NOTICE, intake.NOTICE)
    timer.level = min(timer.level + 1, TRUSTEE)
    now = clock.now()
    again = clocks.due(now, clocks.TRY_AGAIN_AFTER, queries.cover_hours(session))
    timer.due_at = clocks.coarse(again, now)


def _whom(session: Session, timer: Timer) -> set[int]:
    """Whom a clock calls at its level: never anybody who must see nothing of it."""
    if timer.report_id is not None:
        return _whom_of_report(session, timer)
    case = session.get(Case, timer.case_id)
    if case is None or case.is_drill:
        return set()
    seats = {row.member_id: row.seat for row in queries.named(session, case.id)}
    leads = {n for n, seat in seats.items() if seat is Seat.LEAD}
    if timer.level == OWNER and leads:
        return leads
    if timer.level <= SECOND and seats:
        return set(seats)
    people = queries.responders(session)
    if timer.level >= TRUSTEE:
        people = [*people, *queries.trustees(session)]
    free = {
        member.id
        for member in people
        if not queries.is_recused(session, case.public_id, member.public_id)
    }
    return free | set(seats)


def _whom_of_report(session: Session, timer: Timer) -> set[int]:
    """Everybody who can open the report: it is nobody's yet, and nobody else could read it."""
    report = session.get(ExposureReport, timer.report_id)
    return set() if report is None else queries.reader_ids(session, report.id)


def forget_past(session: Session) -> int:
    """Destroy what closed cases seal once their time is over. Returns how many.

    The keys go first, then every row but those of the ledger, of which the hashes stay.
    """
    past = queries.cases_past(session, clock.today(), KEPT_DAYS)
    for case in past:
        keys.destroy(session, case.id)
        evidence.shred(session, case.id)
        sweep.unshield(session, case)
        helping.end_all(session, case.id)
        for model in SEALED:
            session.execute(delete(model).where(model.case_id == case.id))
        session.execute(update(LedgerRow).where(LedgerRow.case_id == case.id).values(box=b""))
        case.brief = b""
    reports = queries.reports_past(session, clock.today(), KEPT_DAYS)
    shreds.destroy(session, [report.shred_id for report in reports])
    return len(past)


def forget_sources(session: Session) -> int:
    """Destroy the source pages of cases that were closed a month ago; returns how many.

    Its key goes with it, so that a copy of the page opens no more.
    """
    edge = clock.today() - timedelta(days=SOURCE_DAYS)
    past = queries.sources_past(session, edge)
    for case_id in past:
        keys.destroy(session, case_id, Part.SOURCE)
        for model in (PartReader, CasePart):
            whose = (model.case_id == case_id, model.part == Part.SOURCE)
            session.execute(delete(model).where(*whose))
        session.execute(delete(Trace).where(Trace.case_id == case_id))
    return len(past)
