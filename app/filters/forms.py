"""What a browser may send to make a filter, read into plain values with plain complaints."""

from __future__ import annotations

from datetime import date
from typing import Final

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField, TextAreaField, ValidationError

from app.core import clock
from app.core.text import clean, clean_line
from app.filters.models import MESSAGE_SIGNS, PATTERN_SIGNS, Action, Sort
from app.filters.service import Plan
from app.web.forms import Form

SAMPLE_SIGNS: Final = 20_000
SORTS: Final = {
    Sort.PHRASE: (
        _l("Words"),
        _l("Capitals, accents and disguises do not matter. A * stands for the rest of a word."),
    ),
    Sort.REGEX: (_l("A regular expression"), _l("In the syntax of RE2. Capitals do not matter.")),
}
ACTIONS: Final = {
    Action.NUDGE: _l("Ask the author to look again"),
    Action.HOLD: _l("Hold it until a moderator has read it"),
    Action.REFUSE: _l("Hand it back: it cannot be posted like that"),
    Action.ALERT: _l("Post it, and let a moderator look"),
}
REFUSALS: Final = {
    "empty": _l("Write a word or a pattern."),
    "star": _l("A * stands at the end of a word, after at least two letters."),
    "broken": _l("This is no regular expression that RE2 can read."),
    "matches_nothing": _l("This matches even where nothing stands. It would be found everywhere."),
    "long": _l("A pattern has at most 200 characters."),
    "broad": _l("This stands in more than one of twenty recent posts. Make it narrower."),
    "many": _l("There are 500 filters, as many as there can be. Take one away first."),
}


class FilterForm(Form):
    """A filter to be made, or only tried on a text."""

    sort = StringField(_l("How it is read"))
    pattern = StringField(_l("What to look out for"))
    board = StringField(_l("Where"))
    action = StringField(_l("What happens"))
    message = StringField(_l("What the author is told"))
    ends_on = StringField(_l("Last day"))
    sample = TextAreaField(_l("A text to try it on"))

    @property
    def wants_trial(self) -> bool:
        """Whether the pattern is only to be tried."""
        return "try" in request.form

    def validate_sort(self, field: Field) -> None:
        """It is one of the two."""
        if field.data not in set(Sort):
            raise ValidationError(_("Choose one."))

    def validate_action(self, field: Field) -> None:
        """It is one of the four."""
        if field.data not in set(Action) and not self.wants_trial:
            raise ValidationError(_("Choose what happens."))

    def validate_pattern(self, field: Field) -> None:
        """There is a pattern, short enough."""
        if not (field.data or "").strip():
            raise ValidationError(str(REFUSALS["empty"]))
        if len(field.data) > PATTERN_SIGNS:
            raise ValidationError(str(REFUSALS["long"]))

    def validate_message(self, field: Field) -> None:
        """What the author is told fits on a line."""
        if len(clean_line(field.data or "")) > MESSAGE_SIGNS:
            raise ValidationError(_("This has at most %(count)d characters.", count=MESSAGE_SIGNS))

    def validate_ends_on(self, field: Field) -> None:
        """It is a day to come, or none."""
        if field.data and (self.last_day is None or self.last_day < clock.today()):
            raise ValidationError(_("Give a day to come, or leave it empty."))

    def validate_sample(self, field: Field) -> None:
        """The text to try it on is no longer than a post."""
        if len(field.data or "") > SAMPLE_SIGNS:
            raise ValidationError(_("This is longer than a post may be."))

    @property
    def last_day(self) -> date | None:
        """The last day that was asked for, if it is one."""
        try:
            return date.fromisoformat(self.ends_on.data or "")
        except ValueError:
            return None

    @property
    def text(self) -> str:
        """The text to try it on."""
        return clean(self.sample.data or "")

    def plan(self) -> Plan:
        """The plain values of a form that was found valid."""
        return Plan(
            sort=Sort(self.sort.data),
            pattern=(self.pattern.data or "").strip(),
            action=Action(self.action.data or Action.HOLD),
            board=self.board.data or "",
            message=clean_line(self.message.data or ""),
            ends_on=self.last_day,
        )

    def complain(self, reason: str) -> None:
        """Say what is wrong with the pattern."""
        self.pattern.errors = [str(REFUSALS[reason])]
