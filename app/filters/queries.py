"""Reading filters."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.core import clock
from app.filters.models import RULE, Filter, FilterBook


def filter_by_id(session: Session, public_id: str) -> Filter | None:
    """The filter with this public id."""
    return session.scalars(select(Filter).where(Filter.public_id == public_id)).first()


def all_filters(session: Session) -> Sequence[Filter]:
    """Every filter, the newest first."""
    return session.scalars(select(Filter).order_by(Filter.id.desc())).all()


def filters_in_force(session: Session) -> Sequence[Filter]:
    """The filters that are on and whose last day has not passed."""
    is_now = or_(Filter.ends_on.is_(None), Filter.ends_on >= clock.today())
    return session.scalars(select(Filter).where(Filter.is_on, is_now).order_by(Filter.id)).all()


def patterns_by_rule(session: Session, rules: Collection[str]) -> dict[str, str]:
    """What the filters look for that are named by these rules of findings; the others left out."""
    named = [rule.removeprefix(RULE) for rule in rules if rule.startswith(RULE)]
    if not named:
        return {}
    query = select(Filter.public_id, Filter.pattern).where(Filter.public_id.in_(named))
    return {f"{RULE}{public_id}": pattern for public_id, pattern in session.execute(query)}


def filter_count(session: Session) -> int:
    """How many filters there are."""
    return session.scalar(select(func.count()).select_from(Filter)) or 0


def book(session: Session) -> FilterBook | None:
    """The state of the filters; none before the first one is made."""
    return session.scalars(select(FilterBook)).first()


def version(session: Session) -> str:
    """The name of the state the filters are in; empty before the first one is made."""
    return session.scalar(select(FilterBook.version)) or ""
