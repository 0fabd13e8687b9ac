"""What the pages of exposures share: the blueprint, the keys of who asks, and refusals in words."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import queries, receipts, wording
from app.cases.queries import Worked
from app.cases.service import dossier, team
from app.cases.service.casework import Opened, SealedTermError
from app.cases.service.intake import NobodyLeftError
from app.cases.words import Profile
from app.cases.workflow import ShutError
from app.core import clock
from app.core.crypto import BrokenSealError, Passphrase
from app.core.errors import NotFoundError
from app.web.access import me, signed_in
from app.web.errors import keep_typed
from app.web.unit_of_work import session, undo
from config import Config, secret

blueprint = Blueprint("cases", __name__)
blueprint.context_processor(wording.for_pages)


def opened_by_me(worked: Worked) -> Opened:
    """The case with what the one who asks holds of it: never the identity part.

    Raises:
        NotFoundError: when he or she holds nothing of it.
    """
    try:
        ring = team.ring_for(session(), worked.case, me().id, signed_in().unlock())
    except BrokenSealError as error:
        raise NotFoundError from error
    if not ring.keys:
        raise NotFoundError
    return Opened(worked.case, ring, me().pseudonym, me().id)


def packed(opened: Opened, profile: Profile) -> ResponseReturnValue:
    """The records of a case as one file, made now and kept nowhere.

    `opened` holds the identity part.
    """
    records = dossier.open_records(session(), opened, profile)
    readable = render_template("cases/records.html", records=records, made_on=clock.today())
    answer = Response(dossier.pack(records, readable), mimetype="application/zip")
    name = dossier.file_name(is_drill=records.is_drill)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def key_of_words(words: str) -> receipts.Key:
    """What six words open, with this server's secret; as slow as a passphrase.

    Raises:
        BusyError: when too many hashes run at once.
    """
    config = cast(Config, current_app.config["BAUTA"])
    return receipts.key_of(Passphrase(words), secret(config, "cases"), config.hash_cost)


def duty_line() -> str:
    """Whether somebody is on duty now, in one honest sentence."""
    return wording.on_duty(queries.cover_hours(session()))


@blueprint.errorhandler(ShutError)
def shut(error: ShutError) -> ResponseReturnValue:
    """A gate is shut: which one, and what opens it. What was typed is handed back."""
    undo()
    text = " ".join(str(wording.GATES[gate]) for gate in error.gates)
    return keep_typed(_("Not yet"), text, 409)


@blueprint.errorhandler(SealedTermError)
def sealed_term(error: SealedTermError) -> ResponseReturnValue:
    """A text says something that must not leave; it was not stored, and is handed back."""
    undo()
    text = _(
        "This text contains a sealed term, or something like a number or an address. "
        "It was not stored. Change it, then send it again."
    )
    return keep_typed(_("This cannot be written here"), text, 422)


@blueprint.errorhandler(NobodyLeftError)
def nobody_left(error: NobodyLeftError) -> ResponseReturnValue:
    """Nobody is there who could read it: said honestly, and nothing is stored."""
    undo()
    text = _(
        "Nobody would be left who could read this, so it was not sent. Let one person stay, or "
        "ask the operator for somebody from outside. In danger, call the number for emergencies."
    )
    return keep_typed(_("Nobody is left"), text, 409)
