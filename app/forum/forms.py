"""What a browser may send to the forum, read into plain values with plain complaints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField, ValidationError

from app.core import crypto, ids
from app.core.text import clean, clean_line
from app.forum.service import Draft
from app.web.forms import Form

POST_SIGNS: Final = 20_000
TITLE_SIGNS: Final = 120
KEY_SIGNS: Final = 32


class PostForm(Form):
    """A reply, or a changed text."""

    body = TextAreaField(_l("Text"))
    form_key = HiddenField()
    consent = HiddenField()
    follow = BooleanField()

    def validate_body(self, field: Field) -> None:
        """There is a text, and it is not longer than a post may be."""
        text = clean(field.data or "")
        if not text:
            raise ValidationError(_("Write something first."))
        if len(text) > POST_SIGNS:
            raise ValidationError(
                _(
                    "This is %(over)d characters longer than a post may be. Nothing is lost.",
                    over=len(text) - POST_SIGNS,
                )
            )

    @property
    def quoted(self) -> tuple[str, ...]:
        """The public ids of the posts that are quoted, from the form or the link that opened it."""
        return tuple(dict.fromkeys(request.values.getlist("quoted")))

    @property
    def key(self) -> str:
        """The key of this very form: made when it is shown first, kept when it comes back."""
        return (self.form_key.data or "")[:KEY_SIGNS] or ids.new_id()

    @property
    def wants_preview(self) -> bool:
        """Whether `Preview` was pressed."""
        return "preview" in request.form

    def consent_for(self) -> str:
        """What the form must carry to show that its author has seen the nudge about this text."""
        secret = str(current_app.secret_key).encode()
        return crypto.tag(secret, "consent", f"{self.subject}\0{clean(self.body.data or '')}").hex()

    @property
    def subject(self) -> str:
        """The title, where the form has one."""
        return ""

    def draft(self, refusals: int = 0) -> Draft:
        """The plain values. `refusals` is how many texts of the author were refused today."""
        sent = (self.consent.data or "").encode()
        return Draft(
            body=self.body.data or "",
            title=self.subject,
            quoted=self.quoted,
            form_key=self.key,
            agreed="agree" in request.form and crypto.same(sent, self.consent_for().encode()),
            asks_moderator="second_look" in request.form,
            refusals=refusals,
        )


class ThreadForm(PostForm):
    """A new thread: a title and the opening post; also a changed opening post."""

    title = StringField(_l("Title"))

    def validate_title(self, field: Field) -> None:
        """There is a title, short enough for a line."""
        text = clean_line(field.data or "")
        if not text:
            raise ValidationError(
                _("Give the thread a title, so that others know what it is about.")
            )
        if len(text) > TITLE_SIGNS:
            raise ValidationError(_("A title has at most %(count)d characters.", count=TITLE_SIGNS))

    @property
    def subject(self) -> str:
        """The title on one line."""
        return clean_line(self.title.data or "")


class MoveForm(Form):
    """Where a thread is to go."""

    board = StringField()


def number(name: str) -> int | None:
    """A whole number out of the address, such as a paging key; nothing when it is none."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None  # noqa: PLR2004 - below 2⁵³


def complaints(form: Form) -> Sequence[tuple[str, str]]:
    """The complaints of a form, as (field, sentence)."""
    return list(form.problems().items())
