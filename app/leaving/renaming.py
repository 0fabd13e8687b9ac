"""Taking another pseudonym: one's texts come along under it, or nothing connects them any more."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.accounts.models import RENAMING_DAYS, Member, Renaming
from app.core import clock
from app.core.errors import RefusalError
from app.forum import parting
from app.leaving import service
from app.membership import service as membership
from app.messages import service as messages
from app.policy.vocabulary import Actor
from app.privacy import erasure
from app.trust import service as trust


class TooSoonError(RefusalError):
    """The pseudonym was changed a short while ago."""


class StillWaitingError(RefusalError):
    """A text of the member waits for a moderator: without its author nobody could be answered."""


class History(StrEnum):
    """What becomes of what was written under the old name."""

    CARRIED = "carry"
    UNLINKED = "unlink"


def free_from(session: Session, member: Actor) -> date | None:
    """The day from which on the member can change the pseudonym; nothing when that is now."""
    made = session.get(Renaming, member.id)
    if made is None:
        return None
    day = made.renamed_on + timedelta(days=RENAMING_DAYS)
    return day if clock.today() < day else None


def rename(session: Session, member: Actor, pseudonym: str, history: History) -> None:
    """Give a member another pseudonym; nobody ever gets the old one again.

    Raises:
        TooSoonError: when the last change was less than `RENAMING_DAYS` ago.
        StillWaitingError: when texts would be unlinked of which one waits for a moderator.
        NotAvailableError: when somebody has or had the name.
    """
    # Two browsers at once wait for one another: one change is made, and the second is too soon.
    session.execute(select(Member.id).where(Member.id == member.id).with_for_update())
    if free_from(session, member):
        raise TooSoonError
    is_unlinked = history is History.UNLINKED
    if is_unlinked and parting.waits(session, member.id):
        raise StillWaitingError
    accounts.rename(session, member, pseudonym)
    if is_unlinked:
        service.erase_hidden(session, member)
        parting.unlink_all(session, member.id)
        messages.cut_ties(session, member.id)
        accounts.shed_looks(session, member)
        accounts.forget_ties(session, member.id)
        membership.leave_all(session, member.id)
        trust.carry(session, member.id)
    session.merge(Renaming(member_id=member.id, renamed_on=clock.today()))
    erasure.owe(session, member.id, member.public_id)  # the old name's bytes
