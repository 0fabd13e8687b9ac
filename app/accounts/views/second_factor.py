"""The second factor: set up, renewed, turned off."""

from __future__ import annotations

from flask import redirect, url_for
from flask import session as form_cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import second_factor as deeds
from app.accounts import sessions, tickets, totp
from app.accounts.forms import FactorForm
from app.accounts.second_factor import Holder
from app.accounts.tickets import Ticket
from app.accounts.views.common import Problems, blueprint, let_in, secret
from app.policy.permissions import Permission
from app.web.access import confirmed, me, permit, signed_in
from app.web.render import page, tell
from app.web.unit_of_work import session


@blueprint.get("/me/second-factor")
@permit(Permission.ACCOUNT_MANAGE)
@confirmed
def second_factor() -> ResponseReturnValue:
    """Whether there is one, and a key for a new one."""
    return _factor_page(_fresh_key())


@blueprint.post("/me/second-factor")
@permit(Permission.ACCOUNT_MANAGE)
@confirmed
def turn_factor_on() -> ResponseReturnValue:
    """Set the second factor up, once the app has shown that it has the key."""
    form = FactorForm()
    ticket = tickets.read(secret(), form.ticket.data or "")
    if ticket is None or ticket.is_over:
        problem = _("This page was open for very long. Here is another key.")
        return _factor_page(_fresh_key(), {"key": problem})
    key = signed_in().unlock()
    holder = Holder(me().id, me().public_id, key)
    if not deeds.turn_on(session(), holder, totp.read_key(ticket.offer), form.code.data or ""):
        problem = _("This is not the code for the key above. Is the clock of your device right?")
        return _factor_page(ticket, {"code": problem})
    text = _("From now on a code is asked when you sign in. All other sessions have ended.")
    return _in_a_new_session(key, text)


@blueprint.post("/me/second-factor/off")
@permit(Permission.ACCOUNT_MANAGE)
@confirmed
def turn_factor_off() -> ResponseReturnValue:
    """Turn the second factor off; whoever has a role keeps it."""
    if me().has_power:
        problem = _("Whoever has a role here needs a second factor. You can set up another one.")
        return _factor_page(_fresh_key(), {"": problem})
    key = signed_in().unlock()
    deeds.turn_off(session(), me().id)
    text = _("No code is asked any more when you sign in. All other sessions have ended.")
    return _in_a_new_session(key, text)


def _in_a_new_session(key: bytes, text: str) -> ResponseReturnValue:
    """Go on, as every session has ended, in one that begins; it says what was done."""
    form_cookie.clear()
    tell(text)
    cookie = sessions.begin(session(), me().id, key)
    return let_in(redirect(url_for("accounts.settings")), cookie)


def _fresh_key() -> Ticket:
    """A key that nobody has, as the form carries it."""
    return tickets.new(totp.key_text(totp.new_secret()))


def _factor_page(ticket: Ticket, problems: dict[str, str] | None = None) -> ResponseReturnValue:
    """The page of the second factor, with the key on it."""
    return page(
        "accounts/second_factor.html",
        status=422 if problems else 200,
        problems=Problems(problems or {}),
        has_factor=signed_in().has_factor,
        needs_factor=me().has_power,
        key=ticket.offer,
        address=totp.address(totp.read_key(ticket.offer)),
        ticket=tickets.sign(secret(), ticket),
    )
