"""Coming in and going: the same answer for a wrong name and a wrong passphrase."""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import (
    keyring,
    puzzle,
    queries,
    second_factor,
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
    count_wrong_code,
    goodbye,
    let_in,
    may_try_code,
    secret,
    tag,
    wait_before_try,
)
from app.accounts.views.keeping import KEPT, KEPT_PATH, kept_fields, onward_path, welcome_back
from app.core.crypto import Passphrase
from app.web import limits
from app.web.access import actor, me, public, signed_in
from app.web.render import page, tell
from app.web.unit_of_work import reading, session, undo


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """The form for coming in."""
    if actor().is_member:
        return redirect(onward_path())
    return _sign_in_page(SignInForm())


@blueprint.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    """Come in. An unknown name and a wrong passphrase get the same answer, after the same work."""
    form = SignInForm()
    if actor().is_member:
        return welcome_back()
    if wait := wait_before_try("sign-in", form):
        return _sign_in_page(form, 429, wait=wait)
    with reading() as short:
        credentials = queries.credentials_of(short, form.name)
    key = service.try_passphrase(credentials, form.secret, config().hash_cost)
    if credentials is None or key is None:
        return _sign_in_page(form, 422, is_wrong=True)
    fresh = _freshened(credentials, form.secret, key)
    if not may_try_code(credentials.public_id):
        return _sign_in_page(form, 422, is_wrong=True)
    had_factor = second_factor.has_factor(session(), credentials.member_id)
    try:
        cookie = service.sign_in(session(), credentials, key, form.code.data or "")
    except NotRightError:
        undo()
        count_wrong_code(credentials.public_id)
        return _sign_in_page(form, 422, is_wrong=True)
    if fresh is not None:
        service.freshen_lock(session(), credentials, fresh)
    limits.forget("sign-in", tag(form.name), TRIES)
    member = queries.member_by_id(session(), credentials.member_id)
    become(second_factor.actor_of(session(), member))
    if had_factor and not second_factor.has_factor(session(), member.id):
        tell(_("The recovery code is used up, and no second factor is asked any more."), "warning")
    return let_in(welcome_back(), cookie)


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this session, and ask the browser to forget everything of it."""
    if actor().is_member:
        sessions.end(session(), me().id, signed_in().token)
    return goodbye()


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
        kept=[(KEPT + name, value) for name, value in kept_fields()],
        kept_path=request.form.get(KEPT_PATH, ""),
        next=request.values.get("next", ""),
    )
