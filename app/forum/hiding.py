"""Hiding what one has posted, and showing it again: the author's own way, undone by the author.

A line stays of each post, and its number, so that it comes back where it stood. Nobody is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from app.filters import service as filters
from app.forum import search
from app.forum.models import Post, Thread
from app.forum.queries import is_well_known
from app.forum.service import NO_TITLE, hold, publish, searchable
from app.policy.dispositions import Disposition, dispose
from app.policy.vocabulary import Actor, Visibility
from app.screening.engine import screen
from app.screening.readings import readings
from app.shields import service as shields

SLICE: Final = 200  # posts in one transaction


@dataclass(frozen=True, slots=True)
class Counts:
    """How many posts of a member readers see, and how many he or she has hidden."""

    shown: int
    hidden: int


def counts(session: Session, member: Actor, before: datetime | None = None) -> Counts:
    """How many there are; with `before` only those that were written earlier."""

    def count(visibility: Visibility) -> int:
        query = select(func.count()).where(*_own(member, visibility, before))
        return session.scalar(query) or 0

    return Counts(count(Visibility.PUBLISHED), count(Visibility.HIDDEN))


def hide(session: Session, member: Actor, before: datetime | None = None) -> int:
    """Hide up to `SLICE` posts of a member, the oldest first; returns how many there were."""
    posts = _some(session, member, Visibility.PUBLISHED, before)
    search.drop_all(session, [(post.id, searchable(post)) for post in posts])
    for post in posts:
        post.visibility = Visibility.HIDDEN
        thread = post.thread
        if not post.is_opening:
            continue
        thread.title, thread.kept_title = NO_TITLE, thread.full_title
        if thread.post_count <= 1:
            thread.visibility = Visibility.HIDDEN
    return len(posts)


def show(session: Session, member: Actor) -> int:
    """Show up to `SLICE` hidden posts again where they stood; returns how many there were.

    They are looked through as they would be today: meanwhile somebody may have been exposed.
    """
    posts = _some(session, member, Visibility.HIDDEN)
    by_filters, by_shields = filters.finder(session), shields.finder(session)
    known = partial(is_well_known, session)
    for post in posts:
        words = searchable(post)
        ways = readings(words)
        found = (
            *screen(words),
            *by_filters(post.thread.board.public_id, ways),
            *by_shields(member.id, words, ways, known).others,
        )
        if dispose(found, member.trust) >= Disposition.HOLD:
            hold(session, post, ())
        else:
            publish(session, post)
    return len(posts)


def _some(
    session: Session, member: Actor, visibility: Visibility, before: datetime | None = None
) -> Sequence[Post]:
    """Some posts of a member, the oldest first, with what stands above them."""
    query = (
        select(Post)
        .where(*_own(member, visibility, before))
        .options(joinedload(Post.thread).joinedload(Thread.board))
        .order_by(Post.id)
        .limit(SLICE)
        .with_for_update(of=Post)
    )
    return session.scalars(query).all()


def _own(
    member: Actor, visibility: Visibility, before: datetime | None
) -> list[ColumnElement[bool]]:
    """Whose, in what state, and how old."""
    own = [Post.author_id == member.id, Post.visibility == visibility]
    return own if before is None else [*own, Post.written_at < before]
