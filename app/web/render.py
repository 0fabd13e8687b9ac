"""Pages: what every template may ask for, and the making of an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

from babel.support import Translations
from flask import (
    Flask,
    current_app,
    flash,
    g,
    get_flashed_messages,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_datetime, get_translations, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from app.core import clock
from app.web.access import actor, may
from app.web.assets import asset
from app.web.extensions import direction, language
from app.web.marks import marks
from app.web.onward import onward
from app.web.paging import opaque

THEME_COOKIE: Final = "look"
THEMES: Final = frozenset({"light", "dark", "contrast"})

Common = Callable[[], Mapping[str, Any]]


def install_pages(app: Flask, common: Common) -> None:
    """Give every template its words; `common` adds what the rooms know (name, inbox count)."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.filters["day"] = day_in_words
    app.jinja_env.filters["hour"] = hour_in_words
    app.jinja_env.filters["wait"] = wait_in_words
    app.jinja_env.filters["opaque"] = opaque
    app.jinja_env.globals.update(may=may, asset=asset, marks=marks, onward=onward)
    # Flask's own `url_for` and Babel's own `gettext` find everything anew at each call, and a page
    # has a hundred of them.
    app.jinja_env.globals.update(
        {"_": translated, "gettext": translated, "ngettext": counted, "url_for": address}
    )

    @app.context_processor
    def offer() -> dict[str, Any]:
        return {
            "me": actor() if actor().is_member else None,
            "theme": theme(),
            "language": language(),
            "direction": direction(),
            "quick_exit_url": current_app.config["QUICK_EXIT"],
            "notices": _notices,
            **common(),
        }


def theme() -> str:
    """The look that was chosen: with the account, or in a visitor's cookie; empty for none."""
    chosen = actor().theme if actor().is_member else request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def page(template: str, /, status: int = 200, **values: Any) -> ResponseReturnValue:
    """Draw a page."""
    return render_template(template, **values), status


def tell(text: str, kind: str = "good") -> None:
    """Show one sentence at the top of the next page; `kind` is info, good or warning."""
    flash(text, kind)


def translated(text: str, **words: Any) -> Markup:
    """A text in the language of this page; `words` are put in, made safe unless they are markup."""
    said = _said().get(text)
    if said is None:
        said = _said()[text] = Markup(_catalogue().ugettext(text))  # noqa: S704 - our own texts
    return said % words


def counted(one: str, many: str, num: int, **words: Any) -> Markup:
    """The form of a text for this number, which stands in it as `%(num)s`."""
    said = Markup(_catalogue().ungettext(one, many, num))  # noqa: S704 - our own texts
    return said % {"num": num, **words}


def address(endpoint: str, **values: Any) -> str:
    """Flask's `url_for`, remembering the addresses that never differ."""
    if values:
        return url_for(endpoint, **values)
    known: dict[str, str] = current_app.extensions.setdefault("addresses", {})
    if endpoint not in known:
        known[endpoint] = url_for(endpoint)
    return known[endpoint]


def _said() -> dict[str, Markup]:
    """What has been translated into the language of this page so far."""
    if "said" not in g:
        known = current_app.extensions.setdefault("said", {})
        g.said = known.setdefault(language(), {})
    return cast(dict[str, Markup], g.said)


def _catalogue() -> Translations:
    """The translations for the language of this page."""
    if "catalogue" not in g:
        known: dict[str, Translations] = current_app.extensions.setdefault("catalogues", {})
        if language() not in known:
            known[language()] = get_translations()
        g.catalogue = known[language()]
    return cast(Translations, g.catalogue)


def _notices() -> list[tuple[str, str]]:
    """The sentences to show once, as (kind, text)."""
    return cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))


def day_in_words(moment: date | datetime) -> str:
    """A day as people say it: today, yesterday, else the date. Never an hour."""
    day = moment.date() if isinstance(moment, datetime) else moment
    said: dict[date, str] = g.setdefault("days_in_words", {})  # one page names few days often
    if day not in said:
        said[day] = _in_words(day)
    return said[day]


def _in_words(day: date) -> str:
    """The words for one day in the language of this page."""
    today = clock.today()
    if day >= today:
        return str(_("today"))
    if day == today - timedelta(days=1):
        return str(_("yesterday"))
    return str(format_date(day, "d MMM y" if day.year != today.year else "d MMM"))


def hour_in_words(moment: datetime) -> str:
    """A moment to the hour, with its day; for what somebody has to wait for."""
    return str(format_datetime(moment, "d MMM, HH:mm 'UTC'"))


def wait_in_words(seconds: int) -> str:
    """How long to wait, in the unit that people would use."""
    if seconds < 90:  # noqa: PLR2004 - a minute and a half still reads well in seconds
        return str(ngettext("%(num)d second", "%(num)d seconds", seconds))
    if seconds < 5400:  # noqa: PLR2004 - the same for minutes
        return str(ngettext("%(num)d minute", "%(num)d minutes", round(seconds / 60)))
    return str(ngettext("%(num)d hour", "%(num)d hours", round(seconds / 3600)))
