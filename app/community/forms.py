"""What may be sent to the pages of the community."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.fields.core import Field
from wtforms.validators import StopValidation

from app.community import telling
from app.community.models import Measure, Occasion
from app.community.protections import MOST_DAYS, Plan
from app.community.rounds import MOST_CHOICES, TEXT_SIGNS, Question, Reply, Slip
from app.community.urn import NO_CHOICE, Answer
from app.core import clock
from app.core.text import clean, clean_line
from app.forum.models import Board
from app.policy.vocabulary import Trust
from app.web.forms import ConsentMixin, Form

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


def _within(field: Field, least: int, most: int) -> None:
    """A whole number between two others.

    Raises:
        StopValidation: when something else was typed.
    """
    text = (field.data or "").strip()
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    if not is_number or not least <= int(text) <= most:
        message = _("A whole number, from %(least)s to %(most)s.", least=least, most=most)
        raise StopValidation(message)


def _no_longer(field: Field, most: int) -> None:
    """A text of at most so many signs.

    Raises:
        StopValidation: when it is longer; the page hands it back.
    """
    over = len(clean(field.data or "")) - most
    if over > 0:
        message = _("This is %(over)d characters too long. Nothing is lost.", over=over)
        raise StopValidation(message)


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
        _within(field, 1, MOST_DAYS)

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


# --- questions to members -------------------------------------------------------------------------

QUESTION_SIGNS: Final = 1_000
CHOICE_SIGNS: Final = 120
REPLY_SIGNS: Final = 5_000
LEAST_ROUND, MOST_ROUND, ROUND_DAYS = 3, 60, 14
ASKED: Final = {Trust.NEWCOMER: _l("all members"), **TRUSTS}


class AskForm(Form):
    """A question, the choices there are, whom it is for, and how long it is open."""

    question = TextAreaField()
    choices = TextAreaField()
    trust = StringField(default=str(int(Trust.NEWCOMER)))
    days = StringField(default=str(ROUND_DAYS))

    def validate_question(self, field: Field) -> None:
        """There is one, and it is not too long."""
        _no_longer(field, QUESTION_SIGNS)
        if not clean(field.data or ""):
            raise StopValidation(_("Ask something."))

    def validate_choices(self, field: Field) -> None:
        """None, or two and more, each on a line of its own."""
        count = len(self.lines)
        if count == 1 or count > MOST_CHOICES:
            raise StopValidation(_("No choices, or from 2 to %(most)s.", most=MOST_CHOICES))
        if len(set(self.lines)) < count:
            raise StopValidation(_("Two choices are the same."))
        if any(len(line) > CHOICE_SIGNS for line in self.lines):
            raise StopValidation(_("A choice has at most %(most)s characters.", most=CHOICE_SIGNS))

    def validate_trust(self, field: Field) -> None:
        """One of those that are offered."""
        if field.data not in {str(int(trust)) for trust in ASKED}:
            raise StopValidation(_("Choose one of these."))

    def validate_days(self, field: Field) -> None:
        """Long enough that coming by now and then is enough."""
        _within(field, LEAST_ROUND, MOST_ROUND)

    @property
    def lines(self) -> tuple[str, ...]:
        """The choices."""
        lines = (clean_line(line) for line in (self.choices.data or "").splitlines())
        return tuple(line for line in lines if line)

    @property
    def asked(self) -> Question:
        """What is asked."""
        return Question(
            text=self.question.data,
            choices=self.lines,
            gate_read=Trust(int(self.trust.data)),
            days=int(self.days.data),
        )


class AnswerForm(ConsentMixin, Form):
    """One member's answer: a choice, words, or both."""

    consent_to = "round"
    choice = StringField()
    body = TextAreaField()

    choice_count = 0

    @property
    def text(self) -> str:
        """The words as they would lie in the urn."""
        return clean(self.body.data or "")

    def validate_choice(self, field: Field) -> None:
        """One of the choices, or none."""
        if field.data and field.data not in {str(number) for number in range(self.choice_count)}:
            raise StopValidation(_("Choose one of these, or none."))

    def validate_body(self, field: Field) -> None:
        """Not too long; and something must be said at all."""
        _no_longer(field, TEXT_SIGNS)
        if not self.text and not self.choice.data:
            raise StopValidation(_("Choose something, or write something."))

    @property
    def slip(self) -> Slip:
        """What the member says."""
        choice = int(self.choice.data) if self.choice.data else NO_CHOICE
        return Slip(Answer(choice, self.text), self.is_agreed)


class ReplyForm(Form):
    """The public answer of the team."""

    heard = TextAreaField()
    will_do = TextAreaField()
    will_not = TextAreaField()

    def validate_heard(self, field: Field) -> None:
        """It begins with what was heard."""
        _no_longer(field, REPLY_SIGNS)
        if not clean(field.data or ""):
            raise StopValidation(_("Say what you have heard."))

    def validate_will_do(self, field: Field) -> None:
        """Not too long."""
        _no_longer(field, REPLY_SIGNS)

    def validate_will_not(self, field: Field) -> None:
        """Not too long."""
        _no_longer(field, REPLY_SIGNS)

    @property
    def reply(self) -> Reply:
        """What the team says."""
        return Reply(self.heard.data, self.will_do.data or "", self.will_not.data or "")


# --- notices --------------------------------------------------------------------------------------

NOTICE_SIGNS: Final = 3_000
OCCASIONS: Final = {
    Occasion.REAFFIRMATION: (
        _l("A reminder of the norms"),
        _l("It is shown some days later, by lot, so that its day tells nothing."),
    ),
    Occasion.ACKNOWLEDGEMENT: (
        _l("Something happened that all should know"),
        _l("If it is about a case, word it on the page of the case: more is checked there."),
    ),
}


class WordingForm(Form):
    """A notice: what it is for, its words, and how long it waits."""

    occasion = StringField(default=Occasion.REAFFIRMATION.value)
    text = TextAreaField()
    days = StringField(default="3")
    occasions = OCCASIONS

    def validate_occasion(self, field: Field) -> None:
        """One of the two."""
        if field.data not in set(Occasion):
            raise StopValidation(_("Choose one of these."))

    def validate_text(self, field: Field) -> None:
        """Something is said, and it is not too long."""
        _no_longer(field, NOTICE_SIGNS)
        if not clean(field.data or ""):
            raise StopValidation(_("Write what everybody is to read."))

    def validate_days(self, field: Field) -> None:
        """None, or some."""
        _within(field, 0, telling.MOST_DAYS)

    @property
    def wants_draft(self) -> bool:
        """Whether a wording to begin with was asked for."""
        return "draft" in request.form

    @property
    def chosen(self) -> Occasion:
        """What it is for."""
        sent = self.occasion.data
        return Occasion(sent) if sent in set(Occasion) else Occasion.REAFFIRMATION

    @property
    def wait(self) -> int:
        """How many days it waits after the second signature."""
        return int(self.days.data)
