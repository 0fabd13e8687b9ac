"""What a browser may send about who joins a board."""

from __future__ import annotations

from flask_babel import gettext as _
from wtforms import Field, StringField, ValidationError

from app.core.text import clean_line
from app.web.forms import Form


class NameForm(Form):
    """The pseudonym of somebody who is wanted on a board."""

    pseudonym = StringField()

    @property
    def named(self) -> str:
        """The pseudonym that was typed."""
        return clean_line(self.pseudonym.data or "")

    def validate_pseudonym(self, field: Field) -> None:
        """There is something in it."""
        if not self.named:
            raise ValidationError(_("Type a pseudonym."))
