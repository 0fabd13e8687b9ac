"""Captures from outside as sealed evidence, copies with parts taken out, and opening a piece."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import outside, queries, wording
from app.cases.forms import CaptureForm
from app.cases.models import Evidence
from app.cases.outside import Unfit, UnfitError
from app.cases.queries import Worked
from app.cases.service import evidence, team
from app.cases.service.evidence import Captured
from app.cases.views.clearing import clearing_page, wide
from app.cases.views.common import blueprint, opened_by_me
from app.core.darkroom import develop
from app.core.errors import BusyError, NotFoundError
from app.core.pictures import PictureError
from app.policy.permissions import Permission, answers_exposures
from app.web.access import actor, confirmed, permit_on, signed_in
from app.web.render import tell
from app.web.unit_of_work import session
from app.web.uploads import LARGE

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def takes_captures(view: View) -> View:
    """Let a view take a file. Stands above its door, as a picture is rebuilt before the deed."""

    @wraps(view)
    def taking(**named: Any) -> ResponseReturnValue:
        g.capture = _taken()
        return view(**named)

    setattr(taking, LARGE, True)
    return cast(View, taking)


def _taken() -> bytes | Unfit:
    """The file that came with the form; a redacted copy as its pixels and nothing beside them.

    An original stays byte for byte as it came. In a copy with parts taken out nothing may be left
    beneath what was painted over: no thumbnail, no layer, no earlier state.
    """
    file = request.files.get("capture")
    if file is None or not answers_exposures(actor(), None):
        return Unfit.NOTHING
    raw = file.stream.read()
    if "original" not in request.form:
        return raw
    try:
        return develop(raw).jpeg
    except PictureError:
        return Unfit.DAMAGED
    except BusyError:
        return Unfit.BUSY


@blueprint.post("/cases/<case_id>/evidence")
@takes_captures
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def add_capture(worked: Worked) -> ResponseReturnValue:
    """Seal a capture, or a copy of one with parts taken out."""
    form, sent = CaptureForm(), cast("bytes | Unfit", g.capture)
    try:
        captured = _captured(worked, form, sent)
    except UnfitError as error:
        return clearing_page(worked, problem=str(wording.UNFIT[error.why]), typed=form.typed)
    if not form.validate():
        problem = next(iter(form.problems().values()))
        return clearing_page(worked, problem=problem, typed=form.typed)
    opened = opened_by_me(worked)
    seal = team.identity_seal(session(), opened, signed_in().unlock())
    evidence.keep_outside(session(), opened, seal, captured, form.place.data or "")
    tell(_("Sealed, as it came. Its check sums are in the list that the member reads."))
    return _to(worked)


def _captured(worked: Worked, form: CaptureForm, sent: bytes | Unfit) -> Captured:
    """What was sent, as evidence.

    Raises:
        UnfitError: when it is no file that may be kept, or nobody has said that it may.
        NotFoundError: when the original is none of this case.
    """
    if isinstance(sent, Unfit):
        raise UnfitError(sent)
    if not form.is_fit.data:
        raise UnfitError(Unfit.NOT_SAID)
    ending, seen = outside.ending(sent), form.seen
    if "original" not in request.form:
        return evidence.of_outside(sent, ending, seen)
    original = _piece(worked, request.form["original"])
    return evidence.of_redacted(sent, original)


@blueprint.post("/cases/<case_id>/evidence/<piece>/open")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
@confirmed
def open_piece(worked: Worked, piece: str) -> ResponseReturnValue:
    """Take a piece of evidence out as a file, for a reason that the member reads."""
    row = _piece(worked, piece)
    opened = wide(worked)
    content = evidence.read(session(), opened, row)
    # A page that was captured must never run here, so nothing is said of what it is.
    answer = Response(content, mimetype="application/octet-stream")
    name = f"{row.public_id}.{opened.ring.read(row)['name'].rpartition('.')[2]}"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _piece(worked: Worked, public_id: str) -> Evidence:
    """A piece of this very case that is still there.

    Raises:
        NotFoundError: when there is none.
    """
    for row in queries.evidence_of(session(), worked.case.id):
        if row.public_id == public_id and row.destroyed_on is None:
            return row
    raise NotFoundError


def _to(worked: Worked) -> ResponseReturnValue:
    """Back to the evidence."""
    address = url_for("cases.clear_up", case_id=worked.case.public_id, _anchor="evidence")
    return redirect(address)
