"""What a browser may send to take everything along, or to leave."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, StringField
from wtforms.fields.core import Field
from wtforms.validators import StopValidation

from app.accounts import passphrases
from app.accounts.forms import PseudonymMixin
from app.core import clock
from app.core.crypto import Passphrase
from app.leaving.renaming import History
from app.privacy.erasure import Texts
from app.web.forms import Form

LONGEST_BREAK: Final = 365
AGES: Final = (
    ("0", _l("all of them")),
    ("30", _l("those older than 30 days")),
    ("365", _l("those older than a year")),
)


class ProofForm(Form):
    """Showing once more who one is."""

    passphrase = PasswordField()
    code = StringField()

    @property
    def secret(self) -> Passphrase:
        """The passphrase that was typed; what is too long cannot be right, and costs no more."""
        return passphrases.read((self.passphrase.data or "")[: passphrases.LONGEST * 2])


class NewNameForm(PseudonymMixin, Form):
    """Another pseudonym, and what is to become of what was written under the old one."""

    history = StringField()

    def validate_history(self, field: Field) -> None:
        """One of the two was chosen: none is chosen beforehand."""
        if field.data not in set(History):
            raise StopValidation(_("Choose what is to become of your texts."))

    @property
    def choice(self) -> History:
        """What was chosen."""
        return History(self.history.data)


class BreakForm(Form):
    """For how many days somebody wants to be away."""

    days = StringField(default="30")

    def validate_days(self, field: Field) -> None:
        """A day has to be named, so that nothing stays away by being forgotten."""
        text = (field.data or "").strip()
        is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(LONGEST_BREAK))
        if not is_number or not 1 <= int(text) <= LONGEST_BREAK:
            raise StopValidation(_("A number of days, from 1 to %(most)s.", most=LONGEST_BREAK))


class HideForm(Form):
    """Which posts are to be hidden: all, or those of some age."""

    age = StringField()
    ages = AGES

    def validate_age(self, field: Field) -> None:
        """One was chosen: none is chosen beforehand."""
        if field.data not in dict(AGES):
            raise StopValidation(_("Choose which posts to hide."))

    @property
    def before(self) -> datetime | None:
        """The moment before which they were written; none for all."""
        days = int(self.age.data)
        return clock.now() - timedelta(days=days) if days else None


class EraseForm(Form):
    """That everything is to be erased."""

    sure = BooleanField()

    def validate_sure(self, field: Field) -> None:
        """It was said."""
        if not field.data:
            raise StopValidation(_("Tick this first: it cannot be undone."))


class LeaveForm(ProofForm):
    """What is to become of the texts, and the passphrase."""

    texts = StringField()

    def validate_texts(self, field: Field) -> None:
        """One of the three was chosen: none is chosen beforehand."""
        if field.data not in set(Texts):
            raise StopValidation(_("Choose what is to become of your texts."))

    @property
    def choice(self) -> Texts:
        """What was chosen."""
        return Texts(self.texts.data)
