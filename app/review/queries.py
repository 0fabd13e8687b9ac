"""Reading the queue. What a moderator may see of it is narrowed by the room that shows it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.core import clock
from app.policy.vocabulary import Actor
from app.review.models import CLAIM_LASTS, Reason, ReviewItem

ITEMS_A_PAGE: Final = 25


class Claimed(StrEnum):
    """Which items are listed, by who has taken them."""

    ANY = ""
    MINE = "mine"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the queue begins: after the item with this rank and inner number."""

    rank: int
    after: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which open items are wanted."""

    reason: Reason | None = None
    claimed: Claimed = Claimed.ANY
    place: Place | None = None


EVERYTHING: Final = Filter()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many open items there are in all, by reason, one's own and nobody's."""

    total: int
    by_reason: dict[Reason, int]
    mine: int
    nobody: int


def decided_findings(
    session: Session, subjects: Collection[str]
) -> dict[str, list[list[dict[str, Any]]]]:
    """The findings on which moderators have decided, by the public id of what they were about."""
    query = select(ReviewItem.subject, ReviewItem.findings).where(
        ReviewItem.subject.in_(subjects), ReviewItem.closed_on.is_not(None)
    )
    decided: dict[str, list[list[dict[str, Any]]]] = {}
    for subject, findings in session.execute(query):
        decided.setdefault(subject, []).append(findings)
    return decided


def item_by_id(session: Session, public_id: str) -> ReviewItem | None:
    """The review item with this public id."""
    return session.scalars(select(ReviewItem).where(ReviewItem.public_id == public_id)).first()


def open_item_of(session: Session, subject: str) -> ReviewItem | None:
    """The open item about a post or a statement, if there is one."""
    query = select(ReviewItem).where(ReviewItem.subject == subject, ReviewItem.closed_on.is_(None))
    return session.scalars(query).first()


def is_open() -> ColumnElement[bool]:
    """Nobody has decided yet."""
    return ReviewItem.closed_on.is_(None)


def has_reason(reason: Reason) -> ColumnElement[bool]:
    """The item stands in the queue for this reason; a held post may have been reported besides."""
    if reason is Reason.REPORTED:
        return or_(ReviewItem.reason == reason, ReviewItem.report_count > 0)
    return ReviewItem.reason == reason


def is_free() -> ColumnElement[bool]:
    """Nobody has taken it, or the claim is half an hour old."""
    return or_(
        ReviewItem.claimed_by.is_(None),
        ReviewItem.claimed_at.is_(None),
        ReviewItem.claimed_at <= clock.now() - CLAIM_LASTS,
    )


def is_held_by(actor: Actor) -> ColumnElement[bool]:
    """The actor has taken it, less than half an hour ago."""
    fresh = ReviewItem.claimed_at > clock.now() - CLAIM_LASTS
    return and_(ReviewItem.claimed_by == actor.id, fresh)


def matches(actor: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """A filter as conditions on open items."""
    conditions = [is_open()]
    if wanted.reason is not None:
        conditions.append(has_reason(wanted.reason))
    if wanted.claimed is Claimed.MINE:
        conditions.append(is_held_by(actor))
    if wanted.claimed is Claimed.NOBODY:
        conditions.append(is_free())
    if wanted.place is not None:
        rank, after = wanted.place.rank, wanted.place.after
        later = and_(ReviewItem.rank == rank, ReviewItem.id > after)
        conditions.append(or_(ReviewItem.rank < rank, later))
    return conditions


def pressing_first() -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The order of the queue: what shows who somebody is first, then urgent, then the oldest."""
    return ReviewItem.rank.desc(), ReviewItem.id.asc()


def open_items(
    session: Session, actor: Actor, wanted: Filter = EVERYTHING, limit: int = ITEMS_A_PAGE
) -> list[ReviewItem]:
    """The most pressing open items, the oldest first."""
    query = select(ReviewItem).where(*matches(actor, wanted)).order_by(*pressing_first())
    return list(session.scalars(query.limit(limit)))


def counted(actor: Actor) -> list[ColumnElement[int]]:
    """The columns that `counts_from` reads: all, each reason, one's own, nobody's."""
    reasons = [_count_if(has_reason(reason)) for reason in Reason]
    return [func.count(), *reasons, _count_if(is_held_by(actor)), _count_if(is_free())]


def counts_from(row: Sequence[int | None]) -> Counts:
    """The counts out of a row of the columns of `counted`."""
    total, *rest = (number or 0 for number in row)
    *reasons, mine, nobody = rest
    return Counts(total, dict(zip(Reason, reasons, strict=True)), mine, nobody)


def counts(session: Session, actor: Actor) -> Counts:
    """How many items are open, by reason and by who has taken them, in one statement."""
    row = session.execute(select(*counted(actor)).where(is_open())).one()
    return counts_from(tuple(row))


def _count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows meet a condition."""
    return func.sum(case((condition, 1), else_=0))
