"""Check-ins over HTTP: what the member decides, and what whoever writes sees of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.accounts.queries import members_by_ids
from app.core.errors import NotFoundError
from app.policy.permissions import Permission
from app.support import check_ins
from app.support.check_ins import HELP, OpenCheckIn, Wish
from app.support.forms import SET, CheckInForm, LetterForm
from app.support.models import CheckIn
from app.support.views.common import blueprint
from app.web.access import me, permit, permit_on, signed_in
from app.web.render import page, tell
from app.web.unit_of_work import session

WORDS: Final[Mapping[str, LazyString]] = {
    "well": _l("I am all right"),
    "so_so": _l("So so"),
    HELP: _l("Please write to me today"),
}


def own_check_in(session: Session, public_id: str) -> OpenCheckIn | None:
    """The check-ins with this id as the one who asks may have them: by trying the own key.

    Raises:
        SignInNeededError: when nobody is signed in.
    """
    return check_ins.own_by_id(session, me(), signed_in().unlock(), public_id)


@blueprint.get("/me/check-ins")
@permit(Permission.PLAN_KEEP)
def my_check_ins() -> ResponseReturnValue:
    """The own check-ins; or, without any, the offer."""
    form = CheckInForm()
    if request.args.get("rhythm") == SET:  # as the page of an own case offers them
        form.rhythm.data = SET
    return _page(form)


def _page(
    form: CheckInForm, problems: dict[str, str] | None = None, text: str = ""
) -> ResponseReturnValue:
    """The page, with what was typed."""
    mine = check_ins.own(session(), me(), signed_in().unlock())
    people = check_ins.writers(session())
    return page(
        "support/check_ins.html",
        422 if problems else 200,
        mine=mine,
        lines=check_ins.letters(session(), mine) if mine else [],
        people=[(member.public_id, member.pseudonym) for member in people if member.id != me().id],
        names={member.id: member.pseudonym for member in people},
        words=WORDS,
        form=form,
        problems=problems or {},
        text=text,
    )


@blueprint.post("/me/check-ins")
@permit(Permission.PLAN_KEEP)
def start_check_ins() -> ResponseReturnValue:
    """Ask somebody to write in a rhythm."""
    form = CheckInForm()
    people = {m.public_id: m for m in check_ins.writers(session()) if m.id != me().id}
    problems = {} if form.validate() else form.problems()
    owner = people.get(form.owner.data or "")
    second = people.get(form.second.data or "")
    if owner is None:
        problems["owner"] = _("Choose who writes to you.")
    if second is not None and second is owner:
        problems["second"] = _("Choose two people, so that one can step in for the other.")
    if problems or owner is None:
        return _page(form, problems)
    wish = Wish(form.every, owner, second, form.note.data or "", is_danger=form.is_danger.data)
    try:
        check_ins.start(session(), me(), signed_in().unlock(), wish)
    except check_ins.AlreadyRunningError:
        return redirect(url_for("support.my_check_ins"))
    tell(_("Done. The first letter comes by tomorrow. You can stop it at any time."))
    return redirect(url_for("support.my_check_ins"))


@blueprint.post("/me/check-ins/<check_in_id>")
@permit_on(Permission.CHECKIN_KEEP, own_check_in)
def change_check_ins(mine: OpenCheckIn) -> ResponseReturnValue:
    """Another rhythm, or something else to know."""
    form = CheckInForm()
    if not form.validate():
        return _page(form, form.problems())
    check_ins.change(mine, form.every, form.note.data or "", is_danger=form.is_danger.data)
    tell(_("Changed."))
    return redirect(url_for("support.my_check_ins"))


@blueprint.post("/me/check-ins/<check_in_id>/word")
@permit_on(Permission.CHECKIN_KEEP, own_check_in)
def answer_check_in(mine: OpenCheckIn) -> ResponseReturnValue:
    """Answer in one word, or in more."""
    word = request.form.get("word", "")
    form = LetterForm()
    if word in WORDS:
        check_ins.answer(session(), mine, "", word)
        tell(_("Thank you. They are called, and write today.") if word == HELP else _("Thank you."))
        return redirect(url_for("support.my_check_ins"))
    if not form.validate():
        return _page(CheckInForm(), form.problems(), form.text.data or "")
    check_ins.answer(session(), mine, form.text.data or "")
    tell(_("Sent."))
    return redirect(url_for("support.my_check_ins"))


@blueprint.post("/me/check-ins/<check_in_id>/pause")
@permit_on(Permission.CHECKIN_KEEP, own_check_in)
def pause_check_ins(mine: OpenCheckIn) -> ResponseReturnValue:
    """Nobody writes for now."""
    check_ins.pause(mine)
    tell(_("Paused. Nobody writes until you want it again."))
    return redirect(url_for("support.my_check_ins"))


@blueprint.post("/me/check-ins/<check_in_id>/go-on")
@permit_on(Permission.CHECKIN_KEEP, own_check_in)
def resume_check_ins(mine: OpenCheckIn) -> ResponseReturnValue:
    """Go on."""
    check_ins.resume(mine)
    tell(_("The next letter comes by tomorrow."))
    return redirect(url_for("support.my_check_ins"))


@blueprint.post("/me/check-ins/<check_in_id>/stop")
@permit_on(Permission.CHECKIN_KEEP, own_check_in)
def stop_check_ins(mine: OpenCheckIn) -> ResponseReturnValue:
    """End them for good."""
    check_ins.stop(session(), mine)
    tell(_("Stopped. The letters are gone. You can begin again whenever you like."))
    return redirect(url_for("support.my_check_ins"))


# --- whoever writes -------------------------------------------------------------------------------


@blueprint.get("/check-ins/<check_in_id>")
@permit_on(Permission.CHECKIN_WRITE, check_ins.by_id)
def show_check_in(row: CheckIn) -> ResponseReturnValue:
    """To whom to write, by when, and what was said so far."""
    return _writers_page(row)


@blueprint.post("/check-ins/<check_in_id>/letters")
@permit_on(Permission.CHECKIN_WRITE, check_ins.by_id)
def write_check_in(row: CheckIn) -> ResponseReturnValue:
    """Write to the member."""
    form = LetterForm()
    if not form.validate():
        return _writers_page(row, form.problems(), form.text.data or "")
    check_ins.write(session(), _opened(row), form.text.data or "")
    tell(_("Sent."))
    return redirect(url_for("support.show_check_in", check_in_id=row.public_id))


def _writers_page(
    row: CheckIn, problems: dict[str, str] | None = None, text: str | None = None
) -> ResponseReturnValue:
    """The page of whoever writes, with what was typed."""
    opened = _opened(row)
    people: Mapping[int, Member] = members_by_ids(session(), row.reader_ids)
    return page(
        "support/check_in.html",
        422 if problems else 200,
        row=row,
        opened=opened,
        lines=check_ins.letters(session(), opened),
        names={n: member.pseudonym for n, member in people.items()},
        words=WORDS,
        problems=problems or {},
        text=_draft() if text is None else text,
    )


def _draft() -> str:
    """The draft of a letter; whoever writes changes it."""
    return str(
        _(
            "How are you? You need not answer.\n\n"
            "Nothing is asked of you.\n\n"
            "You can change how often we write, or stop it, at any time."
        )
    )


def _opened(row: CheckIn) -> OpenCheckIn:
    """The check-ins with the key of the one who asks.

    Raises:
        NotFoundError: when the key does not open them.
    """
    found = check_ins.opened_by(session(), row, me().id, signed_in().unlock())
    if found is None:
        raise NotFoundError
    return found
