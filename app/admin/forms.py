"""What the operator may send: the guided set-up, the site's settings, a board."""

from __future__ import annotations

from typing import Any, Final

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.validators import StopValidation

from app.accounts import passphrases
from app.accounts.forms import WEAKNESSES, PseudonymMixin
from app.core.crypto import Passphrase
from app.core.settings import Signup
from app.core.text import clean, clean_line
from app.policy.inviting import MOST_GIVEN, WINDOW_DAYS, Inviting
from app.policy.limits import LEAST, LEVELS, MOST, Limited, Limits, limit_of
from app.policy.vocabulary import Entry, Gate, Trust
from app.web.forms import Form

NAME_SIGNS: Final = 60
LINE_SIGNS: Final = 300
NORMS_SIGNS: Final = 10_000

READERS: Final = [
    (str(int(Trust.VISITOR)), _l("everybody, also without an account")),
    (str(int(Trust.NEWCOMER)), _l("members")),
    (str(int(Trust.KNOWN)), _l("known members")),
    (str(int(Trust.REGULAR)), _l("regular members")),
    (str(int(Trust.TRUSTED)), _l("trusted members")),
]
ENTRIES: Final = [
    (Entry.TRUST.value, _l("by trust")),
    (Entry.INVITED.value, _l("by an invitation from its moderators")),
]
WRITERS: Final = READERS[1:]
REVIEWS: Final = [("", _l("no")), ("yes", _l("yes, those of newcomers"))]
WAYS_IN: Final = [
    (Signup.OPEN.value, _l("anybody may join")),
    (Signup.INVITE.value, _l("with an invite from a member")),
    (Signup.CLOSED.value, _l("nobody for now")),
]


def needed(form: Form, field: Field) -> None:
    """There is something in the field."""
    if not clean_line(field.data or ""):
        raise ValidationError(_("This is needed."))


def one_of(options: list[tuple[str, Any]]) -> object:
    """One of the values that the page offered was chosen."""

    def check(form: Form, field: Field) -> None:
        if field.data not in {value for value, _label in options}:
            raise StopValidation(_("Choose one of these."))

    return check


def at_most(signs: int) -> object:
    """The field is no longer than this."""

    def check(form: Form, field: Field) -> None:
        if len(clean(field.data or "")) > signs:
            raise ValidationError(_("At most %(count)d characters.", count=signs))

    return check


class SettingsForm(Form):
    """Name, purpose, norms, and who may join."""

    community = StringField(validators=[needed, at_most(NAME_SIGNS)])
    purpose = StringField(validators=[at_most(LINE_SIGNS)])
    norms = TextAreaField(validators=[needed, at_most(NORMS_SIGNS)])
    signup = StringField(validators=[one_of(WAYS_IN)], default=Signup.OPEN.value)
    ways_in = WAYS_IN


class SetupForm(PseudonymMixin, SettingsForm):
    """The same, with the operator's own account and three boards."""

    passphrase = StringField(validators=[needed])
    front = StringField(validators=[needed, at_most(NAME_SIGNS)])
    inside = StringField(validators=[needed, at_most(NAME_SIGNS)])
    quiet = StringField(validators=[needed, at_most(NAME_SIGNS)])

    @property
    def secret(self) -> Passphrase:
        """The passphrase that was typed or left as it was drawn."""
        return passphrases.read(self.passphrase.data or "")

    def validate_passphrase(self, field: Field) -> None:
        """It cannot be guessed by somebody who knows the names on this page."""
        known = (self.name, self.community.data or "", "bauta")
        if weakness := passphrases.weakness(self.secret, known):
            raise ValidationError(str(WEAKNESSES[weakness]))


class InvitesForm(Form):
    """How many invites members may give, and for how long each can be used."""

    regular = StringField()
    trusted = StringField()
    days = StringField()

    def validate_regular(self, field: Field) -> None:
        """A number, maybe none."""
        _check_number(field, 0, MOST_GIVEN)

    def validate_trusted(self, field: Field) -> None:
        """A number, maybe none."""
        _check_number(field, 0, MOST_GIVEN)

    def validate_days(self, field: Field) -> None:
        """A day at least, and no longer than an invite is kept."""
        _check_number(field, 1, WINDOW_DAYS)

    @property
    def rules(self) -> Inviting:
        """What was decided."""
        return Inviting(_number(self.regular), _number(self.trusted), _number(self.days))


class LimitsForm:
    """The table of limits as it was typed: a field for each deed and each step of trust."""

    def __init__(self, typed: dict[str, str]) -> None:
        self.typed = typed
        self.problems: dict[str, str] = {}

    @classmethod
    def sent(cls) -> LimitsForm:
        """What the browser sent."""
        return cls({name: request.form.get(name, "").strip() for name in _CELLS})

    @classmethod
    def of(cls, limits: Limits) -> LimitsForm:
        """A table as it stands."""
        return cls({n: str(limit_of(limits, *cell)) for n, cell in _CELLS.items()})

    def limits(self) -> Limits | None:
        """The table, or nothing where something cannot be meant; `problems` then says what."""
        for name, (limited, _level) in _CELLS.items():
            if not is_within(self.typed[name], LEAST[limited], MOST):
                self.problems[name] = _(
                    "A whole number from %(least)d to %(most)d.", least=LEAST[limited], most=MOST
                )
        if self.problems:
            return None
        return {
            limited: [int(self.typed[cell_name(limited, level)]) for level in LEVELS]
            for limited in Limited
        }


def cell_name(limited: Limited, level: Trust) -> str:
    """The name of the field for one number of the table."""
    return f"{limited}_{level.name.lower()}"


def is_within(text: str, least: int, most: int) -> bool:
    """Whether a whole number within these bounds was typed."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    return is_number and least <= int(text) <= most


_CELLS: Final = {
    cell_name(limited, level): (limited, level) for limited in Limited for level in LEVELS
}


class HeadingForm(Form):
    """The name of a heading over boards."""

    name = StringField(validators=[needed, at_most(NAME_SIGNS)])


class BoardForm(Form):
    """A board: its name, what it is about, and its gate."""

    category = StringField(validators=[needed, at_most(NAME_SIGNS)])
    name = StringField(validators=[needed, at_most(NAME_SIGNS)])
    description = StringField(validators=[at_most(LINE_SIGNS)])
    entry = StringField(validators=[one_of(ENTRIES)], default=Entry.TRUST.value)
    read = StringField(validators=[one_of(READERS)], default="1")
    reply = StringField(validators=[one_of(WRITERS)], default="1")
    start = StringField(validators=[one_of(WRITERS)], default="1")
    attach = StringField(validators=[one_of(WRITERS)], default=str(int(Trust.KNOWN)))
    reviews_first_posts = StringField(validators=[one_of(REVIEWS)], default="")
    entries, readers, writers, reviews = ENTRIES, READERS, WRITERS, REVIEWS

    def validate_reply(self, field: Field) -> None:
        """Nobody replies where he or she may not read."""
        if int(field.data) < _number(self.read):
            raise ValidationError(_("Who may reply must also be able to read."))

    def validate_start(self, field: Field) -> None:
        """Nobody starts threads where he or she may not reply."""
        if int(field.data) < _number(self.reply):
            raise ValidationError(_("Who may start threads must also be able to reply."))

    @property
    def gate(self) -> Gate:
        """The gate that was chosen."""
        return Gate(
            read=Trust(int(self.read.data)),
            reply=Trust(int(self.reply.data)),
            start=Trust(int(self.start.data)),
            attach=Trust(max(int(self.attach.data), int(self.reply.data))),
        )


def _check_number(field: Field, least: int, most: int) -> None:
    """Complain about anything but a whole number within these bounds.

    Raises:
        ValidationError: when it is none.
    """
    if not is_within((field.data or "").strip(), least, most):
        raise ValidationError(
            _("A whole number from %(least)d to %(most)d.", least=least, most=most)
        )


def _number(field: Field) -> int:
    """The number in a field, such as a trust; none where nothing sensible was sent."""
    text = (field.data or "").strip()
    return int(text) if text.isdecimal() and text.isascii() else 0
