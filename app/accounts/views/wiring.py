"""The views of accounts as one visible list: importing a file puts its views on the blueprint."""

from __future__ import annotations

from app.accounts.views import (
    codes,
    coming_back,
    coming_in,
    common,
    confirming,
    invites,
    joining,
    privacy,
    profiles,
    second_factor,
    settings,
)

FILES = (
    codes,
    coming_back,
    coming_in,
    confirming,
    invites,
    joining,
    privacy,
    profiles,
    second_factor,
    settings,
)
blueprint = common.blueprint
