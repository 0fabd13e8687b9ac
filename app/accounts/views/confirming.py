"""Showing once more who one is, before a sensitive deed."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from app.accounts import sessions
from app.accounts.forms import StepUpForm
from app.accounts.views.common import Problems, blueprint, let_in, step_up
from app.accounts.views.keeping import KEPT, KEPT_PATH, hand_back, kept_fields
from app.policy.permissions import Permission
from app.web.access import me, permit, signed_in
from app.web.render import page
from app.web.unit_of_work import session


@blueprint.get("/me/confirm")
@permit(Permission.ACCOUNT_MANAGE)
def confirm() -> ResponseReturnValue:
    """The form that asks who it is."""
    return _confirm_page("")


@blueprint.post("/me/confirm")
@permit(Permission.ACCOUNT_MANAGE)
def confirm_it_is_me() -> ResponseReturnValue:
    """Go on with what was wanted, in a session that takes the place of this one."""
    key, problem = step_up(StepUpForm())
    if key is None:
        return _confirm_page(problem)
    cookie = sessions.renew(session(), me().id, signed_in().token, key)
    return let_in(hand_back(), cookie)


def _confirm_page(problem: str) -> ResponseReturnValue:
    """The form that asks who it is; what was wanted goes along."""
    return page(
        "accounts/confirm.html",
        status=422 if problem else 200,
        problems=Problems({"passphrase": problem} if problem else {}),
        has_factor=signed_in().has_factor,
        kept=[(KEPT + name, value) for name, value in kept_fields()],
        kept_path=request.form.get(KEPT_PATH, ""),
        next=request.values.get("next", ""),
    )
