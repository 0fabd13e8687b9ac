"""Reading reports and cases. What is sealed stays sealed here: only a ring opens it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select, union
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Member
from app.cases import keys, workflow
from app.cases.clocks import Window
from app.cases.models import (
    Case,
    CaseNotice,
    Consent,
    CoverHour,
    Drill,
    Evidence,
    Exposure,
    ExposureReport,
    Letter,
    LookBack,
    MemberWord,
    Named,
    PartReader,
    Place,
    PurgeRow,
    Receipt,
    Recusal,
    ReportLetter,
    ReportReader,
    StepItem,
    Sweep,
    SweepFind,
    Timer,
    Trace,
    TraceWord,
)
from app.cases.words import Clock, NoticeState, Seat, Surface
from app.community.models import GuardedValue
from app.core import clock
from app.core.ids import ALPHABET, LENGTH
from app.forum.models import Board, Notice, Post, Revision, Thread
from app.forum.queries import member_ids_of
from app.policy.permissions import is_suspended, may_enter
from app.policy.vocabulary import Actor, Gate, Role, Trust, Visibility

IN_A_LINK: Final = re.compile(rf"(?<![{ALPHABET}])[{ALPHABET}]{{{LENGTH}}}(?![{ALPHABET}])")


# --- people ---------------------------------------------------------------------------------------


def responders(session: Session) -> list[Member]:
    """Everybody who answers exposures, and is not suspended."""
    return _with_role(session, Role.RESPONDER)


def trustees(session: Session) -> list[Member]:
    """The people from outside who step in when nobody else may."""
    return _with_role(session, Role.TRUSTEE)


def last_called(session: Session) -> list[Member]:
    """Who is called when nobody who may open a thing acts: the trustees.

    A site without a trustee has only those who answer exposures: nothing that is missed may end
    where nobody looks (RESPONSE.md §6).
    """
    return trustees(session) or responders(session)


def _with_role(session: Session, role: Role) -> list[Member]:
    """Members with a role who may act, in the order of their names."""
    query = select(Member).where(Member.roles.op("&")(int(role)) != 0).order_by(Member.pseudonym)
    return [member for member in session.scalars(query) if not is_suspended(member.actor)]


def members(session: Session, inner: Iterable[int]) -> dict[int, Member]:
    """Members by inner id, in one question."""
    wanted = set(inner)
    query = select(Member).where(Member.id.in_(wanted))
    return {member.id: member for member in session.scalars(query)} if wanted else {}


def member_by_public_id(session: Session, public_id: str) -> Member | None:
    """The member with this public id."""
    return session.scalars(select(Member).where(Member.public_id == public_id)).first()


def is_recused(session: Session, thing: str, person: str) -> bool:
    """Whether somebody must see nothing of a report or a case; both by public ids."""
    return session.get(Recusal, keys.person_tag(session, "recused", thing, person)) is not None


# --- posts ----------------------------------------------------------------------------------------


def post_by_inner_id(session: Session, inner: int) -> Post | None:
    """A post with its thread and board."""
    return session.scalars(_post(Post.id == inner)).first()


def post_by_public_id(session: Session, public_id: str) -> Post | None:
    """A post with its thread and board, by the id that a place of a case names."""
    return session.scalars(_post(Post.public_id == public_id)).first()


def post_in_link(session: Session, link: str) -> Post | None:
    """The post that a link of ours names, if it names one that stands here."""
    for public_id in IN_A_LINK.findall(link.lower())[::-1]:
        found = post_by_public_id(session, public_id)
        if found is not None:
            return found
    return None


def _post(which: ColumnElement[bool]) -> Select[Post]:
    """The statement behind the three."""
    return select(Post).where(which).options(joinedload(Post.thread).joinedload(Thread.board))


# --- reports --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Received:
    """A report as a door weighs it: who holds a key of it."""

    report: ExposureReport
    reader_ids: frozenset[int]


def received_by_id(session: Session, public_id: str) -> Received | None:
    """The report with this public id, and who can open it."""
    report = session.scalars(
        select(ExposureReport).where(ExposureReport.public_id == public_id)
    ).first()
    return None if report is None else Received(report, frozenset(reader_ids(session, report.id)))


def reader_ids(session: Session, report_id: int) -> set[int]:
    """Who can open a report."""
    query = select(ReportReader.member_id).where(ReportReader.report_id == report_id)
    return set(session.scalars(query))


def report_part(session: Session, report_id: int, member_id: int) -> bytes:
    """The part of a report's key that is sealed to somebody who has one."""
    return session.get_one(ReportReader, (report_id, member_id)).part


def reports_for(session: Session, member_id: int) -> list[tuple[ExposureReport, bytes]]:
    """The open reports that somebody can open, the oldest first, each with the own part."""
    query = (
        select(ExposureReport, ReportReader.part)
        .join(ReportReader, ReportReader.report_id == ExposureReport.id)
        .where(
            ReportReader.member_id == member_id,
            ExposureReport.closed_on.is_(None),
            ExposureReport.box_a.is_not(None),
        )
        .order_by(ExposureReport.id)
    )
    return [(report, part) for report, part in session.execute(query)]


def has_report(session: Session, post: Post) -> bool:
    """Whether somebody has reported a post before."""
    query = select(ExposureReport.id).where(ExposureReport.post_id == post.id).limit(1)
    return session.scalar(query) is not None


def report_letters(session: Session, report_id: int) -> Sequence[ReportLetter]:
    """The letters of a report, in their order."""
    query = select(ReportLetter).where(ReportLetter.report_id == report_id)
    return session.scalars(query.order_by(ReportLetter.id)).all()


def receipt_by_tag(session: Session, tag: bytes) -> tuple[Receipt, ExposureReport] | None:
    """The receipt that a tag finds, if it has not run out, with its report."""
    row = session.execute(
        select(Receipt, ExposureReport)
        .join(ExposureReport, ExposureReport.id == Receipt.report_id)
        .where(Receipt.tag == tag, Receipt.expires_on >= clock.today())
    ).first()
    return None if row is None else (row[0], row[1])


def case_of_report(session: Session, report: ExposureReport) -> Case | None:
    """The case that a report belongs to."""
    return None if report.case_id is None else session.get(Case, report.case_id)


def reports_of_case(session: Session, case_id: int) -> Sequence[ExposureReport]:
    """The reports that belong to a case, the first one first."""
    query = select(ExposureReport).where(ExposureReport.case_id == case_id)
    return session.scalars(query.order_by(ExposureReport.id)).all()


def post_of_report(session: Session, report: ExposureReport) -> Post | None:
    """The post that a report names."""
    return None if report.post_id is None else post_by_inner_id(session, report.post_id)


# --- cases ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Worked:
    """A case as a door weighs it: who is named on it, and as what."""

    case: Case
    seats: Mapping[int, Seat]

    @property
    def named_ids(self) -> frozenset[int]:
        """Everybody who is named."""
        return frozenset(self.seats)

    @property
    def lead_ids(self) -> frozenset[int]:
        """Those who may do what a contact person may not."""
        return frozenset(n for n, seat in self.seats.items() if seat is not Seat.CONTACT)


def worked_by_id(session: Session, public_id: str) -> Worked | None:
    """The case with this public id, and who is named on it."""
    case = case_by_id(session, public_id)
    if case is None:
        return None
    return Worked(case, {row.member_id: row.seat for row in named(session, case.id)})


def case_by_id(session: Session, public_id: str) -> Case | None:
    """The case with this public id."""
    return session.scalars(select(Case).where(Case.public_id == public_id)).first()


def cases_of(session: Session, member_id: int) -> Sequence[Case]:
    """The cases on which somebody is named: what presses most first, closed ones last."""
    query = (
        select(Case)
        .join(Named, Named.case_id == Case.id)
        .where(Named.member_id == member_id)
        .order_by(Case.closed_on.is_not(None), Case.is_danger.desc(), Case.severity.desc(), Case.id)
    )
    return session.scalars(query).all()


def cases_by_ids(session: Session, inner: Iterable[int]) -> dict[int, Case]:
    """Cases by inner id."""
    wanted = list(inner)
    return {case.id: case for case in session.scalars(select(Case).where(Case.id.in_(wanted)))}


def codenames(session: Session) -> set[str]:
    """Every codename that is taken."""
    return set(session.scalars(select(Case.codename)))


def named(session: Session, case_id: int) -> Sequence[Named]:
    """Who works on a case."""
    return session.scalars(select(Named).where(Named.case_id == case_id)).all()


def named_ids(session: Session, case_id: int) -> set[int]:
    """The inner ids of who works on a case."""
    return set(session.scalars(select(Named.member_id).where(Named.case_id == case_id)))


def part_reader_ids(session: Session, case_id: int) -> set[int]:
    """Who could open a case that has no team yet."""
    return set(session.scalars(select(PartReader.member_id).where(PartReader.case_id == case_id)))


def exposures_of(session: Session, case_id: int) -> Sequence[Exposure]:
    """The exposures of a case."""
    query = select(Exposure).where(Exposure.case_id == case_id).order_by(Exposure.id)
    return session.scalars(query).all()


def places_of(session: Session, case_id: int) -> Sequence[Place]:
    """The places of a case."""
    query = select(Place).where(Place.case_id == case_id).order_by(Place.id)
    return session.scalars(query).all()


def place_by_id(session: Session, case_id: int, public_id: str) -> Place | None:
    """A place of this very case."""
    query = select(Place).where(Place.case_id == case_id, Place.public_id == public_id)
    return session.scalars(query).first()


def places_to_look_at(session: Session, today: date) -> Sequence[Place]:
    """The places of open cases whose day to be looked at again is here."""
    query = (
        select(Place)
        .join(Case, Case.id == Place.case_id)
        .where(Place.next_look_on <= today, Case.closed_on.is_(None))
    )
    return session.scalars(query).all()


def consents_of(session: Session, case_id: int) -> Sequence[Consent]:
    """What was put to the affected member, in its order."""
    query = select(Consent).where(Consent.case_id == case_id).order_by(Consent.id)
    return session.scalars(query).all()


def consent_by_id(session: Session, case_id: int, public_id: str) -> Consent | None:
    """A question of this very case."""
    query = select(Consent).where(Consent.case_id == case_id, Consent.public_id == public_id)
    return session.scalars(query).first()


def consent_for(session: Session, place: Place) -> Consent | None:
    """The last question about one place."""
    query = select(Consent).where(Consent.place_id == place.id).order_by(Consent.id.desc())
    return session.scalars(query.limit(1)).first()


def letters_of(session: Session, case_id: int) -> Sequence[Letter]:
    """The letters of a case, in their order."""
    query = select(Letter).where(Letter.case_id == case_id).order_by(Letter.id)
    return session.scalars(query).all()


def evidence_of(session: Session, case_id: int) -> Sequence[Evidence]:
    """The evidence of a case, in its order."""
    query = select(Evidence).where(Evidence.case_id == case_id).order_by(Evidence.id)
    return session.scalars(query).all()


def sweep_of(session: Session, case_id: int) -> Sweep | None:
    """The last sweep of a case."""
    query = select(Sweep).where(Sweep.case_id == case_id).order_by(Sweep.id.desc())
    return session.scalars(query.limit(1)).first()


def finds_of(session: Session, sweep_id: int) -> Sequence[SweepFind]:
    """What a sweep has found, sealed."""
    query = select(SweepFind).where(SweepFind.sweep_id == sweep_id).order_by(SweepFind.id)
    return session.scalars(query).all()


def purge_rows_of(session: Session, case_id: int) -> Sequence[PurgeRow]:
    """The purge sheet of a case, in the order of its surfaces."""
    query = select(PurgeRow).where(PurgeRow.case_id == case_id).order_by(PurgeRow.surface)
    return session.scalars(query).all()


def notice_of(session: Session, case_id: int) -> CaseNotice | None:
    """Whether and how the community is told of a case."""
    return session.scalars(select(CaseNotice).where(CaseNotice.case_id == case_id)).first()


def look_back_of(session: Session, case_id: int) -> LookBack | None:
    """What the team wrote of a case when it was over."""
    return session.scalars(select(LookBack).where(LookBack.case_id == case_id)).first()


def last_drill(session: Session) -> Drill | None:
    """The last drill with people, in numbers."""
    return session.scalars(select(Drill).order_by(Drill.id.desc()).limit(1)).first()


def trace_of(session: Session, case_id: int) -> Trace | None:
    """The source page of a case."""
    return session.scalars(select(Trace).where(Trace.case_id == case_id)).first()


def sources_past(session: Session, edge: date) -> Sequence[int]:
    """The inner ids of cases closed before a day of which there is still a source page."""
    query = select(Trace.case_id).join(Case, Case.id == Trace.case_id)
    return session.scalars(query.where(Case.closed_on < edge)).all()


def trace_words_of(session: Session, case_id: int) -> Sequence[TraceWord]:
    """The member's diary of a case, and what the team said of it, in their order."""
    query = select(TraceWord).where(TraceWord.case_id == case_id).order_by(TraceWord.id)
    return session.scalars(query).all()


def accounts_that_may_read(session: Session, board: Board, until: date | None) -> frozenset[int]:
    """The inner ids of accounts that the rules let into a board; whether they ever looked in.

    Nobody knows whether they did: it is written down nowhere. Counted is who may read there
    today, or might before the gate was raised for a while; suspended accounts too, which may
    have read before. Whoever joined after `until` is left out.
    """
    before = session.get(GuardedValue, (board.id, "gate_read"))
    read = board.gate_read if before is None else min(board.gate_read, Trust(before.before))
    gate = AsItWas(replace(board.gate, read=read))
    joined = member_ids_of(session, board.id)
    here = frozenset({board.id})
    columns = (Member.id, Member.trust, Member.roles)
    query = select(*columns).where(Member.is_confirmed)
    if until is not None:
        query = query.where(Member.joined_on <= until)
    return frozenset(
        inner
        for inner, trust, roles in session.execute(query)
        if may_enter(
            Actor(inner, "", "", trust, roles, joined=here if inner in joined else frozenset()),
            gate,
        )
    )


@dataclass(frozen=True, slots=True)
class AsItWas:
    """A board behind the gate that it had."""

    gate: Gate


def purge_row_of(session: Session, case_id: int, surface: Surface) -> PurgeRow | None:
    """One row of the purge sheet of a case."""
    query = select(PurgeRow).where(PurgeRow.case_id == case_id, PurgeRow.surface == surface)
    return session.scalars(query).first()


def revisions_by_public_ids(session: Session, public_ids: Iterable[str]) -> Sequence[Revision]:
    """Earlier wordings by their public ids, in one question."""
    query = select(Revision).where(Revision.public_id.in_(set(public_ids))).order_by(Revision.id)
    return session.scalars(query).all()


def waiting_posts(session: Session, most: int) -> Sequence[Post]:
    """The newest posts that wait for a moderator, with thread and board."""
    query = _post(Post.visibility == Visibility.HELD).order_by(Post.id.desc()).limit(most)
    return session.scalars(query).all()


def posts_by_public_ids(session: Session, public_ids: Iterable[str]) -> dict[str, Post]:
    """Posts with thread and board by their public ids, in one question."""
    wanted = set(public_ids)
    query = _post(Post.public_id.in_(wanted))
    return {post.public_id: post for post in session.scalars(query)} if wanted else {}


def has_answer(session: Session, case_id: int) -> bool:
    """Whether the affected member has written or said anything."""
    return case_id in answered_ids(session, [case_id])


def answered_ids(session: Session, case_ids: Sequence[int]) -> set[int]:
    """Those of some cases whose affected member has written or said anything."""
    wrote = select(Letter.case_id).where(Letter.case_id.in_(case_ids), Letter.is_from_member)
    said = select(MemberWord.case_id).where(
        MemberWord.case_id.in_(case_ids), MemberWord.kind.in_(("safe", "way_on"))
    )
    answered = select(Consent.case_id).where(
        Consent.case_id.in_(case_ids), Consent.state.not_in(workflow.OPEN_QUESTIONS)
    )
    return set(session.scalars(union(wrote, said, answered)))


def items_of(session: Session, case_id: int) -> Sequence[StepItem]:
    """The items of the checklist."""
    query = select(StepItem).where(StepItem.case_id == case_id).order_by(StepItem.id)
    return session.scalars(query).all()


def item_of(session: Session, case_id: int, code: str) -> StepItem | None:
    """One item of the checklist."""
    query = select(StepItem).where(StepItem.case_id == case_id, StepItem.code == code)
    return session.scalars(query).first()


def word_of(session: Session, case_id: int, kind: str) -> MemberWord | None:
    """What the member has said of one kind."""
    query = select(MemberWord).where(MemberWord.case_id == case_id, MemberWord.kind == kind)
    return session.scalars(query).first()


def facts_of(session: Session, case: Case) -> workflow.Facts:
    """Everything that the state of a case follows from."""
    return facts_of_all(session, [case])[case.id]


def facts_of_all(session: Session, cases: Sequence[Case]) -> dict[int, workflow.Facts]:
    """The facts of several cases, in as many statements as for one."""
    ids = [case.id for case in cases]
    seats = _by_case(session, select(Named.case_id, Named.seat), Named.case_id, ids)
    items = _by_case(
        session, select(StepItem.case_id, StepItem.code, StepItem.state), StepItem.case_id, ids
    )
    places = _by_case(session, select(Place.case_id, Place.state), Place.case_id, ids)
    questions = _by_case(
        session, select(Consent.case_id, Consent.state, Consent.asked_on), Consent.case_id, ids
    )
    check_ins = select(Timer.case_id, Timer.due_at).where(
        Timer.clock == Clock.CHECK_IN, Timer.due_at < clock.now()
    )
    overdue = _by_case(session, check_ins, Timer.case_id, ids)
    answered = answered_ids(session, ids)
    today = clock.today()
    return {
        case.id: workflow.Facts(
            seats=frozenset(seat for _, seat in seats[case.id]),
            items={code: state for _, code, state in items[case.id]},
            places=[state for _, state in places[case.id]],
            questions=[
                workflow.Question(state, (today - asked_on).days)
                for _, state, asked_on in questions[case.id]
            ],
            has_answer=case.id in answered,
            is_danger=case.is_danger,
            is_closed=case.closed_on is not None,
            is_reopened=case.is_reopened,
            has_retention=case.keep_days is not None,
            has_overdue_check_in=bool(overdue[case.id]),
        )
        for case in cases
    }


def _by_case(
    session: Session, query: Select[*tuple[Any, ...]], column: Any, case_ids: Sequence[int]
) -> dict[int, list[Any]]:
    """Rows whose first value is a case's inner id, by that id."""
    found: dict[int, list[Any]] = {case_id: [] for case_id in case_ids}
    for row in session.execute(query.where(column.in_(case_ids))):
        found[row[0]].append(row)
    return found


def has_word_for(session: Session, private_key: bytes) -> bool:
    """Whether something waits for a member in an own case: a letter, a question, a wording.

    Found by trying the slots, so that no line in an inbox says whose case it is.
    """
    rings = keys.own_rings(session, private_key)
    drills = set(session.scalars(select(Case.id).where(Case.is_drill)))
    for ring in rings:
        if ring.case_id in drills:
            continue
        query = select(Letter.is_from_member).where(Letter.case_id == ring.case_id)
        last = session.scalars(query.order_by(Letter.id.desc()).limit(1)).first()
        asked = select(func.count()).where(
            Consent.case_id == ring.case_id, Consent.state.in_(workflow.OPEN_QUESTIONS)
        )
        told = notice_of(session, ring.case_id)
        is_offered = told is not None and told.state is NoticeState.OFFERED
        if last is False or session.scalar(asked) or is_offered:
            return True
    return False


# --- time -----------------------------------------------------------------------------------------


def cover_hours(session: Session) -> list[Window]:
    """The hours in which somebody is on duty."""
    query = select(CoverHour).order_by(CoverHour.weekday, CoverHour.begins)
    return [Window(row.weekday, row.begins, row.ends) for row in session.scalars(query)]


def duty_lines(session: Session, member_id: int) -> int:
    """How many empty lines of the duty stand in somebody's inbox."""
    query = select(func.count()).where(Notice.member_id == member_id, Notice.kind == "duty")
    return session.scalar(query) or 0


def timers_of(session: Session, case_id: int) -> Sequence[Timer]:
    """The clocks that run for a case, the next due first."""
    query = select(Timer).where(Timer.case_id == case_id).order_by(Timer.due_at)
    return session.scalars(query).all()


def timer_of(session: Session, case_id: int, which: Clock) -> Timer | None:
    """One clock of a case."""
    query = select(Timer).where(Timer.case_id == case_id, Timer.clock == which)
    return session.scalars(query).first()


def timers_of_report(session: Session, report_id: int) -> Sequence[Timer]:
    """The clocks that run for a report."""
    return session.scalars(select(Timer).where(Timer.report_id == report_id)).all()


def timers_due(session: Session, now: datetime) -> Sequence[Timer]:
    """Every clock that has run out."""
    return session.scalars(select(Timer).where(Timer.due_at <= now).order_by(Timer.id)).all()


def next_due(session: Session, case_ids: Iterable[int]) -> dict[int, datetime]:
    """When something is due next for each of some cases, in one question."""
    wanted = list(case_ids)
    query = select(Timer.case_id, func.min(Timer.due_at)).where(Timer.case_id.in_(wanted))
    rows = session.execute(query.group_by(Timer.case_id)).all()
    return {case_id: at for case_id, at in rows if case_id is not None}


def cases_past(session: Session, today: date, kept: int) -> list[Case]:
    """Closed cases whose time is over, and of which more is left than hashes."""
    query = select(Case).where(Case.closed_on < today, Case.brief != b"")
    return [
        case
        for case in session.scalars(query)
        if case.closed_on is not None
        and (today - case.closed_on).days > (kept if case.keep_days is None else case.keep_days)
    ]


def reports_past(session: Session, today: date, kept: int) -> Sequence[ExposureReport]:
    """Closed reports whose time is over; their rows go with the next round of retention."""
    edge = today - timedelta(days=kept)
    return session.scalars(select(ExposureReport).where(ExposureReport.closed_on < edge)).all()
