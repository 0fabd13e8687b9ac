"""What the author of a text is told about a finding, in English; the ids are what other rooms keep.

The sentences are marked with `N_` so that they reach the translators; whoever shows one passes
it through gettext first and fills in the parameters afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.screening.findings import About, Category, Why


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for "marked, not yet translated"
    """Mark a sentence for translation and return it as it is."""
    return message


MESSAGES: Final[Mapping[str, str]] = {
    "phone.self": N_("This looks like your own phone number."),
    "phone.other": N_("This looks like somebody's phone number."),
    "email.self": N_("This looks like your own e-mail address."),
    "email.other": N_("This looks like somebody's private e-mail address."),
    "postal_address.self": N_("This looks like where you live."),
    "postal_address.other": N_("This looks like where somebody lives."),
    "real_name.self": N_("This looks like your own name."),
    "real_name.other": N_("This says what somebody is really called."),
    "employer_school.self": N_("This says where you work or go to school."),
    "employer_school.other": N_("This says where somebody works or goes to school."),
    "social_profile.self": N_("This leads to your profile elsewhere."),
    "social_profile.other": N_("This leads to somebody's profile elsewhere."),
    "government_id.self": N_("This looks like your own official number."),
    "government_id.other": N_("This looks like somebody's official number."),
    "payment.self": N_("This looks like your own card or account number."),
    "payment.other": N_("This looks like somebody's card or account number."),
    "vehicle.self": N_("This looks like your number plate."),
    "vehicle.other": N_("This looks like somebody's number plate."),
    "ip_address.self": N_("This looks like your own internet address."),
    "ip_address.other": N_("This looks like somebody's internet address."),
    "geo.self": N_("This points to where you are on a map."),
    "geo.other": N_("This points to where somebody is on a map."),
    "doxx_link.self": N_("This link leads to collected facts about a person."),
    "doxx_link.other": N_("This link leads to collected facts about a person."),
    "solicitation.self": N_("This asks for something that identifies somebody."),
    "solicitation.other": N_("This asks for something that identifies somebody."),
    "account_link.self": N_("This says which other account is yours."),
    "account_link.other": N_("This says which other account belongs to somebody."),
    "whereabouts.self": N_("This says where you can be found."),
    "whereabouts.other": N_("This says where somebody can be found."),
    "exposure_threat.self": N_("This threatens to expose somebody."),
    "exposure_threat.other": N_("This threatens to expose somebody."),
    "accumulation.self": N_("Put together, these facts point to you: %(kinds)s."),
    "accumulation.other": N_("Put together, these facts point to one person: %(kinds)s."),
    "limit": N_("This text is too long or too tangled to be read to its end."),
    "shield": N_("A moderator reads this first."),
    "shield.own": N_("This holds a phrase of your own that you have shielded: %(label)s."),
    "filter": N_("A rule of this community applies here."),
    "filter.said": N_("%(message)s"),  # what the moderators wrote for the author
    "kind.age": N_("age"),
    "kind.belief": N_("belief"),
    "kind.family": N_("family"),
    "kind.first_name": N_("first name"),
    "kind.health": N_("health"),
    "kind.languages": N_("languages"),
    "kind.looks": N_("looks"),
    "kind.place": N_("place"),
    "kind.routine": N_("routine"),
    "kind.school": N_("school"),
    "kind.vehicle": N_("vehicle"),
    "kind.work": N_("work"),
    "kind.accounts": N_("accounts"),
}


def why(category: Category, about: About, *parameters: tuple[str, str]) -> Why:
    """Return the reason to give for a finding of this category about this person."""
    if category in {Category.LIMIT, Category.SHIELD, Category.FILTER}:
        return Why(str(category), parameters)
    side = "self" if about is About.SELF else "other"
    return Why(f"{category}.{side}", parameters)


def sentence(reason: Why) -> str:
    """Return the English sentence of a reason, with its parameters filled in."""
    return MESSAGES[reason.message] % dict(reason.parameters)
