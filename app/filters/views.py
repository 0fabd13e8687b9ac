"""The community's filters over HTTP, for moderators."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import NotFoundError
from app.filters import queries, service
from app.filters.forms import ACTIONS, SORTS, FilterForm
from app.filters.models import Action, Filter, Sort
from app.filters.service import FilterRefusedError
from app.policy.permissions import Permission
from app.web.access import me, permit, permit_on
from app.web.marks import Mark
from app.web.render import page, tell
from app.web.unit_of_work import session
from app.web.wired import forum

blueprint = Blueprint("filters", __name__)


@blueprint.get("/queue/filters")
@permit(Permission.FILTER_EDIT)
def all_filters() -> ResponseReturnValue:
    """Every filter, and the form for a new one."""
    return _page(FilterForm(sort=Sort.PHRASE.value, action=Action.HOLD.value))


@blueprint.post("/queue/filters")
@permit(Permission.FILTER_EDIT)
def create_filter() -> ResponseReturnValue:
    """Make a filter, or show where it would stand in a text."""
    form = FilterForm()
    if not form.validate():
        return _page(form, 422)
    plan = form.plan()
    if plan.board not in {"", *(board for board, _name in forum().boards(session(), me()))}:
        raise NotFoundError
    sample = forum().public_texts(session())
    if form.wants_trial:
        if reason := service.refusal(session(), plan, sample):
            form.complain(reason)
        hits = service.tried(plan.sort, plan.pattern, form.text)
        why = plan.message or str(_("A rule of this community applies here."))
        marks = [Mark(hit.span.start, hit.span.end, why) for hit in hits]
        return _page(form, 422 if form.problems() else 200, trial=marks)
    try:
        service.create_filter(session(), me(), plan, sample)
    except FilterRefusedError as error:
        form.complain(error.reason)
        return _page(form, 422)
    tell(_("The filter is on. It looks at every text that is sent from now on."))
    return redirect(url_for("filters.all_filters"))


@blueprint.post("/queue/filters/<filter_id>/off")
@permit_on(Permission.FILTER_EDIT, queries.filter_by_id)
def switch_off(one: Filter) -> ResponseReturnValue:
    """Let a filter rest."""
    service.set_on(session(), me(), one, on=False)
    return redirect(url_for("filters.all_filters"))


@blueprint.post("/queue/filters/<filter_id>/on")
@permit_on(Permission.FILTER_EDIT, queries.filter_by_id)
def switch_on(one: Filter) -> ResponseReturnValue:
    """Wake a filter."""
    service.set_on(session(), me(), one, on=True)
    return redirect(url_for("filters.all_filters"))


@blueprint.post("/queue/filters/<filter_id>/remove")
@permit_on(Permission.FILTER_EDIT, queries.filter_by_id)
def remove_filter(one: Filter) -> ResponseReturnValue:
    """Take a filter away."""
    service.remove_filter(session(), me(), one)
    tell(_("The filter is gone."))
    return redirect(url_for("filters.all_filters"))


def _page(
    form: FilterForm, status: int = 200, trial: list[Mark] | None = None
) -> ResponseReturnValue:
    """The page, with what was typed still there."""
    boards = forum().boards(session(), me())
    names = dict(boards)
    return page(
        "filters/all_filters.html",
        status,
        form=form,
        problems=form.problems(),
        trial=trial,
        # A filter for a board that this moderator may not enter is none of his or hers.
        filters=[f for f in queries.all_filters(session()) if f.board in {"", *names}],
        boards=[("", _("Everywhere")), *boards],
        board_names=names,
        sorts=[(sort.value, *words) for sort, words in SORTS.items()],
        actions=[(action.value, name) for action, name in ACTIONS.items()],
        action_names=ACTIONS,
        sort_names=SORTS,
    )
