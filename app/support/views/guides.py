"""Guides over HTTP: one step at a time, with ticks that only the member opens; and their texts."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import NotFoundError
from app.policy.permissions import Permission
from app.support import guides, lists, service
from app.support.guides import BadGuideError, Guide
from app.support.views.common import blueprint
from app.web.access import me, permit, signed_in
from app.web.extensions import language
from app.web.render import page, tell
from app.web.unit_of_work import session

WITH_LAWS = frozenset({"police", "counsel", "platforms"})  # where a law helps to decide


@blueprint.get("/me/guides")
@permit(Permission.PLAN_KEEP)
def all_guides() -> ResponseReturnValue:
    """What can be done, and how far the member is with it."""
    found = guides.guides(session(), language())
    ticks = service.opened(session(), me(), signed_in().unlock()).ticks
    return page("support/guides.html", guides=found, ticks=ticks)


@blueprint.get("/me/guides/<guide>")
@permit(Permission.PLAN_KEEP)
def show_guide(guide: str) -> ResponseReturnValue:
    """One step: the one that is asked for, else the first that is not done."""
    found = _guide(guide)
    done = service.opened(session(), me(), signed_in().unlock()).ticks.get(guide, [])
    codes = [step.code for step in found.steps]
    wanted = request.args.get("step", "")
    if wanted not in codes:
        wanted = next((code for code in codes if code not in done), "")
    return page(
        "support/guide.html",
        guide=found,
        step=next((step for step in found.steps if step.code == wanted), None),
        number=codes.index(wanted) + 1 if wanted else 0,
        done=done,
        has_laws=guide in WITH_LAWS and bool(lists.shown(session(), lists.LAW)),
    )


@blueprint.post("/me/guides/<guide>/steps/<step>")
@permit(Permission.PLAN_KEEP)
def tick_step(guide: str, step: str) -> ResponseReturnValue:
    """Tick a step, or take the tick away."""
    found = _guide(guide)
    if step not in {one.code for one in found.steps}:
        raise NotFoundError
    is_done = request.form.get("done", "") == "1"
    guides.tick(session(), me(), signed_in().unlock(), (guide, step), is_done=is_done)
    # With a tick it goes on to the next; without one the same step is looked at again.
    wanted = None if is_done else step
    return redirect(url_for("support.show_guide", guide=guide, step=wanted))


def _guide(code: str) -> Guide:
    """The guide with this code.

    Raises:
        NotFoundError: when there is none.
    """
    found = guides.guide(session(), code, language())
    if found is None:
        raise NotFoundError
    return found


# --- the texts, for operators ---------------------------------------------------------------------


@blueprint.get("/console/guides/<guide>")
@permit(Permission.LIST_EDIT)
def edit_guide(guide: str) -> ResponseReturnValue:
    """The text of a guide, to be written anew."""
    return _text_page(_guide(guide), _guide(guide).source)


@blueprint.post("/console/guides/<guide>")
@permit(Permission.LIST_EDIT)
def write_guide(guide: str) -> ResponseReturnValue:
    """Write a guide anew, or go back to the one that came with the program."""
    found = _guide(guide)
    if "restore" in request.form:
        guides.restore(session(), me(), guide, language())
        tell(_("It reads again as it came."))
        return redirect(url_for("support.edit_guide", guide=guide))
    source = request.form.get("text", "")
    try:
        guides.rewrite(session(), me(), guide, language(), source)
    except BadGuideError as error:
        problem = (
            _("Line %(line)s is no step, or one with this code is there.", line=error.line)
            if error.line
            else _("A guide needs a title and at least one step, and at most 20000 characters.")
        )
        return _text_page(found, source, {"text": problem})
    tell(_("Written. It counts as checked today."))
    return redirect(url_for("support.edit_guide", guide=guide))


def _text_page(
    guide: Guide, source: str, problems: dict[str, str] | None = None
) -> ResponseReturnValue:
    """The page with the text of a guide."""
    return page(
        "support/guide_text.html",
        422 if problems else 200,
        guide=guide,
        text=source,
        problems=problems or {},
    )
