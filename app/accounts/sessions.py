"""Sessions: a row that only its cookie opens, so that the disk alone unlocks nobody's key.

The cookie is 16 bytes of name and 32 of key. The row is found by the hash of the name; the
member's private key lies in it in a box under the key, which is nowhere but in the cookie. Beside
it lies until when nothing is asked before a sensitive deed: a moment that the disk does not tell.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import String, bindparam, case, cast, delete, select, update
from sqlalchemy.orm import Session

from app.accounts import queries
from app.accounts.models import Member, MemberSession, Membership, RecoveryWait, SecondFactor
from app.core import clock, crypto
from app.core.db import plainly, spaced
from app.policy.vocabulary import Actor, Role, Standing, Trust
from app.web.access import SignedIn

NAME_BYTES: Final = 16
IDLE: Final = timedelta(minutes=30)
LONGEST: Final = queries.LONGEST_SESSION
SURE_FOR: Final = timedelta(minutes=10)  # after that a sensitive deed asks once more who it is
MOMENT_BYTES: Final = 8
SPARE: Final = timedelta(minutes=15)  # ends are kept to the quarter: one write a quarter is enough


# Asked for on every page: it speaks of tables, because plain rows are what it needs.
_SESSIONS: Final = MemberSession.__table__.c
_MEMBERS: Final = Member.__table__.c
_FACTORS: Final = SecondFactor.__table__.c
_RETURNS: Final = RecoveryWait.__table__.c
_SEATS: Final = Membership.__table__.c
# The boards a member has joined, in one text; with a minus where he or she moderates.
_BOARDS: Final = (
    select(
        spaced(cast(case((_SEATS.is_moderator, -_SEATS.board_id), else_=_SEATS.board_id), String))
    )
    .where(_SEATS.member_id == _MEMBERS.id, _SEATS.invited_on.is_(None))
    .correlate(Member.__table__)
    .scalar_subquery()
)
_BEHIND_COOKIE: Final = (
    select(
        _SESSIONS.public_id.label("session_id"),
        _SESSIONS.box,
        _SESSIONS.idle_until,
        _SESSIONS.ends_at,
        _MEMBERS.id,
        _MEMBERS.public_id,
        _MEMBERS.pseudonym,
        _MEMBERS.trust,
        _MEMBERS.roles,
        _MEMBERS.standing,
        _MEMBERS.standing_until,
        _MEMBERS.public_key,
        _MEMBERS.theme,
        _MEMBERS.is_confirmed,
        _MEMBERS.norms_version,
        _BOARDS.label("boards"),
        _FACTORS.member_id.is_not(None).label("has_factor"),
        _RETURNS.ready_at.is_not(None).label("is_being_recovered"),
    )
    .select_from(
        MemberSession.__table__.join(Member.__table__, _MEMBERS.id == _SESSIONS.member_id)
        .outerjoin(SecondFactor.__table__, _FACTORS.member_id == _MEMBERS.id)
        .outerjoin(RecoveryWait.__table__, _RETURNS.member_id == _MEMBERS.id)
    )
    .where(_SESSIONS.token_hash == bindparam("token_hash"))
)


def begin(session: Session, member_id: int, private_key: bytes) -> str:
    """Open a session for a member who has just shown who it is.

    Returns the text of its cookie, which is kept nowhere.
    """
    name, key = secrets.token_bytes(NAME_BYTES), crypto.random_key()
    token_hash = hashlib.sha256(name).digest()
    now = clock.now()
    sure_until = int((now + SURE_FOR).timestamp()).to_bytes(MOMENT_BYTES, "big")
    session.add(
        MemberSession(
            token_hash=token_hash,
            member_id=member_id,
            box=crypto.seal(_box_key(key, token_hash), private_key + sure_until),
            idle_until=now + IDLE,
            ends_at=now + LONGEST,
        )
    )
    return base64.urlsafe_b64encode(name + key).decode()


def identify(session: Session, cookie: str) -> SignedIn | None:
    """Who holds this cookie, or nobody when it is unknown, over or not one of ours."""
    opened = _open(cookie)
    if opened is None:
        return None
    token_hash, key = opened
    row = plainly(session, _BEHIND_COOKIE, {"token_hash": token_hash}).first()
    now = clock.now()
    if row is None or row.idle_until <= now or row.ends_at <= now:
        return None
    roles = Role(row.roles)
    boards = [int(number) for number in (row.boards or "").split()]
    keeps = frozenset(-number for number in boards if number < 0)
    actor = Actor(
        id=row.id,
        public_id=row.public_id,
        pseudonym=row.pseudonym,
        trust=Trust(row.trust),
        roles=roles if row.has_factor else Role.NONE,
        withheld=Role.NONE if row.has_factor else roles,
        joined=frozenset(map(abs, boards)),
        keeps=keeps if row.has_factor else frozenset(),
        withheld_keeps=frozenset() if row.has_factor else keeps,
        standing=_standing(row.standing, row.standing_until, now),
        public_key=row.public_key,
        theme=row.theme,
        is_confirmed=row.is_confirmed,
        norms_version=row.norms_version,
        is_being_recovered=row.is_being_recovered,
    )
    return SignedIn(
        actor=actor,
        has_factor=row.has_factor,
        token=row.session_id,
        unlock=partial(_private_key, _box_key(key, token_hash), row.box),
        is_sure=partial(_is_sure, _box_key(key, token_hash), row.box),
        wants_longer=min(row.idle_until, row.ends_at) - now < SPARE < row.ends_at - now,
    )


def prolong(session: Session, token: str) -> None:
    """Move the end of an idle session on; the longest life stays as it was."""
    query = update(MemberSession).where(MemberSession.public_id == token)
    session.execute(query.values(idle_until=clock.now() + IDLE))


def renew(session: Session, member_id: int, token: str, private_key: bytes) -> str:
    """Let another session take the place of this one, as its member has shown who it is once more.

    Returns the text of the new cookie.
    """
    end(session, member_id, token)
    return begin(session, member_id, private_key)


def end(session: Session, member_id: int, token: str) -> None:
    """End one session of a member, named by its public id."""
    session.execute(
        delete(MemberSession).where(
            MemberSession.member_id == member_id, MemberSession.public_id == token
        )
    )


def end_others(session: Session, member_id: int, token: str) -> None:
    """End every session of a member but this one."""
    session.execute(
        delete(MemberSession).where(
            MemberSession.member_id == member_id, MemberSession.public_id != token
        )
    )


def end_all(session: Session, member_id: int) -> None:
    """End every session of a member: after a change of passphrase, factor, role or standing."""
    session.execute(delete(MemberSession).where(MemberSession.member_id == member_id))


def _open(cookie: str) -> tuple[bytes, bytes] | None:
    """The hash of the name and the key out of a cookie's text."""
    try:
        raw = base64.urlsafe_b64decode(cookie)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != NAME_BYTES + crypto.KEY_BYTES:
        return None
    return hashlib.sha256(raw[:NAME_BYTES]).digest(), raw[NAME_BYTES:]


def _private_key(key: bytes, box: bytes) -> bytes:
    """The member's private key out of a session's box."""
    return crypto.unseal(key, box)[: crypto.KEY_BYTES]


def _is_sure(key: bytes, box: bytes) -> bool:
    """Whether the member has shown a short while ago who it is."""
    sure_until = crypto.unseal(key, box)[crypto.KEY_BYTES :]
    return clock.now().timestamp() < int.from_bytes(sure_until, "big")


def _box_key(key: bytes, token_hash: bytes) -> bytes:
    """The key of one session's box; bound to its row, so that boxes cannot be exchanged."""
    return crypto.hkdf(key, f"session:{token_hash.hex()}")


def _standing(standing: Standing, until: datetime | None, now: datetime) -> Standing:
    """The standing now: a sanction that has run out no longer counts."""
    return Standing.GOOD if until is not None and until <= now else standing
