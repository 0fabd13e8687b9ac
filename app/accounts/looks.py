"""Looks of the team at what is a member's own: written down, and shown to that member."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Look, Member, Seen
from app.core import audit, clock
from app.policy.vocabulary import Actor


def note(session: Session, moderator: Actor, verb: str, member_id: int | None, seen: Seen) -> None:
    """Write down that somebody of the team has opened something of a member's.

    The audit log names the look by an id of its own, so that nothing joins two names of somebody
    who takes another one. A look at what is one's own is no look; of a member who has left there
    is nobody to tell, and the log has it all the same.
    """
    audit.take_turn(session)
    subject = moderator.public_id
    is_there = session.scalar(select(Member.id).where(Member.id == member_id)) is not None
    if is_there and member_id != moderator.id:
        look = Look(member_id=member_id, seen=seen, made_on=clock.today())
        session.add(look)
        session.flush()  # the audit log names it by its id
        subject = look.public_id
    audit.record(session, moderator.public_id, verb, subject)


def looks_at(session: Session, member_id: int) -> Sequence[tuple[date, Seen, int]]:
    """Every look at what is a member's own that is still kept: day, what, and how often that day.

    Who looked is not said.
    """
    query = (
        select(Look.made_on, Look.seen, func.count())
        .where(Look.member_id == member_id)
        .group_by(Look.made_on, Look.seen)
        .order_by(Look.made_on.desc(), Look.seen)
    )
    return [(on, seen, count) for on, seen, count in session.execute(query)]
