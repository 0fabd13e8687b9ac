"""A member's own shields over HTTP."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.policy.permissions import Permission
from app.policy.vocabulary import Trust
from app.shields import queries, service
from app.shields.forms import KINDS, MODES, ShieldForm
from app.shields.models import LASTS_DAYS, Mode, Shield
from app.shields.phrases import Flaw
from app.shields.service import ShieldRefusedError
from app.web import limits
from app.web.access import me, permit, permit_on
from app.web.render import page, tell
from app.web.unit_of_work import session
from app.web.wired import forum

blueprint = Blueprint("shields", __name__)

TRIES: Final = dict.fromkeys(Trust, "30 per day")  # enough for twenty and some second thoughts


@blueprint.get("/me/privacy/shields")
@permit(Permission.SHIELD_LIST)
def my_shields() -> ResponseReturnValue:
    """The labels of the member's shields, and the form for a new one."""
    return _page(ShieldForm(mode=Mode.HOLD.value))


@blueprint.post("/me/privacy/shields")
@permit(Permission.SHIELD_LIST)
def create_shield() -> ResponseReturnValue:
    """Shield a phrase."""
    form = ShieldForm()
    if not form.validate():
        return _page(form, 422)
    limits.spend("shield", me().public_id, TRIES[me().trust])
    wish = form.wish()
    if forum().is_well_known(session(), wish.phrase):
        form.complain(Flaw.COMMON)
        return _page(form, 422)
    try:
        shield = service.create_shield(session(), me(), wish)
    except ShieldRefusedError as error:
        form.complain(error.flaw)
        return _page(form, 422)
    if shield.mode is not wish.mode:
        tell(
            _(
                "Shielded. Moderators will be alerted to a text that holds it. A phrase of this "
                "form cannot hold a text: whoever guesses it would see that."
            ),
            "info",
        )
    else:
        tell(_("Shielded. The phrase itself has been forgotten."))
    return redirect(url_for("shields.my_shields"))


@blueprint.post("/me/privacy/shields/<shield_id>/remove")
@permit_on(Permission.SHIELD_REMOVE, queries.shield_by_id)
def remove_shield(shield: Shield) -> ResponseReturnValue:
    """Take a shield away."""
    service.remove_shield(session(), shield)
    tell(_("The shield is gone, and its tags with it."))
    return redirect(url_for("shields.my_shields"))


def _page(form: ShieldForm, status: int = 200) -> ResponseReturnValue:
    """The page, with what was typed still there."""
    return page(
        "shields/my_shields.html",
        status,
        form=form,
        problems=form.problems(),
        shields=queries.shields_of(session(), me().id),
        most=service.SHIELDS_A_MEMBER,
        months=LASTS_DAYS // 30,
        kinds=[(kind.value, name) for kind, name in KINDS.items()],
        modes=[(mode.value, *words) for mode, words in MODES.items()],
        kind_names=KINDS,
        mode_names=MODES,
    )
