"""The duty page: reports that nobody has taken, one's own cases, and what is done with a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Member
from app.accounts.queries import member_by_pseudonym
from app.cases import queries, wording, workflow
from app.cases.forms import CoverForm, OpenCaseForm, SettleForm, TextForm
from app.cases.models import ExposureReport
from app.cases.queries import Received
from app.cases.service import cover as cover_hours
from app.cases.service import drills, intake, team
from app.cases.views.common import blueprint, duty_line
from app.cases.words import ReportState, Seat, Severity
from app.core import clock, crypto
from app.core.errors import NotFoundError
from app.forum.models import Post
from app.policy.permissions import Permission
from app.support import check_ins
from app.web.access import me, permit, permit_on, signed_in
from app.web.render import page, tell
from app.web.unit_of_work import session


@dataclass(frozen=True, slots=True)
class Row:
    """One report on the duty page: what box A says."""

    report: ExposureReport
    box: dict[str, str]

    @property
    def presses(self) -> bool:
        """Whether it goes before the others."""
        return bool(self.box.get("is_danger"))

    @property
    def facts(self) -> list[str]:
        """The kinds of facts, in words."""
        return [
            str(wording.KINDS[f]) for f in self.box.get("facts", "").split() if f in wording.KINDS
        ]


@blueprint.get("/duty")
@permit(Permission.DUTY_READ)
def duty() -> ResponseReturnValue:
    """What waits: reports first, danger before all, then the cases on which one is named."""
    rows = sorted(_rows(), key=lambda row: not row.presses)
    cases = queries.cases_of(session(), me().id)
    facts = queries.facts_of_all(session(), cases)
    states = {case_id: workflow.state(one) for case_id, one in facts.items()}
    return page(
        "cases/duty.html",
        rows=rows,
        claimants=queries.members(session(), {r.report.claimed_by or 0 for r in rows}),
        cases=cases,
        states=states,
        dues=queries.next_due(session(), [case.id for case in cases]),
        now=clock.now(),
        on_duty=duty_line(),
        report_places=wording.REPORT_PLACES,
        check_ins=check_ins.held_by(session(), me().id),
        missed=_missed(),
        today=clock.today(),
        drill_on=drills.next_on(session()),
    )


def _missed() -> list[tuple[str, date | None]]:
    """Letters that nobody wrote, for whoever is called last: who owes them, and since when."""
    if me().id not in {member.id for member in queries.last_called(session())}:
        return []
    rows = [row for row in check_ins.missed(session()) if me().id not in row.reader_ids]
    people = queries.members(session(), {row.owner_id or 0 for row in rows})
    return [
        (people[row.owner_id].pseudonym if row.owner_id in people else "", row.due_on)
        for row in rows
    ]


def _rows() -> list[Row]:
    """The open reports that were sealed to the one who asks, each with its box A."""
    private_key = signed_in().unlock()
    reports = queries.reports_for(session(), me().id)
    found = intake.keys_of(session(), reports, private_key)
    return [
        Row(report, intake.read_box(report, found[report.id], "a"))
        for report, _part in reports
        if report.id in found
    ]


# --- one report -----------------------------------------------------------------------------------


@blueprint.get("/duty/<report_id>")
@permit_on(Permission.EXPOSURE_READ, queries.received_by_id)
def show_report(received: Received) -> ResponseReturnValue:
    """A report: box A, and after it was taken box B, the hidden post, and what can be done."""
    return _report_page(received)


@blueprint.post("/duty/<report_id>/take")
@permit_on(Permission.EXPOSURE_READ, queries.received_by_id)
def take_report(received: Received) -> ResponseReturnValue:
    """Take a report, having said that nothing keeps one from it."""
    team.claim(session(), me(), received.report)
    return _to(received)


@blueprint.post("/duty/<report_id>/give-back")
@permit_on(Permission.EXPOSURE_READ, queries.received_by_id)
def give_report_back(received: Received) -> ResponseReturnValue:
    """Give a report back."""
    team.give_back(session(), me(), received.report)
    return redirect(url_for("cases.duty"))


@blueprint.post("/duty/<report_id>/aside")
@permit_on(Permission.EXPOSURE_READ, queries.received_by_id)
def step_aside_from_report(received: Received) -> ResponseReturnValue:
    """Step aside for good: one click, and no reason."""
    team.step_aside(session(), me(), received.report)
    tell(_("You are off this. The others were told that it waits, and nothing else."))
    return redirect(url_for("cases.duty"))


@blueprint.post("/duty/<report_id>/reveal")
@permit_on(Permission.EXPOSURE_READ, queries.received_by_id)
def reveal_post(received: Received) -> ResponseReturnValue:
    """Look at the hidden post, once; it is written down."""
    _demand_mine(received)
    team.reveal(session(), me(), received.report)
    post = queries.post_of_report(session(), received.report)
    return _report_page(received, revealed=post)


@blueprint.post("/duty/<report_id>/settle")
@permit_on(Permission.EXPOSURE_READ, queries.received_by_id)
def settle_report(received: Received) -> ResponseReturnValue:
    """End a report without a case."""
    _demand_mine(received)
    form = SettleForm()
    if not form.validate():
        return _report_page(received, problems=form.problems(), status=422)
    team.settle(session(), received.report, ReportState(form.state.data))
    tell(_("Settled. The reporter reads “closed”, and no reason."))
    return redirect(url_for("cases.duty"))


@blueprint.post("/duty/<report_id>/reply")
@permit_on(Permission.EXPOSURE_READ, queries.received_by_id)
def write_to_reporter(received: Received) -> ResponseReturnValue:
    """Ask the reporter something, or answer."""
    form = TextForm()
    if not form.validate():
        return _report_page(received, problems=form.problems(), status=422, text=form.text.data)
    intake.write_letter(
        session(), received.report, _key(received), form.text.data or "", is_from_reporter=False
    )
    tell(_("Sent. The reporter reads it on coming back."))
    return _to(received)


@blueprint.post("/duty/<report_id>/open")
@permit_on(Permission.EXPOSURE_READ, queries.received_by_id)
def open_case(received: Received) -> ResponseReturnValue:
    """Open a case from a report: how grave it is, who works on it, whose it is."""
    _demand_mine(received)
    form = OpenCaseForm()
    free = _free(received)
    seats: dict[int, tuple[Seat, Member]] = {}
    for seat, public_id in ((Seat.SECOND, form.second.data), (Seat.CONTACT, form.contact.data)):
        member = free.get(public_id or "")
        if member is not None and member.id not in seats:
            seats[member.id] = (seat, member)
    affected = _affected(form)
    if affected is None and form.affected.data:
        problems = {"affected": _("Nobody here has this pseudonym.")}
        return _report_page(received, problems=problems, status=422, open_form=form)
    plan = team.Plan(form.chosen_severity, bool(form.danger.data), seats, affected)
    opened = team.open_case(session(), me(), signed_in().unlock(), received.report, plan)
    tell(_("The case is open. First write the first letter."))
    return redirect(url_for("cases.show_case", case_id=opened.case.public_id))


def _affected(form: OpenCaseForm) -> Member | None:
    """The affected member, by the pseudonym that was typed."""
    typed = (form.affected.data or "").strip()
    return member_by_pseudonym(session(), typed) if typed else None


def _demand_mine(received: Received) -> None:
    """Go on only for who has taken the report.

    Raises:
        NotFoundError: for everybody else.
    """
    if received.report.claimed_by != me().id:
        raise NotFoundError


def _free(received: Received) -> dict[str, Member]:
    """Who may be named beside the one who opens the case: responders who hold a key of the report.

    Nobody whom the reporter or the person has taken off it.
    """
    people: Sequence[Member] = queries.responders(session())
    return {
        member.public_id: member
        for member in people
        if member.id in received.reader_ids and member.id != me().id
    }


def _key(received: Received) -> bytes:
    """The key of a report, for the one who asks.

    Raises:
        NotFoundError: when the part does not open.
    """
    report = received.report
    part = queries.report_part(session(), report.id, me().id)
    try:
        return intake.key_of(session(), report, part, signed_in().unlock())
    except crypto.BrokenSealError as error:
        raise NotFoundError from error


def _report_page(
    received: Received, *, status: int = 200, revealed: Post | None = None, **shown: Any
) -> ResponseReturnValue:
    """The page of one report."""
    report, key = received.report, _key(received)
    is_mine = report.claimed_by == me().id and report.closed_on is None
    box_b = intake.read_box(report, key, "b") if is_mine else {}
    holder = None
    if report.claimed_by is not None and not is_mine:
        holder = queries.members(session(), [report.claimed_by]).get(report.claimed_by)
    own_case = queries.case_of_report(session(), report)
    return page(
        "cases/report.html",
        status,
        row=Row(report, intake.read_box(report, key, "a")),
        box_b=box_b,
        is_mine=is_mine,
        holder=holder,
        has_post=report.post_id is not None,
        is_own_case=own_case is not None,
        revealed=revealed,
        letters=intake.read_letters(session(), report, key) if is_mine else [],
        free=[(member.public_id, member.pseudonym) for member in _free(received).values()],
        severity_options=wording.options(wording.SEVERITIES, wording.SEVERITY_HINTS),
        chosen_severity=int(
            Severity.GRAVE
            if intake.read_box(report, key, "a").get("is_danger")
            else Severity.MEMBERS
        ),
        endings=wording.options(wording.ENDINGS),
        report_places=wording.REPORT_PLACES,
        visible_words=wording.VISIBLE,
        problems=shown.get("problems", {}),
        text=shown.get("text") or "",
        open_form=shown.get("open_form") or OpenCaseForm(formdata=None),
    )


def _to(received: Received) -> ResponseReturnValue:
    """Back to the page of a report."""
    return redirect(url_for("cases.show_report", report_id=received.report.public_id))


# --- hours of duty --------------------------------------------------------------------------------


@blueprint.get("/console/cover")
@permit(Permission.COVER_EDIT)
def cover() -> ResponseReturnValue:
    """The hours in which somebody is on duty, as the operator sets them."""
    hours = {window.weekday: window for window in queries.cover_hours(session())}
    return page("cases/cover.html", hours=hours, on_duty=duty_line())


@blueprint.post("/console/cover")
@permit(Permission.COVER_EDIT)
def set_cover() -> ResponseReturnValue:
    """Set the hours of duty."""
    cover_hours.set_hours(session(), me(), CoverForm().windows())
    tell(_("Saved."))
    return redirect(request.path)
