"""Who has which role, and what two of the staff decide together, over HTTP."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Member
from app.accounts.queries import member_by_pseudonym
from app.core.errors import NotFoundError
from app.moderation import words
from app.policy.permissions import Permission
from app.policy.vocabulary import Role
from app.staff import queries, service
from app.staff.forms import ROLES, RemovalForm, RoleForm
from app.staff.models import Deed
from app.staff.queries import Waiting
from app.staff.service import LastOperatorError, Plan, PointlessError
from app.web.access import confirmed, me, permit, permit_on
from app.web.render import page, tell
from app.web.unit_of_work import session

blueprint = Blueprint("staff", __name__)


# --- roles ----------------------------------------------------------------------------------------


@blueprint.get("/console/staff")
@permit(Permission.STAFF_EDIT)
def show_staff() -> ResponseReturnValue:
    """Everybody with a role, and the form that proposes one for somebody."""
    return _staff_page(RoleForm(formdata=None))


@blueprint.post("/console/staff")
@permit(Permission.STAFF_EDIT)
@confirmed
def propose_role() -> ResponseReturnValue:
    """Propose to give somebody a role."""
    form = RoleForm()
    member = _named(form)
    if member is None:
        return _staff_page(form, 422)
    try:
        service.propose(session(), me(), member, Plan(Deed.GIVE_ROLE, form.chosen))
    except PointlessError:
        form.pseudonym.errors = [_("This member has that role, or is under a sanction.")]
        return _staff_page(form, 422)
    return _proposed()


@blueprint.post("/console/staff/take")
@permit(Permission.STAFF_EDIT)
@confirmed
def take_role() -> ResponseReturnValue:
    """Take a role from somebody, or propose it where it is another operator's."""
    form = RoleForm()
    member = _named(form)
    if member is None:
        raise NotFoundError
    try:
        if service.takes_two(me(), member, form.chosen):
            service.propose(session(), me(), member, Plan(Deed.TAKE_ROLE, form.chosen))
            return _proposed()
        service.take_role(session(), me(), member, form.chosen)
    except LastOperatorError:
        tell(_("Nobody would be left who can give a role. Give it to somebody first."), "warning")
    except PointlessError:
        tell(_("This member does not have that role any more."), "warning")
    else:
        tell(_("Done. Sessions of this member have ended."))
    is_still = Role.OPERATOR in member.roles or member.id != me().id
    return redirect(url_for("staff.show_staff" if is_still else "accounts.sign_in"))


def _named(form: RoleForm) -> Member | None:
    """Who was named, or nobody; the form then says what is wrong."""
    if not form.validate():
        return None
    member = member_by_pseudonym(session(), form.named)
    if member is None:
        form.pseudonym.errors = [_("There is nobody of this name.")]
    return member


def _staff_page(form: RoleForm, status: int = 200) -> ResponseReturnValue:
    """Everybody with a role, and the form."""
    return page(
        "staff/staff.html",
        status,
        staff=queries.staff(session()),
        waiting=len(queries.waiting(session(), me())),
        roles=ROLES,
        form=form,
        problems=form.problems(),
    )


# --- removing somebody for good -------------------------------------------------------------------


@blueprint.get("/u/<pseudonym>/removal")
@permit_on(Permission.MEMBER_REMOVE, member_by_pseudonym)
def show_removal(member: Member) -> ResponseReturnValue:
    """What a removal for good means, and the form that proposes it."""
    return _removal_page(member, RemovalForm(formdata=None))


@blueprint.post("/u/<pseudonym>/removal")
@permit_on(Permission.MEMBER_REMOVE, member_by_pseudonym)
@confirmed
def propose_removal(member: Member) -> ResponseReturnValue:
    """Propose to remove a member for good."""
    form = RemovalForm()
    if not form.validate():
        return _removal_page(member, form, 422)
    try:
        service.propose(session(), me(), member, form.plan())
    except PointlessError:
        form.facts.errors = [
            _("This member has a role, which an operator has to take first, or is removed already.")
        ]
        return _removal_page(member, form, 422)
    return _proposed()


def _removal_page(member: Member, form: RemovalForm, status: int = 200) -> ResponseReturnValue:
    """The form, and what it leads to."""
    return page(
        "staff/removal.html",
        status,
        member=member,
        rules=[(rule.value, str(text)) for rule, text in words.RULES.items()],
        form=form,
        problems=form.problems(),
    )


# --- what waits for a second ----------------------------------------------------------------------


@blueprint.get("/proposals")
@permit(Permission.PROPOSAL_LIST)
def proposals() -> ResponseReturnValue:
    """What waits for somebody of one's own roles."""
    return page(
        "staff/proposals.html",
        waiting=queries.waiting(session(), me()),
        roles=ROLES,
        rules=words.RULES,
    )


@blueprint.post("/proposals/<proposal_id>/agree")
@permit_on(Permission.PROPOSAL_AGREE, queries.waiting_by_id)
@confirmed
def agree(waiting: Waiting) -> ResponseReturnValue:
    """Let it be done."""
    try:
        member = service.agree(session(), me(), waiting)
    except (LastOperatorError, PointlessError):
        tell(
            _("This cannot be done any more: things have changed since it was proposed."), "warning"
        )
    else:
        tell(_("Done. %(pseudonym)s is told of it.", pseudonym=member.pseudonym))
    return redirect(url_for("staff.proposals"))


@blueprint.post("/proposals/<proposal_id>/drop")
@permit_on(Permission.PROPOSAL_DROP, queries.waiting_by_id)
def drop(waiting: Waiting) -> ResponseReturnValue:
    """Say no to it, or take it back."""
    service.withdraw(session(), me(), waiting)
    tell(_("It is not proposed any more. That it was stands in the audit log."))
    return redirect(url_for("staff.proposals"))


def _proposed() -> ResponseReturnValue:
    """After a proposal: where it waits."""
    tell(_("Proposed. It waits here for somebody who agrees."))
    return redirect(url_for("staff.proposals"))
