"""What a browser may send of a plan, read into plain values with plain complaints."""

from __future__ import annotations

from typing import Final

from flask import request
from flask_babel import gettext as _
from wtforms import BooleanField, Field, StringField, TextAreaField, ValidationError

from app.core.text import clean, clean_line
from app.support.rhythm import MOST_DAYS, ON_SET_DAYS
from app.support.sections import QUESTIONS, Section
from app.support.service import SECTION_SIGNS, Entry
from app.web.forms import Form

RHYTHMS: Final = ("1", "3", "7", "30")  # days
OWN: Final = "own"
SET: Final = "set"


class SectionForm(Form):
    """One section of a plan; nothing in it is asked for."""

    text = TextAreaField()

    def validate_text(self, field: Field) -> None:
        """It is not too long."""
        check_length(field)

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


class LetterForm(Form):
    """One text that must not be empty."""

    text = TextAreaField()

    def validate_text(self, field: Field) -> None:
        """Something was written, and not too much."""
        if not clean(field.data or ""):
            raise ValidationError(_("Write something first."))
        check_length(field)


class CheckInForm(Form):
    """How often somebody writes, who does, and what they should know."""

    rhythm = StringField(default="3")
    days = StringField()
    owner = StringField()
    second = StringField()
    note = TextAreaField()
    is_danger = BooleanField()

    def validate_rhythm(self, field: Field) -> None:
        """One of those offered, or a number of days."""
        if field.data not in {*RHYTHMS, OWN, SET}:
            raise ValidationError(_("Choose how often."))

    def validate_days(self, field: Field) -> None:
        """A number of days, where an own rhythm is wanted."""
        typed = (field.data or "").strip()
        is_number = typed.isascii() and typed.isdecimal() and len(typed) <= len(str(MOST_DAYS))
        if self.rhythm.data == OWN and not (is_number and 1 <= int(typed) <= MOST_DAYS):
            raise ValidationError(_("A number of days, from 1 to %(most)s.", most=MOST_DAYS))

    def validate_note(self, field: Field) -> None:
        """It is not too long."""
        check_length(field)

    @property
    def every(self) -> int:
        """The days between two letters, or the set days."""
        if self.rhythm.data == SET:
            return ON_SET_DAYS
        return int(self.days.data if self.rhythm.data == OWN else self.rhythm.data or 0)


def check_length(field: Field) -> None:
    """Refuse a text that is too long.

    Raises:
        ValidationError: with what is wrong.
    """
    if len(field.data or "") > SECTION_SIGNS:
        raise ValidationError(
            _("At most %(most)s characters fit here. Nothing is lost.", most=SECTION_SIGNS)
        )
