"""Clearing up here: what is held, the sweep, and hiding all that it found in one act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.cases import queries, wording
from app.cases.forms import word
from app.cases.models import Sweep
from app.cases.queries import Worked
from app.cases.service import destruction, evidence, purge, sweep, team
from app.cases.service.casework import Opened
from app.cases.views.common import blueprint, opened_by_me, packed
from app.cases.words import PlaceKind, Profile, SweepStage
from app.core.errors import NotFoundError
from app.forum.models import Post
from app.policy.permissions import Permission
from app.policy.vocabulary import Visibility
from app.shields.models import Mode
from app.web.access import confirmed, me, permit_on, signed_in
from app.web.render import page, tell
from app.web.unit_of_work import session

SHOWN = 50  # posts of a sweep that are listed by name; the rest is counted


@dataclass(frozen=True, slots=True)
class FoundPost:
    """A post in which a fact stands: where it is, and whether readers see it."""

    post: Post
    is_earlier: bool
    is_open: bool


@blueprint.get("/cases/<case_id>/clearing")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def clear_up(worked: Worked) -> ResponseReturnValue:
    """What is held for this case, how far the sweep is, and what it found."""
    return clearing_page(worked)


def clearing_page(
    worked: Worked, problem: str = "", typed: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """The page; what was typed beside a file that was refused is handed back."""
    opened = opened_by_me(worked)
    run = queries.sweep_of(session(), worked.case.id)
    found = [] if run is None else sweep.finds(session(), opened, run)
    counts = sweep.counted(found)
    posts = _posts(found)
    shields = sweep.shield_count(session(), worked.case)
    return page(
        "cases/clear_up.html",
        422 if problem else 200,
        case=worked.case,
        public_id=worked.case.public_id,
        shields=shields,
        only_told=sweep.shield_count(session(), worked.case, Mode.ALERT),
        held=sweep.held_now(session(), worked.case) if shields else [],
        sweep=run,
        is_done=run is not None and run.stage is SweepStage.DONE,
        posts=posts[:SHOWN],
        more=len(posts) - len(posts[:SHOWN]),
        open_count=sum(one.is_open for one in posts),
        profiles=counts[SweepStage.MEMBERS],
        hidden=0 if run is None else sweep.hidden_count(opened, run),
        purge_count=len(purge.subjects(session(), opened)),
        asked_by=_asker(opened),
        asked_by_me=purge.asked_by(session(), opened) == me().id,
        sheet=purge.sheet(session(), opened.ring),
        ordered=destruction.state(session(), opened),
        copies=wording.pairs(wording.PROFILES)[1:],
        evidence=queries.evidence_of(session(), worked.case.id),
        evidence_words=wording.EVIDENCE,
        outside_places=[
            (place.public_id, f"{wording.PLACES[place.kind]} {opened.ring.read(place)['host']}")
            for place in queries.places_of(session(), worked.case.id)
            if place.kind is not PlaceKind.HERE
        ],
        problem=problem,
        typed=typed or {},
    )


def _posts(found: list[sweep.Found]) -> list[FoundPost]:
    """The posts behind what was found, those that readers see first."""
    earlier = {one.post_id for one in found if one.post_id}
    present = {one.public_id for one in found if one.stage is SweepStage.POSTS}
    posts = queries.posts_by_public_ids(session(), earlier | present)
    rows = [
        FoundPost(post, public_id not in present, post.visibility is Visibility.PUBLISHED)
        for public_id, post in posts.items()
    ]
    return sorted(rows, key=lambda row: (not row.is_open, row.post.id))


@blueprint.post("/cases/<case_id>/sweep")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def begin_sweep(worked: Worked) -> ResponseReturnValue:
    """Begin a sweep; the machine goes on with it by itself."""
    sweep.begin(session(), opened_by_me(worked))
    tell(_("It has begun, and goes on by itself. Load this page again to see how far it is."))
    return _to(worked, "sweep")


@blueprint.post("/cases/<case_id>/sweep/hide")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def hide_found(worked: Worked) -> ResponseReturnValue:
    """Hide everything that was found, in one act; each post is captured first."""
    opened = opened_by_me(worked)
    seal = team.identity_seal(session(), opened, signed_in().unlock())
    run = _run(worked)
    hidden = sweep.hide_all(session(), opened, seal, run)
    sweep.tick_when_done(session(), opened, run)
    tell(
        ngettext(
            "%(num)s post is hidden, from its author too. Evidence was kept first.",
            "%(num)s posts are hidden, from their authors too. Evidence was kept first.",
            hidden,
        )
    )
    return _to(worked, "sweep")


@blueprint.post("/cases/<case_id>/sweep/show")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def show_found_again(worked: Worked) -> ResponseReturnValue:
    """Take that act back."""
    back = sweep.show_again(session(), opened_by_me(worked), _run(worked))
    tell(ngettext("%(num)s post is back.", "%(num)s posts are back.", back))
    return _to(worked, "sweep")


@blueprint.post("/cases/<case_id>/purge")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
@confirmed
def ask_for_purge(worked: Worked) -> ResponseReturnValue:
    """Ask that it is erased for good: the first of two asks, the second does it."""
    opened = opened_by_me(worked)
    seal = team.identity_seal(session(), opened, signed_in().unlock())
    if purge.ask(session(), opened, seal):
        tell(_("Erased. Now let the machine look whether anything is left."))
    else:
        tell(_("Noted. It is done when a second person asks for it too."))
    return _to(worked, "purge")


@blueprint.post("/cases/<case_id>/purge/back")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def take_purge_back(worked: Worked) -> ResponseReturnValue:
    """Take the first word back."""
    purge.take_back(session(), opened_by_me(worked))
    tell(_("Taken back. Nothing is erased."))
    return _to(worked, "purge")


@blueprint.post("/cases/<case_id>/purge/prove")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
@confirmed
def prove_purge(worked: Worked) -> ResponseReturnValue:
    """Look whether anything is left; what may be public is opened for it, for a reason."""
    rows = purge.prove(session(), wide(worked))
    if all(row.proof in purge.SETTLED for row in rows):
        tell(_("Nothing that we could find is left on this site."))
    else:
        tell(_("Something is open still. The sheet says where."), "warning")
    return _to(worked, "purge")


@blueprint.post("/cases/<case_id>/records")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
@confirmed
def build_records(worked: Worked) -> ResponseReturnValue:
    """The records as one file, for a reason that the member reads."""
    profile = word(Profile, request.form.get("profile")) or Profile.LAWYER
    return packed(wide(worked), profile)


@blueprint.post("/cases/<case_id>/evidence/destroy")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
@confirmed
def destroy_evidence(worked: Worked) -> ResponseReturnValue:
    """Destroy what the member has ordered to destroy: the first of two asks, the second does it."""
    if destruction.destroy(session(), opened_by_me(worked), wording.certificate):
        tell(_("Destroyed. The member has the certificate."))
    else:
        tell(_("Noted. It is done when a second person asks for it too."))
    return _to(worked, "evidence")


@blueprint.post("/cases/<case_id>/evidence/check")
@permit_on(Permission.CASE_LEAD, queries.worked_by_id)
def check_evidence(worked: Worked) -> ResponseReturnValue:
    """Hold every piece of evidence against the hash that it came in with."""
    opened = opened_by_me(worked)
    broken = evidence.verify(session(), opened)
    if broken:
        tell(
            _("Some evidence is no longer what was kept. Tell the second and the member."),
            "warning",
        )
    else:
        tell(_("Every piece is as it was kept."))
    return _to(worked, "evidence")


def wide(worked: Worked) -> Opened:
    """The case with its identity part, opened for the reason that was typed."""
    opened = opened_by_me(worked)
    reason = request.form.get("reason", "")
    ring = team.open_identity(session(), opened, signed_in().unlock(), reason)
    return Opened(opened.case, ring, opened.who, opened.member_id)


def _asker(opened: Opened) -> str:
    """The pseudonym of whoever has asked for the purge and waits for a second person."""
    asked_by = purge.asked_by(session(), opened)
    people = queries.members(session(), () if asked_by is None else (asked_by,))
    return "".join(member.pseudonym for member in people.values())


def _run(worked: Worked) -> Sweep:
    """The last sweep of a case.

    Raises:
        NotFoundError: when there was none.
    """
    found = queries.sweep_of(session(), worked.case.id)
    if found is None:
        raise NotFoundError
    return found


def _to(worked: Worked, anchor: str) -> ResponseReturnValue:
    """Back to the page."""
    return redirect(url_for("cases.clear_up", case_id=worked.case.public_id, _anchor=anchor))
