"""The checklist after something happened: each point does what it says, and can be undone."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.community import protections
from app.community.forms import MEASURES, TRUSTS, ProtectionForm
from app.community.models import Measure, Protection
from app.community.views.common import blueprint
from app.forum.models import Board
from app.forum.queries import enterable_boards
from app.policy.permissions import Permission
from app.web.access import may, me, permit, permit_on
from app.web.render import page, tell
from app.web.settings import settings_changed
from app.web.unit_of_work import session


@blueprint.get("/protections")
@permit(Permission.PROTECTION_BEGIN)
def show_protections() -> ResponseReturnValue:
    """What is stricter at the moment, and what could be."""
    return _page(_form())


@blueprint.post("/protections")
@permit(Permission.PROTECTION_BEGIN)
def begin_protection() -> ResponseReturnValue:
    """Make something stricter."""
    form = _form()
    if not form.validate():
        return _page(form, form.problems())
    made = protections.begin(session(), me(), form.plan)
    settings_changed()
    tell(_("Done. It ends by itself on %(day)s.", day=made.until_on.isoformat()))
    return redirect(url_for("community.show_protections"))


@blueprint.post("/protections/<protection_id>/end")
@permit_on(Permission.PROTECTION_END, protections.protection_by_id)
def end_protection(protection: Protection) -> ResponseReturnValue:
    """Undo a protection before its day."""
    protections.end(session(), me(), protection)
    settings_changed()
    tell(_("Undone. All is as it was before, but for what somebody changed by hand meanwhile."))
    return redirect(url_for("community.show_protections"))


def _form() -> ProtectionForm:
    """The form, with what the one who asks may choose from."""
    form = ProtectionForm()
    form.boards = {board.public_id: board for board in _boards()}
    # What is lost by it does not come back, so it is for whoever answers for the whole site.
    form.offered = {
        measure: words
        for measure, words in MEASURES.items()
        if measure is not Measure.RETENTION or may(Permission.SETTINGS_EDIT)
    }
    return form


def _boards() -> list[Board]:
    """The boards that the one who asks knows of."""
    if may(Permission.SETTINGS_EDIT):
        return protections.all_boards(session())
    return enterable_boards(session(), me())


def _page(form: ProtectionForm, problems: dict[str, str] | None = None) -> ResponseReturnValue:
    """The page, with what was typed."""
    known = [
        one for one in protections.protections(session()) if may(Permission.PROTECTION_END, one)
    ]
    return page(
        "community/protections.html",
        status=422 if problems else 200,
        form=form,
        problems=problems or {},
        in_force=[one for one in known if one.ended_on is None],
        over=[one for one in known if one.ended_on is not None],
        words=MEASURES,
        trusts=TRUSTS,
        asks_for_trust=protections.ASKS_FOR_TRUST,
    )
