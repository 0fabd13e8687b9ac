"""Where it may have come from: the source page, for those who lead the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import ladder, queries, wording
from app.cases.forms import RouteForm, WeighForm, number
from app.cases.queries import Worked
from app.cases.service import source, team
from app.cases.service.casework import Opened
from app.cases.service.source import Route
from app.cases.views.common import blueprint, opened_by_me
from app.cases.words import Rung, Seat
from app.forum.queries import board_names, boards_by_ids
from app.policy.permissions import Permission
from app.web.access import confirmed, me, permit_on, signed_in
from app.web.forms import Form
from app.web.render import page, tell
from app.web.unit_of_work import session


@blueprint.get("/cases/<case_id>/source")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def show_source(worked: Worked) -> ResponseReturnValue:
    """Who could have known by the rules, and what may be said of it."""
    return _page(worked)


def _opened(worked: Worked) -> Opened:
    """The case with its source part."""
    return source.open_page(session(), opened_by_me(worked), signed_in().unlock())


def _page(
    worked: Worked, form: Form | None = None, status: int = 200, **more: object
) -> ResponseReturnValue:
    """The source page; what was typed and refused is handed back."""
    opened = _opened(worked)
    now = source.read(session(), opened)
    boards = board_names(session(), me())
    return page(
        "cases/source.html",
        status,
        **{"diary": None, "names": None, **more},
        case=worked.case,
        public_id=worked.case.public_id,
        source=now,
        known=source.known(session(), opened, now.routes),
        routes=_routes(now.routes),
        is_wanted=source.wish(session(), opened) == source.YES,
        may_tell=worked.seats.get(me().id) is not Seat.TRUSTEE,
        waits_for_second=now.names_first == me().id,
        modesty=ladder.modesty(),
        boards=boards,
        board_words=dict(boards),
        way_options=wording.pairs(wording.WAYS)[:-1],
        rung_options=wording.options(wording.RUNGS, wording.RUNG_HINTS),
        rung_hints=wording.RUNG_HINTS,
        problems={} if form is None else form.problems(),
        typed={} if form is None else _typed(form),
    )


def _typed(form: Form) -> Mapping[str, str]:
    """What stands in the fields of a form."""
    return {field.name: field.data or "" for field in form}


def _routes(routes: tuple[Route, ...]) -> list[tuple[Route, str, int | None]]:
    """The ways that are counted: each with the board's name and how many may read there."""
    boards = boards_by_ids(session(), [route.board for route in routes if route.board])
    rows: list[tuple[Route, str, int | None]] = []
    for route in routes:
        board = boards.get(route.board)
        if board is None:
            rows.append((route, "", 0))
        else:
            counted = source.counted_on(session(), board, route)
            rows.append((route, board.name, counted))
    return rows


@blueprint.post("/cases/<case_id>/source/diary")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
@confirmed
def open_diary(worked: Worked) -> ResponseReturnValue:
    """Open the member's diary, for a reason that the member reads."""
    opened = opened_by_me(worked)
    reason = request.form.get("reason", "")
    ring = team.open_identity(session(), opened, signed_in().unlock(), reason)
    return _page(worked, diary=source.diary(session(), replace(opened, ring=ring)))


@blueprint.post("/cases/<case_id>/source/routes")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def add_route(worked: Worked) -> ResponseReturnValue:
    """Count another way."""
    form = RouteForm()
    if not form.validate():
        return _page(worked, form, 422)
    source.add_route(session(), _opened(worked), form.route)
    return _to(worked, "bar-head")


@blueprint.post("/cases/<case_id>/source/routes/drop")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def drop_route(worked: Worked) -> ResponseReturnValue:
    """Leave a way out again."""
    source.drop_route(session(), _opened(worked), number(request.form.get("number")))
    return _to(worked, "bar-head")


@blueprint.post("/cases/<case_id>/source/weigh")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def weigh_source(worked: Worked) -> ResponseReturnValue:
    """Keep what else it could be, and how much nobody can count."""
    form = WeighForm()
    if not form.validate():
        return _page(worked, form, 422)
    source.weigh(session(), _opened(worked), form.weighed)
    return _to(worked, "said")


@blueprint.post("/cases/<case_id>/source/propose")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def propose_source(worked: Worked) -> ResponseReturnValue:
    """Propose what may be said."""
    rungs = {str(int(rung)): rung for rung in Rung}
    rung = rungs.get(request.form.get("rung", ""), Rung.UNKNOWN)
    source.propose(session(), _opened(worked), rung, request.form.get("words", ""))
    tell(_("Proposed. A second person has to agree."))
    return _to(worked, "said")


@blueprint.post("/cases/<case_id>/source/agree")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def agree_on_source(worked: Worked) -> ResponseReturnValue:
    """Agree as the second; the affected member reads it from now on."""
    opened = _opened(worked)
    seal = team.identity_seal_or_none(session(), opened, signed_in().unlock())
    if source.agree(session(), opened, seal).is_told:
        tell(_("Agreed. The affected member reads the same words, and the count."))
    else:
        tell(_("Agreed. Lead or second have to tell the affected member."))
    return _to(worked, "said")


@blueprint.post("/cases/<case_id>/source/tell")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def tell_source(worked: Worked) -> ResponseReturnValue:
    """Tell the affected member what was agreed with a trustee."""
    opened = _opened(worked)
    source.tell(session(), opened, team.identity_seal(session(), opened, signed_in().unlock()))
    tell(_("Done. The affected member reads the same words, and the count."))
    return _to(worked, "said")


@blueprint.post("/cases/<case_id>/source/back")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def take_source_back(worked: Worked) -> ResponseReturnValue:
    """Take the proposal back."""
    source.take_back(session(), _opened(worked))
    return _to(worked, "said")


@blueprint.post("/cases/<case_id>/source/names")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
@confirmed
def open_names(worked: Worked) -> ResponseReturnValue:
    """Look at the names behind a small count: the first of two asks, the second opens them."""
    names = source.open_names(session(), _opened(worked), request.form.get("reason", ""))
    if names is None:
        tell(_("Noted. They open when a second person asks for them too."))
    return _page(worked, names=names)


def _to(worked: Worked, anchor: str) -> ResponseReturnValue:
    """Back to the page."""
    return redirect(url_for("cases.show_source", case_id=worked.case.public_id, _anchor=anchor))
