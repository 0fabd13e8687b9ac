"""What somebody wanted to do before showing who it is: kept, and handed back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from app.web import onward
from app.web.access import actor, me
from app.web.render import page
from app.web.unit_of_work import session
from app.web.wired import forum

KEPT: Final = "kept."
KEPT_PATH: Final = "kept_path"


def welcome_back() -> ResponseReturnValue:
    """Where somebody goes who has just come in: to the text that was kept, else onward.

    A text for the forum becomes a draft as well, in case that page is closed.
    """
    fields, wanted = kept_fields(), _wanted(request.form.get(KEPT_PATH, ""))
    if not fields or wanted is None:
        return redirect(onward_path())
    has_draft = forum().keep_typed(session(), me(), wanted, fields)
    return hand_back(_("You are signed in again"), has_draft=has_draft)


def hand_back(title: str = "", *, has_draft: bool = False) -> ResponseReturnValue:
    """What was wanted, with everything that was typed, to be sent; else the way onward."""
    fields, path = kept_fields(), request.form.get(KEPT_PATH, "")
    if _wanted(path) is None:
        return redirect(onward_path())
    title = title or _("Thank you, it is you")
    return page("accounts/kept.html", title=title, action=path, fields=fields, has_draft=has_draft)


def kept_fields() -> list[tuple[str, str]]:
    """What was typed before the session was over, as the sign-in form carries it."""
    pairs = request.form.items(multi=True)
    return [(name.removeprefix(KEPT), value) for name, value in pairs if name.startswith(KEPT)]


def _wanted(path: str) -> tuple[str, Mapping[str, str]] | None:
    """The endpoint of ours that a form is sent to at this path, and what the path names."""
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.startswith("/"):
        return None
    try:
        return current_app.url_map.bind(request.host).match(path, method="POST")
    except HTTPException:
        return None


def onward_path() -> str:
    """Where the signed note in `next` leads, else home."""
    if not actor().is_confirmed:
        return url_for("accounts.recovery_codes")
    if actor().waits_for_factor and "next" not in request.values:
        return url_for("accounts.second_factor")
    return onward.follow(request.values.get("next", "")) or url_for("forum.home")
