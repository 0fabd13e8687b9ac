"""Reporting an exposure: from a post, from anywhere, about oneself; and what a member sent."""

from __future__ import annotations

from typing import Any, Final, cast

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import passphrases, puzzle
from app.cases import queries, receipts, wording
from app.cases.forms import ExposureForm, TextForm
from app.cases.models import ExposureReport
from app.cases.service import intake
from app.cases.views.common import blueprint, duty_line, key_of_words
from app.cases.views.following import OwnReport, own_report, own_reports
from app.cases.words import ReportState
from app.core.errors import TooManyError
from app.forum.models import Post
from app.forum.queries import post_by_id
from app.policy.permissions import Permission, Verdict, judge
from app.policy.vocabulary import VISITOR
from app.web import limits
from app.web.access import actor, me, permit, permit_on, public, signed_in
from app.web.render import page, tell
from app.web.unit_of_work import reading, session

REPORTS_AN_HOUR: Final = "10 per hour"
FLOOD: Final = "30 per hour"  # of all visitors together; above that a puzzle (PRIVACY.md §5)
ONCE: Final = "1 per hour"  # longer than any puzzle lives


# --- the public page ------------------------------------------------------------------------------


@blueprint.get("/exposed")
@public
def exposed() -> ResponseReturnValue:
    """What to do when somebody is exposed; for members and for everybody else."""
    return _report_page(ExposureForm())


@blueprint.post("/exposed")
@public
def send_report() -> ResponseReturnValue:
    """Take a report from anybody; a visitor gets six words with which to come back."""
    form = ExposureForm()
    if not form.validate():
        return _report_page(form, form.problems(), 422)
    if actor().is_member:
        return _send_as_member(form, _post_named(form))
    if not _is_let_through(form):
        return _report_page(form, {"answer": _("Please solve the small puzzle first.")}, 422)
    words = passphrases.generate()
    # Before the transaction: a hash takes a fifth of a second, and nobody should wait for it.
    key = key_of_words(words)
    intake.send_from_outside(session(), form.account(), _post_named(form), key)
    return page(
        "cases/receipt.html", words=words, numbers=receipts.asked_back(), is_wrong=False,
        is_own=False, on_duty=duty_line(),
    )  # fmt: skip


def _send_as_member(form: ExposureForm, post: Post | None) -> ResponseReturnValue:
    """Send a member's report; about oneself it leads to the own case at once."""
    limits.spend("exposure", me().public_id, REPORTS_AN_HOUR)
    place = "here" if post is not None else ""
    report = intake.send(session(), me(), form.account(place), post)
    return _sent(report)


def _sent(report: ExposureReport) -> ResponseReturnValue:
    """After sending: the same words whatever happened."""
    case = queries.case_of_report(session(), report)
    if case is not None and report.state is ReportState.RECEIVED:
        return redirect(url_for("cases.show_mine", case_id=case.public_id))
    tell(_("Sent. Thank you. Please do not repeat it, search for it, or tell the person publicly."))
    return redirect(url_for("cases.sent_reports"))


def _post_named(form: ExposureForm) -> Post | None:
    """The post of ours that a link names, if the one who sends it may read it."""
    post = queries.post_in_link(session(), form.link.data or "")
    asks = actor() if actor().is_member else VISITOR
    if post is None or judge(Permission.POST_READ, asks, post).verdict is not Verdict.ALLOW:
        return None
    return post


def _is_let_through(form: ExposureForm) -> bool:
    """Whether a visitor's report is taken now: always, but for a flood, which needs a puzzle."""
    try:
        limits.spend("exposure", "all", FLOOD)
    except TooManyError:
        number = puzzle.solved(_secret(), form.puzzle.data or "", form.answer.data or "")
        if number is None or limits.is_spent("puzzle", number, ONCE):
            return False
        limits.spend("puzzle", number, ONCE)
    return True


def _report_page(
    form: ExposureForm,
    problems: dict[str, str] | None = None,
    status: int = 200,
    post: Post | None = None,
) -> ResponseReturnValue:
    """The form, with what was typed still in it."""
    flooded = not actor().is_member and limits.is_spent("exposure", "all", FLOOD)
    return page(
        "cases/exposed.html",
        status,
        form=form,
        post=post,
        problems=problems or {},
        facts=form.facts if request.method == "POST" else (),
        excluded=form.excluded if request.method == "POST" else frozenset(),
        places=wording.options(wording.REPORT_PLACES),
        visible=wording.options(wording.VISIBLE),
        kind_options=wording.options(wording.KINDS),
        readers=_readers(),
        on_duty=duty_line(),
        riddle=puzzle.make(_secret(), _) if flooded else None,
    )


def _readers() -> list[tuple[str, str]]:
    """Those who would read a report, so that one can say who must not."""
    people: dict[str, Any] = {
        member.public_id: member.pseudonym
        for member in (queries.responders(session()) or queries.trustees(session()))
    }
    return list(people.items())


# --- from a post ----------------------------------------------------------------------------------


@blueprint.get("/posts/<post_id>/exposure")
@permit_on(Permission.EXPOSURE_SEND, post_by_id)
def report_exposure(post: Post) -> ResponseReturnValue:
    """The form about one post, for those who want to say more first."""
    return _report_page(ExposureForm(), post=post)


@blueprint.post("/posts/<post_id>/exposure")
@permit_on(Permission.EXPOSURE_SEND, post_by_id)
def send_exposure(post: Post) -> ResponseReturnValue:
    """Report that a post shows who somebody is: it is hidden at once, and the team looks."""
    form = ExposureForm()
    if not form.validate():
        return _report_page(form, form.problems(), 422, post)
    return _send_as_member(form, post)


@blueprint.post("/exposed/me")
@permit(Permission.MYCASE_LIST)
def i_am_exposed() -> ResponseReturnValue:
    """Open the own case at once."""
    form = ExposureForm()
    limits.spend("exposure", me().public_id, REPORTS_AN_HOUR)
    account = form.account()
    own = intake.Account(**{**_fields(account), "is_self": True})
    return _sent(intake.send(session(), me(), own, None))


def _fields(account: intake.Account) -> dict[str, Any]:
    """The values of an account by their names."""
    return {name: getattr(account, name) for name in intake.Account.__slots__}


# --- what a member sent ---------------------------------------------------------------------------


@blueprint.get("/me/exposures")
@permit(Permission.MYCASE_LIST)
def sent_reports() -> ResponseReturnValue:
    """What the member has reported, in four words, with what the team asked."""
    with reading() as short:
        reports = own_reports(short, signed_in().unlock())
    return page("cases/sent.html", reports=reports, on_duty=duty_line())


@blueprint.post("/me/exposures/<report_id>/reply")
@permit_on(Permission.EXPOSURE_FOLLOW, own_report)
def reply_to_team(own: OwnReport) -> ResponseReturnValue:
    """Answer the team, or add something."""
    form = TextForm()
    if form.validate():
        intake.write_letter(
            session(), own.report, own.key, form.text.data or "", is_from_reporter=True
        )
        tell(_("Sent."))
    return redirect(url_for("cases.sent_reports"))


def _secret() -> bytes:
    """What signs puzzles."""
    return cast(bytes, current_app.secret_key)
