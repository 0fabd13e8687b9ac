"""Saved posts: what a member wants to find again. Which posts these are, only that member can tell.

A row holds the post's public id in a box, and a tag by which the same post is not saved twice; both
are made with the member's own key. So neither the disk nor anybody who runs the machine learns
what somebody keeps, and nothing stands beside a post that is saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core import crypto
from app.core.errors import RefusalError
from app.forum import queries
from app.forum.models import Post, SavedPost
from app.policy.vocabulary import Actor

SAVED_AT_MOST: Final = 500


class TooManySavedError(RefusalError):
    """A member has saved as many posts as can be."""


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page of saved posts: those that can be read now, and how many others there are on it."""

    rows: Sequence[queries.Hit]
    gone_count: int = 0
    older: int | None = None


def save(session: Session, member: Actor, private_key: bytes, post: Post) -> None:
    """Remember a post for its reader; a second time changes nothing.

    Raises:
        TooManySavedError: when the member has saved as many as can be.
    """
    # Two browsers at once wait for one another, so that a post is saved once.
    session.execute(select(Member.id).where(Member.id == member.id).with_for_update())
    tag = _tag(private_key, post.public_id)
    of_member = select(func.count()).where(SavedPost.member_id == member.id)
    if session.scalar(of_member.where(SavedPost.tag == tag)):
        return
    if (session.scalar(of_member) or 0) >= SAVED_AT_MOST:
        raise TooManySavedError
    box = crypto.wrap(_key(private_key, "box"), post.public_id.encode())
    session.add(SavedPost(member_id=member.id, tag=tag, box=box))


def unsave(session: Session, member: Actor, private_key: bytes, public_ids: Sequence[str]) -> None:
    """Forget saved posts."""
    tags = [_tag(private_key, public_id) for public_id in public_ids]
    session.execute(
        delete(SavedPost).where(SavedPost.member_id == member.id, SavedPost.tag.in_(tags))
    )


def saved_ids(session: Session, member: Actor, private_key: bytes) -> list[tuple[int, str]]:
    """All that a member has saved, the last first: the number that orders it, and the public id.

    Raises:
        BrokenSealError: when a row was made with another key.
    """
    query = select(SavedPost.id, SavedPost.box).where(SavedPost.member_id == member.id)
    key = _key(private_key, "box")
    rows = session.execute(query.order_by(SavedPost.id.desc()))
    return [(row.id, crypto.unwrap(key, row.box).decode()) for row in rows]


def saved_page(
    session: Session, member: Actor, private_key: bytes, before: int | None = None
) -> SavedPage:
    """One page of the saved posts, as they stand now and as their reader may see them."""
    saved = saved_ids(session, member, private_key)
    left = [entry for entry in saved if before is None or entry[0] < before]
    shown = left[: queries.POSTS_A_PAGE]
    hits = queries.hits_of(session, member, [public_id for _, public_id in shown])
    return SavedPage(
        rows=[hits[public_id] for _, public_id in shown if public_id in hits],
        gone_count=sum(public_id not in hits for _, public_id in shown),
        older=shown[-1][0] if len(left) > len(shown) else None,
    )


def forget_gone(session: Session, member: Actor, private_key: bytes) -> None:
    """Forget every saved post that is gone, or closed to the member by now."""
    saved = [public_id for _, public_id in saved_ids(session, member, private_key)]
    hits = queries.hits_of(session, member, saved)
    unsave(session, member, private_key, [each for each in saved if each not in hits])


def _tag(private_key: bytes, public_id: str) -> bytes:
    """What a saved post is found by; another member's is another one."""
    return crypto.tag(_key(private_key, "tag"), "saved", public_id)


def _key(private_key: bytes, use: str) -> bytes:
    """A key that follows from the member's own key alone."""
    return crypto.hkdf(private_key, f"saved-{use}:saved_posts:1")
