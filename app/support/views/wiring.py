"""The views of the room as one visible list: importing a file puts its views on the blueprint."""

from __future__ import annotations

from app.support.views import common, plan

FILES = (plan,)
blueprint = common.blueprint
