"""The operator's decisions, as a request sees them."""

from __future__ import annotations

from typing import cast

from flask import current_app

from app.core.settings import Settings, SettingsCache
from app.web.unit_of_work import reading


def settings() -> Settings:
    """The settings now in force, at most two seconds old."""
    with reading() as short:
        return _cache().get(short)


def settings_changed() -> None:
    """Forget what is remembered; whoever changed a setting calls this."""
    _cache().drop()


def _cache() -> SettingsCache:
    """The cache of this application."""
    return cast(SettingsCache, current_app.extensions["settings"])
