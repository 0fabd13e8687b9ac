"""Pictures as a browser sends them: rebuilt and kept before the door of the view is asked.

To rebuild a picture takes a while, so it is done before the request's transaction begins. What was
kept then stays for a day, whatever becomes of the text: a nudge, a mistake in the form or a limit
loses no picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, TypeVar, cast

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.darkroom import develop
from app.core.errors import BusyError, TooManyError
from app.core.pictures import MIB, MOST_BYTES, MOST_PIXELS, Fault, PictureError
from app.forum import attachments
from app.policy.limits import Limited
from app.policy.permissions import may_write
from app.web import limits
from app.web.access import actor
from app.web.render import wait_in_words
from app.web.unit_of_work import writing
from app.web.uploads import LARGE

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

FAULTS: Final = {
    Fault.UNKNOWN: _l("This is no picture that can be read here. JPEG, PNG, WebP and GIF can."),
    Fault.TOO_LARGE: _l(
        "This file has more than %(most)d MB. Make the picture smaller, or take a part of it.",
        most=MOST_BYTES // MIB,
    ),
    Fault.TOO_WIDE: _l(
        "This picture has more than %(most)d million pixels. Make it smaller first.",
        most=MOST_PIXELS // 1_000_000,
    ),
    Fault.BROKEN: _l("This file is damaged, so the picture cannot be read."),
}


@dataclass(frozen=True, slots=True)
class Upload:
    """What became of the file that came with a form: a kept picture, a complaint, or neither."""

    public_id: str = ""
    problem: str = ""


def takes_pictures(view: View) -> View:
    """Let a view take a picture. Stands above its door: what it does is the sender's own."""

    @wraps(view)
    def taking(**named: Any) -> ResponseReturnValue:
        g.upload = _taken()
        return view(**named)

    setattr(taking, LARGE, True)
    return cast(View, taking)


def uploaded() -> Upload:
    """What became of the file that came with this request."""
    return cast(Upload, g.get("upload", Upload()))


def _taken() -> Upload:
    """Rebuild the file that came with the form, if one did, and keep it for its member alone."""
    file = request.files.get("upload")
    who = actor()
    if file is None or not (who.is_member and who.is_confirmed and may_write(who, None)):
        return Upload()
    raw = file.stream.read()
    if not raw and not file.filename:
        return Upload()  # so a browser sends a field in which nothing was chosen
    try:
        limits.spend_by_trust(Limited.PICTURES)
        rebuilt = develop(raw)
    except PictureError as error:
        return Upload(problem=str(FAULTS[error.fault]))
    except BusyError:
        return Upload(problem=_("Many pictures come in at this moment. Please add it once more."))
    except TooManyError as error:
        wait = wait_in_words(error.seconds)
        return Upload(problem=_("Please wait %(time)s before you add another one.", time=wait))
    with writing() as short:
        kept = attachments.keep_upload(short, who.id, rebuilt).public_id
    # Should the request come to nothing, the page that hands back the text names the picture too.
    g.kept_of_upload = [("picture", kept), (f"alt-{kept}", request.form.get("upload_alt", ""))]
    return Upload(public_id=kept)
