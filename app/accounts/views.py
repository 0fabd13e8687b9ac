"""Accounts over HTTP: joining, coming in and back, one's own pages and profiles."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlsplit

from flask import Blueprint, current_app, g, make_response, redirect, request, url_for
from flask import session as form_cookie
from flask.typing import ResponseReturnValue
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.accounts import (
    keyring,
    passphrases,
    pseudonyms,
    puzzle,
    queries,
    service,
    sessions,
    tickets,
)
from app.accounts.forms import (
    AboutForm,
    ChangePassphraseForm,
    ConfirmCodeForm,
    NewPassphraseMixin,
    RecoverForm,
    SignInForm,
    SignUpForm,
    StepUpForm,
    ThemeForm,
)
from app.accounts.models import Member
from app.accounts.service import NotAvailableError, NotRightError, TooManyInvitesError
from app.accounts.tickets import Ticket
from app.core.crypto import Passphrase
from app.core.errors import TooManyError
from app.core.settings import Signup
from app.core.text import render
from app.policy.dispositions import Disposition, dispose, judge_finding
from app.policy.permissions import Permission
from app.policy.vocabulary import Actor, Role, Trust
from app.privacy.erasure import owing_of
from app.screening.engine import Context, screen
from app.screening.findings import Finding, Surface
from app.web import limits, onward
from app.web.access import actor, cookie_name, me, permit, permit_on, public, signed_in
from app.web.extensions import is_https
from app.web.render import THEME_COOKIE, page, tell, wait_in_words
from app.web.settings import settings as decided
from app.web.unit_of_work import reading, session, undo
from config import Config

blueprint = Blueprint("accounts", __name__)

TRIES: Final = "5 per minute"
ONCE: Final = "1 per hour"  # longer than any ticket or puzzle lives
LONGEST_WAIT: Final = 60  # seconds before a form may be sent, when many join at once
SUGGESTIONS: Final = 20
KEPT: Final = "kept."
KEPT_PATH: Final = "kept_path"
YEAR: Final = 365 * 24 * 60 * 60

TRUST_WORDS: Final = {
    Trust.NEWCOMER: _l("newcomer"),
    Trust.KNOWN: _l("known member"),
    Trust.REGULAR: _l("regular member"),
    Trust.TRUSTED: _l("trusted member"),
}
ROLE_WORDS: Final = {
    Role.MODERATOR: _l("moderator"),
    Role.RESPONDER: _l("responder"),
    Role.OPERATOR: _l("operator"),
    Role.TRUSTEE: _l("trustee"),
}
THEME_WORDS: Final = {
    "": _l("As my system says"),
    "light": _l("Light"),
    "dark": _l("Dark"),
    "contrast": _l("High contrast"),
}
TABLE_WORDS: Final = {
    "posts": _l("Posts you wrote"),
    "threads": _l("Threads you started"),
    "follows": _l("Threads you follow"),
    "owed_erasures": _l("What you erased"),
    "thanks": _l("Thanks you gave"),
    "notices": _l("Notices in your inbox"),
    "reports": _l("Reports you made"),
    "statements": _l("Decisions about your texts or your account"),
    "sanctions": _l("Sanctions on your account"),
    "sessions": _l("Sessions"),
    "recovery_codes": _l("Recovery codes, used or not, as hashes"),
    "invites": _l("Invites you made"),
    "revisions": _l("Earlier wordings of your posts"),
}


# Rows that point at what others wrote. Some of it may by now be hidden from the member, and a
# number would tell; so these are always listed, and never counted here.
POINTING: Final = frozenset({"follows", "notices", "thanks"})


@dataclass(frozen=True, slots=True)
class Admission:
    """Who may join at this moment, and what it takes."""

    is_closed: bool
    needs_invite: bool
    is_full: bool  # the hour's budget is used up: by invite only until it is over
    is_crowded: bool  # more than half of it is used

    @property
    def wait(self) -> int:
        """How many seconds a form has to be open before it can be sent."""
        least = _config().signup_wait
        return max(least, LONGEST_WAIT) if self.is_crowded and least else least


class Problems(dict[str, str]):
    """What is wrong, by field; nothing is wrong with a field that is not named."""

    def __missing__(self, name: str) -> str:
        """A field without a problem."""
        return ""


# --- joining --------------------------------------------------------------------------------------


@blueprint.get("/join")
@public
def sign_up() -> ResponseReturnValue:
    """The one page of joining."""
    if actor().is_member:
        return redirect(url_for("accounts.recovery_codes"))
    form = SignUpForm()
    form.pseudonym.data = _suggestion()
    form.invite.data = request.args.get("invite", "")[:64]
    return _sign_up_page(form, tickets.new(passphrases.generate()))


@blueprint.post("/join")
@public
def join() -> ResponseReturnValue:
    """Join, or get another suggestion; whatever is wrong, all that may be kept is kept."""
    if actor().is_member:
        return redirect(url_for("accounts.recovery_codes"))
    form = SignUpForm()
    ticket = tickets.read(_secret(), form.ticket.data or "")
    if ticket is None:  # what was offered is not known, so nobody may come to depend on it
        form.noted.data = False
        problems = {"": _("This page was open for very long. Send it once more in a moment.")}
        return _sign_up_page(form, tickets.new(passphrases.generate()), problems)
    if "another_name" in request.form:
        form.pseudonym.data = _suggestion()
        return _sign_up_page(form, ticket)
    if "another_passphrase" in request.form:
        form.noted.data = False
        return _sign_up_page(form, ticket.with_offer(passphrases.generate()))
    admission = _admission()
    form.validate()
    problems = form.problems() | _problems_of_joining(form, admission)
    if not problems and (waiting := _waiting(ticket, admission)):
        problems = {"": waiting}
        ticket = tickets.new(ticket.offer) if ticket.is_over else ticket
    if not problems and not _first_use("ticket", ticket.number):
        form.noted.data = False
        problems = {"": _("This form was already sent. Please send it once more.")}
        ticket = tickets.new(passphrases.generate())
    return (
        _sign_up_page(form, ticket, problems) if problems else _add_member(form, ticket, admission)
    )


def _add_member(form: SignUpForm, ticket: Ticket, admission: Admission) -> ResponseReturnValue:
    """Make the keys, then the member; the new member is signed in and sees the codes."""
    invite = (form.invite.data or "") if admission.needs_invite else ""
    keys = service.make_keys(_chosen(form, ticket), _config().hash_cost)
    try:
        member, codes = service.sign_up(
            session(), form.name, keys, decided().norms_version, invite=invite
        )
    except (NotAvailableError, NotRightError) as error:
        undo()
        field = "pseudonym" if isinstance(error, NotAvailableError) else "invite"
        return _sign_up_page(form, tickets.renewed(ticket), {field: _unavailable(field)})
    if not admission.needs_invite:
        _count_sign_up()
    cookie = sessions.begin(session(), member.id, keys.private_key)
    _become(member.actor)
    return _let_in(_codes_page(codes), cookie)


def _problems_of_joining(form: SignUpForm, admission: Admission) -> dict[str, str]:
    """What stands in the way of joining that the form alone cannot tell."""
    problems: dict[str, str] = {}
    if admission.is_closed:
        problems[""] = _("Nobody can join at the moment.")
    name = form.name
    with reading() as short:
        is_free = not pseudonyms.is_reserved(name, decided().name)
        is_free = not queries.is_taken(short, name) and is_free
        has_invite = queries.invite_by_words(short, form.invite.data or "") is not None
    if name and not is_free and "pseudonym" not in form.errors:
        problems["pseudonym"] = _unavailable("pseudonym")
    if admission.needs_invite and not has_invite:
        problems["invite"] = _unavailable("invite")
    if admission.is_crowded and not admission.needs_invite and not _is_solved(form):
        problems["answer"] = _("These were not the two words. Here is another row.")
    return problems


def _unavailable(field: str) -> str:
    """The one sentence for every reason."""
    if field == "invite":
        return str(_("This invite cannot be used. Ask for another one."))
    return str(_("This pseudonym is not available. Try another one."))


def _waiting(ticket: Ticket, admission: Admission) -> str:
    """What to say to a form that comes too early or too late; empty when it is in time."""
    if ticket.is_over:
        return str(_("This page was open for very long. Send it once more in a moment."))
    left = admission.wait - ticket.age
    if left <= 0:
        return ""
    return str(
        _(
            "Please wait %(time)s, then choose “Join” again. Everything you typed is kept; "
            "an own passphrase has to be typed again.",
            time=wait_in_words(left),
        )
    )


def _sign_up_page(
    form: SignUpForm, ticket: Ticket, problems: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """The page of joining, with everything that was typed but an own passphrase."""
    admission = _admission()
    asks_puzzle = admission.is_crowded and not admission.needs_invite
    return page(
        "accounts/join.html",
        status=422 if problems else 200,
        form=form,
        problems=Problems(problems or {}),
        admission=admission,
        offer=ticket.offer,
        ticket=tickets.sign(_secret(), ticket),
        riddle=puzzle.make(_secret(), _) if asks_puzzle else None,
        norms=render(decided().norms).html,
    )


def _suggestion() -> str:
    """A pseudonym that is free at this moment."""
    with reading() as short:
        for _try in range(SUGGESTIONS):
            name = pseudonyms.suggest()
            taken = queries.is_taken(short, name)
            if not taken and not pseudonyms.is_reserved(name, decided().name):
                return name
    return f"{pseudonyms.suggest()}-{secrets.randbelow(90) + 10}"[: pseudonyms.LONGEST]


def _admission() -> Admission:
    """Who may join now."""
    now = decided()
    budget = _config().signup_hourly
    used = limits.used("join", "all", f"{budget} per hour")
    is_full = used >= budget
    return Admission(
        is_closed=now.signup is Signup.CLOSED or not now.is_set_up,
        needs_invite=now.signup is Signup.INVITE or is_full,
        is_full=is_full and now.signup is Signup.OPEN,
        is_crowded=used * 2 > budget,
    )


def _count_sign_up() -> None:
    """Count one more member against the budget of the hour; who is in is in."""
    try:
        limits.spend("join", "all", f"{_config().signup_hourly} per hour")
    except TooManyError:  # two came at once for the last place
        return


# --- coming in ------------------------------------------------------------------------------------


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """The form for coming in."""
    if actor().is_member:
        return redirect(_onward())
    return _sign_in_page(SignInForm())


@blueprint.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    """Come in. An unknown name and a wrong passphrase get the same answer, after the same work."""
    form = SignInForm()
    if actor().is_member:
        return _welcome_back()
    if wait := _wait_before_try("sign-in", form):
        return _sign_in_page(form, 429, wait=wait)
    with reading() as short:
        credentials = queries.credentials_of(short, form.name)
    key = service.try_passphrase(credentials, form.secret, _config().hash_cost)
    if credentials is None or key is None:
        return _sign_in_page(form, 422, is_wrong=True)
    fresh = _freshened(credentials, form.secret, key)
    try:
        cookie = service.sign_in(session(), credentials, key)
    except NotRightError:
        undo()
        return _sign_in_page(form, 422, is_wrong=True)
    if fresh is not None:
        service.freshen_lock(session(), credentials, fresh)
    limits.forget("sign-in", _tag(form.name), TRIES)
    _become(queries.member_by_id(session(), credentials.member_id).actor)
    return _let_in(_welcome_back(), cookie)


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this session, and ask the browser to forget everything of it."""
    if actor().is_member:
        sessions.end(session(), me().id, signed_in().token)
    form_cookie.clear()
    response = redirect(url_for("forum.home"))
    response.delete_cookie(
        cookie_name(), secure=is_https(), httponly=True, samesite="Strict", path="/"
    )
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


def _welcome_back() -> ResponseReturnValue:
    """Where somebody goes who has just come in: to the text that was kept, else onward."""
    fields, path = _kept_fields(), request.form.get(KEPT_PATH, "")
    if not fields or not _takes_posts(path):
        return redirect(_onward())
    return page("accounts/kept.html", action=path, fields=fields)


def _freshened(
    credentials: queries.Credentials, passphrase: Passphrase, key: bytes
) -> keyring.Lock | None:
    """The same passphrase hashed as the settings say today, where that was otherwise."""
    cost = _config().hash_cost
    if credentials.lock.cost == str(cost):
        return None
    return keyring.lock(passphrase, credentials.public_id, key, cost)


def _sign_in_page(
    form: SignInForm, status: int = 200, wait: int = 0, *, is_wrong: bool = False
) -> ResponseReturnValue:
    """The form for coming in; a text that was kept goes along."""
    return page(
        "accounts/sign_in.html",
        status=status,
        form=form,
        is_wrong=is_wrong,
        wait=wait,
        riddle=puzzle.make(_secret(), _) if wait else None,
        kept=[(KEPT + name, value) for name, value in _kept_fields()],
        kept_path=request.form.get(KEPT_PATH, ""),
        next=request.values.get("next", ""),
    )


def _kept_fields() -> list[tuple[str, str]]:
    """What was typed before the session was over, as the sign-in form carries it."""
    pairs = request.form.items(multi=True)
    return [(name.removeprefix(KEPT), value) for name, value in pairs if name.startswith(KEPT)]


def _takes_posts(path: str) -> bool:
    """Whether a path is one of ours that a form can be sent to."""
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.startswith("/"):
        return False
    try:
        current_app.url_map.bind(request.host).match(path, method="POST")
    except HTTPException:
        return False
    return True


def _onward() -> str:
    """Where the signed note in `next` leads, else home."""
    if not actor().is_confirmed:
        return url_for("accounts.recovery_codes")
    return onward.follow(request.values.get("next", "")) or url_for("forum.home")


# --- coming back with a recovery code -------------------------------------------------------------


@blueprint.get("/recover")
@public
def recover() -> ResponseReturnValue:
    """The form for coming back with a recovery code."""
    return _recover_page(RecoverForm(), tickets.new(passphrases.generate()))


@blueprint.post("/recover")
@public
def come_back() -> ResponseReturnValue:
    """Spend a recovery code on a new passphrase. Whatever does not fit, the answer is the same."""
    form = RecoverForm()
    ticket = tickets.read(_secret(), form.ticket.data or "")
    if ticket is None or ticket.is_over:
        ticket = tickets.new(passphrases.generate())
        form.noted.data = False  # it was about another passphrase
    if not form.validate():
        return _recover_page(form, ticket, form.problems(), 422)
    if wait := _wait_before_try("recover", form):
        return _recover_page(form, ticket, {}, 429, wait=wait)
    with reading() as short:
        recovery = queries.recovery_of(short, form.name)
    opened = service.try_code(recovery, form.code.data or "")
    wrong = {"code": _("Pseudonym and code do not fit together, or the code was used before.")}
    if recovery is None or opened is None:
        return _recover_page(form, ticket, wrong, 422)
    number, key = opened
    lock = keyring.lock(_chosen(form, ticket), recovery.public_id, key, _config().hash_cost)
    try:
        service.recover(session(), recovery, number, lock)
    except NotRightError:
        undo()
        return _recover_page(form, ticket, wrong, 422)
    limits.forget("recover", _tag(form.name), TRIES)
    limits.forget("sign-in", _tag(form.name), TRIES)
    cookie = sessions.begin(session(), recovery.member_id, key)
    return _with_new_passphrase("accounts.recovery_codes", cookie)


def _recover_page(
    form: RecoverForm,
    ticket: Ticket,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
    wait: int = 0,
) -> ResponseReturnValue:
    """The form for coming back."""
    return page(
        "accounts/recover.html",
        status=status,
        form=form,
        problems=Problems(problems or {}),
        offer=ticket.offer,
        ticket=tickets.sign(_secret(), ticket),
        wait=wait,
        riddle=puzzle.make(_secret(), _) if wait else None,
    )


# --- recovery codes -------------------------------------------------------------------------------


@blueprint.get("/me/recovery-codes")
@permit(Permission.ACCOUNT_MANAGE)
def recovery_codes() -> ResponseReturnValue:
    """How many codes are left, and the way to new ones; the codes themselves were shown once."""
    return _codes_page()


@blueprint.post("/me/recovery-codes")
@permit(Permission.ACCOUNT_MANAGE)
def renew_recovery_codes() -> ResponseReturnValue:
    """Make eight new codes. Who has confirmed the ones before shows the passphrase first."""
    if me().is_confirmed:
        form = StepUpForm()
        key, problem = _step_up(form)
        if key is None:
            return _codes_page(problems={"passphrase": problem}, status=422)
    else:
        key = signed_in().unlock()
    codes = service.renew_codes(session(), me().id, me().public_id, key)
    return _codes_page(codes)


@blueprint.post("/me/recovery-codes/confirm")
@permit(Permission.ACCOUNT_MANAGE)
def confirm_recovery_code() -> ResponseReturnValue:
    """Type one code back; after that everything opens."""
    form = ConfirmCodeForm()
    try:
        service.confirm_code(session(), me(), form.asked, form.code.data or "")
    except NotRightError:
        undo()
        problem = _("This is not code number %(number)s.", number=form.asked or 1)
        return _codes_page(problems={"code": problem}, asked=form.asked or 1, status=422)
    tell(_("Good. Keep the codes where nobody else finds them."))
    return redirect(url_for("forum.home"))


def _codes_page(
    codes: Sequence[str] = (),
    problems: Mapping[str, str] | None = None,
    *,
    asked: int = 0,
    status: int = 200,
) -> ResponseReturnValue:
    """The page of the recovery codes; `codes` only in the answer that made them."""
    return page(
        "accounts/recovery_codes.html",
        status=status,
        codes=codes,
        left=len(queries.unused_codes(session(), me().id)),
        asked=asked or secrets.randbelow(keyring.CODE_COUNT) + 1,
        is_confirmed=me().is_confirmed,
        problems=Problems(problems or {}),
    )


# --- one's own pages ------------------------------------------------------------------------------


@blueprint.get("/me/privacy")
@permit(Permission.ACCOUNT_MANAGE)
def my_privacy() -> ResponseReturnValue:
    """What is held about the member who asks, read off the tables, and the open sessions."""
    member = queries.member_by_id(session(), me().id)
    rows = [
        (
            str(TABLE_WORDS.get(held.table, held.table)),
            _("as your pages show") if held.table in POINTING else held.count,
            _kept_for(held),
        )
        for held in queries.holdings(session(), me().id)
        if held.count or held.table in POINTING
    ]
    return page(
        "accounts/my_privacy.html",
        member=member,
        trust=TRUST_WORDS[member.trust],
        rows=rows,
        erasing=owing_of(session(), me().id),
        open_sessions=queries.open_sessions(session(), me().id),
        this_session=signed_in().token,
    )


@blueprint.post("/me/sessions/<session_id>/end")
@permit(Permission.ACCOUNT_MANAGE)
def end_session(session_id: str) -> ResponseReturnValue:
    """End one session of one's own; what is not there, or another's, is answered alike."""
    sessions.end(session(), me().id, session_id)
    tell(_("That session has ended."))
    return redirect(url_for("accounts.my_privacy"))


@blueprint.post("/me/sessions/end")
@permit(Permission.ACCOUNT_MANAGE)
def end_sessions() -> ResponseReturnValue:
    """End every session, this one too."""
    sessions.end_all(session(), me().id)
    return sign_out()


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


@blueprint.post("/me/settings/passphrase")
@permit(Permission.ACCOUNT_MANAGE)
def change_passphrase() -> ResponseReturnValue:
    """Put a new passphrase in place of the old one; every other session ends."""
    form = ChangePassphraseForm()
    if not form.validate():
        return _settings_page(problems=form.problems())
    key, problem = _step_up(form)
    if key is None:
        return _settings_page(problems={"passphrase": problem})
    lock = keyring.lock(form.own, me().public_id, key, _config().hash_cost)
    cookie = service.change_passphrase(session(), me(), lock, key)
    return _with_new_passphrase("accounts.settings", cookie)


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


def _kept_for(held: queries.Holding) -> str:
    """How long a table keeps its rows, in words."""
    if held.keep.days is None:
        return str(_(held.keep.why))
    return str(ngettext("%(num)d day at most", "%(num)d days at most", held.keep.days))


# --- invites --------------------------------------------------------------------------------------


@blueprint.get("/me/invites")
@permit(Permission.ACCOUNT_MANAGE)
def invites() -> ResponseReturnValue:
    """The invites of one's own that can still be used, and the way to a new one."""
    return _invites_page()


@blueprint.post("/me/invites")
@permit(Permission.INVITE_CREATE)
def make_invite() -> ResponseReturnValue:
    """Make an invite; its words are shown in this answer only."""
    try:
        words = service.make_invite(session(), me())
    except TooManyInvitesError:
        problem = _("You have five open invites. Take one back, or wait until one was used.")
        return _invites_page(problems={"": problem})
    return _invites_page(words)


@blueprint.post("/me/invites/<invite_id>/withdraw")
@permit(Permission.ACCOUNT_MANAGE)
def withdraw_invite(invite_id: str) -> ResponseReturnValue:
    """Take an invite of one's own back; what is not there, or another's, is answered alike."""
    service.withdraw_invite(session(), me(), invite_id)
    tell(_("The invite cannot be used any more."))
    return redirect(url_for("accounts.invites"))


def _invites_page(
    words: str = "", problems: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """The page of the invites; `words` only in the answer that made them."""
    return page(
        "accounts/invites.html",
        status=422 if problems else 200,
        words=words,
        open_invites=queries.invites_of(session(), me().id),
        days=queries.INVITE_DAYS,
        problems=Problems(problems or {}),
    )


# --- profiles -------------------------------------------------------------------------------------


@blueprint.get("/u/<pseudonym>")
@permit_on(Permission.MEMBER_READ, queries.member_by_pseudonym)
def profile(member: Member) -> ResponseReturnValue:
    """What a member shows to the others, and nothing else."""
    return page(
        "accounts/profile.html",
        member=member,
        trust=TRUST_WORDS[member.trust],
        roles=[str(word) for role, word in ROLE_WORDS.items() if role in member.roles],
        joined=format_date(member.joined_on, "MMMM y"),
        is_own=member.id == me().id,
    )


# --- in common ------------------------------------------------------------------------------------


def _let_in(answer: ResponseReturnValue, cookie: str) -> Response:
    """Answer with the cookie of a new session."""
    response = make_response(answer)
    response.set_cookie(
        cookie_name(), cookie, secure=is_https(), httponly=True, samesite="Strict", path="/"
    )
    return response


def _become(who: Actor) -> None:
    """Draw the rest of this answer for the member who has just come in, with forms of its own."""
    form_cookie.clear()
    g.actor = who


def _with_new_passphrase(endpoint: str, cookie: str) -> Response:
    """Go on in a new session after a change of passphrase."""
    form_cookie.clear()
    tell(_("Your new passphrase holds from now on. All other sessions have ended."))
    return _let_in(redirect(url_for(endpoint)), cookie)


def _chosen(form: NewPassphraseMixin, ticket: Ticket) -> Passphrase:
    """The own passphrase where one was typed, else the one that was offered."""
    return form.own if form.has_own else passphrases.read(ticket.offer)


def _step_up(form: StepUpForm) -> tuple[bytes | None, str]:
    """The member's private key if the passphrase is right, else what to say."""
    try:
        limits.spend("sign-in", _tag(me().pseudonym), TRIES)
    except TooManyError as error:
        text = _("Please wait %(time)s, then try again.", time=wait_in_words(error.seconds))
        return None, str(text)
    with reading() as short:
        credentials = queries.own_credentials(short, me().id)
    key = service.try_passphrase(credentials, form.secret, _config().hash_cost)
    if key is None:
        return None, str(_("This is not your passphrase."))
    limits.forget("sign-in", _tag(me().pseudonym), TRIES)
    return key, ""


def _wait_before_try(kind: str, form: SignInForm | RecoverForm) -> int:
    """How many seconds to wait before another try at this name; a solved puzzle buys one."""
    try:
        limits.spend(kind, _tag(form.name), TRIES)
    except TooManyError as error:
        return 0 if _is_solved(form) else error.seconds
    return 0


def _is_solved(form: SignInForm | SignUpForm | RecoverForm) -> bool:
    """Whether the form brings the answer to a puzzle that was not used before."""
    number = puzzle.solved(_secret(), form.puzzle.data or "", form.answer.data or "")
    return number is not None and _first_use("puzzle", number)


def _first_use(kind: str, number: str) -> bool:
    """Whether a number comes for the first time."""
    try:
        limits.spend(kind, number, ONCE)
    except TooManyError:
        return False
    return True


def _tag(name: str) -> str:
    """What tries at a name are counted under, however it is written, whether or not it is there."""
    return pseudonyms.skeleton(name)


def _config() -> Config:
    """The settings of this server."""
    return cast(Config, current_app.config["BAUTA"])


def _secret() -> bytes:
    """What signs the notes that forms carry."""
    key: Any = current_app.secret_key
    return key if isinstance(key, bytes) else str(key).encode()
