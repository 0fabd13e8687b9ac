"""Should the community be told? The aid, the wording, the signatures; and the member's word."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import aid, queries, wording
from app.cases.aid import Answers
from app.cases.forms import NoticeForm
from app.cases.queries import Worked
from app.cases.service import casework, notice, phrases
from app.cases.views.common import blueprint, opened_by_me
from app.cases.views.my_case import Own, own_case, to_mine
from app.cases.words import Level
from app.policy.permissions import Permission
from app.web.access import me, permit_on
from app.web.render import page, tell
from app.web.unit_of_work import session


@blueprint.get("/cases/<case_id>/notice")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def show_notice(worked: Worked) -> ResponseReturnValue:
    """The aid and its answer, the rule that led there and the opposite view; then the wording."""
    return _page(worked)


def _page(worked: Worked, form: NoticeForm | None = None, problem: str = "") -> ResponseReturnValue:
    """The page of the notice; what was typed and refused is handed back."""
    opened = opened_by_me(worked)
    now = notice.standing(session(), opened)
    typed = None if form is None else form.text.data
    texts = phrases.over(session(), wording.shipped())
    worded = {level: texts[code] for code, level in wording.TOLD_ABOUT.items()}
    draft = "" if now is None else now.text or worded.get(now.advice.level, "")
    return page(
        "cases/notice.html",
        422 if problem else 200,
        case=worked.case,
        public_id=worked.case.public_id,
        now=now,
        text=draft if typed is None else typed,
        problem=problem,
        questions=[(name, wording.QUESTIONS[name]) for name in Answers.names()],
        answers=Answers() if now is None else now.answers,
        levels=wording.LEVELS,
        rules=wording.RULES,
        opposites=wording.OPPOSITES,
        is_for_all=now is not None and now.advice.level in aid.TO_EVERYBODY,
        note=worded[Level.N2],
        signed_by_me=now is not None and now.first_id == me().id,
    )


@blueprint.post("/cases/<case_id>/notice/aid")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def ask_aid(worked: Worked) -> ResponseReturnValue:
    """Ask the aid."""
    said = Answers(**{name: name in request.form for name in Answers.names()})
    notice.weigh(session(), opened_by_me(worked), said)
    return _to(worked)


@blueprint.post("/cases/<case_id>/notice")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def offer_notice(worked: Worked) -> ResponseReturnValue:
    """Word a notice; the affected member reads it first."""
    form = NoticeForm()
    if not form.validate():
        return _page(worked, form, next(iter(form.problems().values())))
    try:
        notice.offer(session(), opened_by_me(worked), form.text.data or "", form.wait)
    except casework.SealedTermError:
        return _page(
            worked, form, _("This text contains a sealed term, or a number or an address.")
        )
    tell(_("The member reads it first, in “My case”."))
    return _to(worked)


@blueprint.post("/cases/<case_id>/notice/sign")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def sign_notice(worked: Worked) -> ResponseReturnValue:
    """Sign the wording; the second signature lets it be shown on its day."""
    if notice.sign(session(), opened_by_me(worked)):
        tell(_("Signed by two. It is shown on its day."))
    else:
        tell(_("Signed. A second person has to sign it too; until then nothing goes."))
    return _to(worked)


@blueprint.post("/cases/<case_id>/notice/back")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def take_notice_back(worked: Worked) -> ResponseReturnValue:
    """Take the notice back, shown or not."""
    notice.take_back(session(), opened_by_me(worked))
    tell(_("Taken back. Nobody sees it any more."))
    return _to(worked)


@blueprint.post("/me/case/<case_id>/notice")
@permit_on(Permission.MYCASE_READ, own_case)
def answer_notice(own: Own) -> ResponseReturnValue:
    """The member's word on the wording."""
    note_answer(own)
    return to_mine(own, "notice")


def note_answer(own: Own) -> None:
    """Keep a yes or a no on the wording."""
    notice.answer(session(), own.opened, is_yes=request.form.get("answer") == "yes")
    tell(_("Noted. You can change it at any time before it is done."))


def _to(worked: Worked) -> ResponseReturnValue:
    """Back to the page."""
    return redirect(url_for("cases.show_notice", case_id=worked.case.public_id))
