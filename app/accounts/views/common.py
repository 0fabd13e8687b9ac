"""What the views of accounts have in common: the blueprint, tries and their limits, words."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final, cast

from flask import Blueprint, current_app, g, make_response, redirect, url_for
from flask import session as form_cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.accounts import (
    passphrases,
    pseudonyms,
    puzzle,
    queries,
    second_factor,
    service,
)
from app.accounts.forms import (
    NewPassphraseMixin,
    RecoverForm,
    SignInForm,
    SignUpForm,
    StepUpForm,
)
from app.accounts.second_factor import Holder
from app.accounts.tickets import Ticket
from app.core.crypto import Passphrase
from app.core.errors import TooManyError
from app.policy.vocabulary import Actor, Role, Trust
from app.web import limits
from app.web.access import cookie_name, me, signed_in
from app.web.extensions import is_https
from app.web.render import tell, wait_in_words
from app.web.unit_of_work import reading, session
from config import Config

blueprint = Blueprint("accounts", __name__)

TRIES: Final = "5 per minute"
WRONG_CODES: Final = "20 per day"  # of a million, three of which are right at any moment
ONCE: Final = "1 per hour"  # longer than any ticket or puzzle lives

TRUST_WORDS: Final = {
    Trust.NEWCOMER: _l("newcomer"),
    Trust.KNOWN: _l("known member"),
    Trust.REGULAR: _l("regular member"),
    Trust.TRUSTED: _l("trusted member"),
}
ROLE_WORDS: Final = {
    Role.MODERATOR: _l("moderator"),
    Role.RESPONDER: _l("responder"),
    Role.OPERATOR: _l("operator"),
    Role.TRUSTEE: _l("trustee"),
}


class Problems(dict[str, str]):
    """What is wrong, by field; nothing is wrong with a field that is not named."""

    def __missing__(self, name: str) -> str:
        """A field without a problem."""
        return ""


def let_in(answer: ResponseReturnValue, cookie: str) -> Response:
    """Answer with the cookie of a new session."""
    response = make_response(answer)
    response.set_cookie(
        cookie_name(), cookie, secure=is_https(), httponly=True, samesite="Strict", path="/"
    )
    return response


def become(who: Actor) -> None:
    """Draw the rest of this answer for the member who has just come in, with forms of its own."""
    form_cookie.clear()
    g.actor = who


def with_new_passphrase(endpoint: str, cookie: str) -> Response:
    """Go on in a new session after a change of passphrase."""
    form_cookie.clear()
    tell(_("Your new passphrase holds from now on. All other sessions have ended."))
    return let_in(redirect(url_for(endpoint)), cookie)


def chosen(form: NewPassphraseMixin, ticket: Ticket) -> Passphrase:
    """The own passphrase where one was typed, else the one that was offered."""
    return form.own if form.has_own else passphrases.read(ticket.offer)


def step_up(form: StepUpForm) -> tuple[bytes | None, str]:
    """The member's private key if passphrase and code are right, else what to say."""
    try:
        limits.spend("sign-in", tag(me().pseudonym), TRIES)
    except TooManyError as error:
        text = _("Please wait %(time)s, then try again.", time=wait_in_words(error.seconds))
        return None, str(text)
    with reading() as short:
        credentials = queries.own_credentials(short, me().id)
    key = service.try_passphrase(credentials, form.secret, config().hash_cost)
    if not signed_in().has_factor:
        wrong = str(_("This is not your passphrase."))
    else:
        wrong = str(_("Passphrase and code do not fit together. A code is good only once."))
    if key is None or not may_try_code(me().public_id):
        return None, wrong
    holder = Holder(me().id, me().public_id, key)
    if not second_factor.accept(session(), holder, form.code.data or ""):
        count_wrong_code(me().public_id)
        return None, wrong
    limits.forget("sign-in", tag(me().pseudonym), TRIES)
    return key, ""


def may_try_code(public_id: str) -> bool:
    """Whether there were not too many wrong codes today with the right passphrase."""
    return not limits.is_spent("second-factor", public_id, WRONG_CODES)


def count_wrong_code(public_id: str) -> None:
    """Count a wrong code that came with the right passphrase."""
    with suppress(TooManyError):
        limits.spend("second-factor", public_id, WRONG_CODES)


def wait_before_try(kind: str, form: SignInForm | RecoverForm) -> int:
    """How many seconds to wait before another try at this name; a solved puzzle buys one."""
    try:
        limits.spend(kind, tag(form.name), TRIES)
    except TooManyError as error:
        return 0 if is_solved(form) else error.seconds
    return 0


def is_solved(form: SignInForm | SignUpForm | RecoverForm) -> bool:
    """Whether the form brings the answer to a puzzle that was not used before."""
    number = puzzle.solved(secret(), form.puzzle.data or "", form.answer.data or "")
    return number is not None and first_use("puzzle", number)


def first_use(kind: str, number: str) -> bool:
    """Whether a number comes for the first time."""
    try:
        limits.spend(kind, number, ONCE)
    except TooManyError:
        return False
    return True


def tag(name: str) -> str:
    """What tries at a name are counted under, however it is written, whether or not it is there."""
    return pseudonyms.skeleton(name)


def config() -> Config:
    """The settings of this server."""
    return cast(Config, current_app.config["BAUTA"])


def secret() -> bytes:
    """What signs the notes that forms carry."""
    key: Any = current_app.secret_key
    return key if isinstance(key, bytes) else str(key).encode()


def goodbye() -> ResponseReturnValue:
    """The answer after which a browser has forgotten everything of a session."""
    form_cookie.clear()
    response = redirect(url_for("forum.home"))
    response.delete_cookie(
        cookie_name(), secure=is_https(), httponly=True, samesite="Strict", path="/"
    )
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
