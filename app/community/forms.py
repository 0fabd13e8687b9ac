"""What may be sent to the pages of the community."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.fields.core import Field
from wtforms.validators import StopValidation

from app.community.models import Measure
from app.community.protections import MOST_DAYS, Plan
from app.core import clock
from app.forum.models import Board
from app.policy.vocabulary import Trust
from app.web.forms import Form

MEASURES: Final = {
    Measure.MEMBERS_ONLY: (
        _l("Only members read"),
        _l("Visitors see none of it, and its feed closes."),
    ),
    Measure.GATE: (
        _l("Only members of some trust read and write"),
        _l("For everybody else the board is not there."),
    ),
    Measure.WRITING: (
        _l("Only members of some trust write"),
        _l("Everybody else reads on."),
    ),
    Measure.PICTURES: (
        _l("Only members of some trust add pictures"),
        _l("What is there stays."),
    ),
    Measure.FIRST_POSTS: (
        _l("Look at what newcomers write first"),
        _l("It waits in the queue until a moderator lets it go."),
    ),
    Measure.INVITES: (
        _l("Pause invites, everywhere"),
        _l("None is made, and none lets anybody in. Their days go on."),
    ),
    Measure.RETENTION: (
        _l("Keep things shorter, everywhere"),
        _l(
            "Messages 60 days, earlier wordings 7, lines in the inbox 14. What goes does not come "
            "back when this ends."
        ),
    ),
}
TRUSTS: Final = {
    Trust.KNOWN: _l("known members"),
    Trust.REGULAR: _l("regular members"),
    Trust.TRUSTED: _l("trusted members"),
}
DAYS: Final = 28


class ProtectionForm(Form):
    """What is to be stricter, where, and for how long."""

    measure = StringField()
    board = StringField()
    trust = StringField(default=str(int(Trust.KNOWN)))
    days = StringField(default=str(DAYS))
    is_told = BooleanField()

    offered: dict[Measure, object]
    boards: dict[str, Board]

    def validate_measure(self, field: Field) -> None:
        """One of those that are offered: none is chosen beforehand."""
        if field.data not in {measure.value for measure in self.offered}:
            raise StopValidation(_("Choose what is to be stricter."))

    def validate_board(self, field: Field) -> None:
        """A board that is offered, or all of them."""
        if field.data and field.data not in self.boards:
            raise StopValidation(_("Choose one of the boards, or all."))

    def validate_trust(self, field: Field) -> None:
        """One of those that are offered."""
        if field.data not in {str(int(trust)) for trust in TRUSTS}:
            raise StopValidation(_("Choose one of these."))

    def validate_days(self, field: Field) -> None:
        """A number of days: nothing is stricter for ever by accident."""
        text = (field.data or "").strip()
        is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_DAYS))
        if not is_number or not 1 <= int(text) <= MOST_DAYS:
            raise StopValidation(_("A number of days, from 1 to %(most)s.", most=MOST_DAYS))

    @property
    def plan(self) -> Plan:
        """What was decided."""
        return Plan(
            measure=Measure(self.measure.data),
            until_on=clock.today() + timedelta(days=int(self.days.data)),
            board=self.boards.get(self.board.data or ""),
            trust=Trust(int(self.trust.data)),
            is_told=self.is_told.data,
        )
