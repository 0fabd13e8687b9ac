"""What a browser may send to take everything along, or to leave."""

from __future__ import annotations

from flask_babel import gettext as _
from wtforms import PasswordField, StringField
from wtforms.fields.core import Field
from wtforms.validators import StopValidation

from app.accounts import passphrases
from app.accounts.forms import PseudonymMixin
from app.core.crypto import Passphrase
from app.leaving.renaming import History
from app.privacy.erasure import Texts
from app.web.forms import Form


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
