"""Doors: who is asking, and whether the table of permissions lets them through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import Any, Final, TypeVar, cast

from flask import Flask, Request, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy.orm import Session

from app.core.errors import (
    CodesNeededError,
    ConfirmNeededError,
    DeniedError,
    FactorNeededError,
    NotFoundError,
    SignInNeededError,
)
from app.policy.permissions import Permission, Verdict, is_shut_out, judge
from app.policy.vocabulary import VISITOR, Actor
from app.web.unit_of_work import SAFE_METHODS, owe, reading, session

DOOR: Final = "__door__"
PUBLIC: Final = "public"
SUBJECT: Final = "__subject__"
SENSITIVE: Final = "__sensitive__"
SHUT_OUT: Final = "not_suspended"

Subject = TypeVar("Subject")
Loader = Callable[[Session, str], Subject | None]
View = Callable[..., ResponseReturnValue]


@dataclass(frozen=True, slots=True)
class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """What a session cookie opened: who it is, and how to reach the sealed part of the session."""

    actor: Actor
    token: str
    unlock: Callable[[], bytes]  # gives the member's private key; costs a box opened
    is_sure: Callable[[], bool]  # whether it was shown a short while ago who this is
    has_factor: bool = False  # a code is asked beside the passphrase
    wants_longer: bool = False  # the session would soon end for idleness

    def get_id(self) -> str:
        """What Flask-Login calls a user: the opaque name of this session, nothing of the member."""
        return self.token


Identify = Callable[[Session, str], SignedIn | None]
Prolong = Callable[[Session, str], None]
COOKIE: Final = "bauta"


def cookie_name() -> str:
    """What the session cookie is called; over TLS its name binds it to this very host."""
    is_https = current_app.config["PREFERRED_URL_SCHEME"] == "https"
    return f"__Host-{COOKIE}" if is_https else COOKIE


def know_who_asks(app: Flask, identify: Identify, prolong: Prolong) -> None:
    """Find the member behind the cookie before each view, with a session that cannot write."""
    manager = LoginManager()
    manager.session_protection = None
    # Flask-Login would make a name for the session from address and browser, even unprotected.
    manager._session_identifier_generator = lambda: ""  # noqa: SLF001 - there is no public way
    manager.init_app(app)

    @manager.request_loader
    def load(asked: Request) -> SignedIn | None:
        cookie = asked.cookies.get(cookie_name(), "")
        if not cookie:
            return None
        if asked.method in SAFE_METHODS:
            return identify(session(), cookie)
        with reading() as short:
            return identify(short, cookie)

    @app.before_request
    def find_out() -> None:
        g.signed_in, g.actor = None, VISITOR
        if request.endpoint != "static" and current_user.is_authenticated:
            g.signed_in = current_user._get_current_object()  # noqa: SLF001 - werkzeug's way
            g.actor = g.signed_in.actor
            if g.signed_in.wants_longer:
                owe(partial(_prolong, prolong, g.signed_in.token))


def _prolong(prolong: Prolong, token: str, session: Session) -> None:
    """Move the end of an idle session on, in a transaction of its own."""
    prolong(session, token)


def actor() -> Actor:
    """Whoever asks: a member or the visitor."""
    return cast(Actor, g.get("actor", VISITOR))


def me() -> Actor:
    """The member who asks.

    Raises:
        SignInNeededError: when nobody is signed in.
    """
    if not actor().is_member:
        raise SignInNeededError
    return actor()


def signed_in() -> SignedIn:
    """The session of the member who asks.

    Raises:
        SignInNeededError: when nobody is signed in.
    """
    me()
    return cast(SignedIn, g.signed_in)


def may(permission: str, subject: object = None) -> bool:
    """Whether the one who asks may do a deed on a thing; for pages, in the words of the table."""
    return judge(Permission(permission), actor(), subject).verdict is Verdict.ALLOW


def demand(permission: Permission, subject: object = None) -> None:
    """Let the one who asks through, or say no in the right way.

    Raises:
        SignInNeededError: for a visitor, whatever the reason.
        FactorNeededError: when only the second factor is missing that a role needs.
        NotFoundError: when the thing does not exist for this member.
        DeniedError: when the member may know of it but not do the deed.
    """
    judgement = judge(permission, actor(), subject)
    if judgement.verdict is Verdict.ALLOW:
        return
    if subject is None and _waits_for_factor(permission):
        raise FactorNeededError
    if not actor().is_member:
        raise SignInNeededError
    if judgement.verdict is Verdict.HIDE:
        raise NotFoundError
    raise DeniedError(judgement.rule)


def _waits_for_factor(permission: Permission) -> bool:
    """Whether the door would open to the roles that wait for a second factor."""
    if not actor().waits_for_factor:
        return False
    with_roles = replace(actor(), roles=actor().withheld, keeps=actor().withheld_keeps)
    return judge(permission, with_roles).verdict is Verdict.ALLOW


def public(view: View) -> View:
    """A door that is open to everybody."""
    setattr(view, DOOR, PUBLIC)
    return view


def permit(permission: Permission) -> Callable[[View], View]:
    """A door to a place, such as the queue, that needs no thing to weigh."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**named: Any) -> ResponseReturnValue:
            demand(permission)
            ask_for_codes_first()
            return view(**named)

        setattr(guarded, DOOR, permission)
        return guarded

    return decorate


def permit_on(
    permission: Permission, load: Loader[Subject]
) -> Callable[[Callable[..., ResponseReturnValue]], View]:
    """Load the thing the address names first, weigh the permission on it, hand it to the view."""

    def decorate(view: Callable[..., ResponseReturnValue]) -> View:
        @wraps(view)
        def guarded(**named: Any) -> ResponseReturnValue:
            if is_shut_out(permission, actor()):
                raise DeniedError(SHUT_OUT)
            ask_for_codes_first()
            first = next(iter(named))
            subject = load(session(), named.pop(first))
            if subject is None:
                # A visitor gets the same answer whether the thing is hidden or not there at all.
                raise NotFoundError if actor().is_member else SignInNeededError
            demand(permission, subject)
            return view(subject, **named)

        setattr(guarded, DOOR, permission)
        setattr(guarded, SUBJECT, load)
        return guarded

    return decorate


def confirmed(view: View) -> View:
    """Ask the member to show who it is before a sensitive deed, unless that was a short while ago.

    Stands below the door: `@permit(…)`, then `@confirmed`. What was typed is handed back after.
    """

    @wraps(view)
    def guarded(*given: Any, **named: Any) -> ResponseReturnValue:
        if not signed_in().is_sure():
            raise ConfirmNeededError
        return view(*given, **named)

    setattr(guarded, SENSITIVE, True)
    return guarded


def ask_for_codes_first() -> None:
    """Let nobody on who has not yet confirmed a recovery code, but to the own account.

    Raises:
        CodesNeededError: for such a member, whatever lies behind the door.
    """
    if not actor().is_confirmed and request.blueprint != "accounts":
        raise CodesNeededError


def close_undeclared_doors(app: Flask) -> None:
    """Refuse any view that forgot to declare a door."""

    @app.before_request
    def refuse() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if view is not None and not hasattr(view, DOOR):
            raise NotFoundError
