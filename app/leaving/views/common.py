"""What the pages of leaving share."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.web.access import cookie_name
from app.web.extensions import is_https

blueprint = Blueprint("leaving", __name__)

GOODBYE: Final = '"cache", "cookies", "storage"'


def goodbye(endpoint: str) -> ResponseReturnValue:
    """Go on as a visitor: the cookie is taken back, and the browser forgets what it kept."""
    response: Response = redirect(url_for(endpoint))
    response.delete_cookie(
        cookie_name(), secure=is_https(), httponly=True, samesite="Strict", path="/"
    )
    response.headers["Clear-Site-Data"] = GOODBYE
    return response
