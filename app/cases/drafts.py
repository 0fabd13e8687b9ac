"""Drafts of requests to places outside, by kind of place, and of the card that asks the member.

Ours to word, and the team's to change before anything is kept. No draft holds a name, a pseudonym,
or both together; every one names the address and the place's own rule (RESPONSE.md §10).
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from app.cases.words import PlaceKind


@dataclass(frozen=True, slots=True)
class Card:
    """What the affected member reads before saying yes or no to a request."""

    act: str
    learns: str
    risk: str
    otherwise: str


def request(kind: PlaceKind) -> str:
    """The draft of a request to a place of this kind; the team adds addresses and changes it."""
    address = _("Address:\n– \n\n")
    keep = _(
        "Please keep the data for the authorities for 90 days. We ask that nobody is told who "
        "wrote to you.\n\nReference of ours: "
    )
    texts = {
        PlaceKind.SOCIAL: _(
            "Somebody has published private information about a private person on your service, "
            "to expose that person. Your rules call this private information or doxxing.\n\n"
        ),
        PlaceKind.PASTE: _(
            "A page on your service holds private information about a private person. Please take "
            "it down, with the raw page and all copies of it.\n\n"
            "Kind of information:\n– \n\n"
        ),
        PlaceKind.SEARCH: _(
            "These results lead to private information about a private person. Please take them "
            "out of your results, with what is cached. We do not name the person here, and ask "
            "that this request is in no public list.\n\n"
        ),
        PlaceKind.HOST: _(
            "A site that you serve publishes private information about a private person. That "
            "breaks your terms of use. Please act on your own terms, and do not send this on to "
            "whoever runs the site: it would put a person in danger.\n\nClause of your terms:\n– "
            "\n\n"
        ),
        PlaceKind.FORUM: _(
            "A text on your forum holds private information about somebody. Please take it away "
            "under your own rules. No answer to the thread is needed.\n\n"
        ),
        PlaceKind.ARCHIVE: _(
            "Your archive holds a copy of a page with private information about a private person. "
            "Please leave it out from now on.\n\nDates of the copies:\n– \n\n"
        ),
        PlaceKind.CODE: _(
            "A repository holds private information about a private person. Please take the files "
            "away, with their history. We write to you and not in public, because an open issue "
            "would spread it.\n\nFiles:\n– \n\n"
        ),
    }
    body = texts.get(kind)
    if body is None:
        body = _(
            "A page of yours holds private information about a private person. Please take it "
            "away.\n\n"
        )
    return f"{body}{address}{keep}"


def card(kind: PlaceKind) -> Card:
    """What the member is asked before a request to a place of this kind is sent."""
    risks = {
        PlaceKind.FORUM: _(
            "Whoever runs it may be hostile and publish the request. Then it spreads. We can ask "
            "its host instead."
        ),
        PlaceKind.HOST: _("Some hosts send complaints on to the site. We ask them not to."),
        PlaceKind.SEARCH: _(
            "The page stays where it is. Some search engines publish requests; ours names nobody."
        ),
        PlaceKind.ARCHIVE: _("The archive may refuse, and keep the copy."),
        PlaceKind.CODE: _("Copies of the repository may stay with others."),
    }
    return Card(
        act=_("We ask this place to take one page down."),
        learns=_(
            "It learns the address of the page and the rule it breaks. It does not learn your "
            "name or your pseudonym from us."
        ),
        risk=risks.get(kind, _("Whoever put it there may notice that somebody asked.")),
        otherwise=_("Nothing is sent. We look at the page again later, and ask you nothing more."),
    )
