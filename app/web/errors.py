"""Refusals and accidents, explained once, at the edge. What was typed is handed back."""

from __future__ import annotations

import logging
from html import escape
from typing import Any, Final

from flask import Flask, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from app.core.errors import (
    BusyError,
    CodesNeededError,
    ConfirmNeededError,
    DeniedError,
    FactorNeededError,
    NormsNeededError,
    NotFoundError,
    SignInNeededError,
    StaleError,
    TooManyError,
)
from app.core.text import UnsafeMarkupError, render
from app.web.access import actor, signed_in
from app.web.norms import AGREED
from app.web.onward import onward
from app.web.render import wait_in_words
from app.web.settings import settings
from app.web.unit_of_work import SAFE_METHODS, undo

# One sentence for each rule of the permission table that can shut a door.
DENIALS: Final = {
    "is_member": _l("This is for members. Sign in, or join."),
    "may_write": _l("A decision about your account keeps you from writing just now."),
    "trusted_to_reply": _l("This board takes replies from members who have been here longer."),
    "trusted_to_start": _l("This board takes new threads from members who have been here longer."),
    "trusted_to_attach": _l("This board takes pictures from members who have been here longer."),
    "trusted_to_vouch": _l("Members who have been here longer can vouch for others."),
    "outside_the_tie": _l("You are part of this tie. Another moderator can cut it."),
    "trusted_to_invite": _l("Invites are given by members who have been here longer."),
    "trusted_to_message": _l(
        "Who is new here can answer messages. Writing first is open once you are known."
    ),
    "somebody_else": _l("This is you. Choose somebody else."),
    "is_the_second": _l("You proposed this: somebody else has to agree."),
    "unlocked": _l("This thread is locked: it takes no more replies."),
    "published": _l("This text is not open to readers, so this cannot be done with it."),
    "still_there": _l("This text is gone, so it cannot be changed."),
    "still_kept": _l("This text is gone."),
    "fresh": _l("The time in which this could be changed has run out."),
    "leads": _l("The lead or the second of this case does this."),
    "own": _l("Only the one who wrote this can change it."),
    "others": _l("This is your own text."),
    "answerable": _l("There is nothing to answer here, or the time for it has run out."),
    "concerns_others": _l("This is about you: somebody else decides."),
    "did_not_report": _l("You have reported this yourself: somebody else decides."),
    "did_not_decide_before": _l("You made the first decision: somebody else reads the answer."),
    "unanswered": _l("You have already answered. The moderators will read it."),
    "not_suspended": _l("Your account is suspended. You can read why, and answer."),
}
# For answers that cannot be drawn from a template: nothing is asked of the database or the map.
BARE: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>{0}</title><h1>{0}</h1>{1}'
)
UNSENT: Final = frozenset({"csrf_token", "passphrase", "new_passphrase", "repeat", "code", "proof"})


def explain_refusals(app: Flask) -> None:
    """Answer every exception with a page that says what happened and what can be done."""
    app.register_error_handler(NotFoundError, _not_found)
    app.register_error_handler(SignInNeededError, _sign_in_needed)
    app.register_error_handler(ConfirmNeededError, _confirm_needed)
    app.register_error_handler(CodesNeededError, _codes_needed)
    app.register_error_handler(NormsNeededError, _norms_needed)
    app.register_error_handler(FactorNeededError, _factor_needed)
    app.register_error_handler(DeniedError, _denied)
    app.register_error_handler(StaleError, _stale)
    app.register_error_handler(TooManyError, _too_many)
    app.register_error_handler(RateLimitExceeded, _too_many_pages)
    app.register_error_handler(BusyError, _busy)
    app.register_error_handler(UnsafeMarkupError, _unsafe_markup)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _accident)
    app.register_error_handler(SecurityError, _strange_host)
    app.register_error_handler(Exception, _accident)


def typed() -> list[tuple[str, str]]:
    """What was typed into the form just sent, without secrets, to be handed back."""
    pairs = (*request.form.items(multi=True), *g.get("kept_of_upload", ()))
    return [(name, value) for name, value in pairs if name not in UNSENT]


def keep_typed(title: str, text: str, status: int) -> ResponseReturnValue:
    """A page that explains, and hands back what was typed with a button to send it again."""
    fields = typed() if request.method not in SAFE_METHODS else []
    if not fields:
        return refused(title, text, status)
    page = render_template(
        "errors/resume.html", title=title, text=text, action=request.path, fields=fields
    )
    return page, status


def refused(title: str, text: str, status: int) -> ResponseReturnValue:
    """The plain page of a refusal."""
    return render_template("errors/refused.html", title=title, text=text, code=status), status


def _not_found(error: Exception) -> ResponseReturnValue:
    undo()
    text = _("It may never have been here, it may be gone, or it may not be open to you.")
    return keep_typed(_("There is nothing here"), text, 404)


def _sign_in_needed(error: Exception) -> ResponseReturnValue:
    undo()
    if request.method in SAFE_METHODS:
        text = _("If this page exists, it is for members. Sign in, or join.")
        return refused(_("Sign in to go on"), text, 401)
    fields = typed()
    return render_template("errors/signed_out.html", action=request.path, fields=fields), 401


def _confirm_needed(error: Exception) -> ResponseReturnValue:
    undo()
    if request.method in SAFE_METHODS:
        return redirect(url_for("accounts.confirm", next=onward()))
    return render_template("errors/confirm.html", **_asked()), 403


def _asked() -> dict[str, Any]:
    """What was sent, and whether a code is asked beside the passphrase."""
    return {"action": request.path, "fields": typed(), "has_factor": signed_in().has_factor}


def _factor_needed(error: Exception) -> ResponseReturnValue:
    undo()
    if request.method in SAFE_METHODS:
        return redirect(url_for("accounts.second_factor"))
    text = _("Whoever has a role here signs in with a code as well. Set that up in your settings.")
    return keep_typed(_("A second factor is missing"), text, 403)


def _norms_needed(error: Exception) -> ResponseReturnValue:
    undo()
    now = settings()
    fields = [(name, value) for name, value in typed() if name != AGREED]
    fields.append((AGREED, str(now.norms_version)))
    shown = render_template(
        "errors/norms.html", action=request.path, fields=fields, norms=render(now.norms).html
    )
    return shown, 403


def _codes_needed(error: Exception) -> ResponseReturnValue:
    undo()
    fields = typed() if request.method not in SAFE_METHODS else []
    codes = url_for("accounts.recovery_codes")
    if not fields:
        return redirect(codes)
    page = render_template(
        "errors/resume.html",
        title=_("Confirm a recovery code first"),
        text=_("Nothing you typed is lost. Confirm a code in a new tab, then come back and go on."),
        action=request.path,
        fields=fields,
        elsewhere=(codes, _("Confirm a code, in a new tab")),
    )
    return page, 403


def _denied(error: DeniedError) -> ResponseReturnValue:
    undo()
    text = str(DENIALS.get(error.rule, _l("This is not open to you.")))
    return keep_typed(_("This cannot be done"), text, 403)


def _stale(error: Exception) -> ResponseReturnValue:
    undo()
    text = _("Somebody else changed this in the meantime. Look again before you decide.")
    return keep_typed(_("Somebody was faster"), text, 409)


def _too_many(error: TooManyError) -> ResponseReturnValue:
    undo()
    text = _(
        "Please wait %(time)s, then go on. Nothing is lost.", time=wait_in_words(error.seconds)
    )
    return keep_typed(_("A little too fast"), text, 429)


def _too_many_pages(error: Exception) -> ResponseReturnValue:
    undo()
    text = _("You have opened very many pages. Please wait a while, then go on.")
    return keep_typed(_("A little too fast"), text, 429)


def _busy(error: Exception) -> ResponseReturnValue:
    undo()
    text = _("Many people are here at this moment. Please try again in a few seconds.")
    return keep_typed(_("The server is busy"), text, 503)


def _unsafe_markup(error: Exception) -> ResponseReturnValue:
    undo()
    text = _("Something in the formatting of this text could not be made safe. Please change it.")
    return keep_typed(_("This text cannot be stored"), text, 422)


def _expired(error: Exception) -> ResponseReturnValue:
    undo()
    text = _("The form was open for too long, or came from another page. Your text is kept below.")
    return keep_typed(_("This form has expired"), text, 400)


def _http(error: HTTPException) -> ResponseReturnValue:
    undo()
    status = error.code or 500
    if status == 404:  # noqa: PLR2004 - the same page, whoever says that nothing is there
        return _not_found(error)
    if status == 413:  # noqa: PLR2004 - the number is the name
        text = _("What you sent is larger than this forum takes.")
        return refused(_("This is too large"), text, status)
    if status == 405:  # noqa: PLR2004 - the number is the name
        return refused(_("This cannot be opened like that"), _("Go back and use the page."), status)
    if status < 400:  # noqa: PLR2004 - a redirect is no error
        return error.get_response()
    return keep_typed(_("This did not work"), _("The request was not understood."), status)


def _accident(error: Exception) -> ResponseReturnValue:
    undo()
    logging.getLogger("accident").error("-", exc_info=error)
    has_text = request.method not in SAFE_METHODS and actor().is_member
    fields = typed() if has_text else []
    try:
        return render_template("errors/accident.html", action=request.path, fields=fields), 500
    except Exception:
        # Whatever has failed, such as the whole database, may be needed to draw a page as well.
        logging.getLogger("accident").exception("-")
        kept = "".join(f"<textarea>{escape(text)}</textarea>" for _, text in fields)
        text = "<p>It is not your fault. Please try again in a while.</p>"
        return BARE.format("Something broke here", text + kept), 500


def _strange_host(error: Exception) -> ResponseReturnValue:
    """Somebody asked for a site of another name: no address of ours can be built in its answer."""
    undo()
    return BARE.format("There is no such site here", ""), 400
