"""The views of the room as one visible list: importing a file puts its views on the blueprint."""

from __future__ import annotations

from app.support.views import check_ins, common, guides, lists, plan

FILES = (check_ins, guides, lists, plan)
blueprint = common.blueprint
