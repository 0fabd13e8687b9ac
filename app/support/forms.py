"""What a browser may send of a plan, read into plain values with plain complaints."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from wtforms import Field, StringField, TextAreaField, ValidationError

from app.core.text import clean, clean_line
from app.support.sections import QUESTIONS, Section
from app.support.service import SECTION_SIGNS, Entry
from app.web.forms import Form


class SectionForm(Form):
    """One section of a plan; nothing in it is asked for."""

    text = TextAreaField()

    def validate_text(self, field: Field) -> None:
        """It is not too long."""
        if len(field.data or "") > SECTION_SIGNS:
            raise ValidationError(
                _("At most %(most)s characters fit here. Nothing is lost.", most=SECTION_SIGNS)
            )

    def entry(self, section: Section) -> Entry:
        """What was written and ticked."""
        sent = set(request.form.getlist("tick"))
        return Entry(
            clean(self.text.data or ""), tuple(code for code in section.ticks if code in sent)
        )


def ticked_questions() -> Entry:
    """The questions about danger that were ticked."""
    sent = set(request.form.getlist("tick"))
    return Entry(ticks=tuple(code for code in QUESTIONS if code in sent))


class ShareForm(Form):
    """Who gets a copy, and of which sections."""

    pseudonym = StringField()

    @property
    def name(self) -> str:
        """The name that was typed."""
        return clean_line(self.pseudonym.data or "")

    @property
    def codes(self) -> frozenset[str]:
        """The sections that were ticked."""
        return frozenset(request.form.getlist("section"))
