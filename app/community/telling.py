"""Notices outside of any case: worded, looked through, signed by two, shown after a while.

A case has its own way to a notice (`cases/service/notice`), which also knows what must not be said
there. What is worded here knows of no case. The reminder of the norms comes each half year,
whatever happened, and on no sure day, so that none tells of anything.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.community.lint import flaw_in
from app.community.models import Announcement, Occasion, Wording
from app.community.rounds import FlawedError
from app.community.service import announce
from app.core import audit, clock, ids
from app.core.errors import RefusalError
from app.core.settings import read_settings, write_setting
from app.core.text import clean
from app.policy.vocabulary import Actor, Role, Standing

MOST_DAYS: Final = 30
LEAST_DAYS: Final = 3  # of a reminder: 72 hours (RESPONSE.md §9)
BY_LOT: Final = 5  # and up to so many more, so that its day tells nothing
ALONE_DAYS: Final = 7  # where nobody else could sign, time stands in for the second person
HALF_A_YEAR: Final = timedelta(days=182)


class SamePersonError(RefusalError):
    """Somebody who has signed signs again; the second signature is somebody else's."""


def word(session: Session, actor: Actor, occasion: Occasion, text: str, days: int) -> Wording:
    """Word a notice and sign it first.

    Raises:
        FlawedError: when it names somebody or holds a number or an address.
    """
    wording = Wording(
        public_id=ids.new_id(),
        occasion=occasion,
        text=clean(text),
        days=min(max(days, 0), MOST_DAYS),
        first_id=actor.id,
        made_on=clock.today(),
    )
    _check(session, wording.text)
    session.add(wording)
    audit.record(session, actor.public_id, "announcement.word", wording.public_id)
    return wording


def sign(session: Session, actor: Actor, wording: Wording) -> Announcement:
    """Sign a notice as the second; it is shown from its day on.

    Raises:
        FlawedError: when somebody has come meanwhile whose pseudonym it holds.
        SamePersonError: when the first signature is the same person's, and somebody else could
            sign.
    """
    audit.take_turn(session)
    is_alone = wording.first_id == actor.id
    if is_alone and others_could_sign(session, actor):
        raise SamePersonError
    _check(session, wording.text)
    days = max(wording.days, ALONE_DAYS) if is_alone else wording.days
    if wording.occasion is Occasion.REAFFIRMATION:
        days = max(days, LEAST_DAYS) + secrets.randbelow(BY_LOT + 1)
    shown = announce(session, wording.text, clock.today() + timedelta(days=days))
    if wording.occasion is Occasion.REAFFIRMATION:
        write_setting(session, "reaffirmed_on", shown.shows_on.isoformat())
    verb = "announcement.sign_alone" if is_alone else "announcement.sign"
    audit.record(session, actor.public_id, verb, shown.public_id)
    session.delete(wording)
    return shown


def drop(session: Session, actor: Actor, wording: Wording) -> None:
    """Let a wording go that nobody is to be told."""
    audit.record(session, actor.public_id, "announcement.drop", wording.public_id)
    session.delete(wording)


def others_could_sign(session: Session, actor: Actor) -> bool:
    """Whether somebody else looks after the place who could give the second signature."""
    query = select(Member.id).where(
        Member.roles.op("&")(int(Role.MODERATOR | Role.OPERATOR)) != 0,
        Member.id != actor.id,
        Member.standing == Standing.GOOD,
        Member.is_confirmed.is_(True),
    )
    return session.scalar(query.limit(1)) is not None


def wordings(session: Session) -> Sequence[Wording]:
    """Those that wait for a second signature."""
    return session.scalars(select(Wording).order_by(Wording.id)).all()


def wording_by_id(session: Session, public_id: str) -> Wording | None:
    """One of them."""
    return session.scalars(select(Wording).where(Wording.public_id == public_id)).first()


def reminder_due_on(session: Session) -> date:
    """From when on the norms should be called to mind again: today, if they never were."""
    said = read_settings(session).reaffirmed_on
    return date.fromisoformat(said) + HALF_A_YEAR if said else clock.today()


def draft(occasion: Occasion) -> str:
    """A wording to begin with, which says nothing that would have to be known."""
    if occasion is Occasion.REAFFIRMATION:
        return str(
            _(
                "A reminder that comes twice a year, whatever happened. Nobody is exposed here: we "
                "do not write, ask or hint who somebody is, where somebody lives or works, or "
                "which accounts somebody has elsewhere. Anonymity is here for safety, not for "
                "harm. If you see that somebody is exposed, report it at once and do not repeat "
                "it."
            )
        )
    return str(
        _(
            "Something happened here that concerns all of us, and some of you are shaken. What we "
            "have changed: … What we are still looking at: … What you can do: look at what your "
            "own posts show together, and at your shields. Please do not guess or search, and do "
            "not talk about who was concerned. We do not talk about members. If you want help, "
            "write to us."
        )
    )


def _check(session: Session, text: str) -> None:
    """Refuse what is not for everybody.

    Raises:
        FlawedError: when it names somebody or holds a number or an address.
    """
    if flaw := flaw_in(session, text):
        raise FlawedError(flaw)
