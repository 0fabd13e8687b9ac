"""What the pages of a member's own safety share."""

from __future__ import annotations

from flask import Blueprint

from app.support.sections import EMERGENCY

blueprint = Blueprint("support", __name__)
blueprint.context_processor(lambda: {"emergency": EMERGENCY})
