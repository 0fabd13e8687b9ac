"""How I go on: six ways of equal weight, and those of them that have no page elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts import service as accounts
from app.accounts.queries import break_of
from app.core import clock
from app.forum import hiding
from app.forum.queries import post_count_of
from app.leaving import service
from app.leaving.forms import BreakForm, EraseForm, HideForm
from app.leaving.views.common import blueprint, goodbye
from app.policy.permissions import Permission
from app.web.access import confirmed, me, permit, public
from app.web.render import page, tell
from app.web.unit_of_work import session


class Way(NamedTuple):
    """One way to go on."""

    title: str
    text: str
    url: str


@blueprint.get("/me/going-on")
@permit(Permission.ACCOUNT_MANAGE)
def ways_on() -> ResponseReturnValue:
    """The ways on, in the order of the alphabet: the page wants none of them more than another."""
    return page(
        "leaving/ways_on.html",
        ways=sorted(_ways(), key=lambda way: way.title.casefold()),
        break_until=break_of(session(), me().id),
        posts=hiding.counts(session(), me()),
    )


def _ways() -> list[Way]:
    """All of them."""
    return [
        Way(
            _("Another pseudonym"),
            _("Keep the account and its trust under a new name, with your texts or without."),
            url_for("leaving.new_name"),
        ),
        Way(
            _("Erase my posts"),
            _("The words go for good. The account stays."),
            url_for("leaving.choose_erasing"),
        ),
        Way(
            _("Hide my posts"),
            _("Nobody reads them for now. You can bring them back."),
            url_for("leaving.choose_hiding"),
        ),
        Way(
            _("Leave"),
            _("The account ends. Your texts stay, are blanked or are erased."),
            url_for("leaving.choose"),
        ),
        Way(
            _("Stay"),
            _("Nothing changes. Look at what your posts show together, and at shields."),
            url_for("accounts.my_privacy"),
        ),
        Way(
            _("Take a break"),
            _("Signed out everywhere, and a quiet inbox until a day."),
            url_for("leaving.choose_break"),
        ),
    ]


# --- a break --------------------------------------------------------------------------------------


@blueprint.get("/me/going-on/break")
@permit(Permission.ACCOUNT_MANAGE)
def choose_break() -> ResponseReturnValue:
    """What a break is, and until when."""
    return _break_page(BreakForm())


@blueprint.post("/me/going-on/break")
@permit(Permission.ACCOUNT_MANAGE)
def take_break() -> ResponseReturnValue:
    """Begin a break: every session ends, this one too."""
    form = BreakForm()
    if not form.validate():
        return _break_page(form, form.problems())
    accounts.take_break(session(), me(), clock.today() + timedelta(days=int(form.days.data)))
    return goodbye("leaving.away")


@blueprint.get("/away")
@public
def away() -> ResponseReturnValue:
    """What happens after somebody has begun a break; the same page for everybody who opens it."""
    return page("leaving/away.html")


@blueprint.post("/me/going-on/back")
@permit(Permission.ACCOUNT_MANAGE)
def end_break() -> ResponseReturnValue:
    """Be back."""
    accounts.end_break(session(), me())
    tell(_("Your break is over. The inbox takes new lines from now on."))
    return redirect(url_for("leaving.ways_on"))


def _break_page(form: BreakForm, problems: dict[str, str] | None = None) -> ResponseReturnValue:
    """The page of a break, with what was typed."""
    return page(
        "leaving/break.html",
        status=422 if problems else 200,
        form=form,
        problems=problems or {},
        break_until=break_of(session(), me().id),
    )


# --- hiding ---------------------------------------------------------------------------------------


@blueprint.get("/me/going-on/hide")
@permit(Permission.ACCOUNT_MANAGE)
def choose_hiding() -> ResponseReturnValue:
    """Which posts to hide, and those that are hidden."""
    return _hide_page(HideForm())


@blueprint.post("/me/going-on/hide")
@permit(Permission.ACCOUNT_MANAGE)
def hide_posts() -> ResponseReturnValue:
    """Hide posts, some at a time: whoever has thousands presses the button again."""
    form = HideForm()
    if not form.validate():
        return _hide_page(form, form.problems())
    done = hiding.hide(session(), me(), form.before)
    session().flush()  # what is left is counted as it is now
    left = hiding.counts(session(), me(), form.before).shown
    tell(ngettext("%(num)d post is hidden.", "%(num)d posts are hidden.", done))
    return _hide_page(form, more=left) if left else _to_hiding()


@blueprint.post("/me/going-on/show")
@permit(Permission.ACCOUNT_MANAGE)
def show_posts() -> ResponseReturnValue:
    """Show hidden posts again, some at a time."""
    done = hiding.show(session(), me())
    tell(ngettext("%(num)d post is back.", "%(num)d posts are back.", done))
    return _to_hiding()


def _hide_page(
    form: HideForm, problems: dict[str, str] | None = None, more: int = 0
) -> ResponseReturnValue:
    """The page of hiding; `more` posts are left after a first press."""
    return page(
        "leaving/hide.html",
        status=422 if problems else 200,
        form=form,
        problems=problems or {},
        posts=hiding.counts(session(), me()),
        more=more,
        slice=hiding.SLICE,
    )


def _to_hiding() -> ResponseReturnValue:
    """Back to the page of hiding."""
    return redirect(url_for("leaving.choose_hiding"))


# --- erasing --------------------------------------------------------------------------------------


@blueprint.get("/me/going-on/erase")
@permit(Permission.ACCOUNT_MANAGE)
@confirmed
def choose_erasing() -> ResponseReturnValue:
    """What erasing everything means."""
    return _erase_page(EraseForm())


@blueprint.post("/me/going-on/erase")
@permit(Permission.ACCOUNT_MANAGE)
@confirmed
def erase_posts() -> ResponseReturnValue:
    """Erase everything that was posted."""
    form = EraseForm()
    if not form.validate():
        return _erase_page(form, form.problems())
    service.erase_texts(session(), me())
    tell(_("Nobody can read them any more. They are off the disk within minutes."))
    return redirect(url_for("leaving.ways_on"))


def _erase_page(form: EraseForm, problems: dict[str, str] | None = None) -> ResponseReturnValue:
    """The page of erasing everything."""
    return page(
        "leaving/erase.html",
        status=422 if problems else 200,
        form=form,
        problems=problems or {},
        post_count=post_count_of(session(), me()),
    )
