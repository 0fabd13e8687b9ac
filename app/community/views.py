"""The pages that speak for the community: its norms, what is stored, how to use the place."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.community import queries
from app.core import clock
from app.core.text import render
from app.web.access import public
from app.web.render import page
from app.web.settings import settings
from app.web.unit_of_work import session

blueprint = Blueprint("community", __name__)


@blueprint.get("/norms")
@public
def norms() -> ResponseReturnValue:
    """What everybody here has agreed to."""
    return page("community/norms.html", norms=render(settings().norms).html)


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """What this server stores, and for how long."""
    return page(
        "community/privacy.html",
        tables=queries.kept_tables(),
        upkeep=queries.upkeep(session(), clock.now()),
    )


@blueprint.get("/help", endpoint="help")
@public
def show_help() -> ResponseReturnValue:
    """How to use the place, with and without a mouse."""
    return page("community/help.html")
