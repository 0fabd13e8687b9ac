"""The root of every form: read by WTForms, guarded against forgery in one place for all."""

from __future__ import annotations

from flask_wtf import FlaskForm


class Form(FlaskForm):
    """What a browser may send. The token is checked before any view runs (`web/extensions.py`)."""

    class Meta:
        """Settings of WTForms."""

        csrf = False

    def problems(self) -> dict[str, str]:
        """The first complaint about each field, by the field's name."""
        return {name: str(found[0]) for name, found in self.errors.items() if name and found}
