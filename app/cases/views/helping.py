"""Helpers over HTTP: the member names them, the helper speaks, the team answers."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.queries import member_by_pseudonym
from app.cases import queries
from app.cases.forms import HelperForm, TextForm
from app.cases.queries import Worked
from app.cases.service import helping
from app.cases.service.casework import THE_MEMBER, Opened
from app.cases.service.helping import GIVEN, HELPERS_A_CASE, Helping, TooManyHelpersError
from app.cases.views.common import blueprint, duty_line, opened_by_me
from app.cases.views.my_case import Own, own_case
from app.core.errors import NotFoundError
from app.policy.permissions import Permission
from app.web.access import me, permit, permit_on, signed_in
from app.web.render import page, tell
from app.web.unit_of_work import session


def helping_of_mine(session: Session, public_id: str) -> Helping | None:
    """What the one who asks was named for: by trying the own key.

    Raises:
        SignInNeededError: when nobody is signed in.
    """
    return helping.helping_by_id(session, me(), signed_in().unlock(), public_id)


# --- the affected member --------------------------------------------------------------------------


@blueprint.get("/me/case/<case_id>/helpers")
@permit_on(Permission.MYCASE_READ, own_case)
def my_helpers(own: Own) -> ResponseReturnValue:
    """Who speaks for the member, and until when."""
    return _my_page(own, HelperForm())


def _my_page(
    own: Own, form: HelperForm, problems: dict[str, str] | None = None
) -> ResponseReturnValue:
    """The page, with what was typed."""
    found = helping.of_case(session(), own.ring)
    return page(
        "cases/my_helpers.html",
        422 if problems else 200,
        case=own.case,
        helpers=[(one, helping.words(session(), one)) for one in found],
        is_full=len(found) >= HELPERS_A_CASE,
        form=form,
        problems=problems or {},
    )


@blueprint.post("/me/case/<case_id>/helpers")
@permit_on(Permission.MYCASE_READ, own_case)
def name_helper(own: Own) -> ResponseReturnValue:
    """Let somebody speak for the member."""
    form = HelperForm()
    problems = {} if form.validate() else form.problems()
    person = member_by_pseudonym(session(), form.name) if form.name else None
    if person is None or person.id == me().id:
        problems["pseudonym"] = _("Nobody else here has this name.")
    if problems or person is None:
        return _my_page(own, form, problems)
    wish = helping.Wish(person, form.how_long, form.scope.data or "", form.gives)
    try:
        helping.name_helper(session(), own.opened, me(), wish)
    except TooManyHelpersError:
        return _my_page(own, form, {"pseudonym": _("Three can help at once. End one first.")})
    tell(_("%(name)s can speak for you now, and finds it in the own menu.", name=person.pseudonym))
    return _back(own)


@blueprint.post("/me/case/<case_id>/helpers/<helper>/end")
@permit_on(Permission.MYCASE_READ, own_case)
def end_helper(own: Own, helper: str) -> ResponseReturnValue:
    """Take it back."""
    helping.end(session(), own.opened, _one(own.opened, helper))
    tell(_("Ended. Nothing of it opens any more. What was read cannot be unread."))
    return _back(own)


@blueprint.post("/me/case/<case_id>/helpers/<helper>/give")
@permit_on(Permission.MYCASE_READ, own_case)
def give_helper(own: Own, helper: str) -> ResponseReturnValue:
    """Give a helper what stands in the case now."""
    gives = frozenset(request.form.getlist("gives")) & frozenset(GIVEN)
    helping.give(session(), own.opened, _one(own.opened, helper), gives)
    tell(_("Given, as it stands now."))
    return _back(own)


@blueprint.post("/me/case/<case_id>/helpers/<helper>/words")
@permit_on(Permission.MYCASE_READ, own_case)
def tell_helper(own: Own, helper: str) -> ResponseReturnValue:
    """Say something to a helper; the team reads it too."""
    form = TextForm()
    if not form.validate():
        return _my_page(own, HelperForm(), form.problems())
    helping.speak(session(), _one(own.opened, helper), THE_MEMBER, form.text.data or "")
    return _back(own)


def _one(opened: Opened, public_id: str) -> Helping:
    """The helper of this case.

    Raises:
        NotFoundError: when there is none.
    """
    found = helping.one_of(session(), opened.ring, public_id)
    if found is None:
        raise NotFoundError
    return found


def _back(own: Own) -> ResponseReturnValue:
    """Back to the helpers."""
    return redirect(url_for("cases.my_helpers", case_id=own.case.public_id))


# --- the helper -----------------------------------------------------------------------------------


@blueprint.get("/helping")
@permit(Permission.MYCASE_LIST)
def whom_i_help() -> ResponseReturnValue:
    """For whom one speaks."""
    found = helping.for_helper(session(), me(), signed_in().unlock())
    return page("cases/helping.html", helpings=found)


@blueprint.get("/helping/<helper_id>")
@permit_on(Permission.HELPER_SPEAK, helping_of_mine)
def show_helping(one: Helping) -> ResponseReturnValue:
    """What the member gave, and what was said."""
    return _helper_page(one)


def _helper_page(
    one: Helping, problems: dict[str, str] | None = None, text: str = ""
) -> ResponseReturnValue:
    """The page of a helper, with what was typed."""
    case = queries.cases_by_ids(session(), [one.row.case_id])[one.row.case_id]
    return page(
        "cases/helped.html",
        422 if problems else 200,
        one=one,
        words=helping.words(session(), one),
        codename=case.codename,
        is_closed=case.closed_on is not None,
        on_duty=duty_line(),
        problems=problems or {},
        text=text,
    )


@blueprint.post("/helping/<helper_id>/words")
@permit_on(Permission.HELPER_SPEAK, helping_of_mine)
def speak_for_member(one: Helping) -> ResponseReturnValue:
    """Speak for the member; the team is called."""
    form = TextForm()
    if not form.validate():
        return _helper_page(one, form.problems(), form.text.data or "")
    helping.speak_as_helper(session(), one, form.text.data or "")
    tell(_("Sent. %(duty)s", duty=duty_line()))
    return redirect(url_for("cases.show_helping", helper_id=one.row.public_id))


# --- the team -------------------------------------------------------------------------------------


@blueprint.get("/cases/<case_id>/helpers")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def helpers_of_case(worked: Worked) -> ResponseReturnValue:
    """Who speaks for the affected member."""
    return _team_page(worked)


def _team_page(
    worked: Worked, problems: dict[str, str] | None = None, text: str = ""
) -> ResponseReturnValue:
    """The page of the team, with what was typed."""
    opened = opened_by_me(worked)
    return page(
        "cases/helpers.html",
        422 if problems else 200,
        case=worked.case,
        helpers=[
            (one, helping.words(session(), one)) for one in helping.of_case(session(), opened.ring)
        ],
        problems=problems or {},
        text=text,
    )


@blueprint.post("/cases/<case_id>/helpers/<helper>")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def answer_helper(worked: Worked, helper: str) -> ResponseReturnValue:
    """Answer a helper."""
    form, opened = TextForm(), opened_by_me(worked)
    if not form.validate():
        return _team_page(worked, form.problems(), form.text.data or "")
    helping.answer_helper(session(), opened, _one(opened, helper), form.text.data or "")
    tell(_("Sent."))
    return redirect(url_for("cases.helpers_of_case", case_id=worked.case.public_id))
