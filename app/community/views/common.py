"""What the pages of the community share."""

from __future__ import annotations

from typing import Final

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from app.community.lint import Flaw

blueprint = Blueprint("community", __name__)

FLAWS: Final = {
    Flaw.IDENTIFIES: _l("This holds a name, a number or an address. Everybody is to read it."),
    Flaw.PSEUDONYM: _l("This names a member. Nobody is named in what everybody reads."),
}
