"""What becomes of the posts of a member who leaves: they stay, are blanked, or are erased.

At once nobody reads them any more; the texts go in slices, each a transaction of its own, so that
nobody waits for thousands of them and a machine that stops goes on where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.forum import attachments, search
from app.forum.models import (
    WAITING,
    Notice,
    Post,
    Quote,
    Revision,
    Thank,
    Thread,
    pictures_in,
    with_alts,
)
from app.forum.service import NO_TITLE
from app.policy.vocabulary import Visibility
from app.review.service import withdraw_all

SLICE: Final = 500  # posts in one transaction: about 50 ms


@dataclass(frozen=True, slots=True)
class _Gone:
    """One post of a slice, as far as it is needed to take it out of everything."""

    id: int
    public_id: str
    thread_id: int
    number: int | None
    is_opening: bool
    words: str


def hide_all(session: Session, member_id: int, erasure_id: int) -> None:
    """Hide every text of a member from everybody, and mark it as one that the erasure takes."""
    session.execute(
        update(Thread)
        .where(Thread.author_id == member_id)
        .values(
            kept_title=case((Thread.kept_title == "", Thread.title), else_=Thread.kept_title),
            title=NO_TITLE,
        )
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Post)
        .where(Post.author_id == member_id)
        .values(
            erasure_id=erasure_id,
            author_id=None,
            form_key=None,
            visibility=case(
                (Post.number.is_not(None), Visibility.ERASED.value), else_=Post.visibility
            ),
        )
        .execution_options(synchronize_session=False)
    )


def mark_hidden(session: Session, member_id: int, erasure_id: int) -> bool:
    """Mark what a member has hidden as taken by an erasure; returns whether there was anything.

    Without its author nobody could ever bring it back.
    """
    marked = session.execute(
        update(Post)
        .where(Post.author_id == member_id, Post.visibility == Visibility.HIDDEN)
        .values(erasure_id=erasure_id, author_id=None, form_key=None, visibility=Visibility.ERASED)
        .returning(Post.id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(marked)


def waits(session: Session, member_id: int) -> bool:
    """Whether a text of this member waits for a moderator."""
    query = select(Post.id).where(Post.author_id == member_id, Post.visibility.in_(WAITING))
    return session.scalar(query.limit(1)) is not None


def unlink_all(session: Session, member_id: int) -> None:
    """Let nothing connect a member with what he or she has written so far, as after leaving."""
    for table in (Thread, Post):
        session.execute(
            update(table)
            .where(table.author_id == member_id)
            .values(author_id=None)
            .execution_options(synchronize_session=False)
        )


def take_slice(session: Session, erasure_id: int, *, leaves_lines: bool) -> bool:
    """Take the texts of some hidden posts for good; returns whether any were left.

    With `leaves_lines` one line stays of each, so that others can follow their threads. Without,
    a line stays only where a thread begins in which others have written.
    """
    gone = _next(session, erasure_id)
    if not gone:
        return False
    inner = [post.id for post in gone]
    search.drop_all(session, [(post.id, post.words) for post in gone])
    for column in (Revision.post_id, Quote.post_id, Quote.quoted_id, Thank.post_id, Notice.post_id):
        session.execute(
            delete(column.class_)
            .where(column.in_(inner))
            .execution_options(synchronize_session=False)
        )
    attachments.erase_of(session, inner)
    withdraw_all(session, [post.public_id for post in gone])
    staying = [post.id for post in gone if post.number and (leaves_lines or post.is_opening)]
    session.execute(
        update(Post)
        .where(Post.id.in_(staying))
        .values(body="", html="", pictures=[], edited_on=None, erasure_id=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(Post)
        .where(Post.id.in_(set(inner) - set(staying)))
        .execution_options(synchronize_session=False)
    )
    _tidy(session, gone)
    return True


def _next(session: Session, erasure_id: int) -> list[_Gone]:
    """The next posts that are to go, thread by thread."""
    query = (
        select(
            Post.id,
            Post.public_id,
            Post.thread_id,
            Post.number,
            Post.is_opening,
            Post.body,
            Post.pictures,
            Thread.title,
            Thread.kept_title,
        )
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.erasure_id == erasure_id)
        .order_by(Post.thread_id, Post.is_opening, Post.id)
        .limit(SLICE)
    )
    return [
        _Gone(
            id=row.id,
            public_id=row.public_id,
            thread_id=row.thread_id,
            number=row.number,
            is_opening=row.is_opening,
            words=_indexed(row),
        )
        for row in session.execute(query)
    ]


def _indexed(row: Row[*tuple[Any, ...]]) -> str:
    """The words under which a post stands in the index."""
    words = with_alts(row.body, [each.alt for each in pictures_in(row.pictures)])
    return f"{row.kept_title or row.title}\n{words}" if row.is_opening else words


def _tidy(session: Session, gone: Sequence[_Gone]) -> None:
    """Take away threads in which nothing is left to read, and close gaps in the others."""
    touched = {post.thread_id for post in gone}
    readable = set(
        session.scalars(
            select(Post.thread_id)
            .where(
                Post.thread_id.in_(touched),
                or_(Post.visibility != Visibility.ERASED, Post.erasure_id.is_not(None)),
            )
            .distinct()
        )
    )
    empty = touched - readable
    session.execute(delete(Post).where(Post.thread_id.in_(empty)))
    session.execute(delete(Thread).where(Thread.id.in_(empty)))
    untitled = {post.thread_id for post in gone if post.is_opening} & readable
    session.execute(
        update(Thread)
        .where(Thread.id.in_(untitled))
        .values(title=NO_TITLE, kept_title="")
        .execution_options(synchronize_session=False)
    )
    for thread_id in sorted(readable):
        _close_gaps(session, thread_id)


def _close_gaps(session: Session, thread_id: int) -> None:
    """Number the posts of a thread anew where some have gone, in the order in which they stand."""
    numbered = session.execute(
        select(Post.id, Post.number)
        .where(Post.thread_id == thread_id, Post.number.is_not(None))
        .order_by(Post.number)
    ).all()
    moved = [
        {"id": row.id, "number": -place}
        for place, row in enumerate(numbered, start=1)
        if row.number != place
    ]
    if moved:
        # A number is unique at every moment, so they go round by way of negative ones.
        session.execute(update(Post), moved)
        session.execute(
            update(Post)
            .where(Post.thread_id == thread_id, Post.number < 0)
            .values(number=-Post.number)
            .execution_options(synchronize_session=False)
        )
    session.execute(
        update(Thread)
        .where(Thread.id == thread_id)
        .values(
            post_count=select(func.count())
            .where(Post.thread_id == thread_id, Post.number.is_not(None))
            .scalar_subquery()
        )
        .execution_options(synchronize_session=False)
    )
