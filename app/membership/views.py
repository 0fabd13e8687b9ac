"""Joining a board, its members, and its own moderators, over HTTP."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Member
from app.accounts.queries import member_by_pseudonym
from app.core.errors import NotFoundError
from app.forum.models import Board
from app.forum.queries import board_by_id
from app.membership import queries, service
from app.membership.forms import NameForm
from app.membership.queries import Place
from app.policy.permissions import Permission
from app.policy.vocabulary import Entry
from app.web.access import me, permit_on
from app.web.render import page, tell
from app.web.unit_of_work import session

blueprint = Blueprint("membership", __name__)


# --- members of a board ---------------------------------------------------------------------------


@blueprint.get("/boards/<board_id>/members")
@permit_on(Permission.BOARD_MEMBERS, board_by_id)
def members(board: Board) -> ResponseReturnValue:
    """Who has joined a board, for those who enter it."""
    return _members_page(board, NameForm(formdata=None))


@blueprint.post("/boards/<board_id>/members")
@permit_on(Permission.BOARD_INVITE, board_by_id)
def invite(board: Board) -> ResponseReturnValue:
    """Invite somebody to a board."""
    form = NameForm()
    member = _named(form)
    if member is None:
        return _members_page(board, form, 422)
    service.invite(session(), me(), board, member)
    tell(_("%(pseudonym)s finds an invitation in the inbox.", pseudonym=member.pseudonym))
    return redirect(url_for("membership.members", board_id=board.public_id))


@blueprint.post("/memberships/<membership_id>/end")
@permit_on(Permission.MEMBERSHIP_END, queries.place_by_id)
def put_out(place: Place) -> ResponseReturnValue:
    """Take somebody's place on a board, or take an invitation back."""
    service.put_out(session(), me(), place)
    tell(_("Done. That it was done stands in the audit log, without a name."))
    return redirect(url_for("membership.members", board_id=place.board.public_id))


def _members_page(board: Board, form: NameForm, status: int = 200) -> ResponseReturnValue:
    """The members of a board, and for its moderators the form that invites."""
    places = queries.places_on(session(), board)
    return page(
        "membership/members.html",
        status,
        board=board,
        joined=[place for place in places if not place.is_invitation],
        invited=[place for place in places if place.is_invitation],
        form=form,
        problems=form.problems(),
    )


def _named(form: NameForm) -> Member | None:
    """Who was named, or nobody; the form then says what is wrong."""
    if not form.validate():
        return None
    member = member_by_pseudonym(session(), form.named)
    if member is None:
        form.pseudonym.errors = [_("There is nobody of this name.")]
    return member


# --- one's own place ------------------------------------------------------------------------------


@blueprint.get("/memberships/<membership_id>")
@permit_on(Permission.MEMBERSHIP_ACCEPT, queries.place_by_id)
def invitation(place: Place) -> ResponseReturnValue:
    """What the board is that one is invited to, and who would see whom."""
    return page("membership/invitation.html", place=place, board=place.board)


@blueprint.post("/memberships/<membership_id>/accept")
@permit_on(Permission.MEMBERSHIP_ACCEPT, queries.place_by_id)
def accept(place: Place) -> ResponseReturnValue:
    """Take an invitation."""
    service.accept(session(), place)
    tell(_("You are a member of this board now."))
    return redirect(url_for("forum.show_board", board_id=place.board.public_id))


@blueprint.post("/memberships/<membership_id>/decline")
@permit_on(Permission.MEMBERSHIP_ACCEPT, queries.place_by_id)
def decline(place: Place) -> ResponseReturnValue:
    """Say no to an invitation; nobody is told."""
    service.end(session(), place)
    tell(_("The invitation is gone. Nobody is told that you said no."))
    return redirect(url_for("forum.inbox"))


@blueprint.get("/boards/<board_id>/leave")
@permit_on(Permission.BOARD_LEAVE, board_by_id)
def ask_to_leave(board: Board) -> ResponseReturnValue:
    """What leaving a board does, and the button."""
    return page("membership/leave.html", board=board)


@blueprint.post("/boards/<board_id>/leave")
@permit_on(Permission.BOARD_LEAVE, board_by_id)
def leave(board: Board) -> ResponseReturnValue:
    """Leave a board."""
    place = queries.place_of(session(), board, me().id)
    if place is not None:
        service.end(session(), place)
    tell(_("You have left the board."))
    return redirect(url_for("forum.home"))


# --- the moderators that a board has for itself ---------------------------------------------------


@blueprint.get("/console/boards/<board_id>/moderators")
@permit_on(Permission.BOARD_EDIT, board_by_id)
def moderators(board: Board) -> ResponseReturnValue:
    """The moderators that a board has for itself, for the operator."""
    return _moderators_page(board, NameForm(formdata=None))


@blueprint.post("/console/boards/<board_id>/moderators")
@permit_on(Permission.BOARD_EDIT, board_by_id)
def appoint(board: Board) -> ResponseReturnValue:
    """Name another one."""
    if board.entry is Entry.TRUST:
        raise NotFoundError
    form = NameForm()
    member = _named(form)
    if member is None:
        return _moderators_page(board, form, 422)
    service.appoint(session(), me(), board, member)
    tell(_("Done. A second factor is needed before anybody can moderate."))
    return redirect(url_for("membership.moderators", board_id=board.public_id))


@blueprint.post("/console/moderators/<membership_id>/dismiss")
@permit_on(Permission.BOARD_EDIT, queries.place_by_id)
def dismiss(place: Place) -> ResponseReturnValue:
    """Let one of them be a member like the others."""
    service.dismiss(session(), me(), place)
    tell(_("Done."))
    return redirect(url_for("membership.moderators", board_id=place.board.public_id))


def _moderators_page(board: Board, form: NameForm, status: int = 200) -> ResponseReturnValue:
    """The board's own moderators, and the form that names another."""
    if board.entry is Entry.TRUST:
        raise NotFoundError
    return page(
        "membership/moderators.html",
        status,
        board=board,
        keepers=[place for place in queries.places_on(session(), board) if place.is_moderator],
        form=form,
        problems=form.problems(),
    )
