"""What a browser may send to the console, read into plain values with plain complaints."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeVar

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, StringField, TextAreaField, ValidationError

from app.core.text import clean, clean_line
from app.moderation.care import KINDS
from app.moderation.inviting import Cut
from app.moderation.models import REASON_NAME_SIGNS, Act, ReportReason, Rule, SanctionKind
from app.moderation.service import Complaint, Decision
from app.review.models import Reason
from app.review.queries import Claimed
from app.web.forms import Form

TEXT_SIGNS: Final = 4_000
NOTE_SIGNS: Final = 1_000
DAYS: Final = ("1", "3", "7", "30")
NUMBER_SIGNS: Final = 15  # whole numbers below 2⁵³

Word = TypeVar("Word", bound=StrEnum)


def word(kind: type[Word], text: str | None) -> Word | None:
    """The word of an enum that was sent, or nothing where it is none."""
    return kind(text) if text in set(kind) else None


def number(text: str | None) -> int | None:
    """A whole number that was sent, or nothing where it is none."""
    is_number = text is not None and text.isascii() and text.isdecimal()
    return int(text) if is_number and text and len(text) <= NUMBER_SIGNS else None


def day(text: str) -> date | None:
    """A day that was sent, or nothing where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def check_length(text: str) -> None:
    """Complain of a text that is too long.

    Raises:
        ValidationError: when it is.
    """
    if len(text) > TEXT_SIGNS:
        message = _(
            "This is %(over)d characters longer than it may be. Nothing is lost.",
            over=len(text) - TEXT_SIGNS,
        )
        raise ValidationError(message)


class ReportForm(Form):
    """What is wrong with a post, and whether it is urgent."""

    reason = StringField(_l("What is wrong?"))
    text = TextAreaField(_l("What should the moderators know?"))
    is_urgent = BooleanField()

    def validate_reason(self, field: Field) -> None:
        """One of the reasons was chosen."""
        if word(ReportReason, field.data) is None:
            raise ValidationError(_("Choose what is wrong with the post."))

    def validate_text(self, field: Field) -> None:
        """The text is no longer than it may be."""
        check_length(clean(field.data or ""))

    def complaint(self) -> Complaint:
        """The plain values."""
        return Complaint(
            reason=ReportReason(self.reason.data),
            text=self.text.data or "",
            is_urgent=bool(self.is_urgent.data),
        )


class CareForm(Form):
    """The kinds of items that a moderator does not want to be given."""

    @property
    def chosen(self) -> frozenset[ReportReason]:
        """Those that were ticked; what is no kind of ours is left out."""
        return frozenset(kind for kind in KINDS if kind.value in request.form.getlist("kind"))


class DecisionForm(Form):
    """A decision about one post and its author."""

    act = StringField()
    rule = StringField()
    facts = TextAreaField()
    sanction = StringField()
    days = StringField()
    version = StringField()
    seen = StringField()
    canned = StringField()

    def validate_act(self, field: Field) -> None:
        """Something was chosen, and a sanction goes with a decision that has one to explain."""
        act = word(Act, field.data)
        if act is None:
            raise ValidationError(_("Choose what becomes of the post."))
        if act is Act.RELEASE and self.chosen_sanction is not None:
            raise ValidationError(
                _("A post that is released needs no sanction. Choose one or none.")
            )

    def validate_rule(self, field: Field) -> None:
        """What takes something away from a member rests on a rule."""
        if self.needs_reasons and word(Rule, field.data) is None:
            raise ValidationError(_("Choose the rule on which this rests."))

    def validate_facts(self, field: Field) -> None:
        """What takes something away from a member is explained."""
        text = clean(field.data or "")
        if self.needs_reasons and not text:
            raise ValidationError(_("Say to the member what happened. This is what will be read."))
        check_length(text)

    def validate_days(self, field: Field) -> None:
        """A silence or a suspension has an end."""
        lasts = self.chosen_sanction in {SanctionKind.SILENCE, SanctionKind.SUSPEND}
        if lasts and field.data not in DAYS:
            raise ValidationError(_("Choose for how many days."))

    @property
    def chosen_sanction(self) -> SanctionKind | None:
        """The sanction, if one was chosen; a removal takes two, and is chosen elsewhere."""
        chosen = word(SanctionKind, self.sanction.data)
        return None if chosen is SanctionKind.REMOVE else chosen

    @property
    def needs_reasons(self) -> bool:
        """Whether rule and facts must be given."""
        takes_away = word(Act, self.act.data) in {Act.REJECT, Act.REMOVE}
        return takes_away or self.chosen_sanction is not None

    @property
    def wants_preview(self) -> bool:
        """Whether `Preview` was pressed."""
        return "preview" in request.form

    @property
    def wants_reason(self) -> bool:
        """Whether a worded reason is to be put in."""
        return "fill" in request.form

    def begin_with(self, text: str, rule: Rule) -> None:
        """Put a worded reason behind what was typed, and its rule where none was chosen."""
        typed = clean(self.facts.data or "")
        self.facts.data = f"{typed}\n\n{text}" if typed else text
        if word(Rule, self.rule.data) is None:
            self.rule.data = rule.value

    @property
    def seen_version(self) -> int:
        """The version of the item on the page that was sent; 0, which no item has, without one."""
        return number(self.version.data) or 0

    def decision(self) -> Decision:
        """The plain values."""
        return Decision(
            act=Act(self.act.data),
            rule=word(Rule, self.rule.data),
            facts=self.facts.data or "",
            sanction=self.chosen_sanction,
            days=number(self.days.data) or 0,
            seen=self.seen.data or "-",
        )


class BulkForm(DecisionForm):
    """The same decision about several held posts: release, or reject with one reason."""

    def validate_act(self, field: Field) -> None:
        """Several posts are released or rejected; more is decided one by one."""
        if word(Act, field.data) not in {Act.RELEASE, Act.REJECT}:
            raise ValidationError(_("Choose what becomes of the posts."))
        if not self.chosen:
            raise ValidationError(_("Choose at least one post."))

    @property
    def chosen_sanction(self) -> SanctionKind | None:
        """Nobody is sanctioned together with others."""
        return None

    @property
    def chosen(self) -> list[tuple[str, int, str]]:
        """What was ticked: public id, version and fingerprint of each."""
        parts = [text.split(".") for text in request.form.getlist("chosen")]
        return [(p[0], number(p[1]) or 0, p[2] or "-") for p in parts if len(p) == 3]  # noqa: PLR2004 - as written into the page


class HandedForm(DecisionForm):
    """A decision about a message that was handed over: its writer is sanctioned, or nothing."""

    def validate_act(self, field: Field) -> None:
        """There is nothing to choose: moderators take no message away."""
        field.data = Act.LEAVE.value


class AnswerForm(Form):
    """A member's answer to a decision."""

    text = TextAreaField()

    def validate_text(self, field: Field) -> None:
        """Something was written, and not too much."""
        text = clean(field.data or "")
        if not text:
            raise ValidationError(_("Write your answer first."))
        check_length(text)


class ReplyForm(Form):
    """What a moderator decides about an answer, and says to the member."""

    act = StringField()
    text = TextAreaField()
    version = StringField()

    def validate_act(self, field: Field) -> None:
        """One of the two was chosen."""
        if field.data not in {"uphold", "undo"}:
            raise ValidationError(_("Choose whether the decision stands."))

    def validate_text(self, field: Field) -> None:
        """The member gets an answer, and not too long a one."""
        text = clean(field.data or "")
        if not text:
            raise ValidationError(_("Say to the member why. This is what will be read."))
        check_length(text)

    @property
    def seen_version(self) -> int:
        """The version of the item on the page that was sent; 0, which no item has, without one."""
        return number(self.version.data) or 0


class CutForm(Form):
    """Why a tie between a member and the inviter is cut."""

    why = StringField(_l("Why do you cut it?"))

    def validate_why(self, field: Field) -> None:
        """It was chosen: no tie is cut without a reason."""
        if word(Cut, field.data) is None:
            raise ValidationError(_("Choose the reason. It stands in the audit log."))


class CannedReasonForm(Form):
    """A reason to be worded once for the whole team."""

    name = StringField(_l("What you call it"))
    rule = StringField(_l("On which rule?"))
    text = TextAreaField(_l("What the member reads"))

    def validate_name(self, field: Field) -> None:
        """It can be told from the others in a list."""
        name = clean_line(field.data or "")
        if not 0 < len(name) <= REASON_NAME_SIGNS:
            raise ValidationError(
                _("Give it a name of at most %(most)d characters.", most=REASON_NAME_SIGNS)
            )

    def validate_rule(self, field: Field) -> None:
        """A reason rests on a rule."""
        if word(Rule, field.data) is None:
            raise ValidationError(_("Choose the rule on which this rests."))

    def validate_text(self, field: Field) -> None:
        """There is something to read, and not too much."""
        text = clean(field.data or "")
        if not text:
            raise ValidationError(_("Write what the member will read."))
        check_length(text)


class NoteForm(Form):
    """A note for the next shift; without a text, the one that is there goes."""

    text = TextAreaField(_l("For the next shift"))

    def validate_text(self, field: Field) -> None:
        """A note is short."""
        over = len(clean(field.data or "")) - NOTE_SIGNS
        if over > 0:
            raise ValidationError(
                _(
                    "This is %(over)d characters longer than it may be. Nothing is lost.",
                    over=over,
                )
            )


class HandOnForm(Form):
    """To whom an item is handed on."""

    to = StringField(_l("Hand it on to"))
    version = StringField()

    @property
    def seen_version(self) -> int:
        """The version of the item on the page that was sent; 0, which no item has, without one."""
        return number(self.version.data) or 0


def filters() -> dict[str, Any]:
    """The filters of the queue in the address: reason, who has it, board, where the page begins."""
    return {
        "reason": word(Reason, request.args.get("reason")),
        "claimed": word(Claimed, request.args.get("claimed")) or Claimed.ANY,
        "board": request.args.get("board", ""),
        "after": request.args.get("after", ""),
    }
