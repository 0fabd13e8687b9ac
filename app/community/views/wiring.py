"""The views of the room as one visible list: importing a file puts its views on the blueprint."""

from __future__ import annotations

from app.community.views import common, pages, protections, rounds, telling

FILES = (pages, protections, rounds, telling)
blueprint = common.blueprint
