"""The exposures of the example community: a case that is worked on, a report that waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from app.accounts import keyring
from app.accounts.keyring import Lock
from app.accounts.models import Member
from app.cases import keys, queries
from app.cases.models import CoverHour
from app.cases.service import casework, intake, team
from app.cases.service.casework import Opened, Proposal
from app.cases.service.intake import Account
from app.cases.words import ItemState, PlaceKind, Seat, Severity
from app.core.crypto import Passphrase

WEEKDAYS: Final = range(7)
FIRST_LETTER: Final = (
    "This is the team that looks after exposures here. You can check that it is us: this letter "
    "stands on your own page, and nowhere else.\n\n"
    "Something that may show who you are was reported. We do not repeat it here. What we could "
    "hide on this site is hidden already. It is not your fault.\n\n"
    "You decide what happens next. “Not now” is a good answer. We aim to write again "
    "tomorrow, even if nothing is new."
)
ANSWER: Final = "Thank you for telling me first. I am at home and all right. One thing at a time."
REQUEST: Final = Proposal(
    act="We ask the paste site to take one page down.",
    learns="The site learns the address of the page and the rule it breaks. It does not learn your "
    "pseudonym, and not where you write.",
    risk="The one who put it there may notice that somebody asked.",
    otherwise="Nothing is sent. We look at the page again in a week.",
)


def fill_cases(session: Session, members: Mapping[str, Member], passphrase: Passphrase) -> None:
    """One case of Heron's that Owl leads, and a report by a member that nobody has taken."""
    session.add_all(CoverHour(weekday=day, begins=6, ends=22) for day in WEEKDAYS)
    session.flush()  # the clocks of what follows read these hours
    owl, heron = members["owl"], members["heron"]
    _case(session, members, private_key_of(owl, passphrase), private_key_of(heron, passphrase))
    account = Account(
        place="elsewhere",
        facts=("name", "work"),
        is_visible="yes",
        link="https://paste.example/p/7",
        words="Somebody put a list of our pseudonyms there, two of them with a first name.",
    )
    intake.send(session, members["wren"].actor, account, None)


def _case(
    session: Session, members: Mapping[str, Member], owls_key: bytes, herons_key: bytes
) -> None:
    """Reported by Heron, taken by Owl; a letter went both ways, and a question waits."""
    owl, heron = members["owl"], members["heron"]
    said = Account(place="elsewhere", facts=("name", "face"), is_visible="yes", is_self=True)
    report = intake.send(session, heron.actor, said, None)
    team.claim(session, owl.actor, report)
    seats = {
        members["nightjar"].id: (Seat.SECOND, members["nightjar"]),
        members["juniper"].id: (Seat.CONTACT, members["juniper"]),
    }
    plan = team.Plan(Severity.PUBLIC, is_danger=False, seats=seats)
    opened = team.open_case(session, owl.actor, owls_key, report, plan)
    ring = team.ring_for(session, opened.case, owl.id, owls_key)
    work = Opened(opened.case, ring, owl.pseudonym, owl.id)
    casework.send_letter(session, work, "A", FIRST_LETTER)
    place = casework.add_place(
        session, work, PlaceKind.PASTE, "paste.example", "https://paste.example/p/4"
    )
    casework.draft_request(session, work, place, "Please remove this page under your own rule 3.")
    casework.propose(session, work, REQUEST, place)
    for code in ("first.danger", "first.placeholder", "contact.route"):
        row = queries.item_of(session, work.case.id, code)
        if row is not None:
            casework.settle_item(session, work, row, ItemState.DONE, "")
    own = keys.own_rings(session, herons_key, work.case.id)[0]
    hers = Opened(work.case, own, casework.THE_MEMBER)
    casework.say(session, hers, "safe", "yes")
    casework.write_to_team(session, hers, ANSWER)


def private_key_of(member: Member, passphrase: Passphrase) -> bytes:
    """The private key behind the passphrase that all of the example have.

    Raises:
        ValueError: when it is another one.
    """
    lock = Lock(
        salt=member.salt,
        cost=member.cost,
        verifier=member.verifier,
        wrapped_key=member.wrapped_key,
    )
    key = keyring.unlock(passphrase, member.public_id, lock)
    if key is None:
        message = "the example has another passphrase"
        raise ValueError(message)
    return key
