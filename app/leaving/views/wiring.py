"""The views of the room as one visible list: importing a file puts its views on the blueprint."""

from __future__ import annotations

from app.leaving.views import common, going_on, parting

FILES = (going_on, parting)
blueprint = common.blueprint
