"""Soft holds: a reported post is hidden at once, and comes back unless somebody confirms.

What a machine does alone can be undone in one click, and is undone by itself after two covered
hours. The brakes are those of RESPONSE.md §2; none of them changes what the reporter is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cases import clocks, keys, queries
from app.cases.models import SoftHold
from app.cases.words import HoldState
from app.core import clock
from app.forum import service as forum
from app.forum.models import Post
from app.policy.vocabulary import Visibility

LIVE_A_REPORTER: Final = 3
AN_AUTHOR: Final = 3  # live holds on one author's posts: the duty is told
RELEASED: Final = 2  # of what one reporter had hidden within a week: the duty is told
LOOKED_BACK: Final = timedelta(days=7)


def hold_post(session: Session, post: Post, reporter: bytes) -> frozenset[str]:
    """Hide a post because of a report, if no brake keeps it; returns what the duty should know.

    `reporter` is a keyed tag. The words are `author`, where three posts of one author are hidden,
    and `reporter`, where two that the same reporter had hidden were let go.
    """
    author = keys.person_tag(session, "author", post.author_id or 0)
    own = session.scalars(
        select(SoftHold.state).where(
            SoftHold.reporter == reporter,
            (SoftHold.settled_on.is_(None)) | (SoftHold.settled_on >= clock.today() - LOOKED_BACK),
        )
    ).all()
    is_free = own.count(HoldState.LIVE) < LIVE_A_REPORTER
    if is_free and post.visibility is Visibility.PUBLISHED:
        forum.quarantine(session, post)
        now = clock.now()
        lapses = clocks.due(now, clocks.HOLD_LASTS, queries.cover_hours(session))
        session.add(
            SoftHold(
                post_id=post.id,
                reporter=reporter,
                author=author,
                state=HoldState.LIVE,
                lapses_at=clocks.coarse(lapses, now),
            )
        )
        session.flush()  # the count below takes this one in
    live = select(func.count()).where(SoftHold.author == author, SoftHold.state == HoldState.LIVE)
    told = set()
    if (session.scalar(live) or 0) >= AN_AUTHOR:
        told.add("author")
    if own.count(HoldState.RELEASED) >= RELEASED:
        told.add("reporter")
    return frozenset(told)


def confirm(session: Session, post_id: int) -> None:
    """Keep a hidden post hidden: a person has looked, and it does not lapse any more."""
    for hold in _live(session, post_id):
        hold.state = HoldState.CONFIRMED
        hold.settled_on = clock.today()


def hide(session: Session, post: Post) -> None:
    """Hide a post by a responder's own hand, where no hold did it."""
    if post.visibility is Visibility.PUBLISHED:
        forum.quarantine(session, post)


def release(session: Session, post: Post) -> None:
    """Let a hidden post go: readers see it again."""
    for hold in _live(session, post.id):
        hold.state = HoldState.RELEASED
        hold.settled_on = clock.today()
    if post.visibility is Visibility.QUARANTINED:
        forum.restore(session, post)


def lapse(session: Session) -> int:
    """Let go what nobody has confirmed within two covered hours; returns how many posts."""
    gone = session.scalars(
        select(SoftHold).where(SoftHold.state == HoldState.LIVE, SoftHold.lapses_at <= clock.now())
    ).all()
    for hold in gone:
        hold.state = HoldState.LAPSED
        hold.settled_on = clock.today()
        post = queries.post_by_inner_id(session, hold.post_id)
        if post is not None and post.visibility is Visibility.QUARANTINED:
            forum.restore(session, post)
    return len(gone)


def _live(session: Session, post_id: int) -> Sequence[SoftHold]:
    """The live holds of a post."""
    query = select(SoftHold).where(SoftHold.post_id == post_id, SoftHold.state == HoldState.LIVE)
    return session.scalars(query).all()
