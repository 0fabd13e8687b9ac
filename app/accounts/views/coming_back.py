"""Coming back: a recovery code in the place of a lost passphrase."""

from __future__ import annotations

from collections.abc import Mapping

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import (
    keyring,
    passphrases,
    puzzle,
    queries,
    returning,
    service,
    sessions,
    tickets,
)
from app.accounts.forms import (
    RecoverForm,
)
from app.accounts.returning import Brought
from app.accounts.service import NotRightError
from app.accounts.tickets import Ticket
from app.accounts.views.common import (
    TRIES,
    Problems,
    blueprint,
    chosen,
    config,
    count_wrong_code,
    may_try_code,
    secret,
    tag,
    wait_before_try,
    with_new_passphrase,
)
from app.web import limits
from app.web.access import public
from app.web.render import page
from app.web.unit_of_work import reading, session, undo


@blueprint.get("/recover")
@public
def recover() -> ResponseReturnValue:
    """The form for coming back with a recovery code."""
    return _recover_page(RecoverForm(), tickets.new(passphrases.generate()))


@blueprint.post("/recover")
@public
def come_back() -> ResponseReturnValue:
    """Spend a recovery code on a new passphrase. Whatever does not fit, the answer is the same."""
    form = RecoverForm()
    ticket = tickets.read(secret(), form.ticket.data or "")
    if ticket is None or ticket.is_over:
        ticket = tickets.new(passphrases.generate())
        form.noted.data = False  # it was about another passphrase
    if not form.validate():
        return _recover_page(form, ticket, form.problems(), 422)
    if wait := wait_before_try("recover", form):
        return _recover_page(form, ticket, {}, 429, wait=wait)
    with reading() as short:
        recovery = queries.recovery_of(short, form.name)
    opened = service.try_code(recovery, form.code.data or "")
    second = service.try_code(recovery, form.proof.data or "")
    wrong = {"code": _("Pseudonym and codes do not fit together, or a code was used before.")}
    if recovery is None or opened is None or not may_try_code(recovery.public_id):
        # As long as a right code takes that nobody has proved to be one's own.
        keyring.pretend(chosen(form, ticket), config().hash_cost)
        return _recover_page(form, ticket, wrong, 422)
    number, key = opened
    brought = Brought(number, key, form.proof.data or "", second[0] if second else None)
    lock = keyring.lock(chosen(form, ticket), recovery.public_id, key, config().hash_cost)
    try:
        ready_at = returning.come_back(session(), recovery, brought, lock)
    except NotRightError:
        undo()
        count_wrong_code(recovery.public_id)
        return _recover_page(form, ticket, wrong, 422)
    if ready_at is not None:
        return page("accounts/wait.html", ready_at=ready_at)
    limits.forget("recover", tag(form.name), TRIES)
    limits.forget("sign-in", tag(form.name), TRIES)
    cookie = sessions.begin(session(), recovery.member_id, key)
    return with_new_passphrase("accounts.recovery_codes", cookie)


def _recover_page(
    form: RecoverForm,
    ticket: Ticket,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
    wait: int = 0,
) -> ResponseReturnValue:
    """The form for coming back."""
    return page(
        "accounts/recover.html",
        status=status,
        form=form,
        problems=Problems(problems or {}),
        offer=ticket.offer,
        ticket=tickets.sign(secret(), ticket),
        wait=wait,
        riddle=puzzle.make(secret(), _) if wait else None,
    )
