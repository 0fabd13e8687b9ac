"""The pages that speak for the community: its norms, what is stored, how to use the place."""

from __future__ import annotations

from typing import Final

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.service import agree_to_norms
from app.community import queries
from app.community.claims import claims_on
from app.community.views.common import blueprint
from app.core import clock
from app.core.settings import Signup
from app.core.text import render
from app.policy.permissions import Permission
from app.web.access import me, permit, public
from app.web.render import page, tell
from app.web.settings import settings
from app.web.unit_of_work import database, session
from config import Config

SIGNUP_WORDS: Final = {
    Signup.OPEN: _l("everybody"),
    Signup.INVITE: _l("whoever was invited"),
    Signup.CLOSED: _l("nobody"),
}


@blueprint.get("/norms")
@public
def norms() -> ResponseReturnValue:
    """What everybody here has agreed to."""
    now = settings()
    return page("community/norms.html", norms=render(now.norms).html, version=now.norms_version)


@blueprint.post("/norms")
@permit(Permission.ACCOUNT_MANAGE)
def agree() -> ResponseReturnValue:
    """Agree to the norms that were on the page; if they changed meanwhile, they are shown again."""
    version = settings().norms_version
    if request.form.get("version") == str(version):
        agree_to_norms(session(), me().id, version)
        tell(_("Thank you. That is noted."))
    return redirect(url_for("community.norms"))


@blueprint.get("/notices")
@public
def show_notices() -> ResponseReturnValue:
    """What the community was told, the newest first."""
    return page("community/notices.html", shown=queries.announcements(session()))


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """What this server stores, and for how long."""
    config: Config = current_app.config["BAUTA"]
    is_sqlite = database().is_sqlite
    return page(
        "community/privacy.html",
        claims=claims_on("sqlite" if is_sqlite else "postgresql"),
        facts=[
            (_("Database"), "SQLite" if is_sqlite else "PostgreSQL"),
            (_("Who may join"), str(SIGNUP_WORDS[settings().signup])),
            (_("Where limits are counted"), "Redis" if config.redis_url else _("in memory only")),
            (
                _("What is due is done"),
                _("by the server itself")
                if config.ticks_inside
                else _("by a timer of the operator's"),
            ),
        ],
        tables=queries.kept_tables(is_shorter=settings().is_kept_shorter),
        upkeep=queries.upkeep(session(), clock.now()),
    )


@blueprint.get("/help", endpoint="help")
@public
def show_help() -> ResponseReturnValue:
    """How to use the place, with and without a mouse."""
    return page("community/help.html")
