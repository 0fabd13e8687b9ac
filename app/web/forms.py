"""The root of every form: read by WTForms, guarded against forgery in one place for all."""

from __future__ import annotations

from typing import ClassVar

from flask import current_app, request
from flask_wtf import FlaskForm
from wtforms import HiddenField

from app.core import crypto


class Form(FlaskForm):
    """What a browser may send. The token is checked before any view runs (`web/extensions.py`)."""

    class Meta:
        """Settings of WTForms."""

        csrf = False

    def problems(self) -> dict[str, str]:
        """The first complaint about each field, by the field's name."""
        return {name: str(found[0]) for name, found in self.errors.items() if name and found}


class ConsentMixin:
    """A text whose author may want it as it is, once he or she has seen what is marked in it."""

    consent_to: ClassVar[str]
    consent = HiddenField()

    @property
    def text(self) -> str:
        """The text as it would be kept."""
        raise NotImplementedError

    def consent_for(self) -> str:
        """What the form must carry to show that its author has seen the marks in this text."""
        key = str(current_app.secret_key).encode()
        return crypto.tag(key, f"consent:{self.consent_to}", self.text).hex()

    @property
    def is_agreed(self) -> bool:
        """Whether the author has seen the marks and wants the text as it is."""
        sent = (self.consent.data or "").encode()
        return "agree" in request.form and crypto.same(sent, self.consent_for().encode())
