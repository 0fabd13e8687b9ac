"""Taking everything along, and leaving."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, cast

from flask import Response, current_app, redirect, render_template, request, url_for
from flask import session as form_cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import pseudonyms, second_factor
from app.accounts.models import RENAMING_DAYS
from app.accounts.queries import free_suggestion, own_credentials
from app.accounts.second_factor import Holder
from app.accounts.service import NotAvailableError, try_passphrase
from app.core.db import Database
from app.core.errors import TooManyError
from app.forum.queries import post_count_of
from app.leaving import document, renaming, service
from app.leaving.forms import LeaveForm, NewNameForm, ProofForm
from app.leaving.queries import OwnPicture, holdings, own_picture
from app.leaving.renaming import StillWaitingError, TooSoonError
from app.leaving.views.common import blueprint, goodbye
from app.policy.permissions import Permission
from app.policy.vocabulary import Actor
from app.support.check_ins import end_with_account
from app.web import limits
from app.web.access import confirmed, me, permit, public, signed_in
from app.web.render import page, tell, wait_in_words
from app.web.settings import settings
from app.web.unit_of_work import database, reading, session, undo
from config import Config

NAMES_TRIED: Final = "20 per hour"
TRIES: Final = "5 per minute"


@blueprint.get("/me/leave")
@permit(Permission.ACCOUNT_MANAGE)
def choose() -> ResponseReturnValue:
    """The three ways to leave, and the way to take everything along first."""
    return _page(LeaveForm(), {})


@blueprint.post("/me/leave")
@permit(Permission.ACCOUNT_MANAGE)
def leave() -> ResponseReturnValue:
    """Leave."""
    form = LeaveForm()
    problems = {} if form.validate() else form.problems()
    if problems or (problems := _proof(form)):
        return _page(form, problems)
    end_with_account(session(), me(), signed_in().unlock())
    service.leave(session(), me(), form.choice)
    form_cookie.clear()
    return goodbye("leaving.left")


@blueprint.get("/left")
@public
def left() -> ResponseReturnValue:
    """What happens after somebody has left; the same page for everybody who opens it."""
    return page("leaving/left.html")


@blueprint.post("/me/export")
@permit(Permission.ACCOUNT_MANAGE)
def export() -> ResponseReturnValue:
    """Everything that is one's own, as one file that never lay on the disk."""
    form = LeaveForm()
    if problems := _proof(form):
        return _page(form, problems)
    with reading() as short:
        kept = holdings(short, me(), signed_in().unlock())
        readable = document.harmless(render_template("leaving/export.html", kept=kept))
    packed = document.build(kept, readable, _pictures(database(), me(), kept.pictures))
    answer = Response(packed, mimetype="application/zip")
    answer.headers["Content-Disposition"] = "attachment; filename=export.zip"
    return answer


@blueprint.get("/me/settings/pseudonym")
@permit(Permission.ACCOUNT_RENAME)
@confirmed
def new_name() -> ResponseReturnValue:
    """The two ways to take another pseudonym, and what neither of them can do."""
    form = NewNameForm()
    form.pseudonym.data = _suggestion()
    return _new_name_page(form, {})


@blueprint.post("/me/settings/pseudonym")
@permit(Permission.ACCOUNT_RENAME)
@confirmed
def take_new_name() -> ResponseReturnValue:
    """Take another pseudonym, or get another suggestion."""
    form = NewNameForm()
    if "another_name" in request.form:
        form.pseudonym.data = _suggestion()
        return _new_name_page(form, {})
    problems = {} if form.validate() else form.problems()
    if not problems:
        limits.spend("rename", me().public_id, NAMES_TRIED)  # each try tells whether a name is free
        problems = _renamed(form)
    if problems:
        return _new_name_page(form, problems)
    tell(_("From now on you are %(pseudonym)s, and sign in with that.", pseudonym=form.name))
    return redirect(url_for("accounts.profile", pseudonym=form.name))


def _renamed(form: NewNameForm) -> dict[str, str]:
    """Change the name; returns what stood in the way, if anything did."""
    not_available = _("This pseudonym is not available. Try another one.")
    if pseudonyms.is_reserved(form.name, settings().name):
        return {"pseudonym": not_available}
    try:
        renaming.rename(session(), me(), form.name, form.choice)
    except NotAvailableError:
        undo()
        return {"pseudonym": not_available}
    except StillWaitingError:
        return {
            "history": _(
                "A text of yours waits for a moderator. Until that is decided, or you have erased "
                "it, your texts can only come along."
            )
        }
    except TooSoonError:
        return {"": _("You have changed your pseudonym a short while ago.")}
    return {}


def _new_name_page(form: NewNameForm, problems: dict[str, str]) -> ResponseReturnValue:
    """The page of another pseudonym, with what was typed."""
    with reading() as short:
        count = post_count_of(short, me())
        free_from = renaming.free_from(short, me())
    return page(
        "leaving/new_name.html",
        status=422 if problems else 200,
        form=form,
        problems=problems,
        post_count=count,
        free_from=free_from,
        days=RENAMING_DAYS,
        has_role=bool(me().roles),
    )


def _suggestion() -> str:
    """A pseudonym that is free at this moment."""
    with reading() as short:
        return free_suggestion(short, settings().name)


def _pictures(
    opened: Database, who: Actor, wanted: Sequence[OwnPicture]
) -> Iterator[tuple[str, bytes]]:
    """The files of pictures, each read by itself: whoever downloads slowly keeps no erasure off."""
    for picture in wanted:
        with opened.read() as short:
            jpeg = own_picture(short, who, picture.name)
        if jpeg is not None:
            yield picture.file, jpeg


def _page(form: LeaveForm, problems: dict[str, str]) -> ResponseReturnValue:
    """The page of leaving, with what was chosen."""
    with reading() as short:
        count = post_count_of(short, me())
    return page(
        "leaving/leave.html",
        status=422 if problems else 200,
        texts=form.texts.data if request.method == "POST" else "",
        problems=problems,
        has_factor=signed_in().has_factor,
        post_count=count,
    )


def _proof(form: ProofForm) -> dict[str, str]:
    """What is wrong with passphrase or code, if anything; nobody leaves for somebody else."""
    tag = pseudonyms.skeleton(me().pseudonym)
    try:
        limits.spend("sign-in", tag, TRIES)
    except TooManyError as error:
        wait = wait_in_words(error.seconds)
        return {"passphrase": _("Please wait %(time)s, then try again.", time=wait)}
    with reading() as short:
        credentials = own_credentials(short, me().id)
    cost = cast(Config, current_app.config["BAUTA"]).hash_cost
    key = try_passphrase(credentials, form.secret, cost)
    if key is None:
        return {"passphrase": _("This is not your passphrase.")}
    holder = Holder(me().id, me().public_id, key)
    if not second_factor.accept(session(), holder, form.code.data or ""):
        return {"code": _("This is not the code of the moment. A code is good only once.")}
    limits.forget("sign-in", tag, TRIES)
    return {}
