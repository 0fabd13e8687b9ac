"""The page of the drill: what it is, starting one, ending one, and how the last one went."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.cases import drill, queries, wording
from app.cases.forms import OpenCaseForm
from app.cases.queries import Worked
from app.cases.service import drills
from app.cases.views.common import blueprint, opened_by_me
from app.cases.words import Severity
from app.policy.permissions import Permission
from app.web.access import me, permit, permit_on
from app.web.render import page, tell
from app.web.unit_of_work import session


@blueprint.get("/duty/drill")
@permit(Permission.DUTY_READ)
def show_drill() -> ResponseReturnValue:
    """What a drill is, those that one plays, and how the last one went."""
    cases = queries.cases_of(session(), me().id)
    return page(
        "cases/drill.html",
        running=[case for case in cases if case.is_drill],
        last=queries.last_drill(session()),
        next_on=drills.next_on(session()),
        speed=drill.SPEED,
        severity_options=wording.options(wording.SEVERITIES, wording.SEVERITY_HINTS),
        severity=int(Severity.GRAVE),
    )


@blueprint.post("/duty/drill")
@permit(Permission.DUTY_READ)
def start_drill() -> ResponseReturnValue:
    """Begin a drill."""
    form = OpenCaseForm()
    opened = drills.start(session(), me(), form.chosen_severity, is_danger=bool(form.danger.data))
    tell(_("The drill has begun. Its clocks run now."))
    return redirect(url_for("cases.show_case", case_id=opened.case.public_id))


@blueprint.post("/cases/<case_id>/drill/end")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def end_drill(worked: Worked) -> ResponseReturnValue:
    """End a drill; numbers stay, and nothing else."""
    shown = drills.end(session(), opened_by_me(worked))
    late = ngettext("%(num)s clock was late", "%(num)s clocks were late", shown.late_count)
    left = ngettext("%(num)s point was open", "%(num)s points were open", shown.open_count)
    tell(_("The drill is over: %(late)s, %(left)s.", late=late, left=left))
    return redirect(url_for("cases.show_drill"))
