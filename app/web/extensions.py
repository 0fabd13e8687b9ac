"""Flask's extensions, fastened as PRIVACY.md asks: forms that cannot be forged, and languages."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask import Flask, current_app, request
from flask_babel import Babel
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest

from app.core.errors import NotFoundError
from app.privacy.addresses import SPOKEN
from app.web.unit_of_work import SAFE_METHODS

FOREIGN: Final = "the form came from another site"
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})


def protect_forms(app: Flask) -> None:
    """Refuse a change that does not come from a page of ours.

    Flask-WTF checks its token. It looks at the referrer over HTTPS only, so `Origin` and
    `Sec-Fetch-Site` are checked besides, wherever the browser sends them.
    """
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the session lives
    CSRFProtect(app)

    @app.before_request
    def same_origin() -> None:
        if request.method in SAFE_METHODS:
            return
        if request.headers.get("Origin", request.host_url[:-1]) != request.host_url[:-1]:
            raise CSRFError(FOREIGN)
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise CSRFError(FOREIGN)


def refuse_nul(app: Flask) -> None:
    """Refuse a NUL wherever it is sent: nobody types one, and PostgreSQL takes none."""

    @app.before_request
    def look() -> None:
        if "\0" in request.path:
            raise NotFoundError
        sent = (*request.args.items(multi=True), *request.form.items(multi=True))
        if any("\0" in part for pair in sent for part in pair):
            raise BadRequest


def speak(app: Flask, translations: Path) -> None:
    """Choose the language of a page from what the browser asks for, of those we speak."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(translations)
    app.config["BABEL_DEFAULT_TIMEZONE"] = "UTC"
    Babel(app, locale_selector=language)


def language() -> str:
    """The language of this page, such as `en`."""
    asked = request.headers.get("Accept-Language", SPOKEN[0])
    return asked if asked in SPOKEN else SPOKEN[0]


def direction() -> str:
    """The direction in which the language of this page is written."""
    return "rtl" if language() in RIGHT_TO_LEFT else "ltr"


def is_https() -> bool:
    """Whether members reach us over TLS, as the settings say."""
    return bool(current_app.config["PREFERRED_URL_SCHEME"] == "https")
