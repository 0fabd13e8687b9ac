"""Who has which role, and what waits for a second person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Member, SecondFactor
from app.core import clock
from app.policy.vocabulary import Actor, Role, Standing
from app.staff.models import ASKS_OF, OPEN_FOR, Deed, Proposal

_First: Final = aliased(Member)
_Second: Final = aliased(Member)


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody of the staff: which roles, and whether they have power yet."""

    pseudonym: str
    member_id: int
    roles: Role
    has_factor: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal with the names it needs, as those see it who decide about such."""

    proposal: Proposal
    first: str
    about: str
    has_others: bool  # somebody is there who could agree

    @property
    def public_id(self) -> str:
        """The public id of the proposal."""
        return self.proposal.public_id

    @property
    def member_id(self) -> int:
        """Whom it is about."""
        return self.proposal.member_id

    @property
    def first_id(self) -> int:
        """Who proposed it."""
        return self.proposal.first_id

    @property
    def asks_of(self) -> Role:
        """The role of those who decide about it."""
        return self.proposal.asks_of

    @property
    def is_left_to_first(self) -> bool:
        """Whether there was and is nobody else, and everybody could read of it for long enough."""
        from_when = self.proposal.alone_from
        return from_when is not None and not self.has_others and from_when <= clock.now()


def staff(session: Session) -> list[Post]:
    """Everybody with a role, by pseudonym."""
    query = (
        select(Member.pseudonym, Member.id, Member.roles, SecondFactor.member_id.is_not(None))
        .outerjoin(SecondFactor, SecondFactor.member_id == Member.id)
        .where(Member.roles != Role.NONE, Member.standing != Standing.REMOVED)
        .order_by(func.lower(Member.pseudonym), Member.id)
    )
    return [Post(*row) for row in session.execute(query)]


def with_role(session: Session, role: Role, without: set[int]) -> list[int]:
    """The ids of those who have a role and are here to use it, but for some."""
    query = select(Member.id).where(
        Member.roles.op("&")(int(role)) != 0, *_is_here(Member), Member.id.not_in(without)
    )
    return list(session.scalars(query))


def waiting(session: Session, actor: Actor) -> list[Waiting]:
    """What waits for people of the actor's roles and is not about the actor, the oldest first."""
    deeds = [deed for deed in Deed if ASKS_OF[deed] in actor.roles]
    query = _all().where(Proposal.deed.in_(deeds), Proposal.member_id != actor.id)
    return [Waiting(*row) for row in session.execute(query.order_by(Proposal.id))]


def waiting_by_id(session: Session, public_id: str) -> Waiting | None:
    """One proposal that has not run out."""
    row = session.execute(_all().where(Proposal.public_id == public_id)).first()
    return None if row is None else Waiting(*row)


def same(session: Session, deed: Deed, member_id: int, role: Role) -> Proposal | None:
    """The proposal of this very deed, if there is one, run out or not."""
    query = select(Proposal).where(
        Proposal.deed == deed, Proposal.member_id == member_id, Proposal.role == role
    )
    return session.scalars(query).first()


def _all() -> Select[Proposal, str, str, bool]:
    """Proposals in time, of people who still have the role it takes, with the names they need."""
    role = case({deed.value: int(asked) for deed, asked in ASKS_OF.items()}, value=Proposal.deed)
    others = (
        select(_Second.id)
        .where(
            _Second.roles.op("&")(role) != 0,
            *_is_here(_Second),
            _Second.id.not_in([Proposal.first_id, Proposal.member_id]),
        )
        .correlate(Proposal)
        .exists()
    )
    return (
        select(Proposal, _First.pseudonym, Member.pseudonym, others)
        .join(_First, _First.id == Proposal.first_id)
        .join(Member, Member.id == Proposal.member_id)
        .where(
            Proposal.made_on >= clock.today() - OPEN_FOR,
            _First.roles.op("&")(role) != 0,
            *_is_here(_First),
        )
    )


def _is_here(member: type[Member]) -> tuple[ColumnElement[bool], ...]:
    """Whether somebody can act: no sanction, and a recovery code was confirmed."""
    return (member.standing == Standing.GOOD, member.is_confirmed.is_(True))
