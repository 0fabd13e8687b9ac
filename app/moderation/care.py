"""Care for moderators: kinds of items that somebody does not want to be given.

Everybody has something that is too near. What is chosen here is nobody else's to see; the others
notice only that an item cannot be handed on to that one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.moderation.models import ReportReason, SparedKind
from app.moderation.queries import Matter, kinds_of, spared_by
from app.policy.vocabulary import Actor

KINDS: Final = (ReportReason.DANGER, ReportReason.HARASSMENT, ReportReason.IDENTITY)


def spare(session: Session, member: Actor, kinds: Iterable[ReportReason]) -> None:
    """Keep of which kinds a moderator wants to be given nothing; what was chosen before goes."""
    session.execute(delete(SparedKind).where(SparedKind.member_id == member.id))
    session.add_all(SparedKind(member_id=member.id, reason=kind) for kind in set(kinds))


def is_spared(session: Session, member: Actor, matter: Matter) -> bool:
    """Whether an item is of a kind that a moderator asked not to be given."""
    return bool(kinds_of(matter) & spared_by(session, member.id))
