"""The safety plan over HTTP: its sections, the questions about danger, copies, paper, erasing."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.queries import member_by_pseudonym
from app.core.errors import NotFoundError
from app.policy.permissions import Permission
from app.support import lists, service
from app.support.forms import SectionForm, ShareForm, ticked_questions
from app.support.models import PlanCopy
from app.support.sections import BY_CODE, DANGER, DYING, QUESTIONS, SECTIONS, Section
from app.support.service import COPIES_AT_MOST, Entry, OpenCopy, Own, TooManyCopiesError
from app.support.views.common import blueprint
from app.support.words import region_in_words
from app.web.access import me, permit, permit_on, signed_in
from app.web.render import page, tell
from app.web.unit_of_work import session


def copy_for_me(session: Session, public_id: str) -> OpenCopy | None:
    """The copy with this public id as the one who asks may have it: by trying the own key.

    Raises:
        SignInNeededError: when nobody is signed in.
    """
    return service.copy_for(session, me(), signed_in().unlock(), public_id)


@blueprint.get("/me/safety")
@permit(Permission.PLAN_KEEP)
def my_safety() -> ResponseReturnValue:
    """What is here for a member who is not safe, or is not sure."""
    return page("support/safety.html", has_plan=_own().has_plan)


@blueprint.get("/me/plan")
@permit(Permission.PLAN_KEEP)
def my_plan() -> ResponseReturnValue:
    """The plan; without one, a single question with which it begins."""
    return _plan_page()


def _plan_page(problems: dict[str, str] | None = None, name: str = "") -> ResponseReturnValue:
    """The page of the plan, with what was typed."""
    own = _own()
    return page(
        "support/plan.html",
        422 if problems else 200,
        own=own,
        sections=SECTIONS,
        first=SECTIONS[0],
        questions=QUESTIONS,
        is_dying=DYING in own.dangers,
        copies=service.live_copies(session(), own),
        for_me=service.copies_for(session(), me(), signed_in().unlock()),
        saved=[one for code in own.saved if (one := lists.entry(session(), code))],
        region_in_words=region_in_words,
        problems=problems or {},
        name=name,
    )


@blueprint.get("/me/plan/sections/<section>")
@permit(Permission.PLAN_KEEP)
def show_section(section: str) -> ResponseReturnValue:
    """One section, to be written."""
    wanted = _section(section)
    entry = _own().plan.get(section, Entry())
    return _section_page(wanted, entry)


@blueprint.post("/me/plan/sections/<section>")
@permit(Permission.PLAN_KEEP)
def write_section(section: str) -> ResponseReturnValue:
    """Keep one section, sealed."""
    wanted, form = _section(section), SectionForm()
    if not form.validate():
        return _section_page(wanted, form.entry(wanted), form.problems())
    service.write_section(session(), me(), _key(), section, form.entry(wanted))
    tell(_("Kept. Only you can open it."))
    return redirect(url_for("support.my_plan", _anchor=section))


def _section_page(
    section: Section, entry: Entry, problems: dict[str, str] | None = None
) -> ResponseReturnValue:
    """The page of one section."""
    return page(
        "support/section.html",
        422 if problems else 200,
        section=section,
        written=entry,
        problems=problems or {},
    )


@blueprint.get("/me/plan/danger")
@permit(Permission.PLAN_KEEP)
def ask_danger() -> ResponseReturnValue:
    """The questions about danger: no score comes of them."""
    return page("support/danger.html", questions=QUESTIONS, ticks=_own().dangers)


@blueprint.post("/me/plan/danger")
@permit(Permission.PLAN_KEEP)
def answer_danger() -> ResponseReturnValue:
    """Keep what was ticked; if anything was, who to call stands first from now on."""
    entry = ticked_questions()
    service.write_section(session(), me(), _key(), DANGER, entry)
    if not entry:
        tell(
            _(
                "Nothing is ticked. That does not say that you are safe. If something feels "
                "wrong, trust that, and call somebody."
            ),
            "info",
        )
    return redirect(url_for("support.my_plan"))


@blueprint.get("/me/plan/paper")
@permit(Permission.PLAN_KEEP)
def print_plan() -> ResponseReturnValue:
    """The plan for paper, under a heading that says nothing."""
    return page("support/paper.html", own=_own(), sections=SECTIONS)


@blueprint.get("/me/plan/erase")
@permit(Permission.PLAN_KEEP)
def ask_erase() -> ResponseReturnValue:
    """What erasing the plan means."""
    return page("support/erase.html")


@blueprint.post("/me/plan/erase")
@permit(Permission.PLAN_KEEP)
def erase_plan() -> ResponseReturnValue:
    """Erase the plan and every copy of it."""
    service.erase_plan(session(), me(), _key())
    tell(_("Your plan is gone, and every copy of it."))
    return redirect(url_for("support.my_plan"))


# --- copies ---------------------------------------------------------------------------------------


@blueprint.post("/me/plan/copies")
@permit(Permission.PLAN_KEEP)
def share_plan() -> ResponseReturnValue:
    """Make a copy for one person."""
    form = ShareForm()
    reader = member_by_pseudonym(session(), form.name) if form.name else None
    if reader is None or reader.id == me().id:
        return _plan_page({"pseudonym": _("Nobody else here has this name.")}, form.name)
    if not form.codes & set(_own().plan):
        return _plan_page({"section": _("Tick what the copy is to hold.")}, form.name)
    try:
        service.share(session(), me(), _key(), reader, form.codes)
    except TooManyCopiesError:
        text = _("%(most)s people have a copy. Take one back first.", most=COPIES_AT_MOST)
        return _plan_page({"pseudonym": text}, form.name)
    tell(_("%(name)s finds it under “Your safety”, “My plan”.", name=reader.pseudonym))
    return redirect(url_for("support.my_plan", _anchor="copies"))


@blueprint.post("/me/plan/copies/<copy_id>/back")
@permit_on(Permission.COPY_REVOKE, service.copy_by_id)
def revoke_copy(copy: PlanCopy) -> ResponseReturnValue:
    """Take a copy back."""
    service.revoke(session(), me(), _key(), copy)
    tell(_("Taken back. It opens no more. What was read cannot be unread."))
    return redirect(url_for("support.my_plan", _anchor="copies"))


@blueprint.get("/me/copies/<copy_id>")
@permit_on(Permission.COPY_READ, copy_for_me)
def read_copy(copy: OpenCopy) -> ResponseReturnValue:
    """What somebody wanted one to know."""
    return page("support/copy.html", copy=copy, sections=SECTIONS, questions=QUESTIONS)


def _own() -> Own:
    """What the one who asks keeps here."""
    return service.opened(session(), me(), _key())


def _key() -> bytes:
    """The private key of the one who asks."""
    return signed_in().unlock()


def _section(code: str) -> Section:
    """The section with this code.

    Raises:
        NotFoundError: when there is none.
    """
    if code not in BY_CODE:
        raise NotFoundError
    return BY_CODE[code]
