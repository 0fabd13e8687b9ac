"""The views of accounts as one visible list: importing a file puts its views on the blueprint."""

from __future__ import annotations

from app.accounts.views import (
    codes,
    coming_back,
    coming_in,
    common,
    invites,
    joining,
    privacy,
    profiles,
    settings,
)

FILES = (codes, coming_back, coming_in, invites, joining, privacy, profiles, settings)
blueprint = common.blueprint
