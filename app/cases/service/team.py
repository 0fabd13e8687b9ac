"""Who works on a report or a case: taking it, naming people, stepping aside, handing over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.cases import keys, queries, workflow
from app.cases.keys import Ring, Seal
from app.cases.models import Case, ExposureReport, Named, ReportReader
from app.cases.service import casework, evidence, holds, intake, ledger, own_words, telling
from app.cases.service.casework import Opened, Opening
from app.cases.words import (
    Clock,
    Part,
    PlaceKind,
    ReportState,
    Seat,
    Severity,
    Told,
    Verb,
)
from app.cases.workflow import ShutError
from app.core import clock
from app.core.errors import StaleError
from app.forum import service as forum
from app.policy.vocabulary import Actor, Role

OPENLY = (Part.SHARED, Part.TEAM)  # what a ring holds without a reason; the rest needs one


@dataclass(frozen=True, slots=True)
class Plan:
    """How a case begins: how grave it is, who works on it, and whose it is, if that is known."""

    severity: Severity
    is_danger: bool
    seats: Mapping[int, tuple[Seat, Member]]  # by inner id; the one who opens it is not in it
    affected: Member | None = None


# --- reports --------------------------------------------------------------------------------------


def claim(session: Session, responder: Actor, report: ExposureReport) -> ExposureReport:
    """Take a report, so that nobody else works on it.

    Raises:
        StaleError: when somebody else has it, or it was settled.
    """
    taken = session.execute(
        update(ExposureReport)
        .where(
            ExposureReport.id == report.id,
            ExposureReport.closed_on.is_(None),
            (ExposureReport.claimed_by.is_(None)) | (ExposureReport.claimed_by == responder.id),
        )
        .values(claimed_by=responder.id, claimed_at=clock.now(), state=ReportState.LOOKED_AT)
        .returning(ExposureReport.id)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        raise StaleError
    session.refresh(report)
    telling.tell(report, Told.LOOKED_AT)
    for timer in queries.timers_of_report(session, report.id):
        session.delete(timer)
    return report


def give_back(session: Session, responder: Actor, report: ExposureReport) -> None:
    """Give a report back that one has taken.

    Raises:
        StaleError: when somebody else has it.
    """
    if report.claimed_by != responder.id:
        raise StaleError
    report.claimed_by = report.claimed_at = None
    for member_id in queries.reader_ids(session, report.id):
        if member_id != responder.id:
            forum.notify(session, member_id, intake.NOTICE, intake.NOTICE)


def step_aside(session: Session, responder: Actor, report: ExposureReport) -> None:
    """Leave a report for good: the own key of it goes, and nobody learns why.

    Raises:
        ShutError: when nobody else is left who can read it.
    """
    others = queries.reader_ids(session, report.id) - {responder.id}
    if not others:
        raise ShutError(workflow.Gate.LAST_PERSON)
    session.execute(
        delete(ReportReader).where(
            ReportReader.report_id == report.id, ReportReader.member_id == responder.id
        )
    )
    things = {report.public_id}
    case = queries.case_of_report(session, report)
    if case is not None:
        keys.shut_out(session, case.id, [responder.id])
        things.add(case.public_id)
    for thing in things:
        intake.exclude(session, thing, {responder.public_id})
    if report.claimed_by == responder.id:
        report.claimed_by = report.claimed_at = None
    for member_id in others:
        forum.notify(session, member_id, intake.NOTICE, intake.NOTICE)


def reveal(session: Session, responder: Actor, report: ExposureReport) -> None:
    """Look at the hidden post once, before a case is open; that is written down with the report.

    Raises:
        StaleError: when somebody has done so already.
    """
    if report.revealed_by is not None:
        raise StaleError
    report.revealed_by = responder.id


def settle(session: Session, report: ExposureReport, state: ReportState) -> None:
    """Close a report without a case: a duplicate, no exposure, or a matter for the moderators.

    A post that it hid comes back; what is told to the reporter is "closed", whatever the reason.

    Raises:
        ShutError: for the report of a member about the own exposure, whose case is open already.
    """
    if report.case_id is not None:
        raise ShutError(workflow.Gate.ORDER)
    report.state = state
    report.closed_on = clock.today()
    telling.tell(report, Told.CLOSED)
    post = queries.post_of_report(session, report)
    if post is not None and state is not ReportState.DUPLICATE:
        holds.release(session, post)
    report.box_b = report.capture = None


# --- from a report to a case ----------------------------------------------------------------------


def open_case(
    session: Session, responder: Actor, private_key: bytes, report: ExposureReport, plan: Plan
) -> Opened:
    """Open a case from a report that one has taken, and name who works on it.

    What the report said goes into the case; the first copies, and the keys of those who were not
    named, are gone. The member who reported the own exposure keeps the case that was open already.

    Raises:
        StaleError: when the report is not one's own, or was settled.
    """
    if report.claimed_by != responder.id or report.closed_on is not None:
        raise StaleError
    part = queries.report_part(session, report.id, responder.id)
    report_key = intake.key_of(session, report, part, private_key)
    box_a = intake.read_box(report, report_key, "a")
    seats: dict[int, tuple[Seat, bytes]] = {responder.id: (Seat.LEAD, responder.public_key)}
    seats |= {n: (seat, member.public_key) for n, (seat, member) in plan.seats.items()}
    case = queries.case_of_report(session, report)
    if case is None:
        opened = _new_case(session, responder, plan, seats)
        casework.note_exposure(session, opened, box_a.get("facts", "").split(), "")
    else:
        opened = _own_case(session, (responder, private_key), case, plan, seats)
    if plan.affected is not None:
        casework.guard_terms(opened, [plan.affected.pseudonym])
    _carry_over(session, opened, report, report_key)
    _name(session, opened, seats)
    _forget_first_copies(session, responder, report, opened.case)
    return opened


def _new_case(
    session: Session, responder: Actor, plan: Plan, seats: dict[int, tuple[Seat, bytes]]
) -> Opened:
    """A case whose affected member is known from the report, or not yet."""
    affected = plan.affected
    opening = Opening(
        plan.severity,
        is_danger=plan.is_danger,
        affected="" if affected is None else affected.public_id,
    )
    public_key = None if affected is None else affected.public_key
    begun = casework.begin_case(session, opening, seats, public_key)
    return Opened(begun.case, begun.ring, responder.pseudonym, responder.id)


def _own_case(
    session: Session,
    holder: tuple[Actor, bytes],
    case: Case,
    plan: Plan,
    seats: dict[int, tuple[Seat, bytes]],
) -> Opened:
    """The case that a member has opened: everybody who was not named loses the keys."""
    responder, private_key = holder
    for member_id, (seat, public_key) in seats.items():
        keys.let_in(session, case, (responder.id, private_key), (member_id, seat, public_key))
    keys.narrow(session, case.id, {n: seat for n, (seat, _) in seats.items()})
    ring = keys.ring_of(session, case.id, responder.id, private_key, Part)
    opened = Opened(case, ring, responder.pseudonym, responder.id)
    casework.rate(session, opened, plan.severity, is_danger=plan.is_danger or case.is_danger)
    return opened


def _name(session: Session, opened: Opened, seats: Mapping[int, tuple[Seat, bytes]]) -> None:
    """Write down who is named; the one who opens the case has declared by taking the report."""
    case, today = opened.case, clock.today()
    for member_id, (seat, _) in seats.items():
        session.add(
            Named(
                case_id=case.id,
                member_id=member_id,
                seat=seat,
                has_declared=member_id == opened.member_id,
                since_on=today,
            )
        )
        if member_id != opened.member_id:
            casework.ring_up(session, case, member_id)
    session.flush()  # items and clocks read who is named
    ledger.write(session, opened.ring, opened.who, Verb.NAMED, str(len(seats)))
    casework.start_clock(session, case, Clock.TEAM)
    casework.start_clock(session, case, Clock.FIRST_LETTER)
    casework.start_clock(session, case, Clock.OUR_BREACH)
    if any(place.kind is PlaceKind.HERE for place in queries.places_of(session, case.id)):
        casework.start_clock(session, case, Clock.SUSPEND)  # the record is seen
    if {seat for seat, _ in seats.values()} >= {Seat.LEAD, Seat.SECOND}:
        casework.tick(session, opened, "first.team")


def _carry_over(
    session: Session, opened: Opened, report: ExposureReport, report_key: bytes
) -> None:
    """Move the post, its capture and the link of a report into the case.

    What hides the post is confirmed.
    """
    post = queries.post_of_report(session, report)
    if post is not None:
        casework.add_place(session, opened, PlaceKind.HERE, "", post.public_id)
    captured = intake.read_capture(report, report_key)
    if captured:
        evidence.keep(session, opened, Seal(opened.ring), captured)
    for place in queries.places_of(session, opened.case.id):
        if place.kind is not PlaceKind.HERE:
            continue
        post = queries.post_by_public_id(session, opened.ring.read(place)["url"])
        if post is None:
            continue
        if captured is None or captured.post_id != post.public_id:
            evidence.keep(session, opened, Seal(opened.ring), evidence.capture(session, post))
        holds.hide(session, post)
        holds.confirm(session, post.id)
        ledger.write(session, opened.ring, opened.who, Verb.HIDDEN, "place here")
    if report.revealed_by is not None:
        ledger.write(session, opened.ring, opened.who, Verb.VIEWED, "place here")
    link = intake.read_box(report, report_key, "b").get("link", "")
    if link:
        host = link.split("//")[-1].split("/")[0]
        casework.add_place(session, opened, PlaceKind.OTHER, host, link)


def _forget_first_copies(
    session: Session, responder: Actor, report: ExposureReport, case: Case
) -> None:
    """Leave the reporter's thread to the lead alone, and the report without what it said."""
    for member in queries.responders(session):
        if queries.is_recused(session, report.public_id, member.public_id):
            intake.exclude(session, case.public_id, {member.public_id})
    session.execute(
        delete(ReportReader).where(
            ReportReader.report_id == report.id, ReportReader.member_id != responder.id
        )
    )
    report.case_id, report.post_id = case.id, None
    report.box_a = report.box_b = report.capture = None
    report.state = ReportState.LINKED
    report.claimed_at = None
    telling.tell(report, Told.ACTED_ON)


# --- people of a case -----------------------------------------------------------------------------


def add_person(
    session: Session, opened: Opened, private_key: bytes, seat: Seat, member: Member
) -> None:
    """Name another person, who gets the keys that belong to the seat.

    Raises:
        BrokenSealError: when the one who names holds no keys.
    """
    holder = (opened.member_id, private_key)
    keys.let_in(session, opened.case, holder, (member.id, seat, member.public_key))
    session.merge(
        Named(
            case_id=opened.case.id,
            member_id=member.id,
            seat=seat,
            has_declared=False,
            since_on=clock.today(),
        )
    )
    ledger.write(session, opened.ring, opened.who, Verb.NAMED, f"{member.pseudonym} {seat.value}")
    casework.ring_up(session, opened.case, member.id)


def name_affected(session: Session, opened: Opened, private_key: bytes, member: Member) -> None:
    """Say whose case it is, once that is known: that member finds it from now on.

    Raises:
        BrokenSealError: when the one who says so holds no keys.
        ShutError: in a drill, which is nobody's case.
    """
    if opened.case.is_drill:
        raise ShutError(workflow.Gate.DRILL)
    keys.give_slot(session, opened.case, (opened.member_id, private_key), member.public_key)
    own_words.forget(session, opened.case.id)  # whoever was named before has no slot any more
    brief = casework.read_brief(opened.case, opened.ring)
    casework.write_brief(opened.case, opened.ring, {**brief, "affected": member.public_id})
    casework.guard_terms(opened, [member.pseudonym])


def leave(session: Session, opened: Opened, public_id: str) -> None:
    """Step aside from a case: keys and name go at once, and colleagues see no reason.

    Raises:
        ShutError: when nobody would be left who leads it; hand over first.
    """
    left = {row.seat for row in queries.named(session, opened.case.id)
            if row.member_id != opened.member_id}  # fmt: skip
    shut = workflow.leaving(frozenset(left))
    if shut:
        raise ShutError(*shut)
    affected = queries.member_by_public_id(
        session, casework.read_brief(opened.case, opened.ring)["affected"]
    )
    ledger.write(session, opened.ring, opened.who, Verb.LEFT)
    _shut_out(
        session,
        opened.case,
        {opened.member_id: public_id},
        [
            *([] if affected is None else [affected.public_key]),
            *own_words.public_keys(session, opened),
        ],
    )


def exclude(
    session: Session, opened: Opened, me: Actor, private_key: bytes, person: Member
) -> None:
    """The affected member does not want somebody to see the case: that person loses it at once.

    Where nobody would be left who leads it, a trustee is called, else another responder.

    Raises:
        NobodyLeftError: when nobody at all would be left.
    """
    case = opened.case
    rows = [row for row in queries.named(session, case.id) if row.member_id != person.id]
    left = frozenset(row.seat for row in rows)
    called = None
    if queries.named_ids(session, case.id) and workflow.leaving(left):
        called = _next_in_line(session, case, {row.member_id for row in rows} | {person.id})
        if called is None:
            raise intake.NobodyLeftError
    ledger.write(session, opened.ring, casework.THE_MEMBER, Verb.LEFT, person.pseudonym)
    if called is not None:
        is_trustee = Role.TRUSTEE in called.roles
        seat = Seat.TRUSTEE if is_trustee else Seat.LEAD
        session.add(
            Named(
                case_id=case.id,
                member_id=called.id,
                seat=seat,
                has_declared=False,
                since_on=clock.today(),
            )
        )
        newcomer = (called.id, seat, called.public_key)
        keys.hand_from_slots(session, case.id, private_key, newcomer)
        session.flush()  # the new keys are made for everybody who is named now
    own = [me.public_key, *own_words.public_keys(session, opened)]
    _shut_out(session, case, {person.id: person.public_id}, own)


def _next_in_line(session: Session, case: Case, without: set[int]) -> Member | None:
    """Who is called when the last one goes: a trustee, else another responder."""
    people = [*queries.trustees(session), *queries.responders(session)]
    for member in people:
        is_out = queries.is_recused(session, case.public_id, member.public_id)
        if member.id not in without and not is_out:
            return member
    return None


def _shut_out(
    session: Session, case: Case, people: Mapping[int, str], own: Sequence[bytes]
) -> None:
    """Take people off a case, by inner and public id: what follows is sealed without them."""
    has_team = bool(queries.named_ids(session, case.id))
    keys.shut_out(session, case.id, people)
    intake.exclude(session, case.public_id, set(people.values()))
    if not has_team:
        return
    seats = {row.member_id: row.seat for row in queries.named(session, case.id)}
    members = queries.members(session, seats)
    following = {n: (seats[n], member.public_key) for n, member in members.items()}
    keys.make_parts(session, case, following, own)
    for member_id in seats:
        casework.ring_up(session, case, member_id)


def ring_for(session: Session, case: Case, member_id: int, private_key: bytes) -> Ring:
    """What somebody named holds without giving a reason: the shared and the team's part."""
    return keys.ring_of(session, case.id, member_id, private_key, OPENLY)


def open_identity(session: Session, opened: Opened, private_key: bytes, reason: str) -> Ring:
    """The keys of the identity part as well: a typed reason, which the member reads afterwards.

    There is no other way for the team to these keys once a case has its people.

    Raises:
        ShutError: when no reason is given, or the seat does not go with it.
    """
    if not workflow.is_reason(reason):
        raise ShutError(workflow.Gate.REASON)
    ring = keys.ring_of(
        session, opened.case.id, opened.member_id, private_key, (*OPENLY, Part.IDENTITY)
    )
    if not ring.holds(Part.IDENTITY):
        raise ShutError(workflow.Gate.ORDER)
    ledger.write(session, ring, opened.who, Verb.VIEWED, "identity", reason=reason.strip())
    return ring


def identity_seal(session: Session, opened: Opened, private_key: bytes) -> Seal:
    """What lets somebody of the team add to the identity part, without reading anything in it.

    Raises:
        ShutError: when the seat does not go with the identity part.
    """
    seal = identity_seal_or_none(session, opened, private_key)
    if seal is None:
        raise ShutError(workflow.Gate.ORDER)
    return seal


def identity_seal_or_none(session: Session, opened: Opened, private_key: bytes) -> Seal | None:
    """The same, or nothing for a seat that does not go with it, such as a trustee's."""
    ring = keys.ring_of(session, opened.case.id, opened.member_id, private_key, (Part.IDENTITY,))
    return Seal(ring) if ring.holds(Part.IDENTITY) else None
