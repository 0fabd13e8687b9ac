"""Reading members, what lets them in, and what the site holds about them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.accounts import names, pseudonyms
from app.accounts.keyring import CodeLock, Lock
from app.accounts.models import Break, Invite, Member, MemberSession, RecoveryCode
from app.core import clock
from app.core.db import Base
from app.core.retention import Keep
from app.core.settings import read_settings
from app.policy.inviting import WINDOW_DAYS, Inviting, inviting_of
from app.policy.vocabulary import Role, Standing

SHUT_OUT: Final = frozenset({Standing.SUSPENDED, Standing.REMOVED})

SUGGESTIONS: Final = 20  # tries before a number is put after a name
LONGEST_SESSION: Final = timedelta(hours=12)
QUARTER: Final = timedelta(minutes=15)  # an end is kept rounded up to it

# Columns that make a row the member's own. Others, such as who decided, speak of a deed for the
# site and are in the audit log.
OWNING: Final = frozenset({"author_id", "member_id", "reporter_id", "inviter_id"})


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a passphrase is tried on."""

    member_id: int
    public_id: str
    lock: Lock


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a recovery code is tried on; `codes` are those that have not been used."""

    member_id: int
    public_id: str
    pseudonym: str
    codes: Sequence[CodeLock]


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its member sees it: nothing tells of the device."""

    public_id: str
    ends_at: datetime

    @property
    def began_on(self) -> date:
        """The day on which it began, as its end tells."""
        return (self.ends_at - LONGEST_SESSION - QUARTER).date()


@dataclass(frozen=True, slots=True)
class Holding:
    """How many rows of a table are a member's own, and how long the table keeps them."""

    table: str
    count: int
    keep: Keep


def member_by_pseudonym(session: Session, pseudonym: str) -> Member | None:
    """The member of this name, however it is written in capitals or look-alike letters."""
    query = select(Member).where(Member.skeleton == pseudonyms.skeleton(pseudonym))
    return session.scalars(query).first()


def member_by_id(session: Session, member_id: int) -> Member:
    """The member of this inner id, who is there."""
    return session.scalars(select(Member).where(Member.id == member_id)).one()


def members_by_ids(session: Session, member_ids: Iterable[int]) -> Mapping[int, Member]:
    """Members by their inner ids, in one question; those who are gone are missing."""
    wanted = set(member_ids)
    if not wanted:
        return {}
    return {row.id: row for row in session.scalars(select(Member).where(Member.id.in_(wanted)))}


def on_a_break() -> Select[int]:
    """The inner ids of those who are on a break today, as a part of another statement."""
    return select(Break.member_id).where(Break.until_on > clock.today())


def break_of(session: Session, member_id: int) -> date | None:
    """Until when a member is on a break; nothing when he or she is not."""
    query = select(Break.until_on).where(
        Break.member_id == member_id, Break.until_on > clock.today()
    )
    return session.scalar(query)


def somebody_answers_exposures(session: Session) -> bool:
    """Whether anybody has the role to whom a report of an exposure can be sealed."""
    query = select(Member.id).where(Member.roles.op("&")(int(Role.RESPONDER)) != 0).limit(1)
    return session.scalar(query) is not None


def is_taken(session: Session, pseudonym: str) -> bool:
    """Whether a member has or had this name, or one that can be taken for it."""
    skeleton = pseudonyms.skeleton(pseudonym)
    has_left = names.is_retired(session, skeleton)  # asked in any case: both take the same time
    query = select(Member.id).where(Member.skeleton == skeleton)
    return session.scalar(query) is not None or has_left


def free_suggestion(session: Session, community: str) -> str:
    """A pseudonym that is free at this moment."""
    for _try in range(SUGGESTIONS):
        name = pseudonyms.suggest()
        if not is_taken(session, name) and not pseudonyms.is_reserved(name, community):
            return name
    return f"{pseudonyms.suggest()}-{secrets.randbelow(90) + 10}"[: pseudonyms.LONGEST]


def credentials_of(session: Session, pseudonym: str) -> Credentials | None:
    """What the passphrase of this name is tried on; nothing for a name that nobody has."""
    query = select(*_CREDENTIALS).where(Member.skeleton == pseudonyms.skeleton(pseudonym))
    row = session.execute(query).first()
    return None if row is None else _credentials(*row)


def own_credentials(session: Session, member_id: int) -> Credentials:
    """What the passphrase of a member who is signed in is tried on."""
    return _credentials(*session.execute(select(*_CREDENTIALS).where(Member.id == member_id)).one())


def recovery_of(session: Session, pseudonym: str) -> Recovery | None:
    """What a recovery code of this name is tried on; nothing for a name that nobody has."""
    member = session.execute(
        select(Member.id, Member.public_id, Member.pseudonym).where(
            Member.skeleton == pseudonyms.skeleton(pseudonym)
        )
    ).first()
    if member is None:
        return None
    return Recovery(*member, codes=unused_codes(session, member.id))


def unused_codes(session: Session, member_id: int) -> Sequence[CodeLock]:
    """A member's recovery codes that have not been used, in their order."""
    query = (
        select(RecoveryCode.number, RecoveryCode.verifier, RecoveryCode.wrapped_key)
        .where(RecoveryCode.member_id == member_id, RecoveryCode.is_used.is_(False))
        .order_by(RecoveryCode.number)
    )
    return [CodeLock(*row) for row in session.execute(query)]


def open_sessions(session: Session, member_id: int) -> Sequence[OpenSession]:
    """A member's sessions that have not ended, the last to end first."""
    now = clock.now()
    query = (
        select(MemberSession.public_id, MemberSession.ends_at)
        .where(
            MemberSession.member_id == member_id,
            MemberSession.idle_until > now,
            MemberSession.ends_at > now,
        )
        .order_by(MemberSession.ends_at.desc(), MemberSession.public_id)
    )
    return [OpenSession(*row) for row in session.execute(query)]


def invite_by_words(session: Session, words: str) -> Invite | None:
    """The invite that these words open, if it lets somebody in today."""
    return session.scalars(select(Invite).where(is_open_invite(session, words))).first()


def is_open_invite(session: Session, words: str) -> ColumnElement[bool]:
    """The rule by which words are an invite that lets somebody in today.

    Of somebody who is suspended invites rest; they let people in again with the inviter.
    """
    shut_out = select(Member.id).where(Member.standing.in_(SHUT_OUT))
    return and_(
        Invite.words_hash == invite_hash(words),
        Invite.uses_left > 0,
        Invite.made_on >= first_day_of_invites(session),
        Invite.inviter_id.not_in(shut_out),
    )


def invites_of(session: Session, member_id: int) -> Sequence[Invite]:
    """The invites of a member that can still be used, the newest first."""
    query = select(Invite).where(
        Invite.inviter_id == member_id,
        Invite.uses_left > 0,
        Invite.made_on >= first_day_of_invites(session),
    )
    return session.scalars(query.order_by(Invite.id.desc())).all()


def invite_hash(words: str) -> bytes:
    """What is kept of an invite's words, which are 80 random bits."""
    letters = "".join(sign for sign in words.casefold() if sign.isalnum())
    return hashlib.sha256(f"invite:{letters}".encode()).digest()


def inviting(session: Session) -> Inviting:
    """How many invites members may give, and for how long, as the operator has decided."""
    return inviting_of(read_settings(session).inviting)


def first_day_of_invites(session: Session) -> date:
    """The oldest day whose invites still let somebody in."""
    return clock.today() - timedelta(days=inviting(session).days)


def invites_given(session: Session, member_id: int) -> int:
    """How many invites a member has given within the days in which they are counted."""
    first_day = clock.today() - timedelta(days=WINDOW_DAYS)
    query = select(func.count()).where(Invite.inviter_id == member_id, Invite.made_on > first_day)
    return session.scalar(query) or 0


def holdings(session: Session, member_id: int) -> Sequence[Holding]:
    """How much every table of the site holds of a member, read off the tables themselves."""
    keeps = {}
    counts = []
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        name = mapper.class_.__tablename__
        for column in mapper.columns:
            if column.name in OWNING and column.foreign_keys:
                keeps[name] = mapper.class_.__retention__
                count = select(func.count()).select_from(table).where(column == member_id)
                counts.append(select(literal(name), count.scalar_subquery()))
    rows = session.execute(union_all(*counts)).all()
    return sorted((Holding(name, n, keeps[name]) for name, n in rows), key=lambda h: h.table)


_CREDENTIALS: Final = (
    Member.id,
    Member.public_id,
    Member.salt,
    Member.cost,
    Member.verifier,
    Member.wrapped_key,
)


def _credentials(  # noqa: PLR0913, PLR0917 - one for each column above
    member_id: int, public_id: str, salt: bytes, cost: str, verifier: bytes, wrapped_key: bytes
) -> Credentials:
    """One row of the columns above."""
    lock = Lock(salt=salt, cost=cost, verifier=verifier, wrapped_key=wrapped_key)
    return Credentials(member_id, public_id, lock)
