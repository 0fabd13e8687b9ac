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
from app.forum.attachments import PICTURES_AT_MOST, Chosen
from app.forum.drafts import Meant, OpenDraft, Wording
from app.forum.models import with_alts
from app.forum.service import Draft
from app.forum.uploads import uploaded
from app.web import limits
from app.web.forms import Form

POST_SIGNS: Final = 20_000
TITLE_SIGNS: Final = 120
KEY_SIGNS: Final = 32
ALT_SIGNS: Final = 300


class PostForm(Form):
    """A reply, or a changed text."""

    body = TextAreaField(_l("Text"))
    form_key = HiddenField()
    consent = HiddenField()
    follow = BooleanField()
    recalled: tuple[str, ...] = ()  # what the draft quotes that this form shows
    present: tuple[Chosen, ...] = ()  # the pictures that a post has which is being changed
    gone: frozenset[str] = frozenset()  # pictures of the form that are no longer there

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
        if complaint := limits.complaint_about(text):
            raise ValidationError(complaint)

    @property
    def quoted(self) -> tuple[str, ...]:
        """The public ids of the posts that are quoted, from the form or the link that opened it."""
        return tuple(dict.fromkeys((*request.values.getlist("quoted"), *self.recalled)))

    @property
    def key(self) -> str:
        """The key of this very form: made when it is shown first, kept when it comes back."""
        return (self.form_key.data or "")[:KEY_SIGNS] or ids.new_id()

    @property
    def wants_preview(self) -> bool:
        """Whether `Preview` was pressed."""
        return "preview" in request.form

    @property
    def wants_page(self) -> bool:
        """Whether only the composer is asked for: to preview, or to add a picture."""
        return self.wants_preview or "attach" in request.form

    @property
    def chosen(self) -> tuple[Chosen, ...]:
        """The pictures of the post: those that are kept, then the one that came with the form."""
        if not self.is_submitted():
            return self.present
        alts = {id_: request.form.get(f"alt-{id_}", "") for id_ in request.form.getlist("picture")}
        if uploaded().public_id:
            alts[uploaded().public_id] = request.form.get("upload_alt", "")
        chosen = (Chosen(id_, clean_line(alt)) for id_, alt in alts.items())
        return tuple(one for one in chosen if one.public_id not in self.gone)

    @property
    def new_alt(self) -> str:
        """What was said of a picture that did not come in; with one that did, it went along."""
        return "" if uploaded().public_id else request.form.get("upload_alt", "")

    @property
    def words(self) -> str:
        """Everything that the post says, as it will be screened."""
        return with_alts(clean(self.body.data or ""), [one.alt for one in self.chosen])

    def problems(self) -> dict[str, str]:
        """The complaints about fields and about pictures."""
        return super().problems() | (self.picture_problems() if self.is_submitted() else {})

    def picture_problems(self) -> dict[str, str]:
        """What is wrong with the pictures, by field: each needs words for who cannot see it."""
        found = {}
        if uploaded().problem:
            found["upload"] = uploaded().problem
        if self.gone:
            found["upload"] = _("A picture is no longer here: unposted ones go after a day.")
        if len(self.chosen) > PICTURES_AT_MOST:
            found["upload"] = _("A post has at most %(count)d pictures.", count=PICTURES_AT_MOST)
        for one in self.chosen:
            if not one.alt:
                text = _("Say in a sentence what this picture shows, for those who cannot see it.")
                found[f"alt-{one.public_id}"] = text
            elif len(one.alt) > ALT_SIGNS:
                text = _("A description has at most %(count)d characters.", count=ALT_SIGNS)
                found[f"alt-{one.public_id}"] = text
        return found

    @property
    def wants_draft(self) -> bool:
        """Whether `Keep as a draft` was pressed."""
        return "keep_draft" in request.form

    def wording(self, meant: Meant, place: str) -> Wording:
        """What a draft of this form holds, meant for a board, thread or post."""
        return Wording(
            meant=meant,
            place=place,
            body=self.body.data or "",
            title=self.subject,
            quoted=self.quoted,
            is_following=bool(self.follow.data),
        )

    def show(self, kept: OpenDraft) -> None:
        """Fill in what a draft holds."""
        self.body.data = kept.wording.body
        self.form_key.data = kept.form_key
        self.follow.data = kept.wording.is_following
        self.recalled = kept.wording.quoted

    def consent_for(self) -> str:
        """What the form must carry to show that its author has seen the nudge about this text."""
        secret = str(current_app.secret_key).encode()
        return crypto.tag(secret, "consent", f"{self.subject}\0{self.words}").hex()

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
            pictures=self.chosen,
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

    def show(self, kept: OpenDraft) -> None:
        """Fill in what a draft holds, and its title."""
        super().show(kept)
        self.title.data = kept.wording.title

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
