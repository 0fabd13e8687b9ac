"""Coming in and going: the same answer for a wrong name and a wrong passphrase."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from app.accounts import (
    keyring,
    puzzle,
    queries,
    service,
    sessions,
)
from app.accounts.forms import (
    SignInForm,
)
from app.accounts.service import NotRightError
from app.accounts.views.common import (
    TRIES,
    become,
    blueprint,
    config,
    goodbye,
    let_in,
    secret,
    tag,
    wait_before_try,
)
from app.core.crypto import Passphrase
from app.web import limits, onward
from app.web.access import actor, me, public, signed_in
from app.web.render import page
from app.web.unit_of_work import reading, session, undo

KEPT: Final = "kept."
KEPT_PATH: Final = "kept_path"


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """The form for coming in."""
    if actor().is_member:
        return redirect(_onward())
    return _sign_in_page(SignInForm())


@blueprint.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    """Come in. An unknown name and a wrong passphrase get the same answer, after the same work."""
    form = SignInForm()
    if actor().is_member:
        return _welcome_back()
    if wait := wait_before_try("sign-in", form):
        return _sign_in_page(form, 429, wait=wait)
    with reading() as short:
        credentials = queries.credentials_of(short, form.name)
    key = service.try_passphrase(credentials, form.secret, config().hash_cost)
    if credentials is None or key is None:
        return _sign_in_page(form, 422, is_wrong=True)
    fresh = _freshened(credentials, form.secret, key)
    try:
        cookie = service.sign_in(session(), credentials, key)
    except NotRightError:
        undo()
        return _sign_in_page(form, 422, is_wrong=True)
    if fresh is not None:
        service.freshen_lock(session(), credentials, fresh)
    limits.forget("sign-in", tag(form.name), TRIES)
    become(queries.member_by_id(session(), credentials.member_id).actor)
    return let_in(_welcome_back(), cookie)


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this session, and ask the browser to forget everything of it."""
    if actor().is_member:
        sessions.end(session(), me().id, signed_in().token)
    return goodbye()


def _welcome_back() -> ResponseReturnValue:
    """Where somebody goes who has just come in: to the text that was kept, else onward."""
    fields, path = _kept_fields(), request.form.get(KEPT_PATH, "")
    if not fields or not _takes_posts(path):
        return redirect(_onward())
    return page("accounts/kept.html", action=path, fields=fields)


def _freshened(
    credentials: queries.Credentials, passphrase: Passphrase, key: bytes
) -> keyring.Lock | None:
    """The same passphrase hashed as the settings say today, where that was otherwise."""
    cost = config().hash_cost
    if credentials.lock.cost == str(cost):
        return None
    return keyring.lock(passphrase, credentials.public_id, key, cost)


def _sign_in_page(
    form: SignInForm, status: int = 200, wait: int = 0, *, is_wrong: bool = False
) -> ResponseReturnValue:
    """The form for coming in; a text that was kept goes along."""
    return page(
        "accounts/sign_in.html",
        status=status,
        form=form,
        is_wrong=is_wrong,
        wait=wait,
        riddle=puzzle.make(secret(), _) if wait else None,
        kept=[(KEPT + name, value) for name, value in _kept_fields()],
        kept_path=request.form.get(KEPT_PATH, ""),
        next=request.values.get("next", ""),
    )


def _kept_fields() -> list[tuple[str, str]]:
    """What was typed before the session was over, as the sign-in form carries it."""
    pairs = request.form.items(multi=True)
    return [(name.removeprefix(KEPT), value) for name, value in pairs if name.startswith(KEPT)]


def _takes_posts(path: str) -> bool:
    """Whether a path is one of ours that a form can be sent to."""
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.startswith("/"):
        return False
    try:
        current_app.url_map.bind(request.host).match(path, method="POST")
    except HTTPException:
        return False
    return True


def _onward() -> str:
    """Where the signed note in `next` leads, else home."""
    if not actor().is_confirmed:
        return url_for("accounts.recovery_codes")
    return onward.follow(request.values.get("next", "")) or url_for("forum.home")
