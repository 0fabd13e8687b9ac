"""What a browser may send about roles and proposals."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField, TextAreaField, ValidationError

from app.core.text import clean, clean_line
from app.moderation.forms import check_length, word
from app.moderation.models import Rule
from app.policy.vocabulary import Role
from app.staff.models import Deed
from app.staff.service import Plan
from app.web.forms import Form

# The word for each role that can be given, and what it lets somebody do.
ROLES: Final = {
    Role.MODERATOR: (_l("moderator"), _l("reads the queue and every board, and decides")),
    Role.RESPONDER: (_l("responder"), _l("answers when somebody was exposed")),
    Role.TRUSTEE: (_l("trustee"), _l("is called when no responder may know of a case")),
    Role.OPERATOR: (_l("operator"), _l("runs the machine: boards, settings, roles")),
}
OPTIONS: Final = [((role.name or "").lower(), *said) for role, said in ROLES.items()]


class RoleForm(Form):
    """Somebody, and a role."""

    pseudonym = StringField()
    role = StringField()
    options = OPTIONS

    @property
    def named(self) -> str:
        """The pseudonym that was typed."""
        return clean_line(self.pseudonym.data or "")

    @property
    def chosen(self) -> Role:
        """The role that was chosen; none where nothing sensible was sent."""
        names = (name for name, *_said in OPTIONS)
        return dict(zip(names, ROLES, strict=True)).get(self.role.data or "", Role.NONE)

    def validate_pseudonym(self, field: Field) -> None:
        """There is something in it."""
        if not self.named:
            raise ValidationError(_("Type a pseudonym."))

    def validate_role(self, field: Field) -> None:
        """One of the roles was chosen."""
        if self.chosen is Role.NONE:
            raise ValidationError(_("Choose a role."))


class RemovalForm(Form):
    """The rule that was broken, and what the member will read."""

    rule = StringField()
    facts = TextAreaField()

    def validate_rule(self, field: Field) -> None:
        """What takes something away from a member rests on a rule."""
        if word(Rule, field.data) is None:
            raise ValidationError(_("Choose the rule on which this rests."))

    def validate_facts(self, field: Field) -> None:
        """What takes something away from a member is explained."""
        text = clean(field.data or "")
        if not text:
            raise ValidationError(_("Say to the member what happened. This is what will be read."))
        check_length(text)

    def plan(self) -> Plan:
        """The plain values."""
        return Plan(Deed.REMOVE, rule=Rule(self.rule.data), facts=self.facts.data or "")
