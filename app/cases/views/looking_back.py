"""Looking back on a case: blameless, without identity, with actions that somebody owns."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import queries
from app.cases.forms import LookBackForm, number
from app.cases.queries import Worked
from app.cases.service import looking_back
from app.cases.service.casework import SealedTermError
from app.cases.service.looking_back import MOST, Action
from app.cases.views.common import blueprint, opened_by_me
from app.cases.wording import GATES
from app.cases.workflow import Gate, ShutError
from app.policy.permissions import Permission
from app.web.access import me, permit_on
from app.web.render import page, tell
from app.web.unit_of_work import session


@blueprint.get("/cases/<case_id>/look-back")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def show_look_back(worked: Worked) -> ResponseReturnValue:
    """What helped, what hurt, and who does what about it."""
    return _page(worked)


def _page(
    worked: Worked, form: LookBackForm | None = None, problem: str = ""
) -> ResponseReturnValue:
    """The page; what was typed and refused is handed back."""
    opened = opened_by_me(worked)
    kept = looking_back.read(session(), opened)
    shown = kept if form is None else form.written
    people = {m.public_id: m for m in queries.responders(session())}
    people |= {m.public_id: m for m in queries.members(session(), worked.seats).values()}
    lines = [*shown.actions, *[Action("", "")] * (MOST - len(shown.actions))]
    return page(
        "cases/look_back.html",
        422 if problem else 200,
        case=worked.case,
        public_id=worked.case.public_id,
        shown=shown,
        kept=kept,
        lines=lines[:MOST],
        times=looking_back.times(session(), opened),
        people=[("", _("nobody yet")), *((key, one.pseudonym) for key, one in people.items())],
        names={key: one.pseudonym for key, one in people.items()},
        mine=me().public_id,
        problem=problem,
    )


@blueprint.post("/cases/<case_id>/look-back")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def write_look_back(worked: Worked) -> ResponseReturnValue:
    """Keep what was learned."""
    form = LookBackForm()
    if not form.validate():
        return _page(worked, form, next(iter(form.problems().values())))
    try:
        looking_back.write(session(), opened_by_me(worked), form.written)
    except SealedTermError:
        return _page(worked, form, str(_("It contains a sealed term, or a number or an address.")))
    except ShutError as error:
        if not {Gate.OWNED, Gate.BLAMELESS} & set(error.gates):
            raise
        return _page(worked, form, str(GATES[error.gates[0]]))
    tell(_("Kept."))
    return _to(worked)


@blueprint.post("/cases/<case_id>/look-back/done")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def finish_action(worked: Worked) -> ResponseReturnValue:
    """Say that one's own action is done."""
    chosen = number(request.form.get("number"))
    looking_back.finish(session(), opened_by_me(worked), me().public_id, chosen)
    return _to(worked)


def _to(worked: Worked) -> ResponseReturnValue:
    """Back to the page."""
    return redirect(url_for("cases.show_look_back", case_id=worked.case.public_id))
