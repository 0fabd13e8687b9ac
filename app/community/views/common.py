"""What the pages of the community share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("community", __name__)
