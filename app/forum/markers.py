"""How far a follower has read in a thread: a marker that only he or she can open.

It names the last post that was read and the number that post had. Numbers close up when a post is
taken back for a second look, so the number alone would then count too far.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Integer, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from app.core import crypto
from app.forum.models import Post

_LAYOUT: Final = struct.Struct(">IQ")  # always as long, so that its length tells nothing


@dataclass(frozen=True, slots=True)
class Marker:
    """The last post that was read, and the number it had then; 0 and 0 for none."""

    number: int = 0
    post_id: int = 0

    def sealed(self, private_key: bytes, thread_id: int) -> bytes:
        """The marker as it is stored, for the owner of this private key."""
        return crypto.seal(_key(private_key, thread_id), _LAYOUT.pack(self.number, self.post_id))

    @classmethod
    def opened(cls, private_key: bytes, thread_id: int, box: bytes) -> Marker:
        """Open a stored marker.

        Raises:
            BrokenSealError: when it was sealed by somebody else or for another thread.
        """
        return cls(*_LAYOUT.unpack(crypto.unseal(_key(private_key, thread_id), box)))


def _key(private_key: bytes, thread_id: int) -> bytes:
    """The key of one marker: it follows from the member's own key alone."""
    return crypto.hkdf(private_key, f"marker:follows:{thread_id}:2")


def numbers_of(session: Session, markers: Mapping[int, Marker]) -> dict[int, int]:
    """The number up to which each thread was read, as its posts are numbered now.

    `markers` are by thread id. Where the last post that was read has no number any more, the one
    before it that has one counts.
    """
    rows = session.execute(
        _NUMBERS,
        {
            "read": [marker.post_id for marker in markers.values()],
            "least": min((marker.number for marker in markers.values()), default=0),
        },
    )
    found = {post_id: (now, one_before or 0) for post_id, now, one_before in rows}
    return {
        thread_id: _number_now(marker, *found.get(marker.post_id, (marker.number, 0)))
        for thread_id, marker in markers.items()
    }


_POSTS: Final = Post.__table__.c
_BEFORE: Final = Post.__table__.alias("before")
_NUMBER_BEFORE: Final = (
    select(func.max(_BEFORE.c.number))
    .where(_BEFORE.c.thread_id == _POSTS.thread_id, _BEFORE.c.id < _POSTS.id)
    .scalar_subquery()
)
# To look for the number before means to walk through the thread: only where it may be asked for.
_HAS_MOVED: Final = or_(_POSTS.number.is_(None), _POSTS.number > bindparam("least", type_=Integer))
_NUMBERS: Final = select(
    _POSTS.id, _POSTS.number, case((_HAS_MOVED, _NUMBER_BEFORE), else_=0)
).where(_POSTS.id.in_(bindparam("read", expanding=True, type_=Integer)))


def _number_now(marker: Marker, now: int | None, one_before: int) -> int:
    """Up to where it was read, when the last post that was read has this number now, or none.

    A number never rises, unless the post lost it and was given another at the end of the thread.
    """
    if now is not None and now <= marker.number:
        return now
    return min(one_before, max(marker.number - 1, 0))
