"""Where to go on after signing in: a signed note of a page of ours, never an address as it came."""

from __future__ import annotations

from flask import current_app, request, url_for
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.routing import BuildError


def onward() -> str:
    """A note of the page that was asked for, to be handed to the sign-in form."""
    if request.endpoint is None:
        return ""
    return str(_signer().dumps([request.endpoint, request.view_args or {}]))


def follow(note: str) -> str | None:
    """The path that a note leads to; nothing for a note that is not ours or leads nowhere now."""
    try:
        endpoint, named = _signer().loads(note)
        return url_for(endpoint, **named)
    except (BadData, BuildError):
        return None


def _signer() -> URLSafeSerializer:
    """What signs such notes, and nothing else."""
    return URLSafeSerializer(current_app.secret_key or "", salt="onward")
