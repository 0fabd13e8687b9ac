"""Trust over HTTP: my standing, vouching, trust by hand, and the operator's ladder."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.moderation import queries as moderation
from app.moderation.words import for_pages
from app.policy.permissions import Permission
from app.policy.trust import STEPS, VOUCHES_A_MONTH, Count, earned, next_step, wants
from app.policy.vocabulary import Trust
from app.trust import queries, service
from app.trust.forms import LadderForm, TrustForm, field_name
from app.trust.queries import Person
from app.trust.words import COUNTS, LEVELS, still_needed
from app.web.access import me, permit, permit_on
from app.web.render import page, tell
from app.web.settings import settings_changed
from app.web.unit_of_work import session

blueprint = Blueprint("trust", __name__)
blueprint.context_processor(for_pages)


@blueprint.get("/me/standing")
@permit(Permission.STANDING_READ)
def my_standing() -> ResponseReturnValue:
    """Where the member stands and why, what comes next, and what was decided."""
    climber = queries.climber(session(), me().id)
    ladder = service.ladder(session())
    onward = next_step(me().trust)
    return page(
        "trust/my_standing.html",
        actor=me(),
        climber=climber,
        levels=LEVELS,
        onward=onward,
        wants=wants(climber.record, ladder[onward]) if climber and onward else (),
        counts=COUNTS,
        still_needed=still_needed,
        is_by_hand=climber is not None and climber.floor > earned(climber.record, ladder),
        falls_to=max(earned(climber.record, ladder), climber.floor) if climber else me().trust,
        sanction=moderation.strictest_in_force(session(), me().id),
        statements=moderation.statements_about(session(), me().id),
    )


# --- vouching, and trust by hand ------------------------------------------------------------------


@blueprint.get("/u/<pseudonym>/vouch")
@permit_on(Permission.MEMBER_READ, queries.person_by_pseudonym)
def show_vouch(person: Person) -> ResponseReturnValue:
    """What vouching means, and the way to do it or to take it back."""
    return _vouch_page(person)


@blueprint.post("/u/<pseudonym>/vouch")
@permit_on(Permission.VOUCH_GIVE, queries.person_by_pseudonym)
def vouch(person: Person) -> ResponseReturnValue:
    """Vouch for a member."""
    try:
        service.vouch(session(), me(), person)
    except service.TooManyVouchesError:
        text = _("You have vouched for three members in thirty days. Wait until the first is over.")
        return _vouch_page(person, {"vouch": text})
    tell(_("You vouch for %(pseudonym)s now.", pseudonym=person.pseudonym))
    return redirect(url_for("trust.show_vouch", pseudonym=person.pseudonym))


@blueprint.post("/u/<pseudonym>/unvouch")
@permit_on(Permission.MEMBER_READ, queries.person_by_pseudonym)
def unvouch(person: Person) -> ResponseReturnValue:
    """Take the own word back; that is open to everybody who gave one."""
    service.take_back(session(), me(), person)
    tell(_("You no longer vouch for %(pseudonym)s.", pseudonym=person.pseudonym))
    return redirect(url_for("trust.show_vouch", pseudonym=person.pseudonym))


@blueprint.post("/u/<pseudonym>/trust")
@permit_on(Permission.TRUST_GIVE, queries.person_by_pseudonym)
def give_trust(person: Person) -> ResponseReturnValue:
    """Give trust by hand."""
    trust = TrustForm().chosen
    if trust is None:
        return _vouch_page(person, {"trust": _("Choose one of these.")})
    service.give(session(), me(), person, trust)
    tell(_("Saved."))
    return redirect(url_for("trust.show_vouch", pseudonym=person.pseudonym))


def _vouch_page(person: Person, problems: dict[str, str] | None = None) -> ResponseReturnValue:
    """The page about vouching for somebody."""
    return page(
        "trust/vouch.html",
        422 if problems else 200,
        person=person,
        is_own=person.member_id == me().id,
        has_vouched=queries.has_vouched(session(), me().id, person.member_id),
        left=VOUCHES_A_MONTH - queries.vouches_this_month(session(), me().id),
        levels=[(str(int(level)), str(LEVELS[level])) for level in (Trust.NEWCOMER, *STEPS)],
        problems=problems or {},
    )


# --- the ladder -----------------------------------------------------------------------------------


@blueprint.get("/console/trust")
@permit(Permission.SETTINGS_EDIT)
def ladder() -> ResponseReturnValue:
    """What each step asks for."""
    return _ladder_page(LadderForm.of(service.ladder(session())))


@blueprint.post("/console/trust")
@permit(Permission.SETTINGS_EDIT)
def change_ladder() -> ResponseReturnValue:
    """Show whom a change would move, or make it."""
    form = LadderForm.sent()
    steps = form.ladder()
    if steps is None:
        return _ladder_page(form, status=422)
    if "preview" in request.form:
        return _ladder_page(form, moves=service.preview(session(), steps))
    service.change_ladder(session(), me(), steps)
    settings_changed()
    tell(_("Saved. Trust is counted by it within the hour."))
    return redirect(url_for("trust.ladder"))


def _ladder_page(
    form: LadderForm, status: int = 200, moves: dict[tuple[Trust, Trust], int] | None = None
) -> ResponseReturnValue:
    """The page of the ladder, with what a change would do where that was asked."""
    return page(
        "trust/ladder.html",
        status,
        form=form,
        steps=STEPS,
        counts={count: str(COUNTS[count]) for count in Count},
        levels=LEVELS,
        field_name=field_name,
        moves=moves,
    )
