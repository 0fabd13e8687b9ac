"""Coming back: a recovery code stands in for one factor, and the other is still asked.

Whoever has lost both brings two codes, and waits. Meanwhile every open session of the account shows
that somebody does, and can stop it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import second_factor, service
from app.accounts.keyring import Lock
from app.accounts.models import Member, RecoveryWait
from app.accounts.queries import Recovery
from app.accounts.second_factor import Holder
from app.accounts.service import NotRightError
from app.core import clock
from app.policy.vocabulary import Actor

WAIT: Final = timedelta(hours=72)
CUT: Final = timedelta(hours=1)  # a moment is kept cut down to its hour; nobody waits less for it


@dataclass(frozen=True, slots=True)
class Brought:
    """What somebody brought to come back: a right code, a code of the app, perhaps a second one."""

    number: int
    private_key: bytes
    app_code: str
    second: int | None  # the number of another right recovery code

    def __repr__(self) -> str:
        return "***"


def come_back(
    session: Session, recovery: Recovery, brought: Brought, lock: Lock
) -> datetime | None:
    """Put a new passphrase in the place of a lost one; every session ends.

    Returns nothing when that is done; or, for whoever has lost the second factor too, the moment
    from which on it will be. The codes are spent when it is done, and not before.

    Raises:
        NotRightError: when the second factor is neither shown nor stood in for, or a code was
            spent meanwhile.
    """
    holder = Holder(recovery.member_id, recovery.public_id, brought.private_key)
    if not second_factor.accept(session, holder, brought.app_code):
        if brought.second in {None, brought.number}:
            raise NotRightError
        if ready_at := _still_waiting(session, recovery.member_id):
            return ready_at
        service.spend_code(session, recovery.member_id, brought.second or 0)
        second_factor.turn_off(session, recovery.member_id)
    service.recover(session, recovery, brought.number, lock)
    _forget_wait(session, recovery.member_id)
    return None


def stop(session: Session, member: Actor, private_key: bytes) -> Sequence[str]:
    """Let nobody come back without any factor; returns new codes in the place of all before."""
    _forget_wait(session, member.id)
    return service.renew_codes(session, member.id, member.public_id, private_key)


def _still_waiting(session: Session, member_id: int) -> datetime | None:
    """From when on two codes are enough; nothing when that moment has passed."""
    session.execute(select(Member.id).where(Member.id == member_id).with_for_update())
    wait = session.get(RecoveryWait, member_id)
    if wait is None:
        ready_at = clock.to_hour(clock.now() + WAIT + CUT)
        session.add(RecoveryWait(member_id=member_id, ready_at=ready_at))
        return ready_at
    return wait.ready_at if clock.now() < wait.ready_at else None


def _forget_wait(session: Session, member_id: int) -> None:
    """Nobody waits any more."""
    session.execute(delete(RecoveryWait).where(RecoveryWait.member_id == member_id))
