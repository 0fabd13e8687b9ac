"""What needs, regions and the state of an entry are called in texts for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _l

from app.support.models import Status, Wrong

NEEDS: Final[Mapping[str, LazyString]] = {
    "emergency": _l("danger now"),
    "crisis": _l("a bad moment, thoughts of dying"),
    "violence": _l("violence"),
    "stalking": _l("being followed"),
    "harassment": _l("hate and harassment"),
    "images": _l("intimate pictures"),
    "deletion": _l("getting things taken down"),
    "accounts": _l("accounts and devices"),
    "victims": _l("after a crime"),
    "children": _l("children and young people"),
    "reports": _l("telling the police or an office"),
}
STATUSES: Final[Mapping[Status, LazyString]] = {
    Status.OK: _l("still there, still right"),
    Status.UNSURE: _l("not sure"),
    Status.CLOSED: _l("closed: hidden from members"),
}
WRONGS: Final[Mapping[Wrong, LazyString]] = {
    Wrong.GONE: _l("They are gone, or nobody answers"),
    Wrong.REACH: _l("The number, address or hours are wrong"),
    Wrong.WHOM: _l("They do not help whom it says, or with what it says"),
    Wrong.HARM: _l("They did not treat me well, or it was not safe"),
    Wrong.OTHER: _l("Something else here is wrong"),
}
FIELDS: Final[Mapping[str, LazyString]] = {
    "name": _l("Name"),
    "region": _l("Country code, or EU, arab, latam, global"),
    "for_whom": _l("For whom, or what the law says"),
    "not_for": _l("Not for whom"),
    "needs": _l("For what?"),
    "channels": _l("How to reach them"),
    "hours": _l("Hours"),
    "languages": _l("Languages"),
    "cost": _l("Cost"),
    "is_anonymous": _l("Without a name?"),
    "needs_login": _l("Needs scripts or a login?"),
    "must_report": _l("Must they report what they hear?"),
    "url": _l("Web address; it is also the source"),
    "note": _l("Note"),
}
_YES_OR_NO: Final[Mapping[str, LazyString]] = {
    "": _l("nobody has said"),
    "yes": _l("yes"),
    "no": _l("no"),
}
# The facts that are one of a few words, and those words.
CHOICES: Final[Mapping[str, Mapping[str, LazyString]]] = {
    "is_anonymous": _YES_OR_NO,
    "must_report": _YES_OR_NO,
    "needs_login": {
        "": _l("nobody has said"),
        "scripts": _l("scripts"),
        "login": _l("a login"),
        "no": _l("neither"),
    },
}
_REGIONS: Final[Mapping[str, LazyString]] = {
    "global": _l("Everywhere"),
    "EU": _l("European Union"),
    "arab": _l("Arab region"),
    "latam": _l("Latin America"),
}


def region_in_words(region: str) -> str:
    """What a region is called in the language of this page."""
    if region in _REGIONS:
        return str(_REGIONS[region])
    locale = get_locale()
    return str(locale.territories.get(region, region)) if locale else region
