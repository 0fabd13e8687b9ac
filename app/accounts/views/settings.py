"""What a member can set: the look, the passphrase, the about text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts import (
    keyring,
    queries,
    service,
)
from app.accounts.forms import (
    AboutForm,
    ChangePassphraseForm,
    ThemeForm,
)
from app.accounts.views.common import (
    Problems,
    blueprint,
    config,
    with_new_passphrase,
)
from app.core.text import render
from app.policy.dispositions import Disposition, dispose, judge_finding
from app.policy.permissions import Permission
from app.screening.engine import Context, screen
from app.screening.findings import Finding, Surface
from app.web.access import confirmed, me, permit, public, signed_in
from app.web.extensions import is_https
from app.web.render import THEME_COOKIE, page, tell
from app.web.unit_of_work import session

YEAR: Final = 365 * 24 * 60 * 60
THEME_WORDS: Final = {
    "": _l("As my system says"),
    "light": _l("Light"),
    "dark": _l("Dark"),
    "contrast": _l("High contrast"),
}


@blueprint.get("/me/settings")
@permit(Permission.ACCOUNT_MANAGE)
def settings() -> ResponseReturnValue:
    """What a member can set: the look, the passphrase, the codes, the about text."""
    return _settings_page()


@blueprint.post("/me/settings/theme")
@permit(Permission.ACCOUNT_MANAGE)
def choose_theme() -> ResponseReturnValue:
    """Keep the look with the account."""
    form = ThemeForm()
    if not form.validate():
        return _settings_page(problems=form.problems())
    service.choose_theme(session(), me(), form.theme.data or "")
    return redirect(url_for("accounts.settings"))


@blueprint.get("/look")
@public
def look() -> ResponseReturnValue:
    """How the pages look, for somebody without an account."""
    return page("accounts/look.html", themes=_themes(), problems=Problems())


@blueprint.post("/look")
@public
def choose_look() -> ResponseReturnValue:
    """Keep a visitor's look in a cookie that says nothing else."""
    form = ThemeForm()
    if not form.validate():
        return page(
            "accounts/look.html",
            status=422,
            themes=_themes(),
            problems=Problems(form.problems()),
        )
    response = redirect(url_for("forum.home"))
    response.set_cookie(
        THEME_COOKIE,
        form.theme.data or "",
        max_age=YEAR,
        secure=is_https(),
        httponly=True,
        samesite="Strict",
    )
    return response


@blueprint.get("/me/settings/passphrase")
@permit(Permission.ACCOUNT_MANAGE)
@confirmed
def new_passphrase() -> ResponseReturnValue:
    """The form for a new passphrase."""
    return page("accounts/new_passphrase.html", problems=Problems())


@blueprint.post("/me/settings/passphrase")
@permit(Permission.ACCOUNT_MANAGE)
@confirmed
def change_passphrase() -> ResponseReturnValue:
    """Put a new passphrase in place of the old one; every other session ends."""
    form = ChangePassphraseForm()
    if not form.validate():
        problems = Problems(form.problems())
        return page("accounts/new_passphrase.html", status=422, problems=problems)
    key = signed_in().unlock()
    lock = keyring.lock(form.own, me().public_id, key, config().hash_cost)
    cookie = service.change_passphrase(session(), me(), lock, key)
    return with_new_passphrase("accounts.settings", cookie)


@blueprint.post("/me/settings/about")
@permit(Permission.ACCOUNT_MANAGE)
def write_about() -> ResponseReturnValue:
    """Screen the about text, then keep it, or hand it back with what gives too much away."""
    form = AboutForm()
    if not form.validate():
        return _settings_page(about=form, problems=form.problems())
    disposition, findings = _screened(form.text)
    if "preview" in request.form:
        return _settings_page(about=form, findings=findings, preview=render(form.text).html)
    is_nudge = disposition is Disposition.NUDGE
    if disposition > Disposition.NUDGE or (is_nudge and not form.is_agreed):
        return _settings_page(
            about=form,
            findings=findings,
            may_agree=is_nudge,
            problems={"about": _("This may show who you are. Nothing was saved yet.")},
        )
    service.write_about(session(), me(), form.text)
    tell(_("Your profile now says this."))
    return redirect(url_for("accounts.profile", pseudonym=me().pseudonym))


def _themes() -> list[tuple[str, str, str]]:
    """The looks there are, as a page offers them."""
    return [(name, str(word), "") for name, word in THEME_WORDS.items()]


def _settings_page(
    *,
    about: AboutForm | None = None,
    findings: Sequence[Finding] = (),
    preview: str = "",
    may_agree: bool = False,
    problems: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """The page of everything that can be set, with whatever was typed into the about text."""
    if about is None:
        about = AboutForm(formdata=None)
        about.about.data = queries.member_by_id(session(), me().id).about
    return page(
        "accounts/settings.html",
        status=422 if problems else 200,
        about=about,
        findings=findings,
        preview=preview,
        consent=about.consent_for() if may_agree else "",
        themes=_themes(),
        has_factor=signed_in().has_factor,
        problems=Problems(problems or {}),
    )


def _screened(text: str) -> tuple[Disposition, list[Finding]]:
    """What becomes of an about text, and what in it is to be marked."""
    findings = screen(text, context=Context(surface=Surface.ABOUT, author=me().pseudonym))
    marked = [
        finding
        for finding in findings
        if judge_finding(finding, me().trust, Surface.ABOUT) > Disposition.PUBLISH
    ]
    return dispose(findings, me().trust, Surface.ABOUT), marked
