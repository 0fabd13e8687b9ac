"""Invites: made, shown once, taken back."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import (
    queries,
    service,
)
from app.accounts.service import InvitesPausedError, TooManyInvitesError
from app.accounts.views.common import (
    Problems,
    blueprint,
)
from app.policy.inviting import most_invites
from app.policy.permissions import Permission
from app.web.access import me, permit
from app.web.render import page, tell
from app.web.unit_of_work import session


@blueprint.get("/me/invites")
@permit(Permission.ACCOUNT_MANAGE)
def invites() -> ResponseReturnValue:
    """The invites of one's own that can still be used, and the way to a new one."""
    return _invites_page()


@blueprint.post("/me/invites")
@permit(Permission.INVITE_CREATE)
def make_invite() -> ResponseReturnValue:
    """Make an invite; its words are shown in this answer only."""
    try:
        words = service.make_invite(session(), me())
    except InvitesPausedError:
        problem = _(
            "Invites rest for a while. Those of yours that have not run out by then can be used "
            "again."
        )
        return _invites_page(problems={"": problem})
    except TooManyInvitesError:
        problem = _(
            "You have given as many invites as you may within thirty days. Take back one that "
            "nobody has used, or wait."
        )
        return _invites_page(problems={"": problem})
    return _invites_page(words)


@blueprint.post("/me/invites/<invite_id>/withdraw")
@permit(Permission.ACCOUNT_MANAGE)
def withdraw_invite(invite_id: str) -> ResponseReturnValue:
    """Take an invite of one's own back; what is not there, or another's, is answered alike."""
    service.withdraw_invite(session(), me(), invite_id)
    tell(_("The invite cannot be used any more."))
    return redirect(url_for("accounts.invites"))


def _invites_page(
    words: str = "", problems: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """The page of the invites; `words` only in the answer that made them."""
    rules = queries.inviting(session())
    most = most_invites(me(), rules)
    return page(
        "accounts/invites.html",
        status=422 if problems else 200,
        words=words,
        open_invites=queries.invites_of(session(), me().id),
        days=rules.days,
        most=most,
        left=max(0, most - queries.invites_given(session(), me().id)),
        problems=Problems(problems or {}),
    )
