"""Recovery codes: shown once, one typed back, renewed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import (
    keyring,
    queries,
    returning,
    service,
)
from app.accounts.forms import (
    ConfirmCodeForm,
)
from app.accounts.service import NotRightError
from app.accounts.views.common import (
    Problems,
    blueprint,
)
from app.policy.permissions import Permission
from app.web.access import confirmed, me, permit, signed_in
from app.web.render import page, tell
from app.web.unit_of_work import session, undo


@blueprint.get("/me/recovery-codes")
@permit(Permission.ACCOUNT_MANAGE)
def recovery_codes() -> ResponseReturnValue:
    """How many codes are left, and the way to new ones; the codes themselves were shown once."""
    return codes_page()


@blueprint.post("/me/recovery-codes")
@permit(Permission.ACCOUNT_MANAGE)
@confirmed
def renew_recovery_codes() -> ResponseReturnValue:
    """Make eight new codes."""
    key = signed_in().unlock()
    return codes_page(service.renew_codes(session(), me().id, me().public_id, key))


@blueprint.post("/me/recovery/stop")
@permit(Permission.ACCOUNT_MANAGE)
@confirmed
def stop_recovery() -> ResponseReturnValue:
    """Stop whoever wants to come back with two codes, and make eight new ones."""
    key = signed_in().unlock()
    tell(_("That was stopped. The codes from before are worth nothing; here are new ones."))
    return codes_page(returning.stop(session(), me(), key))


@blueprint.post("/me/recovery-codes/confirm")
@permit(Permission.ACCOUNT_MANAGE)
def confirm_recovery_code() -> ResponseReturnValue:
    """Type one code back; after that everything opens."""
    form = ConfirmCodeForm()
    try:
        service.confirm_code(session(), me(), form.asked, form.code.data or "")
    except NotRightError:
        undo()
        problem = _("This is not code number %(number)s.", number=form.asked or 1)
        return codes_page(problems={"code": problem}, asked=form.asked or 1, status=422)
    tell(_("Good. Keep the codes where nobody else finds them."))
    return redirect(url_for("forum.home"))


def codes_page(
    codes: Sequence[str] = (),
    problems: Mapping[str, str] | None = None,
    *,
    asked: int = 0,
    status: int = 200,
) -> ResponseReturnValue:
    """The page of the recovery codes; `codes` only in the answer that made them."""
    return page(
        "accounts/recovery_codes.html",
        status=status,
        codes=codes,
        left=len(queries.unused_codes(session(), me().id)),
        asked=asked or secrets.randbelow(keyring.CODE_COUNT) + 1,
        is_confirmed=me().is_confirmed,
        problems=Problems(problems or {}),
    )
