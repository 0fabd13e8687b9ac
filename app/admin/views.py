"""The operator's pages: the guided set-up, the site's settings, the boards."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import passphrases, pseudonyms
from app.accounts.queries import inviting
from app.accounts.service import NotAvailableError, make_keys
from app.admin import queries, service
from app.admin.forms import (
    BoardForm,
    HeadingForm,
    InvitesForm,
    LimitsForm,
    SettingsForm,
    SetupForm,
    cell_name,
)
from app.admin.service import BoardPlan, Decisions, Way
from app.community.norms import first_norms
from app.core.errors import NotFoundError
from app.core.settings import Signup, read_settings
from app.forum.models import Board, Category
from app.forum.queries import board_by_id
from app.policy.limits import Limited, limits_of
from app.policy.permissions import Permission
from app.policy.vocabulary import Entry, Gate, Trust
from app.support.lists import due_count
from app.trust.words import LEVELS
from app.web.access import me, permit, permit_on, public
from app.web.render import page, tell
from app.web.settings import settings, settings_changed
from app.web.unit_of_work import reading, session

blueprint = Blueprint("admin", __name__)


# --- the guided set-up ----------------------------------------------------------------------------


@blueprint.get("/setup/<token>")
@public
def begin_setup(token: str) -> ResponseReturnValue:
    """The page behind the one-time link, with something in every field."""
    _check_link(token)
    form = SetupForm(
        pseudonym=pseudonyms.suggest(),
        norms=first_norms(),
        front=_("Front door"),
        inside=_("Common room"),
        quiet=_("Quiet room"),
    )
    return page("admin/setup.html", form=form, problems={}, suggestion=passphrases.generate())


@blueprint.post("/setup/<token>")
@public
def set_up(token: str) -> ResponseReturnValue:
    """Make a forum out of an empty database, all at once or not at all."""
    _check_link(token)
    form = SetupForm()
    if not form.validate():
        return _setup_again(form, form.problems())
    keys = make_keys(form.secret, current_app.config["BAUTA"].hash_cost)
    try:
        service.set_up(session(), token, _decisions(form), (form.name, keys), _first_boards(form))
    except NotAvailableError:
        return _setup_again(form, {"pseudonym": _("This pseudonym is not available.")})
    settings_changed()
    tell(_("The forum is open. Sign in with the pseudonym and passphrase that you wrote down."))
    return redirect(url_for("accounts.sign_in"))


def _check_link(token: str) -> None:
    """Nothing is here but for the one who has the link, as long as it has not been used.

    Raises:
        NotFoundError: for everybody else.
    """
    with reading() as short:
        if not service.is_setup_link(read_settings(short), token):
            raise NotFoundError


def _setup_again(form: SetupForm, problems: dict[str, str]) -> ResponseReturnValue:
    """The page once more, with what was typed and what is wrong."""
    typed = form.passphrase.data or ""
    return page("admin/setup.html", status=422, form=form, problems=problems, suggestion=typed)


def _first_boards(form: SetupForm) -> tuple[BoardPlan, ...]:
    """One board for everybody, one for members, one for trusted members."""
    heading = form.community.data
    plans = (
        (form.front.data, Gate(Trust.VISITOR, Trust.NEWCOMER, Trust.NEWCOMER)),
        (form.inside.data, Gate(Trust.NEWCOMER, Trust.NEWCOMER, Trust.NEWCOMER)),
        (form.quiet.data, Gate(Trust.TRUSTED, Trust.TRUSTED, Trust.TRUSTED)),
    )
    return tuple(BoardPlan(heading, name, "", gate) for name, gate in plans)


# --- the console ----------------------------------------------------------------------------------


@blueprint.get("/console")
@permit(Permission.SETTINGS_EDIT)
def console() -> ResponseReturnValue:
    """Boards and settings."""
    now = settings()
    form = SettingsForm(
        community=now.name, purpose=now.purpose, norms=now.norms, signup=now.signup.value
    )
    return _console(form, {})


@blueprint.post("/console")
@permit(Permission.SETTINGS_EDIT)
def change_settings() -> ResponseReturnValue:
    """Change the settings."""
    form = SettingsForm()
    if not form.validate():
        return _console(form, form.problems())
    service.change_settings(session(), me(), _decisions(form))
    settings_changed()
    tell(_("Saved."))
    return redirect(url_for("admin.console"))


def _console(form: SettingsForm, problems: dict[str, str]) -> ResponseReturnValue:
    """The console's page."""
    boards = queries.all_boards(session())
    status = 422 if problems else 200
    return page(
        "admin/console.html",
        status=status,
        form=form,
        problems=problems,
        boards=boards,
        due_count=due_count(session()),
    )


def _decisions(form: SettingsForm) -> Decisions:
    """What was decided, as plain values."""
    return Decisions(
        name=form.community.data,
        purpose=form.purpose.data or "",
        norms=form.norms.data,
        signup=Signup(form.signup.data),
    )


# --- invites --------------------------------------------------------------------------------------


@blueprint.get("/console/invites")
@permit(Permission.SETTINGS_EDIT)
def invites() -> ResponseReturnValue:
    """How many invites members may give, and for how long."""
    now = inviting(session())
    form = InvitesForm(regular=str(now.regular), trusted=str(now.trusted), days=str(now.days))
    return page("admin/invites.html", form=form, problems={})


@blueprint.post("/console/invites")
@permit(Permission.SETTINGS_EDIT)
def change_invites() -> ResponseReturnValue:
    """Change that."""
    form = InvitesForm()
    if not form.validate():
        return page("admin/invites.html", 422, form=form, problems=form.problems())
    service.change_invites(session(), me(), form.rules)
    settings_changed()
    tell(_("Saved."))
    return redirect(url_for("admin.invites"))


# --- limits ---------------------------------------------------------------------------------------


@blueprint.get("/console/limits")
@permit(Permission.SETTINGS_EDIT)
def show_limits() -> ResponseReturnValue:
    """How often members may do what, by trust."""
    return _limits_page(LimitsForm.of(limits_of(read_settings(session()).limits)))


@blueprint.post("/console/limits")
@permit(Permission.SETTINGS_EDIT)
def change_limits() -> ResponseReturnValue:
    """Set other limits."""
    form = LimitsForm.sent()
    limits = form.limits()
    if limits is None:
        return _limits_page(form, 422)
    service.change_limits(session(), me(), limits)
    settings_changed()
    tell(_("Saved."))
    return redirect(url_for("admin.show_limits"))


def _limits_page(form: LimitsForm, status: int = 200) -> ResponseReturnValue:
    """The table as a form."""
    return page(
        "admin/limits.html",
        status,
        form=form,
        limited={
            Limited.POSTS: _("Posts, and changes of posts, an hour"),
            Limited.MESSAGES: _("Messages an hour"),
            Limited.STARTS: _("Conversations begun in a day"),
            Limited.PICTURES: _("Pictures an hour"),
            Limited.REPORTS: _("Reports an hour"),
            Limited.LINKS: _("Links in one post"),
            Limited.MENTIONS: _("Members called by an @ in one post"),
        },
        levels=LEVELS,
        cell_name=cell_name,
    )


# --- boards ---------------------------------------------------------------------------------------


@blueprint.get("/console/boards/new")
@permit(Permission.SETTINGS_EDIT)
def new_board() -> ResponseReturnValue:
    """The form for a new board."""
    return page("admin/board.html", form=BoardForm(), board=None, problems={})


@blueprint.post("/console/boards/new")
@permit(Permission.SETTINGS_EDIT)
def open_board() -> ResponseReturnValue:
    """Open a board."""
    form = BoardForm()
    if not form.validate():
        return _board_again(form, None)
    service.open_board(session(), me(), _plan(form))
    tell(_("The board is open."))
    return redirect(url_for("admin.console"))


@blueprint.get("/console/boards/<board_id>")
@permit_on(Permission.BOARD_EDIT, board_by_id)
def board(board: Board) -> ResponseReturnValue:
    """The form with the board as it is."""
    category = queries.category_of(session(), board)
    form = BoardForm(
        category=category.name if category else "",
        name=board.name,
        description=board.description,
        entry=board.entry.value,
        read=str(int(board.gate_read)),
        reply=str(int(board.gate_reply)),
        start=str(int(board.gate_start)),
        attach=str(int(board.gate_attach)),
        reviews_first_posts="yes" if board.reviews_first_posts else "",
    )
    return page("admin/board.html", form=form, board=board, problems={})


@blueprint.post("/console/boards/<board_id>")
@permit_on(Permission.BOARD_EDIT, board_by_id)
def change_board(board: Board) -> ResponseReturnValue:
    """Change a board."""
    form = BoardForm()
    if not form.validate():
        return _board_again(form, board)
    service.change_board(session(), me(), board, _plan(form))
    tell(_("Saved."))
    return redirect(url_for("admin.console"))


@blueprint.post("/console/boards/<board_id>/shift")
@permit_on(Permission.BOARD_EDIT, board_by_id)
def shift_board(board: Board) -> ResponseReturnValue:
    """Put a board one place up or down."""
    service.shift_board(session(), me(), board, _way())
    return redirect(url_for("admin.console", _anchor="boards"))


def _board_again(form: BoardForm, board: Board | None) -> ResponseReturnValue:
    """The form once more, with what was typed and what is wrong."""
    return page("admin/board.html", status=422, form=form, board=board, problems=form.problems())


# --- headings -------------------------------------------------------------------------------------


@blueprint.get("/console/headings/<category_id>")
@permit_on(Permission.BOARD_EDIT, queries.category_by_id)
def heading(category: Category) -> ResponseReturnValue:
    """The form with the name of a heading."""
    return _heading_page(category, HeadingForm(formdata=None, name=category.name))


@blueprint.post("/console/headings/<category_id>")
@permit_on(Permission.BOARD_EDIT, queries.category_by_id)
def rename_heading(category: Category) -> ResponseReturnValue:
    """Call it another name."""
    form = HeadingForm()
    if not form.validate():
        return _heading_page(category, form, 422)
    service.rename_heading(session(), me(), category, form.name.data)
    tell(_("Saved."))
    return redirect(url_for("admin.console"))


@blueprint.post("/console/headings/<category_id>/shift")
@permit_on(Permission.BOARD_EDIT, queries.category_by_id)
def shift_heading(category: Category) -> ResponseReturnValue:
    """Put it one place up or down, with its boards."""
    service.shift_heading(session(), me(), category, _way())
    return redirect(url_for("admin.console", _anchor="boards"))


def _heading_page(category: Category, form: HeadingForm, status: int = 200) -> ResponseReturnValue:
    """The form, with what is wrong."""
    return page(
        "admin/heading.html", status, category=category, form=form, problems=form.problems()
    )


def _way() -> Way:
    """Up or down, as the button says; down where nothing sensible was sent."""
    return Way.UP if request.form.get("way") == Way.UP else Way.DOWN


def _plan(form: BoardForm) -> BoardPlan:
    """The board as the operator wants it."""
    return BoardPlan(
        category=form.category.data,
        name=form.name.data,
        description=form.description.data or "",
        gate=form.gate,
        reviews_first_posts=form.reviews_first_posts.data == "yes",
        entry=Entry(form.entry.data),
    )
