"""What a browser may send to accounts, read into plain values with plain complaints."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, PasswordField, StringField, TextAreaField
from wtforms.validators import StopValidation, ValidationError

from app.accounts import passphrases, pseudonyms
from app.accounts.passphrases import Weakness
from app.accounts.pseudonyms import Flaw
from app.core.crypto import Passphrase
from app.core.text import clean
from app.policy.dispositions import Disposition
from app.web.forms import ConsentMixin, Form
from app.web.settings import settings

ABOUT_SIGNS: Final = 1000
THEMES: Final = ("", "light", "dark", "contrast")

FLAWS: Final = {
    Flaw.SHORT: _l("A pseudonym has at least 2 letters or digits."),
    Flaw.LONG: _l("A pseudonym has at most 24 letters and digits."),
    Flaw.SIGNS: _l("Use letters, the digits 0 to 9 and hyphens only."),
    Flaw.SCRIPTS: _l("Write it in one script: letters of different scripts look alike."),
    Flaw.HYPHENS: _l("A hyphen stands between two letters or digits."),
    Flaw.NO_LETTER: _l("A pseudonym has at least one letter."),
}
WEAKNESSES: Final = {
    Weakness.SHORT: _l("An own passphrase has at least 15 characters. Several words are best."),
    Weakness.LONG: _l("A passphrase has at most 128 characters."),
    Weakness.GUESSABLE: _l(
        "This could be guessed. Use words that do not belong together and are not about you."
    ),
}


class PseudonymMixin:
    """A field for a new pseudonym, and a box to insist on one that looks like a real name."""

    pseudonym = StringField()
    insist = StringField()

    @property
    def name(self) -> str:
        """The pseudonym, tidied."""
        return pseudonyms.tidy(self.pseudonym.data or "")

    def validate_pseudonym(self, field: Field) -> None:
        """It is a name that nobody is identified by, in a form that can be told from others."""
        judged = pseudonyms.judge(field.data or "")
        if judged is Disposition.REFUSE:
            raise ValidationError(
                _("This looks like an e-mail address or a phone number. It would show who you are.")
            )
        if flaw := pseudonyms.flaw(self.name):
            raise ValidationError(str(FLAWS[flaw]))
        if judged is not Disposition.PUBLISH and self.insist.data != self.name:
            raise ValidationError(
                _("This looks like a real name. Choose another, or tick the box below it.")
            )

    @property
    def asks_to_insist(self) -> bool:
        """Whether the box to insist belongs on the page."""
        is_refused = pseudonyms.flaw(self.name) is not None
        return not is_refused and pseudonyms.judge(self.name) is Disposition.NUDGE


class NewPassphraseMixin:
    """Fields for an own passphrase, typed twice. Empty means: the one that was offered."""

    new_passphrase = PasswordField()
    repeat = PasswordField()

    @property
    def has_own(self) -> bool:
        """Whether an own passphrase was typed."""
        return bool(self.new_passphrase.data)

    @property
    def own(self) -> Passphrase:
        """The passphrase that was typed."""
        return passphrases.read(self.new_passphrase.data or "")

    @property
    def known_words(self) -> tuple[str, ...]:
        """What others know and could put in a guess."""
        return (settings().name, "bauta")

    def validate_new_passphrase(self, field: Field) -> None:
        """An own passphrase is strong, and the same both times."""
        if not field.data:
            return
        if weakness := passphrases.weakness(self.own, self.known_words):
            raise ValidationError(str(WEAKNESSES[weakness]))
        if passphrases.read(self.repeat.data or "").reveal() != self.own.reveal():
            raise ValidationError(_("The passphrase was not the same both times."))


class SignUpForm(NewPassphraseMixin, PseudonymMixin, Form):
    """Joining."""

    ticket = HiddenField()
    noted = BooleanField()
    accept = BooleanField()
    invite = StringField()
    puzzle = HiddenField()
    answer = StringField()

    def validate_noted(self, field: Field) -> None:
        """The offered passphrase was written down, unless an own one was chosen."""
        if not self.has_own and not field.data:
            raise StopValidation(_("Write the passphrase down, then tick this box."))

    def validate_accept(self, field: Field) -> None:
        """The norms were accepted."""
        if not field.data:
            raise StopValidation(_("You can join once you agree to the norms."))

    @property
    def known_words(self) -> tuple[str, ...]:
        """What others know and could put in a guess."""
        return (self.name, settings().name, "bauta")


class SignInForm(Form):
    """Coming in. Nothing is checked here: a wrong form and a wrong passphrase answer alike."""

    pseudonym = StringField()
    passphrase = PasswordField()
    code = StringField()
    puzzle = HiddenField()
    answer = StringField()

    @property
    def name(self) -> str:
        """The pseudonym as it was typed."""
        return (self.pseudonym.data or "").strip()[: pseudonyms.LOOKED_AT]

    @property
    def secret(self) -> Passphrase:
        """The passphrase that was typed; what is too long cannot be right, and costs no more."""
        return passphrases.read((self.passphrase.data or "")[: passphrases.LONGEST * 2])


class RecoverForm(NewPassphraseMixin, Form):
    """Coming back with a recovery code."""

    pseudonym = StringField()
    code = StringField()
    proof = StringField()
    ticket = HiddenField()
    noted = BooleanField()
    puzzle = HiddenField()
    answer = StringField()

    @property
    def name(self) -> str:
        """The pseudonym as it was typed."""
        return (self.pseudonym.data or "").strip()[: pseudonyms.LOOKED_AT]

    @property
    def known_words(self) -> tuple[str, ...]:
        """What others know and could put in a guess."""
        return (self.name, settings().name, "bauta")

    def validate_noted(self, field: Field) -> None:
        """The offered passphrase was written down, unless an own one was chosen."""
        if not self.has_own and not field.data:
            raise StopValidation(_("Write the passphrase down, then tick this box."))


class ConfirmCodeForm(Form):
    """Typing one recovery code back."""

    number = HiddenField()
    code = StringField()

    @property
    def asked(self) -> int:
        """Which of the codes is asked for, by its number."""
        text = self.number.data or ""
        return int(text) if text.isdecimal() and len(text) == 1 else 0


class StepUpForm(Form):
    """Showing once more who one is."""

    passphrase = PasswordField()
    code = StringField()

    @property
    def secret(self) -> Passphrase:
        """The passphrase that was typed."""
        return passphrases.read((self.passphrase.data or "")[: passphrases.LONGEST * 2])


class FactorForm(Form):
    """A key for the second factor, and a code that shows that the app has it."""

    ticket = HiddenField()
    code = StringField()


class ChangePassphraseForm(NewPassphraseMixin, Form):
    """A new passphrase."""

    def validate_repeat(self, field: Field) -> None:
        """There is a new one at all."""
        if not self.has_own:
            raise ValidationError(_("Type the new passphrase, twice."))


class AboutForm(ConsentMixin, Form):
    """What a member says about him- or herself."""

    consent_to = "about"
    about = TextAreaField()

    @property
    def text(self) -> str:
        """The text as it would be kept."""
        return clean(self.about.data or "")

    def validate_about(self, field: Field) -> None:
        """It is not too long."""
        over = len(self.text) - ABOUT_SIGNS
        if over > 0:
            raise ValidationError(
                _("This is %(over)d characters too long. Nothing is lost.", over=over)
            )


class ThemeForm(Form):
    """How the pages look."""

    theme = StringField()

    def validate_theme(self, field: Field) -> None:
        """It is one of the looks there are."""
        if (field.data or "") not in THEMES:
            raise ValidationError(_("Choose one of these."))
