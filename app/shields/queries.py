"""Reading shields: a member's own, and those that were found in a text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.shields.models import (
    LASTS_DAYS,
    LOOKS_KEPT_DAYS,
    SecondLook,
    Shield,
    ShieldBook,
    ShieldTag,
)


def shield_by_id(session: Session, public_id: str) -> Shield | None:
    """The shield with this public id."""
    return session.scalars(select(Shield).where(Shield.public_id == public_id)).first()


def shields_of(session: Session, member_id: int) -> Sequence[Shield]:
    """A member's own shields, the newest first."""
    query = select(Shield).where(Shield.member_id == member_id).order_by(Shield.id.desc())
    return session.scalars(query).all()


def live_shields(session: Session, shield_ids: Collection[int]) -> Sequence[Shield]:
    """Those of these shields that are still there and younger than a year.

    Asked of the database at every hit: what a member took away no longer counts, whatever a
    process may still have in memory.
    """
    query = select(Shield).where(
        Shield.id.in_(shield_ids), Shield.made_on > clock.today() - timedelta(days=LASTS_DAYS)
    )
    return session.scalars(query).all()


def book(session: Session) -> ShieldBook | None:
    """The state of all tags; none before the first shield is made."""
    return session.scalars(select(ShieldBook)).first()


def state_for(session: Session, member_id: int) -> tuple[str, bytes, int]:
    """The version of the tags, the check value of their key, and the member's looks this week."""
    looks = (
        select(func.count())
        .select_from(SecondLook)
        .where(SecondLook.member_id == member_id, SecondLook.made_on > week_ago())
        .scalar_subquery()
    )
    version = select(ShieldBook.version).limit(1).scalar_subquery()
    check = select(ShieldBook.check).limit(1).scalar_subquery()
    row = session.execute(select(version, check, looks)).one()
    return row[0] or "", row[1] or b"", row[2]


def week_ago() -> date:
    """The day from which on second looks count."""
    return clock.today() - timedelta(days=LOOKS_KEPT_DAYS)


def all_tags(session: Session) -> Iterable[tuple[int, int, int]]:
    """Every tag with its gate and the inner id of its shield."""
    rows = session.execute(select(ShieldTag.tag, ShieldTag.gate, ShieldTag.shield_id))
    return ((tag, gate, shield_id) for tag, gate, shield_id in rows)


def has_tags(session: Session) -> bool:
    """Whether there is any shield at all."""
    return session.scalar(select(ShieldTag.shield_id).limit(1)) is not None
