"""Giving roles and taking them, and what takes two.

One proposes, and a second of the same role agrees within seven days. Where nobody else is there who
could, a waiting time and a line in the public log take the place of the second, as PRODUCT.md E5
asks. The audit log holds each step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.accounts.models import Member
from app.core import audit, clock
from app.core.errors import RefusalError, StaleError
from app.core.text import clean
from app.forum import service as forum
from app.forum.models import Notice
from app.moderation import service as moderation
from app.moderation.models import Act, Rule, SanctionKind
from app.moderation.service import Decision
from app.policy.vocabulary import Actor, Role, Standing
from app.staff import queries
from app.staff.models import ASKS_OF, Deed, Proposal
from app.staff.queries import Waiting

ALONE_AFTER: Final = timedelta(hours=72)
AN_HOUR: Final = timedelta(hours=1)
# The kinds of the lines that members find in their inbox.
PROPOSED: Final = "proposed"
ROLE_GIVEN: Final = "role_given"
ROLE_TAKEN: Final = "role_taken"


class LastOperatorError(RefusalError):
    """Nobody would be left who can give a role."""


class PointlessError(RefusalError):
    """The member has the role already, has it no more, or has it still."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done about a member."""

    deed: Deed
    role: Role = Role.NONE
    rule: Rule | None = None
    facts: str = ""


def propose(session: Session, actor: Actor, member: Member, plan: Plan) -> Proposal:
    """Propose what takes two. Whoever proposes the same again changes nothing.

    Raises:
        LastOperatorError: when nobody would be left who can give a role.
        PointlessError: when there is nothing to be done, or a role has to be taken first.
    """
    audit.take_turn(session)
    session.refresh(member)
    _check(session, member, plan.deed, plan.role)
    found = queries.same(session, plan.deed, member.id, plan.role)
    if found is not None:
        if queries.waiting_by_id(session, found.public_id) is not None:
            return found
        session.delete(found)  # its time is over
        session.flush()  # the new one takes its place
    others = queries.with_role(session, ASKS_OF[plan.deed], {actor.id, member.id})
    made = Proposal(
        deed=plan.deed,
        member_id=member.id,
        role=plan.role,
        rule=plan.rule,
        facts=clean(plan.facts),
        first_id=actor.id,
        made_on=clock.today(),
        alone_from=None if others else _alone_from(),
    )
    session.add(made)
    session.flush()  # inbox and audit log name it by its id
    for other in others:
        forum.notify(session, other, PROPOSED, made.public_id)
    alone = "" if others else "_alone"
    audit.record(session, actor.public_id, f"{plan.deed}.propose{alone}", made.public_id)
    return made


def agree(session: Session, actor: Actor, waiting: Waiting) -> Member:
    """Let what was proposed be done. Returns the member whom it concerns.

    Raises:
        StaleError: when somebody else has agreed or withdrawn it at this very moment.
        LastOperatorError: when nobody would be left who can give a role.
        PointlessError: when it has been done another way, or can be done no more.
    """
    proposal = _taken(session, waiting)
    member = session.get_one(Member, proposal.member_id)
    session.refresh(member)
    _check(session, member, proposal.deed, proposal.role)
    if proposal.deed is Deed.GIVE_ROLE:
        _give(session, actor, member, proposal.role)
    elif proposal.deed is Deed.TAKE_ROLE:
        _take(session, actor, member, proposal.role)
    else:
        other_id = None if actor.id == proposal.first_id else proposal.first_id
        decision = Decision(Act.LEAVE, proposal.rule, proposal.facts, SanctionKind.REMOVE)
        moderation.remove_member(session, actor, other_id, member.id, decision)
    _forget(session, proposal)
    return member


def withdraw(session: Session, actor: Actor, waiting: Waiting) -> None:
    """Take a proposal back, or say no to it as somebody else.

    Raises:
        StaleError: when somebody else was faster.
    """
    proposal = _taken(session, waiting)
    verb = "withdraw" if actor.id == proposal.first_id else "refuse"
    audit.record(session, actor.public_id, f"{proposal.deed}.{verb}", proposal.public_id)
    _forget(session, proposal)


def take_role(session: Session, operator: Actor, member: Member, role: Role) -> None:
    """Take a role at once: one's own, or another's that is not an operator's.

    Raises:
        LastOperatorError: when nobody would be left who can give a role.
        PointlessError: when the member has not got it.
    """
    audit.take_turn(session)
    session.refresh(member)
    _check(session, member, Deed.TAKE_ROLE, role)
    _take(session, operator, member, role)


def takes_two(operator: Actor, member: Member, role: Role) -> bool:
    """Whether one operator alone may not take this role: it is another operator's."""
    return role is Role.OPERATOR and member.id != operator.id


def _check(session: Session, member: Member, deed: Deed, role: Role) -> None:
    """Refuse what cannot be done about a member.

    Raises:
        LastOperatorError: when nobody would be left who can give a role.
        PointlessError: when there is nothing to be done, or a role has to be taken first.
    """
    if deed is Deed.GIVE_ROLE:
        if role in member.roles or member.standing is not Standing.GOOD:
            raise PointlessError
    elif deed is Deed.TAKE_ROLE:
        if role not in member.roles:
            raise PointlessError
        if role is Role.OPERATOR and not queries.with_role(session, role, {member.id}):
            raise LastOperatorError
    elif member.roles or member.standing is Standing.REMOVED:
        raise PointlessError


def _give(session: Session, actor: Actor, member: Member, role: Role) -> None:
    """Give a role, and tell the member."""
    accounts.grant_role(session, actor.public_id, member, role)
    forum.notify(session, member.id, ROLE_GIVEN, "")


def _take(session: Session, actor: Actor, member: Member, role: Role) -> None:
    """Take a role, and tell the member, but for whoever gave it back."""
    accounts.revoke_role(session, actor.public_id, member, role)
    if member.id != actor.id:
        forum.notify(session, member.id, ROLE_TAKEN, "")


def _taken(session: Session, waiting: Waiting) -> Proposal:
    """The proposal, for this transaction alone.

    Raises:
        StaleError: when it is gone.
    """
    audit.take_turn(session)
    found = session.get(Proposal, waiting.proposal.id, populate_existing=True, with_for_update=True)
    if found is None:
        raise StaleError
    return found


def _forget(session: Session, proposal: Proposal) -> None:
    """Take a proposal away with the lines that speak of it."""
    session.execute(delete(Notice).where(Notice.subject == proposal.public_id))
    session.delete(proposal)


def _alone_from() -> datetime:
    """When the waiting time is over for who has nobody to ask: never sooner than it says."""
    return clock.this_hour() + AN_HOUR + ALONE_AFTER
