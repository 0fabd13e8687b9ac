"""Limits without addresses: counted by account, session or target, in memory, under a lost key."""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import time
from typing import Final, cast

from flask import Flask, current_app, request
from flask_babel import ngettext
from flask_limiter import Limiter
from limits import RateLimitItem, parse

from app.core.errors import TooManyError
from app.policy.limits import Limited, Limits, limit_of, limits_of, links_in, rate_of
from app.policy.mentions import called
from app.web.access import actor
from app.web.settings import settings

# A limit's key is the tag of an id under this key. It lives as long as the process: what is left
# in a counter store after that names nobody.
_SEED: Final = secrets.token_bytes(32)

PAGES: Final = "600 per hour"
PICTURES: Final = "3000 per hour"
PICTURE_VIEWS: Final = frozenset({"forum.show_picture", "forum.show_upload"})


def install_limits(app: Flask, storage_url: str, *, enabled: bool) -> None:
    """Count pages by member, and keep the counter store for `spend`."""
    limiter = Limiter(
        key_func=_who,
        storage_uri=storage_url or "memory://",
        strategy="fixed-window",
        default_limits=[PAGES],
        default_limits_exempt_when=lambda: _is_visitor() or _is_picture(),
        headers_enabled=False,
        enabled=enabled,
    )
    limiter.init_app(app)
    app.extensions["counter"] = limiter
    app.config["LIMITS_ENABLED"] = enabled


def _is_visitor() -> bool:
    """Whether nobody is signed in.

    Visitors cannot be told apart: a limit on all of them together would let one of them lock the
    others out. What is costly has a limit of its own.
    """
    return not actor().is_member


def _is_picture() -> bool:
    """Whether a part of a page is asked for; `count_picture` counts these."""
    return request.endpoint in PICTURE_VIEWS


def count_picture() -> None:
    """Count a picture that a member looks at.

    Raises:
        TooManyError: when the member has looked at very many within an hour.
    """
    if not _is_visitor():
        spend("pictures", actor().public_id, PICTURES)


def _who() -> str:
    """The key of the one who asks."""
    return key("member", actor().public_id)


def key(kind: str, subject: str, seed: bytes = _SEED) -> str:
    """A counter's name: which limit, and a short tag of whom it counts."""
    tag = hmac.new(seed, f"{kind}:{subject}".encode(), hashlib.sha256).hexdigest()[:16]
    return f"{kind}:{tag}"


def spend(kind: str, subject: str, limit: str, cost: int = 1) -> None:
    """Count one deed against a limit such as `5 per minute`.

    Raises:
        TooManyError: when the limit is used up; it says how many seconds to wait.
    """
    if not current_app.config["LIMITS_ENABLED"]:
        return
    item, name = parse(limit), key(kind, subject)
    strategy = _counter().limiter
    if not strategy.hit(item, name, cost=cost):
        raise TooManyError(_seconds(item, name))


def spend_by_trust(limited: Limited) -> None:
    """Count one deed of whoever asks against the operator's table.

    Raises:
        TooManyError: when the limit of that step of trust is used up.
    """
    who = actor()
    spend(limited.value, who.public_id, rate_of(_table(), limited, who.trust))


def complaint_about(text: str) -> str:
    """What to say of a text with more in it than whoever asks may set; empty where it is fine.

    What counts are links, and members called by an @.
    """
    if not current_app.config["LIMITS_ENABLED"]:
        return ""
    return _about_links(text) or _about_mentions(text)


def _about_links(text: str) -> str:
    """The same for links."""
    most = limit_of(_table(), Limited.LINKS, actor().trust)
    over = links_in(text) - most
    if over <= 0:
        return ""
    return str(
        ngettext(
            "On your step of trust a text holds at most %(most)s. Take %(num)d link out; nothing "
            "is lost.",
            "On your step of trust a text holds at most %(most)s. Take %(num)d links out; nothing "
            "is lost.",
            over,
            most=ngettext("%(num)d link", "%(num)d links", most),
        )
    )


def _about_mentions(text: str) -> str:
    """The same for members called by an @."""
    most = limit_of(_table(), Limited.MENTIONS, actor().trust)
    over = len(called(text)) - most
    if over <= 0:
        return ""
    return str(
        ngettext(
            "On your step of trust a text calls at most %(most)s by an @. Take %(num)d out; "
            "nothing is lost.",
            "On your step of trust a text calls at most %(most)s by an @. Take %(num)d out; "
            "nothing is lost.",
            over,
            most=ngettext("%(num)d member", "%(num)d members", most),
        )
    )


def _table() -> Limits:
    """The table of limits as the operator has set it."""
    return limits_of(settings().limits)


def is_spent(kind: str, subject: str, limit: str) -> bool:
    """Whether a limit is used up, without counting."""
    if not current_app.config["LIMITS_ENABLED"]:
        return False
    return not _counter().limiter.test(parse(limit), key(kind, subject))


def used(kind: str, subject: str, limit: str) -> int:
    """How much of a limit is used."""
    if not current_app.config["LIMITS_ENABLED"]:
        return 0
    item = parse(limit)
    left = _counter().limiter.get_window_stats(item, key(kind, subject)).remaining
    return item.amount - left


def forget(kind: str, subject: str, limit: str) -> None:
    """Begin counting anew, as after a right passphrase."""
    if current_app.config["LIMITS_ENABLED"]:
        _counter().limiter.clear(parse(limit), key(kind, subject))


def _seconds(item: RateLimitItem, name: str) -> int:
    """How long until the limit is open again, at least one second."""
    reset = _counter().limiter.get_window_stats(item, name).reset_time
    return max(1, math.ceil(reset - time.time()))


def _counter() -> Limiter:
    """The counter of this application."""
    return cast(Limiter, current_app.extensions["counter"])
