"""Joining: one page, a pseudonym, a passphrase, the norms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import (
    passphrases,
    pseudonyms,
    puzzle,
    queries,
    service,
    sessions,
    tickets,
)
from app.accounts.forms import (
    SignUpForm,
)
from app.accounts.service import NotAvailableError, NotRightError
from app.accounts.tickets import Ticket
from app.accounts.views.codes import codes_page
from app.accounts.views.common import (
    Problems,
    become,
    blueprint,
    chosen,
    config,
    first_use,
    is_solved,
    let_in,
    secret,
)
from app.core.errors import TooManyError
from app.core.settings import Signup
from app.core.text import render
from app.web import limits
from app.web.access import actor, public
from app.web.render import page, wait_in_words
from app.web.settings import settings as decided
from app.web.unit_of_work import reading, session, undo

LONGEST_WAIT: Final = 60  # seconds before a form may be sent, when many join at once


@dataclass(frozen=True, slots=True)
class Admission:
    """Who may join at this moment, and what it takes."""

    is_closed: bool
    needs_invite: bool
    is_full: bool  # the hour's budget is used up: by invite only until it is over
    is_crowded: bool  # more than half of it is used

    @property
    def wait(self) -> int:
        """How many seconds a form has to be open before it can be sent."""
        least = config().signup_wait
        return max(least, LONGEST_WAIT) if self.is_crowded and least else least


@blueprint.get("/join")
@public
def sign_up() -> ResponseReturnValue:
    """The one page of joining."""
    if actor().is_member:
        return redirect(url_for("accounts.recovery_codes"))
    form = SignUpForm()
    form.pseudonym.data = _suggestion()
    form.invite.data = request.args.get("invite", "")[:64]
    return _sign_up_page(form, tickets.new(passphrases.generate()))


@blueprint.post("/join")
@public
def join() -> ResponseReturnValue:
    """Join, or get another suggestion; whatever is wrong, all that may be kept is kept."""
    if actor().is_member:
        return redirect(url_for("accounts.recovery_codes"))
    form = SignUpForm()
    ticket = tickets.read(secret(), form.ticket.data or "")
    if ticket is None:  # what was offered is not known, so nobody may come to depend on it
        form.noted.data = False
        problems = {"": _("This page was open for very long. Send it once more in a moment.")}
        return _sign_up_page(form, tickets.new(passphrases.generate()), problems)
    if "another_name" in request.form:
        form.pseudonym.data = _suggestion()
        return _sign_up_page(form, ticket)
    if "another_passphrase" in request.form:
        form.noted.data = False
        return _sign_up_page(form, ticket.with_offer(passphrases.generate()))
    admission = _admission()
    form.validate()
    problems = form.problems() | _problems_of_joining(form, admission)
    if not problems and (waiting := _waiting(ticket, admission)):
        problems = {"": waiting}
        ticket = tickets.new(ticket.offer) if ticket.is_over else ticket
    if not problems and not first_use("ticket", ticket.number):
        form.noted.data = False
        problems = {"": _("This form was already sent. Please send it once more.")}
        ticket = tickets.new(passphrases.generate())
    return (
        _sign_up_page(form, ticket, problems) if problems else _add_member(form, ticket, admission)
    )


def _add_member(form: SignUpForm, ticket: Ticket, admission: Admission) -> ResponseReturnValue:
    """Make the keys, then the member; the new member is signed in and sees the codes."""
    invite = (form.invite.data or "") if admission.needs_invite else ""
    keys = service.make_keys(chosen(form, ticket), config().hash_cost)
    try:
        member, codes = service.sign_up(
            session(), form.name, keys, decided().norms_version, invite=invite
        )
    except (NotAvailableError, NotRightError) as error:
        undo()
        field = "pseudonym" if isinstance(error, NotAvailableError) else "invite"
        return _sign_up_page(form, tickets.renewed(ticket), {field: _unavailable(field)})
    if not admission.needs_invite:
        _count_sign_up()
    cookie = sessions.begin(session(), member.id, keys.private_key)
    become(member.actor)
    return let_in(codes_page(codes), cookie)


def _problems_of_joining(form: SignUpForm, admission: Admission) -> dict[str, str]:
    """What stands in the way of joining that the form alone cannot tell."""
    problems: dict[str, str] = {}
    if admission.is_closed:
        problems[""] = _("Nobody can join at the moment.")
    elif admission.needs_invite and decided().is_inviting_paused:
        problems[""] = _(
            "Invites rest for a while. If yours has not run out by then, it can be used again."
        )
    name = form.name
    with reading() as short:
        is_free = not pseudonyms.is_reserved(name, decided().name)
        is_free = not queries.is_taken(short, name) and is_free
        has_invite = queries.invite_by_words(short, form.invite.data or "") is not None
    if name and not is_free and "pseudonym" not in form.errors:
        problems["pseudonym"] = _unavailable("pseudonym")
    if admission.needs_invite and not has_invite:
        problems["invite"] = _unavailable("invite")
    if admission.is_crowded and not admission.needs_invite and not is_solved(form):
        problems["answer"] = _("These were not the two words. Here is another row.")
    return problems


def _unavailable(field: str) -> str:
    """The one sentence for every reason."""
    if field == "invite":
        return str(_("This invite cannot be used. Ask for another one."))
    return str(_("This pseudonym is not available. Try another one."))


def _waiting(ticket: Ticket, admission: Admission) -> str:
    """What to say to a form that comes too early or too late; empty when it is in time."""
    if ticket.is_over:
        return str(_("This page was open for very long. Send it once more in a moment."))
    left = admission.wait - ticket.age
    if left <= 0:
        return ""
    return str(
        _(
            "Please wait %(time)s, then choose “Join” again. Everything you typed is kept; "
            "an own passphrase has to be typed again.",
            time=wait_in_words(left),
        )
    )


def _sign_up_page(
    form: SignUpForm, ticket: Ticket, problems: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """The page of joining, with everything that was typed but an own passphrase."""
    admission = _admission()
    asks_puzzle = admission.is_crowded and not admission.needs_invite
    return page(
        "accounts/join.html",
        status=422 if problems else 200,
        form=form,
        problems=Problems(problems or {}),
        admission=admission,
        offer=ticket.offer,
        ticket=tickets.sign(secret(), ticket),
        riddle=puzzle.make(secret(), _) if asks_puzzle else None,
        norms=render(decided().norms).html,
    )


def _suggestion() -> str:
    """A pseudonym that is free at this moment."""
    with reading() as short:
        return queries.free_suggestion(short, decided().name)


def _admission() -> Admission:
    """Who may join now."""
    now = decided()
    budget = config().signup_hourly
    used = limits.used("join", "all", f"{budget} per hour")
    is_full = used >= budget
    return Admission(
        is_closed=now.signup is Signup.CLOSED or not now.is_set_up,
        needs_invite=now.signup is Signup.INVITE or is_full,
        is_full=is_full and now.signup is Signup.OPEN,
        is_crowded=used * 2 > budget,
    )


def _count_sign_up() -> None:
    """Count one more member against the budget of the hour; who is in is in."""
    try:
        limits.spend("join", "all", f"{config().signup_hourly} per hour")
    except TooManyError:  # two came at once for the last place
        return
