"""What a browser may send to shield a phrase, read into plain values with plain complaints."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField, ValidationError

from app.core.text import clean_line
from app.shields.models import LABEL_SIGNS, Mode
from app.shields.phrases import PHRASE_MOST, Flaw, Kind
from app.shields.service import Wish
from app.web.forms import Form

KINDS: Final = {
    Kind.NAME: _l("A name"),
    Kind.PHONE: _l("A phone number"),
    Kind.ADDRESS: _l("An address"),
    Kind.EMPLOYER: _l("An employer or a school"),
    Kind.ACCOUNT: _l("An e-mail address or a name used elsewhere"),
    Kind.OTHER: _l("Something else"),
}
MODES: Final = {
    Mode.HOLD: (
        _l("Hold it until a moderator has read it"),
        _l("Nobody else reads it before. Works for full names, phone numbers and streets."),
    ),
    Mode.ALERT: (
        _l("Only alert the moderators"),
        _l("Others can read it until a moderator acts. Nobody learns anything by guessing."),
    ),
}
FLAWS: Final = {
    Flaw.SHORT: _l("Use at least 8 letters or digits. A shorter phrase stands in too many texts."),
    Flaw.LONG: _l("This is too long to be found. Use the part that points to you."),
    Flaw.COMMON: _l("These are everyday words: too many harmless texts would be held."),
    Flaw.ONE_NAME: _l("One name alone belongs to many people. Add the other one."),
    Flaw.DATE: _l("A date stands in too many harmless texts."),
    Flaw.REPEATED: _l("This number has too few different digits."),
    Flaw.NUMBER: _l("Write the phone number in digits, with its country code: +44 …"),
    Flaw.PSEUDONYM: _l("This is somebody's pseudonym here."),
    Flaw.LABEL: _l("This label would show the phrase. Choose one that only you understand."),
    Flaw.MANY: _l("You have as many shields as one member can have. Take one away first."),
}


class ShieldForm(Form):
    """A phrase to shield. The phrase is forgotten when the request ends."""

    kind = StringField(_l("What it is"))
    phrase = StringField(_l("The phrase"))
    label = StringField(_l("Your label for it"))
    mode = StringField(_l("What happens to a text that holds it"))

    def validate_kind(self, field: Field) -> None:
        """It is one of the kinds."""
        if field.data not in set(Kind):
            raise ValidationError(_("Say what it is."))

    def validate_phrase(self, field: Field) -> None:
        """There is a phrase, short enough."""
        if not clean_line(field.data or ""):
            raise ValidationError(_("Write the phrase that others must not post."))
        if len(field.data) > PHRASE_MOST:
            raise ValidationError(str(FLAWS[Flaw.LONG]))

    def validate_label(self, field: Field) -> None:
        """There is a label, short enough."""
        label = clean_line(field.data or "")
        if not label:
            raise ValidationError(_("Give it a label. It is all that you will see of it later."))
        if len(label) > LABEL_SIGNS:
            raise ValidationError(_("A label has at most %(count)d characters.", count=LABEL_SIGNS))

    def validate_mode(self, field: Field) -> None:
        """It is one of the two."""
        if field.data not in set(Mode):
            raise ValidationError(_("Choose what happens."))

    def wish(self) -> Wish:
        """The plain values of a form that was found valid."""
        return Wish(
            kind=Kind(self.kind.data),
            phrase=clean_line(self.phrase.data or ""),
            label=clean_line(self.label.data or ""),
            mode=Mode(self.mode.data),
        )

    def complain(self, flaw: Flaw) -> None:
        """Tie what is wrong with the wish to the field it is about."""
        field = self.label if flaw is Flaw.LABEL else self.phrase
        field.errors = [str(FLAWS[flaw])]
