"""What a browser may send as a message, read into plain values with plain complaints."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _
from wtforms import Field, ValidationError

from app.core.text import clean
from app.forum.forms import PostForm

# In the longest spelling it fits the largest size class with all that is sealed beside it.
MESSAGE_SIGNS: Final = 4_000


class MessageForm(PostForm):
    """A message: a text without a title."""

    def validate_body(self, field: Field) -> None:
        """There is a text, and it is not longer than a message may be."""
        text = clean(field.data or "")
        if not text:
            raise ValidationError(_("Write something first."))
        if len(text) > MESSAGE_SIGNS:
            raise ValidationError(
                _(
                    "This is %(over)d characters longer than a message may be. Nothing is lost.",
                    over=len(text) - MESSAGE_SIGNS,
                )
            )
