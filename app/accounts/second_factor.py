"""The second factor: what is kept of it, and the deeds. Sealed to its member, the last use too.

The secret lies in a box under a key that follows from the member's private key. So it is read only
in the moment in which the passphrase, or a recovery code, has opened that key; and the disk does
not tell when a member was here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from app.accounts import sessions, totp
from app.accounts.models import Member, SecondFactor
from app.core import crypto
from app.policy.vocabulary import Actor, Role

STEP_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose factor it is, with the key that opens it."""

    member_id: int
    public_id: str
    private_key: bytes

    def __repr__(self) -> str:
        return "***"


def has_factor(session: Session, member_id: int) -> bool:
    """Whether a member has set a second factor up."""
    query = select(SecondFactor.member_id).where(SecondFactor.member_id == member_id)
    return session.scalar(query) is not None


def missing_count(session: Session) -> int:
    """How many members have been given a role and have no second factor yet."""
    has_one = exists().where(SecondFactor.member_id == Member.id)
    query = select(func.count()).select_from(Member).where(Member.roles != Role.NONE, ~has_one)
    return session.scalar(query) or 0


def turn_on(session: Session, holder: Holder, secret: bytes, typed: str) -> bool:
    """Set a second factor up, in the place of any before; every session ends.

    Returns False, and changes nothing, when the code is not one of this secret: then the app does
    not have it.
    """
    step = totp.matching_step(secret, typed, last_step=0)
    if step is None:
        return False
    keep(session, holder, secret, step)
    sessions.end_all(session, holder.member_id)
    return True


def keep(session: Session, holder: Holder, secret: bytes, last_step: int = 0) -> None:
    """Store a secret and the last step that was used, in the place of any before."""
    box = crypto.seal(_key(holder), secret + last_step.to_bytes(STEP_BYTES, "big"))
    session.merge(SecondFactor(member_id=holder.member_id, box=box))


def turn_off(session: Session, member_id: int) -> None:
    """Take the second factor away; every session ends."""
    session.execute(delete(SecondFactor).where(SecondFactor.member_id == member_id))
    sessions.end_all(session, member_id)


def accept(session: Session, holder: Holder, typed: str) -> bool:
    """Whether this code opens the door: always where there is no second factor.

    A code that was accepted is good no more. The row is locked, so that of two who bring the same
    code at once one is let in.

    Raises:
        BrokenSealError: when the row was changed by somebody else's hand.
    """
    query = select(SecondFactor).where(SecondFactor.member_id == holder.member_id)
    kept = session.scalars(query.with_for_update()).first()
    if kept is None:
        return True
    opened = crypto.unseal(_key(holder), kept.box)
    secret, last = opened[: totp.SECRET_BYTES], opened[totp.SECRET_BYTES :]
    step = totp.matching_step(secret, typed, int.from_bytes(last, "big"))
    if step is None:
        return False
    kept.box = crypto.seal(_key(holder), secret + step.to_bytes(STEP_BYTES, "big"))
    return True


def actor_of(session: Session, member: Member) -> Actor:
    """A member as rules see it: without the powers of a role until there is a second factor."""
    actor = member.actor
    if not actor.roles or has_factor(session, member.id):
        return actor
    return replace(actor, roles=Role.NONE, withheld=actor.roles)


def _key(holder: Holder) -> bytes:
    """What closes the box of a member's secret, and of nobody else's."""
    return crypto.hkdf(holder.private_key, f"totp:second_factors:{holder.public_id}:1")
