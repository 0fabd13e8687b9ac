"""Reading what counts for trust, for one member or for all: one statement for each count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.accounts.queries import member_by_pseudonym
from app.core import clock
from app.forum.models import Post, Thank
from app.moderation.models import Act, Statement
from app.policy.trust import UPHELD_FOR, VOUCH_DAYS, Record
from app.policy.vocabulary import Role, Trust, Visibility
from app.trust.models import Vouch

AT_ONCE: Final = 500  # members whose records are read together
MONTH: Final = timedelta(days=30)
# Posts that speak for their author; whoever hides them for a while loses no trust by it.
COUNTED: Final = (Visibility.PUBLISHED, Visibility.HIDDEN)


@dataclass(frozen=True, slots=True)
class Climber:
    """A member on the ladder: where he or she stands, by what, and below which it cannot fall."""

    member_id: int
    trust: Trust
    floor: Trust
    falls_on: date | None
    record: Record


@dataclass(frozen=True, slots=True)
class Person:
    """Another member, as the page about vouching names him or her."""

    member_id: int
    public_id: str
    pseudonym: str
    trust: Trust
    floor: Trust


def person_by_pseudonym(session: Session, pseudonym: str) -> Person | None:
    """The member of this name."""
    member = member_by_pseudonym(session, pseudonym)
    if member is None:
        return None
    floor = member.trust_floor
    return Person(member.id, member.public_id, member.pseudonym, member.trust, floor)


def climber(session: Session, member_id: int) -> Climber | None:
    """One member on the ladder."""
    return next(iter(_climbers(session, [Member.id == member_id])), None)


def all_climbers(session: Session) -> Iterator[Climber]:
    """Every member whose trust the ladder decides; those with a role or trust by hand are above."""
    last = 0
    while True:
        found = _climbers(
            session,
            [Member.id > last, Member.trust_floor < Trust.TRUSTED, Member.roles == Role.NONE],
        )
        yield from found
        if len(found) < AT_ONCE:
            return
        last = found[-1].member_id


def _climbers(session: Session, conditions: Sequence[ColumnElement[bool]]) -> list[Climber]:
    """The first members to whom these conditions apply, with their records."""
    query = (
        select(
            Member.id,
            Member.trust,
            Member.trust_floor,
            Member.roles,
            Member.trust_falls_on,
            Member.joined_on,
        )
        .where(*conditions)
        .order_by(Member.id)
        .limit(AT_ONCE)
    )
    rows = session.execute(query).all()
    ids = [row.id for row in rows]
    written, thanked = _days_written(session, ids), _thanked_by(session, ids)
    vouched, upheld = _vouched_by(session, ids), _upheld(session, ids)
    today = clock.today()
    return [
        Climber(
            member_id=row.id,
            trust=row.trust,
            floor=Trust.TRUSTED if row.roles else row.trust_floor,
            falls_on=row.trust_falls_on,
            record=Record(
                days=(today - row.joined_on).days,
                days_written=written.get(row.id, 0),
                thanked_by=thanked.get(row.id, 0),
                vouched_by=vouched.get(row.id, 0),
                upheld=upheld.get(row.id, 0),
            ),
        )
        for row in rows
    ]


def _days_written(session: Session, ids: Sequence[int]) -> Mapping[int | None, int]:
    query = (
        select(Post.author_id, func.count(func.distinct(func.date(Post.written_at))))
        .where(Post.author_id.in_(ids), Post.visibility.in_(COUNTED))
        .group_by(Post.author_id)
    )
    return _pairs(session, query)


def _thanked_by(session: Session, ids: Sequence[int]) -> Mapping[int | None, int]:
    query = (
        select(Post.author_id, func.count(func.distinct(Thank.member_id)))
        .join(Thank, Thank.post_id == Post.id)
        .where(Post.author_id.in_(ids), Post.visibility.in_(COUNTED))
        .group_by(Post.author_id)
    )
    return _pairs(session, query)


def _vouched_by(session: Session, ids: Sequence[int]) -> Mapping[int | None, int]:
    first = clock.today() - timedelta(days=VOUCH_DAYS)
    query = (
        select(Vouch.member_id, func.count())
        .where(Vouch.member_id.in_(ids), Vouch.made_on >= first)
        .group_by(Vouch.member_id)
    )
    return _pairs(session, query)


def _upheld(session: Session, ids: Sequence[int]) -> Mapping[int | None, int]:
    first = clock.today() - timedelta(days=UPHELD_FOR)
    took_away = or_(Statement.act == Act.REJECT, Statement.act == Act.REMOVE)
    query = (
        select(Statement.member_id, func.count())
        .where(
            Statement.member_id.in_(ids),
            took_away,
            Statement.undone_on.is_(None),
            Statement.decided_on >= first,
        )
        .group_by(Statement.member_id)
    )
    return _pairs(session, query)


def _pairs(session: Session, query: Select[*tuple[Any, ...]]) -> dict[int | None, int]:
    """The counts by member."""
    return {member_id: count for member_id, count in session.execute(query)}  # noqa: C416 - rows


def has_vouched(session: Session, voucher_id: int, member_id: int) -> bool:
    """Whether one member has vouched for another."""
    return session.get(Vouch, (member_id, voucher_id)) is not None


def vouched_for(session: Session, voucher_id: int) -> Sequence[str]:
    """The pseudonyms of those for whom a member vouches."""
    query = (
        select(Member.pseudonym)
        .join(Vouch, Vouch.member_id == Member.id)
        .where(Vouch.voucher_id == voucher_id)
        .order_by(Member.pseudonym)
    )
    return session.scalars(query).all()


def vouches_this_month(session: Session, voucher_id: int) -> int:
    """For how many a member has vouched in the last thirty days."""
    query = select(func.count()).where(
        Vouch.voucher_id == voucher_id, Vouch.made_on > clock.today() - MONTH
    )
    return session.scalar(query) or 0
