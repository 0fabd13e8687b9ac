"""Pictures in posts, sealed: first as an upload of one member, then with a post (PRIVACY.md §6).

Half of a picture's key lies beside it and half in its shred. Whatever takes a picture away destroys
the shred first: what is left of it on the disk, or in a copy, opens with nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session, undefer

from app.core import clock, crypto, ids, sealing, shreds
from app.core.errors import NotFoundError, StaleError
from app.core.pictures import Rebuilt
from app.forum.models import Attachment, Picture, Post
from app.forum.queries import attachable
from app.privacy import erasure

PICTURES_AT_MOST: Final = 4  # in a post
UPLOADS_AT_MOST: Final = 12  # of one member that wait to be posted; the oldest goes


class Chosen(NamedTuple):
    """A picture that its author wants in a post, and what it shows."""

    public_id: str
    alt: str


def keep_upload(session: Session, member_id: int, rebuilt: Rebuilt) -> Attachment:
    """Seal a picture for the member who sent it in, until it is posted or a day has gone."""
    shred_id, part = shreds.new_shred(session)
    public_id, own_part = ids.new_id(), crypto.random_key()
    key = sealing.server_key(own_part, part, _binding(public_id))
    upload = Attachment(
        public_id=public_id,
        member_id=member_id,
        pending_since=clock.now(),
        width=rebuilt.width,
        height=rebuilt.height,
        shred_id=shred_id,
        own_part=own_part,
        box=crypto.seal(key, rebuilt.jpeg),
    )
    session.add(upload)
    session.flush()  # it is one of those that are counted now
    waiting = session.scalars(
        select(Attachment.id)
        .where(Attachment.member_id == member_id)
        .order_by(Attachment.id.desc())
    ).all()
    if too_many := waiting[UPLOADS_AT_MOST:]:
        _erase(session, Attachment.id.in_(too_many))
    return upload


def jpeg_of(session: Session, attachment: Attachment) -> bytes:
    """The picture itself.

    Raises:
        NotFoundError: when it was erased at this very moment.
        BrokenSealError: when somebody else's hand has changed it.
        LostEpochError: when the server has lost the key of its shreds.
    """
    part = shreds.shred_part(session, attachment.shred_id)
    if part is None:
        raise NotFoundError
    key = sealing.server_key(attachment.own_part, part, _binding(attachment.public_id))
    return crypto.unseal(key, attachment.box)


def pictures_of(session: Session, post: Post) -> list[tuple[str, bytes]]:
    """What each picture of a post shows in words, and the picture itself, in their order."""
    alts = {each.public_id: each.alt for each in post.shown_pictures}
    if not alts:
        return []
    query = select(Attachment).where(Attachment.post_id == post.id).options(undefer(Attachment.box))
    found = {each.public_id: each for each in session.scalars(query)}
    return [(alt, jpeg_of(session, found[id_])) for id_, alt in alts.items() if id_ in found]


def attach(session: Session, member_id: int, post: Post, chosen: Sequence[Chosen]) -> None:
    """Let a stored post have these pictures, in this order; others that it had are erased.

    Raises:
        StaleError: when one of them is no longer there.
    """
    if not chosen and not post.pictures:
        return
    query = select(Attachment).where(
        Attachment.public_id.in_([one.public_id for one in chosen]), attachable(member_id, post)
    )
    found = {each.public_id: each for each in session.scalars(query)}
    if len(found) != len(chosen):
        raise StaleError
    if {each[0] for each in post.pictures or ()} - found.keys():
        erasure.owe(session, member_id, post.public_id)
        _erase(
            session,
            and_(Attachment.post_id == post.id, Attachment.public_id.not_in(found)),
        )
    for each in found.values():
        each.post_id, each.member_id, each.pending_since = post.id, None, None
    post.pictures = [
        list(
            Picture(one.public_id, found[one.public_id].width, found[one.public_id].height, one.alt)
        )
        for one in chosen
    ]


# --- taking away ----------------------------------------------------------------------------------


def erase_of(session: Session, post_ids: Sequence[int]) -> None:
    """Make the pictures of posts be gone."""
    _erase(session, Attachment.post_id.in_(post_ids))


def erase_in(session: Session, thread_id: int) -> None:
    """Make all pictures of a thread be gone, those of posts that wait included."""
    _erase(session, Attachment.post_id.in_(select(Post.id).where(Post.thread_id == thread_id)))


def erase_uploads(session: Session, member_id: int) -> None:
    """Make be gone what a member has sent in and not posted."""
    _erase(session, Attachment.member_id == member_id)


def expire_uploads(session: Session) -> None:
    """Destroy the keys of uploads whose day is over; retention then takes the rows, and counts."""
    keep = Attachment.__retention__
    edge = clock.now() - timedelta(days=keep.days or 0)
    overdue = session.scalars(select(Attachment.shred_id).where(Attachment.pending_since < edge))
    shreds.destroy(session, overdue.all())


def _erase(session: Session, which: ColumnElement[bool]) -> None:
    """Destroy the keys of some pictures, and take their rows away."""
    found = session.execute(select(Attachment.id, Attachment.shred_id).where(which)).all()
    if not found:
        return
    shreds.destroy(session, [row.shred_id for row in found])
    session.execute(
        delete(Attachment)
        .where(Attachment.id.in_([row.id for row in found]))
        .execution_options(synchronize_session=False)
    )


def _binding(public_id: str) -> str:
    """The place of a picture, as its key knows it."""
    return sealing.bind("picture", Attachment.__tablename__, public_id)
