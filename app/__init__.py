"""Bauta: the whole wiring as one visible list.

The rooms are imported when an application is made, not before: whoever imports only the filter, as
`bauta screen` does, gets only the filter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from flask import Blueprint, Flask

    from app.core.db import Database
    from config import Config

HERE: Final = Path(__file__).resolve().parent.parent
REQUEST_BYTES: Final = 8 * 1024 * 1024


def create_app(config: Config, database: Database | None = None) -> Flask:
    """Build the application for these settings; opens the database unless one is given."""
    from flask import Flask

    from app.accounts import sessions
    from app.accounts.service import agree_to_norms
    from app.core.db import open_database
    from app.core.settings import SettingsCache
    from app.forum import queries as forum_queries
    from app.forum import views as forum
    from app.privacy.addresses import NoAddresses
    from app.web.access import close_undeclared_doors, know_who_asks
    from app.web.assets import install_assets
    from app.web.drawing import Pages
    from app.web.errors import explain_refusals
    from app.web.extensions import protect_forms, refuse_nul, speak
    from app.web.headers import StrictHeaders
    from app.web.limits import install_limits
    from app.web.norms import ask_for_agreement
    from app.web.render import install_pages
    from app.web.unit_of_work import one_transaction_per_request
    from app.web.uploads import keep_uploads_in_memory
    from app.web.wired import Forum, wire_forum
    from config import secret

    app = Flask("app", static_folder=None, template_folder=str(HERE / "templates"))
    keep_uploads_in_memory(app)
    app.jinja_environment = Pages
    app.secret_key = secret(config, "forms")
    app.config.update(
        BAUTA=config,
        MAX_CONTENT_LENGTH=REQUEST_BYTES,
        PREFERRED_URL_SCHEME=config.scheme,
        QUICK_EXIT=config.quick_exit,
        SESSION_COOKIE_NAME="__Host-form" if config.scheme == "https" else "form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=config.scheme == "https",
        TRUSTED_HOSTS=list(config.hosts),
    )
    app.extensions |= {
        "database": database or open_database(config.database),
        "settings": SettingsCache(),
    }
    lend_keys(app.extensions["database"], config)
    wire_forum(
        app,
        Forum(
            boards=forum_queries.board_names,
            public_texts=forum_queries.public_texts,
            is_well_known=forum_queries.is_well_known,
            keep_typed=forum.keep_typed,
        ),
    )

    one_transaction_per_request(app)
    close_undeclared_doors(app)
    know_who_asks(app, sessions.identify, sessions.prolong)
    ask_for_agreement(app, agree_to_norms)
    install_limits(app, config.redis_url, enabled=config.limits_enabled)
    refuse_nul(app)
    protect_forms(app)
    speak(app, HERE / "translations")
    install_assets(app, HERE / "static")
    install_pages(app, _common)
    cast(Pages, app.jinja_env).objects = frozenset({("forum/_post.html", "row")})
    explain_refusals(app)

    for blueprint in _rooms():
        app.register_blueprint(blueprint)

    app.wsgi_app = StrictHeaders(  # type: ignore[assignment,method-assign]  # the way Flask documents
        NoAddresses(app.wsgi_app, config.scheme),
        is_https=config.scheme == "https",
        onion=config.onion,
    )
    return app


def _rooms() -> Sequence[Blueprint]:
    """The pages of every room."""
    from app.accounts.views import wiring as accounts
    from app.admin import views as admin
    from app.cases.views import wiring as cases
    from app.community.views import wiring as community
    from app.filters import views as filters
    from app.forum import views as forum
    from app.leaving.views import wiring as leaving
    from app.membership import views as membership
    from app.messages import views as messages
    from app.moderation import views as moderation
    from app.shields import views as shields
    from app.staff import views as staff
    from app.support.views import wiring as support
    from app.trust import views as trust

    return [
        room.blueprint
        for room in (
            accounts,
            shields,
            support,
            filters,
            forum,
            membership,
            messages,
            moderation,
            staff,
            trust,
            leaving,
            community,
            cases,
            admin,
        )
    ]


def lend_keys(database: Database, config: Config) -> None:
    """Let every session of the database find the server's own secrets."""
    from app.accounts.names import open_names
    from app.cases.keys import open_cases
    from app.core.shreds import open_shreds
    from app.messages.keys import open_messages
    from app.shields.service import open_shields
    from app.support.lists import open_lists
    from config import secret

    open_shreds(database, config.keys)
    open_shields(database, secret(config, "shields"))
    open_names(database, secret(config, "names"))
    open_cases(database, secret(config, "cases"))
    open_messages(database, secret(config, "messages"))
    open_lists(database, secret(config, "lists"))


def _common() -> Mapping[str, Any]:
    """What every page shows that only the rooms know."""
    from flask import g

    from app.forum.queries import unread_notice_count
    from app.web.access import actor
    from app.web.norms import has_changed
    from app.web.settings import settings
    from app.web.unit_of_work import session

    asks = actor()
    count: int | None = g.get("inbox_count")
    if count is None:
        count = unread_notice_count(session(), asks) if asks.is_member else 0
    return {
        "community_name": settings().name or "Bauta",
        "inbox_count": count,
        "announced": _announced,
        "norms_have_changed": has_changed(),
        "case_waits": _case_waits,
        "check_in_waits": _check_in_waits,
    }


def _announced() -> Sequence[object]:
    """What the community was told lately; asked by the first page alone."""
    from app.community.models import SHOWN_DAYS
    from app.community.queries import announcements
    from app.web.unit_of_work import session

    return announcements(session(), SHOWN_DAYS)


def _case_waits() -> bool:
    """Whether something waits in an own case; asked by the inbox alone, as keys must be tried."""
    from app.cases.queries import has_word_for
    from app.web.access import signed_in
    from app.web.unit_of_work import session

    return has_word_for(session(), signed_in().unlock())


def _check_in_waits() -> bool:
    """Whether somebody has asked how the member is; asked by the inbox alone, as above."""
    from app.support.check_ins import waits_for
    from app.web.access import me, signed_in
    from app.web.unit_of_work import session

    return waits_for(session(), me(), signed_in().unlock())
