"""The norms where they matter: who has not agreed to the present ones does so before writing.

Reading, the own account and help for somebody who is exposed never wait for that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from flask import Flask, request
from sqlalchemy.orm import Session

from app.core.errors import NormsNeededError
from app.web.access import actor
from app.web.settings import settings
from app.web.unit_of_work import SAFE_METHODS, owe

AGREED: Final = "agreed_norms"  # the field that says which version was on the page
WRITING: Final = frozenset(
    {
        "forum.create_post",
        "forum.create_thread",
        "forum.edit_post",
        "messages.start",
        "messages.write",
    }
)
NOT_YET: Final = frozenset({"preview", "keep_draft", "attach"})  # nothing goes out with these

Agree = Callable[[Session, int, int], None]


def ask_for_agreement(app: Flask, agree: Agree) -> None:
    """Ask before something is written, and note the agreement together with it."""

    @app.before_request
    def ask() -> None:
        if request.method in SAFE_METHODS or request.endpoint not in WRITING:
            return
        if not has_changed() or NOT_YET & request.form.keys():
            return
        version = settings().norms_version
        if request.form.get(AGREED) != str(version):
            raise NormsNeededError
        owe(partial(_note, agree, actor().id, version))


def has_changed() -> bool:
    """Whether the norms are others than those that the one who asks has agreed to."""
    return actor().is_member and actor().norms_version < settings().norms_version


def _note(agree: Agree, member_id: int, version: int, session: Session) -> None:
    """Note an agreement, in a transaction of its own."""
    agree(session, member_id, version)
