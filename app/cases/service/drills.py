"""Drills with people: a case that never happened, in which nobody is touched and nothing is sent.

Whoever starts it plays the affected member as well; others of the team are named as on any case.
Clocks run faster, nobody is called, no post can be named, nothing is held, swept or announced. When
it ends, the case goes with all that it sealed, and numbers stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from app.cases import clocks, drill, keys, queries, workflow
from app.cases.models import Case, Drill, Named
from app.cases.service import casework, evidence, ledger
from app.cases.service.casework import Opened, Opening
from app.cases.service.ledger import Entry
from app.cases.words import Clock, PlaceKind, Seat, Severity, Verb
from app.cases.workflow import Gate, ShutError
from app.core import clock
from app.policy.vocabulary import Actor

# By which line of the ledger a clock was met.
MET: Final[Mapping[Clock, tuple[Verb, str]]] = {
    Clock.TEAM: (Verb.TICKED, workflow.CONFLICTS),
    Clock.FIRST_LETTER: (Verb.SENT, "letter"),
}


def start(session: Session, responder: Actor, severity: Severity, *, is_danger: bool) -> Opened:
    """Begin a drill: a case with invented facts and one place that cannot exist."""
    opening = Opening(severity, is_danger, affected=responder.public_id, is_drill=True)
    people = {responder.id: (Seat.LEAD, responder.public_key)}
    begun = casework.begin_case(session, opening, people, responder.public_key)
    opened = Opened(begun.case, begun.ring, responder.pseudonym, responder.id)
    session.add(
        Named(
            case_id=begun.case.id,
            member_id=responder.id,
            seat=Seat.LEAD,
            has_declared=True,
            since_on=clock.today(),
        )
    )
    for kind, fact in zip(("name", "address"), drill.FACTS, strict=True):
        casework.note_exposure(session, opened, (kind,), fact)
    casework.guard_terms(opened, drill.FACTS)
    casework.add_place(session, opened, PlaceKind.PASTE, drill.HOST, f"https://{drill.HOST}/7")
    for which in MET:
        casework.start_clock(session, begun.case, which)
    session.flush()  # the page that follows shows it
    return opened


def end(session: Session, opened: Opened) -> Drill:
    """End a drill: count, keep the numbers, and let go of all the rest.

    Raises:
        ShutError: when it is no drill.
    """
    case = opened.case
    if not case.is_drill:
        raise ShutError(Gate.ORDER)
    items = queries.items_of(session, case.id)
    shown = Drill(
        late_count=late(case, ledger.read(session, opened.ring)),
        open_count=sum(row.state not in workflow.SETTLED for row in items),
        played_on=clock.today(),
    )
    session.add(shown)
    erase(session, case)
    return shown


def erase(session: Session, case: Case) -> None:
    """Let a drill go: the keys, and with the case every row of it."""
    keys.destroy(session, case.id)
    evidence.shred(session, case.id)
    session.delete(case)
    session.flush()  # the rows of it go with it, in the database


def late(case: Case, entries: list[Entry]) -> int:
    """How many clocks had run out before the deed that they wait for, or without it."""
    began, count = entries[0].at, 0
    for which, (verb, about) in MET.items():
        wait = clocks.span(which, case.severity, is_danger=case.is_danger)
        if wait is None:
            continue
        due = began + wait / drill.SPEED
        done = [e.at for e in entries if e.verb is verb and e.about.startswith(about)]
        count += not done or done[0] > due
    return count


def next_on(session: Session) -> date | None:
    """The day by which the next drill is due; nothing before the first."""
    last = queries.last_drill(session)
    return None if last is None else last.played_on + drill.EVERY
