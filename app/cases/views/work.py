"""The page of a case, and every deed on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Any, Final

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.queries import member_by_pseudonym
from app.cases import drafts, queries, wording, workflow
from app.cases.forms import (
    ItemForm,
    MoveForm,
    OpenCaseForm,
    PlaceForm,
    ProposalForm,
    TermsForm,
    TextForm,
    word,
)
from app.cases.models import Place
from app.cases.queries import Worked
from app.cases.service import casework, holds, ledger, phrases, poster, removal, sweep, team
from app.cases.service.casework import Opened
from app.cases.views.common import blueprint, opened_by_me
from app.cases.words import ItemState, PlaceKind, PlaceState, Seat, Verb
from app.core import clock
from app.core.errors import NotFoundError
from app.policy.permissions import Permission
from app.web.access import confirmed, may, me, permit_on, signed_in
from app.web.render import page, tell
from app.web.unit_of_work import session

POLICE: Final = "I"
APPEAL: Final = "O"


@blueprint.get("/cases/<case_id>")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def show_case(worked: Worked) -> ResponseReturnValue:
    """Everything about a case but what may be public: that opens for a reason alone."""
    return _case_page(worked)


def _case_page(
    worked: Worked,
    *,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
    exposures: list[dict[str, str]] | None = None,
) -> ResponseReturnValue:
    """The page of a case."""
    opened, case = opened_by_me(worked), worked.case
    facts = queries.facts_of(session(), case)
    people = queries.members(session(), worked.seats)
    seats = queries.named(session(), case.id)
    brief = casework.read_brief(case, opened.ring)
    affected = queries.member_by_public_id(session(), brief["affected"])
    texts = phrases.over(session(), wording.shipped())
    return page(
        "cases/case.html",
        status,
        case=case,
        public_id=case.public_id,
        state=workflow.state(facts),
        next_step=wording.NEXT[workflow.state(facts)],
        seats=[(people[row.member_id].pseudonym, row) for row in seats if row.member_id in people],
        my_seat=next((row for row in seats if row.member_id == me().id), None),
        affected=affected,
        said=_said(opened),
        steps=_steps(opened),
        timers=queries.timers_of(session(), case.id),
        now=clock.now(),
        places=_places(opened),
        consents=[(row, opened.ring.read(row)) for row in queries.consents_of(session(), case.id)],
        letters=[(row, opened.ring.read(row)) for row in queries.letters_of(session(), case.id)],
        entries=ledger.read(session(), opened.ring)[::-1],
        broken_at=ledger.broken_at(session(), case.id, opened.ring),
        gates=[str(wording.GATES[gate]) for gate in workflow.closing(facts)],
        suspended=poster.statement_of(session(), opened),
        removal=removal.proposal(session(), opened),
        is_removed=removal.is_removed(session(), opened),
        removal_text=texts["J"],
        may_lead=may("case:lead", worked),
        exposures=exposures,
        free=_free(worked),
        problems=dict(problems or {}),
        seat_options=wording.pairs(wording.SEATS)[1:],
        severity_options=wording.options(wording.SEVERITIES, wording.SEVERITY_HINTS),
        request_for=lambda place: _request(place, texts),
        card_for=drafts.card,
        place_options=wording.pairs(wording.PLACES)[1:],
        letter_options=wording.pairs(wording.LETTERS),
    )


def _said(opened: Opened) -> list[tuple[str, str]]:
    """What the affected member has said by a click: each with what it is about."""
    rows = [(kind, queries.word_of(session(), opened.case.id, kind)) for kind in wording.SAID]
    return [
        (str(wording.SAID[kind][0]), str(wording.SAID[kind][1][opened.ring.read(row)["word"]]))
        for kind, row in rows
        if row is not None
    ]


def _steps(opened: Opened) -> list[tuple[str, list[Any]]]:
    """The checklist by step: each item with its row, its proof, and what it asks for."""
    rows = {row.code: row for row in queries.items_of(session(), opened.case.id)}
    items = [
        (item, rows[item.code], opened.ring.read(rows[item.code])["proof"])
        for item in workflow.checklist(opened.case.checklist)
        if item.code in rows
    ]
    return [(step, list(some)) for step, some in groupby(items, key=lambda one: one[0].step)]


def _places(opened: Opened) -> list[tuple[Place, dict[str, str], list[tuple[str, str]]]]:
    """The places with what they seal, and where each can go next."""
    return [
        (
            place,
            opened.ring.read(place),
            [
                (state.value, str(wording.PLACE_MOVES[state]))
                for state in PlaceState
                if state in workflow.PLACE_MOVES[place.state]
            ],
        )
        for place in queries.places_of(session(), opened.case.id)
    ]


def _free(worked: Worked) -> list[tuple[str, str]]:
    """Responders and trustees who could be named as well, but for those who must not."""
    people = {m.id: m for m in (*queries.responders(session()), *queries.trustees(session()))}
    return [
        (member.public_id, member.pseudonym)
        for member in people.values()
        if member.id not in worked.seats
        and not queries.is_recused(session(), worked.case.public_id, member.public_id)
    ]


def _request(place: Place, texts: Mapping[str, str]) -> str:
    """The draft of a request to a place; an appeal where it has refused."""
    if place.state in {PlaceState.REFUSED, PlaceState.ANSWERED}:
        return texts[APPEAL]
    codes = {kind: code for code, kind in wording.REQUESTS.items()}
    return texts[codes.get(place.kind, "X")]


def _course(worked: Worked) -> str:
    """The days on which something was kept or asked, for a summary: no address, and nobody."""
    opened = opened_by_me(worked)
    kept = [
        (row.kept_on, str(wording.EVIDENCE[row.kind]))
        for row in queries.evidence_of(session(), worked.case.id)
    ]
    asked = [
        (date.fromisoformat(opened.ring.read(place)["sent"]), str(wording.PLACES[place.kind]))
        for place in queries.places_of(session(), worked.case.id)
        if opened.ring.read(place).get("sent")
    ]
    lines = [f"– {day.isoformat()}: {what}" for day, what in sorted([*kept, *asked])]
    return "\n".join(lines) or "– "


def _to(worked: Worked, anchor: str = "") -> ResponseReturnValue:
    """Back to the page of the case."""
    address = url_for("cases.show_case", case_id=worked.case.public_id, _anchor=anchor or None)
    return redirect(address)


# --- people ---------------------------------------------------------------------------------------


@blueprint.post("/cases/<case_id>/declare")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def declare(worked: Worked) -> ResponseReturnValue:
    """Say that nothing keeps one from this case."""
    casework.declare(session(), opened_by_me(worked))
    return _to(worked)


@blueprint.post("/cases/<case_id>/aside")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def leave_case(worked: Worked) -> ResponseReturnValue:
    """Step aside from a case: one click, and no reason."""
    team.leave(session(), opened_by_me(worked), me().public_id)
    tell(_("You are off this case. Nobody was told why."))
    return redirect(url_for("cases.duty"))


@blueprint.post("/cases/<case_id>/people")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def name_person(worked: Worked) -> ResponseReturnValue:
    """Name another person."""
    seat = word(Seat, request.form.get("seat"))
    member = queries.member_by_public_id(session(), request.form.get("person", ""))
    allowed = {public_id for public_id, _name in _free(worked)}
    if seat is None or member is None or member.public_id not in allowed:
        return _case_page(worked, problems={"person": _("Choose a person and a seat.")}, status=422)
    opened = opened_by_me(worked)
    team.add_person(session(), opened, signed_in().unlock(), seat, member)
    if seat is Seat.SECOND:
        casework.tick(session(), opened, "first.team")
    return _to(worked, "people")


@blueprint.post("/cases/<case_id>/affected")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def name_affected(worked: Worked) -> ResponseReturnValue:
    """Say whose case it is."""
    typed = (OpenCaseForm().affected.data or "").strip()
    member = member_by_pseudonym(session(), typed) if typed else None
    if member is None:
        problems = {"affected": _("Nobody here has this pseudonym.")}
        return _case_page(worked, problems=problems, status=422)
    team.name_affected(session(), opened_by_me(worked), signed_in().unlock(), member)
    return _to(worked, "people")


# --- facts ----------------------------------------------------------------------------------------


@blueprint.post("/cases/<case_id>/identity")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
@confirmed
def open_identity(worked: Worked) -> ResponseReturnValue:
    """Look at what may be public, for a typed reason that the member reads; or add to it."""
    form = TermsForm()
    opened = opened_by_me(worked)
    ring = team.open_identity(session(), opened, signed_in().unlock(), form.reason.data or "")
    wide = Opened(opened.case, ring, opened.who, opened.member_id)
    for fact in form.facts:
        casework.note_exposure(session(), wide, (), fact)
    if form.facts:
        casework.guard_terms(wide, form.facts)
        refused = sweep.shield_facts(session(), wide, form.facts)
        session().flush()  # the page below shows them
        tell(_("Sealed. From now on nothing that is written here may contain it."))
        if refused:
            tell(
                ngettext(
                    "%(num)s of them is too short or too common to hold posts for. "
                    "Letters and notes are checked for it all the same.",
                    "%(num)s of them are too short or too common to hold posts for. "
                    "Letters and notes are checked for them all the same.",
                    refused,
                ),
                "info",
            )
    found = [ring.read(row) for row in queries.exposures_of(session(), worked.case.id)]
    return _case_page(worked, exposures=found)


@blueprint.post("/cases/<case_id>/severity")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def rate_case(worked: Worked) -> ResponseReturnValue:
    """Set how grave it is, and whether there is danger."""
    form = OpenCaseForm()
    casework.rate(
        session(), opened_by_me(worked), form.chosen_severity, is_danger=bool(form.danger.data)
    )
    return _to(worked)


# --- the checklist --------------------------------------------------------------------------------


@blueprint.post("/cases/<case_id>/items/<code>")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def settle_item(worked: Worked, code: str) -> ResponseReturnValue:
    """Tick a point, or say that it is not needed and why."""
    row = queries.item_of(session(), worked.case.id, code)
    if row is None:
        raise NotFoundError
    form = ItemForm()
    if not form.validate():
        return _case_page(worked, problems=form.problems(), status=422)
    wanted = ItemState(form.state.data)
    casework.settle_item(session(), opened_by_me(worked), row, wanted, form.proof.data or "")
    return _to(worked, f"step-{code.partition('.')[0]}")


# --- places and questions -------------------------------------------------------------------------


@blueprint.post("/cases/<case_id>/places")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def add_place(worked: Worked) -> ResponseReturnValue:
    """Write down a place."""
    form = PlaceForm()
    if not form.validate():
        return _case_page(worked, problems=form.problems(), status=422)
    casework.add_place(
        session(),
        opened_by_me(worked),
        PlaceKind(form.kind.data),
        form.host.data or "",
        form.url.data or "",
    )
    return _to(worked, "places")


@blueprint.post("/cases/<case_id>/places/<place>/request")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def draft_request(worked: Worked, place: str) -> ResponseReturnValue:
    """Keep the draft of a request."""
    form = TextForm()
    if not form.validate():
        return _case_page(worked, problems=form.problems(), status=422)
    casework.draft_request(
        session(), opened_by_me(worked), _place(worked, place), form.text.data or ""
    )
    return _to(worked, "places")


@blueprint.post("/cases/<case_id>/places/<place>/move")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def move_place(worked: Worked, place: str) -> ResponseReturnValue:
    """Move a place on."""
    form = MoveForm()
    if not form.validate():
        return _case_page(worked, problems=form.problems(), status=422)
    if form.wanted is None:
        return _to(worked, "places")
    opened, found = opened_by_me(worked), _place(worked, place)
    if form.reference.data:
        casework.note_reference(opened, found, form.reference.data)
    casework.move_place(session(), opened, found, form.wanted)
    return _to(worked, "places")


@blueprint.post("/cases/<case_id>/places/<place>/look")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def look_at_place(worked: Worked, place: str) -> ResponseReturnValue:
    """Note that somebody has looked at a place again: it is still there, or it is gone."""
    is_there = request.form.get("there") != "no"
    found = _place(worked, place)
    casework.look_again(session(), opened_by_me(worked), found, is_there=is_there)
    return _to(worked, "places")


@blueprint.post("/cases/<case_id>/consents")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def propose(worked: Worked) -> ResponseReturnValue:
    """Put an act to the affected member."""
    form = ProposalForm()
    if not form.validate():
        return _case_page(worked, problems=form.problems(), status=422)
    place = queries.place_by_id(session(), worked.case.id, form.place.data or "")
    casework.propose(session(), opened_by_me(worked), form.proposal(), place)
    tell(_("The member finds the question in “My case”. Until the answer is yes, nothing is done."))
    return _to(worked, "consents")


def _place(worked: Worked, public_id: str) -> Place:
    """A place of this case.

    Raises:
        NotFoundError: when it is not one of this case.
    """
    found = queries.place_by_id(session(), worked.case.id, public_id)
    if found is None:
        raise NotFoundError
    return found


@blueprint.post("/cases/<case_id>/hide")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def show_again(worked: Worked) -> ResponseReturnValue:
    """Let a hidden post come back."""
    opened = opened_by_me(worked)
    place = _place(worked, request.form.get("place", ""))
    post = queries.post_by_public_id(session(), opened.ring.read(place)["url"])
    if post is not None:
        holds.release(session(), post)
        ledger.write(session(), opened.ring, opened.who, Verb.SHOWN_AGAIN, "place here")
    return _to(worked, "places")


# --- letters --------------------------------------------------------------------------------------


@blueprint.get("/cases/<case_id>/letter")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def compose_letter(worked: Worked) -> ResponseReturnValue:
    """A letter to the affected member, begun from a template."""
    template = request.args.get("template", "A")
    draft = phrases.over(session(), wording.shipped()).get(template, "")
    if template == POLICE:
        draft = draft.replace("\n– ", f"\n{_course(worked)}", 1)
    return _letter_page(worked, template, draft if template in wording.LETTERS else "")


@blueprint.post("/cases/<case_id>/letter")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def send_letter(worked: Worked) -> ResponseReturnValue:
    """Send a letter."""
    form = TextForm()
    template = request.form.get("template", "")
    template = template if template in wording.LETTERS else ""
    if not form.validate():
        return _letter_page(worked, template, form.text.data or "", form.problems())
    opened = opened_by_me(worked)
    try:
        casework.send_letter(session(), opened, template, form.text.data or "")
    except casework.SealedTermError:
        problems = {"text": _("This text contains a sealed term, or a number or an address.")}
        return _letter_page(worked, template, form.text.data or "", problems)
    tell(_("Sent. The member finds it in “My case”."))
    return _to(worked, "letters")


def _letter_page(
    worked: Worked, template: str, text: str, problems: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """The page on which a letter is written."""
    brief = casework.read_brief(worked.case, opened_by_me(worked).ring)
    return page(
        "cases/letter.html",
        422 if problems else 200,
        case=worked.case,
        public_id=worked.case.public_id,
        template=template,
        name=wording.LETTERS.get(template, _("A letter")),
        text=text,
        has_reader=bool(brief["affected"]),
        problems=dict(problems or {}),
        letter_options=wording.pairs(wording.LETTERS),
    )


# --- the account that posted it -------------------------------------------------------------------


@blueprint.post("/cases/<case_id>/suspend")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def suspend_poster(worked: Worked) -> ResponseReturnValue:
    """Suspend the account that posted it, at once; one click takes it back."""
    facts = _(
        "A text that you posted is being looked at. Until that is done your account is suspended. "
        "You can answer, and somebody else will read it."
    )
    poster.suspend(session(), opened_by_me(worked), me(), facts)
    tell(_("The account is suspended for now. It was told, and can answer."))
    return _to(worked, "step-leaker")


@blueprint.post("/cases/<case_id>/lift")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def lift_poster(worked: Worked) -> ResponseReturnValue:
    """Take that suspension back."""
    poster.lift(session(), opened_by_me(worked), me())
    tell(_("Lifted."))
    return _to(worked, "step-leaker")


@blueprint.post("/cases/<case_id>/removal")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def propose_removal(worked: Worked) -> ResponseReturnValue:
    """Propose that the account is removed for good."""
    form = TextForm()
    if not form.validate():
        return _case_page(worked, problems=form.problems(), status=422)
    removal.propose(session(), opened_by_me(worked), form.text.data or "")
    tell(_("Proposed. A second person has a week to agree; until then it stays as it is."))
    return _to(worked, "step-leaker")


@blueprint.post("/cases/<case_id>/removal/agree")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
@confirmed
def agree_to_removal(worked: Worked) -> ResponseReturnValue:
    """Agree as the second: the account is removed, and told why."""
    removal.agree(session(), opened_by_me(worked), me())
    tell(_("Removed. It was told why and can answer; neither of you two reads the answer."))
    return _to(worked, "step-leaker")


@blueprint.post("/cases/<case_id>/removal/back")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def take_removal_back(worked: Worked) -> ResponseReturnValue:
    """Take the proposal back."""
    removal.take_back(session(), opened_by_me(worked))
    tell(_("Taken back."))
    return _to(worked, "step-leaker")


# --- the end, and the beginning again -------------------------------------------------------------


@blueprint.post("/cases/<case_id>/close")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def close_case(worked: Worked) -> ResponseReturnValue:
    """Close the case: the first of two asks, the second does it."""
    is_closed = casework.close(session(), opened_by_me(worked))
    tell(_("Closed.") if is_closed else _("Noted. A second person has to agree."))
    return _to(worked)


@blueprint.post("/cases/<case_id>/reopen")
@permit_on(Permission.CASE_READ, queries.worked_by_id)
def reopen_case(worked: Worked) -> ResponseReturnValue:
    """Open the case again, in one click."""
    casework.reopen(session(), opened_by_me(worked))
    return _to(worked)
