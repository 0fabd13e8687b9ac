"""Pages: what every template may ask for, and the making of an answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

from babel.support import Translations
from flask import (
    Flask,
    current_app,
    flash,
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

    app.before_request(_forget_language)
    app.teardown_request(_forget_language)

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
    known = _words()
    if words:
        return Markup(known.catalogue.ugettext(text)) % words  # noqa: S704 - our own texts
    said = known.said.get(text)
    if said is None:
        said = known.said[text] = Markup(known.catalogue.ugettext(text)) % {}  # noqa: S704 - ours
    return said


def counted(one: str, many: str, num: int, **words: Any) -> Markup:
    """The form of a text for this number, which stands in it as `%(num)s`."""
    said = Markup(_words().catalogue.ungettext(one, many, num))  # noqa: S704 - our own texts
    return said % {"num": num, **words}


def address(endpoint: str, **values: Any) -> str:
    """Flask's `url_for`, remembering for each endpoint the shape of its addresses.

    The shape is remembered, never what was put into it. Building an address anew took 7 % of a
    thread page. What would need quoting or converting goes the long way.
    """
    if endpoint[0] == ".":
        return url_for(endpoint, **values)  # says another place in every room
    for name, value in values.items():
        if name[0] == "_" or not _needs_no_quoting(value):
            return url_for(endpoint, **values)
    shapes: dict[tuple[str, ...], str] = current_app.extensions.setdefault("addresses", {})
    named = (endpoint, *values)
    shape = shapes.get(named)
    if shape is None:
        places: dict[str, Any] = {
            name: _NUMBERED + at if type(value) is int else f"place{at}here"
            for at, (name, value) in enumerate(values.items())
        }
        shape = url_for(endpoint, **places).replace("%", "%%")
        for name, place in places.items():
            shape = shape.replace(str(place), f"%({name})s")
        shapes[named] = shape
    return shape % values


_NUMBERED: Final = 7_140_000_000_000_000  # stands for a number, and is in no address otherwise


def _needs_no_quoting(value: object) -> bool:
    """Whether a value stands in an address as it is: letters of ASCII and digits."""
    if type(value) is int:
        return value >= 0
    return type(value) is str and value.isascii() and value.isalnum()


class _Words:
    """The words of one language: its catalogue, and what was taken from it so far."""

    __slots__ = ("catalogue", "said")

    def __init__(self, catalogue: Translations) -> None:
        self.catalogue = catalogue
        self.said: dict[str, Markup] = {}


class _Page(threading.local):
    """The words of the page that this thread is drawing.

    A page asks for a hundred texts and days, and one thread draws all of it: to look the language
    up in the request each time costs more than all the texts.
    """

    words: _Words | None = None

    def __init__(self) -> None:
        self.days: dict[date, str] = {}  # one page names few days often


_drawn: Final = _Page()


def _words() -> _Words:
    """The words for the language of this page."""
    words = _drawn.words
    if words is None:
        known: dict[str, _Words] = current_app.extensions.setdefault("words", {})
        words = known.get(language())
        if words is None:
            words = known[language()] = _Words(get_translations())
        _drawn.words = words
    return words


def _forget_language(_: BaseException | None = None) -> None:
    """Let the next page of this thread find its own language."""
    _drawn.words = None
    _drawn.days.clear()


def _notices() -> list[tuple[str, str]]:
    """The sentences to show once, as (kind, text)."""
    return cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))


def day_in_words(moment: date | datetime) -> str:
    """A day as people say it: today, yesterday, else the date. Never an hour."""
    day = moment.date() if isinstance(moment, datetime) else moment
    said = _drawn.days.get(day)
    if said is None:
        said = _drawn.days[day] = _in_words(day)
    return said


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
