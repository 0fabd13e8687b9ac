"""What everybody is told outside of cases: notices with two signatures, and numbers by quarter."""

from __future__ import annotations

from typing import Final

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.community import quarters, telling
from app.community.forms import WordingForm
from app.community.models import Wording
from app.community.quarters import Counted
from app.community.rounds import FlawedError
from app.community.telling import SamePersonError
from app.community.views.common import FLAWS, blueprint
from app.policy.permissions import Permission
from app.web.access import me, permit, permit_on, public
from app.web.render import page, tell
from app.web.settings import settings_changed
from app.web.unit_of_work import session, undo

COUNTED: Final = {
    Counted.CASES: _l("Exposure cases that were opened"),
    Counted.TAKEN_AWAY: _l("Posts that moderators removed or rejected"),
    Counted.RELEASED: _l("Held posts that moderators let go"),
    Counted.SANCTIONS: _l("Warnings, silences and suspensions"),
    Counted.UPHELD: _l("Decisions that stood after an answer"),
    Counted.UNDONE: _l("Decisions that were taken back after an answer"),
    Counted.PROTECTIONS: _l("Things that were made stricter for a while"),
}


@blueprint.get("/numbers")
@public
def numbers() -> ResponseReturnValue:
    """How often something was done, quarter by quarter."""
    return page(
        "community/numbers.html",
        reports=quarters.reports(session()),
        counted=COUNTED,
        fewest=quarters.FEWEST,
    )


@blueprint.get("/notices/wordings")
@permit(Permission.ANNOUNCEMENT_WRITE)
def wordings() -> ResponseReturnValue:
    """What waits for a second signature, and the form for more."""
    return _page(WordingForm())


@blueprint.post("/notices/wordings")
@permit(Permission.ANNOUNCEMENT_WRITE)
def write_wording() -> ResponseReturnValue:
    """Word a notice; whoever words it has signed it first."""
    form = WordingForm()
    if form.wants_draft:
        form.text.data = telling.draft(form.chosen)
        return _page(form)
    problems = {} if form.validate() else form.problems()
    if not problems:
        try:
            telling.word(session(), me(), form.chosen, form.text.data, form.wait)
        except FlawedError as error:
            undo()
            problems = {"text": str(FLAWS[error.flaw])}
    if problems:
        return _page(form, problems)
    tell(_("You have signed it first. Somebody else has to sign it too; until then nothing goes."))
    return redirect(url_for("community.wordings"))


@blueprint.post("/notices/wordings/<wording_id>/sign")
@permit_on(Permission.ANNOUNCEMENT_WRITE, telling.wording_by_id)
def sign_wording(wording: Wording) -> ResponseReturnValue:
    """Sign a notice as the second."""
    try:
        shown = telling.sign(session(), me(), wording)
    except SamePersonError:
        undo()
        tell(_("You have signed it already. The second signature is somebody else's."), "warning")
    except FlawedError as error:
        undo()
        tell(str(FLAWS[error.flaw]), "warning")
    else:
        settings_changed()
        tell(_("Signed. It is shown from %(day)s.", day=shown.shows_on.isoformat()))
    return redirect(url_for("community.wordings"))


@blueprint.post("/notices/wordings/<wording_id>/drop")
@permit_on(Permission.ANNOUNCEMENT_WRITE, telling.wording_by_id)
def drop_wording(wording: Wording) -> ResponseReturnValue:
    """Let a wording go."""
    telling.drop(session(), me(), wording)
    tell(_("It is gone. Nobody was told."))
    return redirect(url_for("community.wordings"))


def _page(form: WordingForm, problems: dict[str, str] | None = None) -> ResponseReturnValue:
    """The page of wordings, with what was typed."""
    return page(
        "community/wordings.html",
        status=422 if problems else 200,
        form=form,
        problems=problems or {},
        waiting=telling.wordings(session()),
        due_on=telling.reminder_due_on(session()),
        is_alone=not telling.others_could_sign(session(), me()),
        alone_days=telling.ALONE_DAYS,
    )
