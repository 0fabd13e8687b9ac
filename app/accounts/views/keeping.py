"""What somebody wanted to do before showing who it is: kept, and handed back."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from app.web import onward
from app.web.access import actor
from app.web.render import page

KEPT: Final = "kept."
KEPT_PATH: Final = "kept_path"


def welcome_back() -> ResponseReturnValue:
    """Where somebody goes who has just come in: to the text that was kept, else onward."""
    if not kept_fields():
        return redirect(onward_path())
    return hand_back(_("You are signed in again"))


def hand_back(title: str = "") -> ResponseReturnValue:
    """What was wanted, with everything that was typed, to be sent; else the way onward."""
    fields, path = kept_fields(), request.form.get(KEPT_PATH, "")
    if not _takes_posts(path):
        return redirect(onward_path())
    title = title or _("Thank you, it is you")
    return page("accounts/kept.html", title=title, action=path, fields=fields)


def kept_fields() -> list[tuple[str, str]]:
    """What was typed before the session was over, as the sign-in form carries it."""
    pairs = request.form.items(multi=True)
    return [(name.removeprefix(KEPT), value) for name, value in pairs if name.startswith(KEPT)]


def _takes_posts(path: str) -> bool:
    """Whether a path is one of ours that a form can be sent to."""
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.startswith("/"):
        return False
    try:
        current_app.url_map.bind(request.host).match(path, method="POST")
    except HTTPException:
        return False
    return True


def onward_path() -> str:
    """Where the signed note in `next` leads, else home."""
    if not actor().is_confirmed:
        return url_for("accounts.recovery_codes")
    if actor().withheld and "next" not in request.values:
        return url_for("accounts.second_factor")
    return onward.follow(request.values.get("next", "")) or url_for("forum.home")
