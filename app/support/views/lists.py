"""Lists over HTTP: who helps, what the law says; and the operator's work of keeping them right."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import crypto
from app.core.errors import NotFoundError
from app.core.text import clean_line
from app.policy.permissions import Permission
from app.support import guides, lists, service
from app.support.lists import HELP, KEY_NAME, LAW, NEEDS, SIGNS_AT_MOST, BadListError, Entry
from app.support.models import Status, Wrong
from app.support.views.common import blueprint
from app.support.words import CHOICES, FIELDS, STATUSES, WRONGS, region_in_words
from app.support.words import NEEDS as NEED_WORDS
from app.web import limits
from app.web.access import actor, me, permit, public, signed_in
from app.web.extensions import language
from app.web.render import page, tell
from app.web.settings import settings
from app.web.unit_of_work import session

DOUBTS_AN_HOUR: Final = "10 per hour"  # of one member
DOUBTS_OF_ALL: Final = "60 per hour"  # of all visitors together: nobody knows who is who


@blueprint.get("/who-helps")
@public
def who_helps() -> ResponseReturnValue:
    """Who helps, by country and need; open to visitors too, and nothing of the choice is kept."""
    return _list_page("support/who_helps.html", HELP)


@blueprint.get("/law")
@public
def show_laws() -> ResponseReturnValue:
    """Pointers to laws: information, not advice."""
    return _list_page("support/laws.html", LAW)


def _list_page(template: str, kind: str) -> ResponseReturnValue:
    """A list, filtered."""
    everything = lists.shown(session(), kind)
    region = request.args.get("region", "")
    need = request.args.get("need", "")
    regions = sorted({one.region for one in everything} - {lists.GLOBAL}, key=region_in_words)
    saved = service.opened(session(), me(), signed_in().unlock()).saved if actor().is_member else []
    return page(
        template,
        entries=lists.shown(session(), kind, region, need if need in NEEDS else ""),
        regions=[(one, region_in_words(one)) for one in regions],
        needs=[(one, NEED_WORDS[one]) for one in NEEDS],
        region=region,
        need=need,
        saved=saved,
        region_in_words=region_in_words,
        need_words=NEED_WORDS,
    )


@blueprint.post("/me/who-helps/<entry>")
@permit(Permission.PLAN_KEEP)
def save_entry(entry: str) -> ResponseReturnValue:
    """Keep an entry beside the own plan, or no longer."""
    found = _entry(entry)
    is_kept = request.form.get("keep", "") == "1"
    lists.save(session(), me(), signed_in().unlock(), found.code, is_kept=is_kept)
    tell(_("Kept beside your plan.") if is_kept else _("No longer kept."))
    return redirect(url_for("support.my_plan" if is_kept else "support.who_helps"))


@blueprint.get("/who-helps/<entry>/wrong")
@public
def ask_what_is_wrong(entry: str) -> ResponseReturnValue:
    """What is wrong with an entry: one choice, no words and no name."""
    return _wrong_page(_shown_entry(entry))


@blueprint.post("/who-helps/<entry>/wrong")
@public
def tell_what_is_wrong(entry: str) -> ResponseReturnValue:
    """Hand it to the operators."""
    found = _shown_entry(entry)
    said = request.form.get("wrong", "")
    if said not in set(Wrong):
        return _wrong_page(found, {"wrong": _("Choose what is wrong.")})
    who = actor()
    if who.is_member:
        limits.spend("doubt", who.public_id, DOUBTS_AN_HOUR)
    else:
        limits.spend("doubt", "all", DOUBTS_OF_ALL)
    lists.tell_wrong(session(), found.code, Wrong(said))
    tell(_("Thank you. The people who run this site will look at it."))
    return redirect(url_for("support.who_helps"))


def _wrong_page(found: Entry, problems: dict[str, str] | None = None) -> ResponseReturnValue:
    """The page that asks what is wrong with an entry."""
    return page(
        "support/wrong.html",
        422 if problems else 200,
        entry_=found,
        wrongs=[(wrong.value, words) for wrong, words in WRONGS.items()],
        problems=problems or {},
    )


def _shown_entry(code: str) -> Entry:
    """Who helps under this code, as long as people see it.

    Raises:
        NotFoundError: when there is none, it is hidden, or it is a law.
    """
    found = _entry(code)
    if found.kind != HELP or found.status is Status.CLOSED:
        raise NotFoundError
    return found


# --- keeping the lists right ----------------------------------------------------------------------


@blueprint.get("/console/lists")
@permit(Permission.LIST_EDIT)
def keep_lists() -> ResponseReturnValue:
    """What is to be looked at again, the guides, and the way to other communities."""
    return _keeping_page()


def _keeping_page(
    problems: dict[str, str] | None = None, text: str = "", typed: str = ""
) -> ResponseReturnValue:
    """The page of the lists, with what was typed."""
    both = [*lists.entries(session(), HELP), *lists.entries(session(), LAW)]
    seed: bytes = session().info[KEY_NAME]
    said = lists.doubts(session())
    known = [one for one in both if one.code not in said]
    return page(
        "support/lists.html",
        422 if problems else 200,
        doubted=[one for one in both if one.code in said],
        said=said,
        wrongs=WRONGS,
        due=[one for one in known if one.is_due and one.status is not Status.CLOSED],
        rest=[one for one in known if not one.is_due or one.status is Status.CLOSED],
        guides=guides.guides(session(), language()),
        fingerprint=lists.fingerprint(crypto.signers_key(seed)),
        region_in_words=region_in_words,
        statuses=STATUSES,
        problems=problems or {},
        text=text,
        typed=typed,
    )


@blueprint.get("/console/lists/<entry>")
@permit(Permission.LIST_EDIT)
def edit_entry(entry: str) -> ResponseReturnValue:
    """One entry, to be checked or changed; `new-help` and `new-law` begin one."""
    return _entry_page(_entry_or_new(entry))


@blueprint.post("/console/lists/<entry>")
@permit(Permission.LIST_EDIT)
def write_entry(entry: str) -> ResponseReturnValue:
    """Keep an entry; it counts as checked today."""
    known = _entry_or_new(entry)
    values: dict[str, Any] = {name: clean_line(request.form.get(name, "")) for name in FIELDS}
    needs = request.form.getlist("needs")
    values["needs"] = " ".join(need for need in NEEDS if need in needs)
    changed = replace(known, **values)
    problems = {
        name: _("At most %(most)s characters.", most=SIGNS_AT_MOST)
        for name, value in values.items()
        if len(value) > SIGNS_AT_MOST
    }
    if not values["name"]:
        problems["name"] = _("It needs a name.")
    if not lists.is_address(values["url"]):
        problems["url"] = _("A web address begins with https:// and has no spaces.")
    for name in ("needs", *CHOICES):
        known_words: Collection[str] = CHOICES.get(name, NEEDS)
        if set(request.form.getlist(name)) - set(known_words):
            problems[name] = _("Choose one of these.")
    said = request.form.get("status", "")
    if said not in set(Status):
        problems["status"] = _("Say how it stands.")
    if problems:
        return _entry_page(changed, problems)
    if not known.code:
        changed = replace(changed, code=lists.new_code())
    lists.check(session(), me(), changed, Status(said), settings().name)
    tell(_("Kept. It is to be looked at again in half a year."))
    return redirect(url_for("support.keep_lists"))


def _entry_page(entry: Entry, problems: dict[str, str] | None = None) -> ResponseReturnValue:
    """The page of one entry."""
    return page(
        "support/entry.html",
        422 if problems else 200,
        entry_=entry,
        said=[WRONGS[wrong] for wrong in lists.doubts(session()).get(entry.code, ())],
        fields=FIELDS,
        choices={name: list(words.items()) for name, words in CHOICES.items()},
        needs=[(need, NEED_WORDS[need]) for need in NEEDS],
        statuses=[(status.value, words) for status, words in STATUSES.items()],
        problems=problems or {},
    )


@blueprint.post("/console/lists/export")
@permit(Permission.LIST_EDIT)
def export_lists() -> ResponseReturnValue:
    """What was checked here, signed, as a file for another community."""
    answer = Response(lists.export(session(), settings().name), mimetype="application/json")
    answer.headers["Content-Disposition"] = "attachment; filename=lists.json"
    return answer


@blueprint.post("/console/lists/import")
@permit(Permission.LIST_EDIT)
def import_lists() -> ResponseReturnValue:
    """Take over what another community has checked."""
    text, typed = request.form.get("text", ""), request.form.get("fingerprint", "")
    try:
        count = lists.take_over(session(), me(), text, typed)
    except BadListError:
        problem = _("Not taken over: it is no list, was changed, or has another fingerprint.")
        return _keeping_page({"text": problem}, text, typed)
    tell(_("Taken over. Entries changed here: %(count)s", count=count))
    return redirect(url_for("support.keep_lists"))


def _entry(code: str) -> Entry:
    """The entry with this code.

    Raises:
        NotFoundError: when there is none.
    """
    found = lists.entry(session(), code)
    if found is None:
        raise NotFoundError
    return found


def _entry_or_new(code: str) -> Entry:
    """The same, or one that is just begun."""
    for kind in (HELP, LAW):
        if code == f"new-{kind}":
            return Entry("", kind, "", "", "", "")
    return _entry(code)
