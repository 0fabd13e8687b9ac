"""The deeds of accounts: joining, coming in and back, and what changes with trust and role.

What takes long – every argon2 hash – is a function without a session. A view calls it before its
own transaction begins, so that nobody waits for the database while somebody's passphrase is hashed.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import CursorResult, delete, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import keyring, names, pseudonyms, queries, second_factor, sessions
from app.accounts.keyring import Lock
from app.accounts.models import Break, Invite, InviteTie, Member, RecoveryCode
from app.accounts.queries import Credentials, Recovery
from app.accounts.second_factor import Holder
from app.core import audit, clock, crypto, ids
from app.core.crypto import Cost, Passphrase
from app.core.errors import RefusalError
from app.core.settings import read_settings
from app.core.text import clean, render
from app.policy.inviting import most_invites
from app.policy.vocabulary import Actor, Role, Standing, Trust

MASKS: Final = 128  # eight tones, four cuts, four pairs of eyes
INVITE_GROUP: Final = 4


class NotAvailableError(RefusalError):
    """The pseudonym cannot be had: taken, reserved or too like another. Nobody says which."""


class NotRightError(RefusalError):
    """Name, passphrase, code or invite do not fit together. Nobody says which."""


class InvitesPausedError(RefusalError):
    """Invites rest for a while: none is made, and none lets anybody in."""


class TooManyInvitesError(RefusalError):
    """A member has given as many invites as one may for a while."""


@dataclass(frozen=True, slots=True)
class NewKeys:
    """The keys of a member who is not there yet. `private_key` is kept nowhere in clear."""

    public_id: str
    private_key: bytes
    lock: Lock


# --- slow, and without a session ------------------------------------------------------------------


def make_keys(passphrase: Passphrase, cost: Cost) -> NewKeys:
    """Keys for a new member, wrapped under the passphrase. Takes 0.2 s.

    Raises:
        BusyError: when too many hashes run at once.
    """
    public_id, private_key = ids.new_id(), crypto.new_private_key()
    lock = keyring.lock(passphrase, public_id, private_key, cost)
    return NewKeys(public_id=public_id, private_key=private_key, lock=lock)


def try_passphrase(
    credentials: Credentials | None, passphrase: Passphrase, cost: Cost
) -> bytes | None:
    """The private key if the passphrase is right. Takes 0.2 s, whether or not there is a member.

    Raises:
        BusyError: when too many hashes run at once.
    """
    if credentials is None:
        keyring.pretend(passphrase, cost)
        return None
    return keyring.unlock(passphrase, credentials.public_id, credentials.lock)


def try_code(recovery: Recovery | None, code: str) -> tuple[int, bytes] | None:
    """The number of the code and the private key if the code is right.

    Every code is looked at, and as many as ever for a name that nobody has.
    """
    stored = recovery.codes if recovery else ()
    found = [lock for lock in stored if keyring.opens(code, lock)]
    for _ in range(keyring.CODE_COUNT - len(stored)):
        keyring.opens(code, _NOBODYS)
    if recovery is None or not found:
        return None
    key = keyring.unlock_with_code(code, recovery.public_id, found[0])
    return None if key is None else (found[0].number, key)


_NOBODYS: Final = keyring.CodeLock(number=0, verifier=secrets.token_bytes(32), wrapped_key=b"")


# --- joining --------------------------------------------------------------------------------------


def create_member(
    session: Session,
    pseudonym: str,
    keys: NewKeys,
    *,
    trust: Trust = Trust.NEWCOMER,
    roles: Role = Role.NONE,
) -> Member:
    """Add a member.

    Raises:
        NotAvailableError: when somebody has the name, or was faster.
    """
    if queries.is_taken(session, pseudonym):
        raise NotAvailableError
    member = Member(
        public_id=keys.public_id,
        pseudonym=pseudonym,
        skeleton=pseudonyms.skeleton(pseudonym),
        mask_seed=secrets.randbelow(MASKS),
        joined_on=clock.today(),
        trust=trust,
        trust_floor=trust,
        roles=roles,
        norms_version=1,
        is_confirmed=False,
        salt=keys.lock.salt,
        cost=keys.lock.cost,
        verifier=keys.lock.verifier,
        public_key=crypto.public_key(keys.private_key),
        wrapped_key=keys.lock.wrapped_key,
    )
    session.add(member)
    try:
        session.flush()  # the database has the last word on who was first, and gives the inner id
    except IntegrityError as error:
        raise NotAvailableError from error
    return member


def sign_up(
    session: Session, pseudonym: str, keys: NewKeys, norms_version: int, invite: str = ""
) -> tuple[Member, Sequence[str]]:
    """Add a newcomer, who has accepted the norms; returns the member and the recovery codes.

    Raises:
        NotAvailableError: when somebody has the name, or was faster.
        NotRightError: when an invite is given that cannot be used any more.
    """
    inviter_id = spend_invite(session, invite) if invite else None
    member = create_member(session, pseudonym, keys)
    if inviter_id is not None:
        session.flush()  # the tie names the member by an id that is made here
        session.add(InviteTie(member_id=member.id, invited_by_id=inviter_id, made_on=clock.today()))
    member.norms_version = norms_version
    return member, renew_codes(session, member.id, member.public_id, keys.private_key)


def make_invite(session: Session, inviter: Actor, uses: int = 1) -> str:
    """Make an invite; returns its words, which are kept nowhere.

    Raises:
        InvitesPausedError: while a protection pauses invites.
        TooManyInvitesError: when as many were given as this member may give for a while.
    """
    if read_settings(session).is_inviting_paused:
        raise InvitesPausedError
    audit.take_turn(session)  # of two invites at once the second counts the first
    most = most_invites(inviter, queries.inviting(session))
    if queries.invites_given(session, inviter.id) >= most:
        raise TooManyInvitesError
    words = ids.new_id()
    session.add(
        Invite(
            words_hash=queries.invite_hash(words),
            inviter_id=inviter.id,
            uses_left=uses,
            made_on=clock.today(),
        )
    )
    return "-".join(
        words[start : start + INVITE_GROUP] for start in range(0, len(words), INVITE_GROUP)
    )


def spend_invite(session: Session, words: str) -> int:
    """Use an invite once; returns the inner id of whoever gave it.

    Raises:
        NotRightError: when there is no such invite, nothing is left of it, or invites are paused.
    """
    if read_settings(session).is_inviting_paused:
        raise NotRightError
    spent = session.execute(
        update(Invite)
        .where(queries.is_open_invite(session, words))
        .values(uses_left=Invite.uses_left - 1)
        .returning(Invite.inviter_id)
    ).scalar_one_or_none()
    if spent is None:
        raise NotRightError
    return spent


def withdraw_invite(session: Session, inviter: Actor, public_id: str) -> None:
    """Take an invite of one's own back."""
    session.execute(
        delete(Invite).where(Invite.inviter_id == inviter.id, Invite.public_id == public_id)
    )


def forget_ties(session: Session, member_id: int) -> None:
    """Forget who invited a member and whom he or she invited, as the name is to lead nowhere."""
    session.execute(
        delete(InviteTie).where(
            or_(InviteTie.member_id == member_id, InviteTie.invited_by_id == member_id)
        )
    )


# --- recovery codes -------------------------------------------------------------------------------


def renew_codes(
    session: Session, member_id: int, public_id: str, private_key: bytes
) -> Sequence[str]:
    """Eight fresh recovery codes instead of any earlier ones; they are kept nowhere in clear."""
    codes = keyring.new_codes()
    session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member_id))
    for number, code in enumerate(codes, start=1):
        lock = keyring.lock_with_code(code, number, public_id, private_key)
        session.add(
            RecoveryCode(
                member_id=member_id,
                number=number,
                verifier=lock.verifier,
                wrapped_key=lock.wrapped_key,
                is_used=False,
            )
        )
    return codes


def confirm_code(session: Session, member: Actor, number: int, code: str) -> None:
    """Note that a member really has the codes, because one was typed back.

    Raises:
        NotRightError: when it is another code.
    """
    stored = queries.unused_codes(session, member.id)
    if not any(lock.number == number and keyring.opens(code, lock) for lock in stored):
        raise NotRightError
    session.execute(update(Member).where(Member.id == member.id).values(is_confirmed=True))


def recover(session: Session, recovery: Recovery, number: int, lock: Lock) -> None:
    """Spend a recovery code on a new passphrase; every session ends.

    Raises:
        NotRightError: when somebody was faster with the same code.
    """
    spend_code(session, recovery.member_id, number)
    _store_lock(session, recovery.member_id, lock)
    sessions.end_all(session, recovery.member_id)


def spend_code(session: Session, member_id: int, number: int) -> None:
    """Use a recovery code, once.

    Raises:
        NotRightError: when there is no such code, or somebody was faster with it.
    """
    spent = _rows(
        session,
        update(RecoveryCode)
        .where(
            RecoveryCode.member_id == member_id,
            RecoveryCode.number == number,
            RecoveryCode.is_used.is_(False),
        )
        .values(is_used=True),
    )
    if spent != 1:
        raise NotRightError


# --- coming in ------------------------------------------------------------------------------------


def sign_in(session: Session, credentials: Credentials, private_key: bytes, typed: str = "") -> str:
    """Begin a session for a member whose passphrase was right; returns the text of its cookie.

    `typed` is a code of the second factor, if there is one. A recovery code stands in for it: then
    the second factor is off, and every other session ends.

    Raises:
        NotRightError: when the code is wrong, or the passphrase was changed in the meantime.
    """
    current = queries.own_credentials(session, credentials.member_id)
    if current.lock.verifier != credentials.lock.verifier:
        raise NotRightError
    holder = Holder(credentials.member_id, credentials.public_id, private_key)
    if not second_factor.accept(session, holder, typed):
        codes = queries.unused_codes(session, credentials.member_id)
        numbers = [lock.number for lock in codes if keyring.opens(typed, lock)]
        spend_code(session, credentials.member_id, numbers[0] if numbers else 0)
        second_factor.turn_off(session, credentials.member_id)
    return sessions.begin(session, credentials.member_id, private_key)


def freshen_lock(session: Session, credentials: Credentials, lock: Lock) -> None:
    """Store the same passphrase as it is hashed today; unless it was changed in the meantime."""
    session.execute(
        update(Member)
        .where(
            Member.id == credentials.member_id,
            Member.verifier == credentials.lock.verifier,
        )
        .values(**_columns(lock))
    )


def change_passphrase(session: Session, member: Actor, lock: Lock, private_key: bytes) -> str:
    """Put a new passphrase in place: every session ends, and one begins; returns its cookie."""
    _store_lock(session, member.id, lock)
    sessions.end_all(session, member.id)
    return sessions.begin(session, member.id, private_key)


# --- another name ---------------------------------------------------------------------------------


def rename(session: Session, member: Actor, pseudonym: str) -> None:
    """Give a member another pseudonym; the old one stays reserved.

    Raises:
        NotAvailableError: when somebody has or had the name, or was faster.
    """
    if queries.is_taken(session, pseudonym):
        raise NotAvailableError
    renamed = queries.member_by_id(session, member.id)
    names.retire(session, renamed.skeleton)
    renamed.pseudonym = pseudonym
    renamed.skeleton = pseudonyms.skeleton(pseudonym)
    try:
        session.flush()  # the database has the last word on who was first
    except IntegrityError as error:
        raise NotAvailableError from error


def shed_looks(session: Session, member: Actor) -> None:
    """Take away what would show under a new name who it was before: the mask and the about text."""
    shown = queries.member_by_id(session, member.id)
    # Another one of the masks, never the same.
    shown.mask_seed = (shown.mask_seed + 1 + secrets.randbelow(MASKS - 1)) % MASKS
    shown.about = shown.about_html = ""


# --- norms ----------------------------------------------------------------------------------------


def agree_to_norms(session: Session, member_id: int, version: int) -> None:
    """Note that a member has agreed to the norms of this version; never to earlier ones again."""
    session.execute(
        update(Member)
        .where(Member.id == member_id, Member.norms_version < version)
        .values(norms_version=version)
    )


# --- a break --------------------------------------------------------------------------------------


def take_break(session: Session, member: Actor, until_on: date) -> None:
    """Begin a break, or move its end. Every session ends; coming back is possible at any time."""
    session.merge(Break(member_id=member.id, until_on=until_on))
    sessions.end_all(session, member.id)


def end_break(session: Session, member: Actor) -> None:
    """Be back."""
    session.execute(delete(Break).where(Break.member_id == member.id))


# --- going ----------------------------------------------------------------------------------------


def take_away(session: Session, member_id: int) -> None:
    """Take a member away, with every row that is the member's own; the name stays reserved.

    What others can still see of the member, such as posts, stays as somebody's who has left.
    """
    member = queries.member_by_id(session, member_id)
    names.retire(session, member.skeleton)
    session.execute(
        delete(Member).where(Member.id == member_id).execution_options(synchronize_session=False)
    )
    session.expunge(member)


# --- what a member shows --------------------------------------------------------------------------


def choose_theme(session: Session, member: Actor, theme: str) -> None:
    """Keep the look that a member has chosen; empty for what the system says."""
    session.execute(update(Member).where(Member.id == member.id).values(theme=theme))


def write_about(session: Session, member: Actor, about: str) -> None:
    """Keep what a member says about him- or herself, after it was screened.

    Raises:
        UnsafeMarkupError: when the text cannot be made safe.
    """
    text = clean(about)
    session.execute(
        update(Member)
        .where(Member.id == member.id)
        .values(about=text, about_html=render(text).html if text else "")
    )


# --- what the site decides about a member ---------------------------------------------------------


def grant_role(session: Session, actor_public_id: str, member: Member, role: Role) -> None:
    """Give a member a role. It is in the audit log, and every session of the member ends."""
    _set_roles(session, actor_public_id, member, member.roles | role, "role.grant")


def revoke_role(session: Session, actor_public_id: str, member: Member, role: Role) -> None:
    """Take a role from a member. It is in the audit log, and every session of the member ends."""
    _set_roles(session, actor_public_id, member, member.roles & ~role, "role.revoke")


def set_standing(
    session: Session, member_id: int, standing: Standing, until: datetime | None = None
) -> None:
    """Set what sanctions leave a member able to do; whoever is shut out is signed out as well."""
    session.execute(
        update(Member)
        .where(Member.id == member_id)
        .values(standing=standing, standing_until=until if standing is not Standing.GOOD else None)
    )
    if standing in queries.SHUT_OUT:
        sessions.end_all(session, member_id)
    if standing is Standing.REMOVED:  # what was given away lets nobody in any more
        session.execute(delete(Invite).where(Invite.inviter_id == member_id))


def clear_expired_standings(session: Session) -> int:
    """Bring members whose sanction has run out back to good standing; returns how many."""
    return _rows(
        session,
        update(Member)
        .where(Member.standing_until.is_not(None), Member.standing_until <= clock.now())
        .values(standing=Standing.GOOD, standing_until=None),
    )


def _set_roles(session: Session, actor: str, member: Member, roles: Role, verb: str) -> None:
    """Change roles, end sessions, and write it down."""
    member.roles = roles
    sessions.end_all(session, member.id)
    audit.record(session, actor, verb, member.public_id)


def _store_lock(session: Session, member_id: int, lock: Lock) -> None:
    """Put a lock in the place of the one before."""
    session.execute(update(Member).where(Member.id == member_id).values(**_columns(lock)))


def _columns(lock: Lock) -> dict[str, bytes | str]:
    """A lock as the columns that keep it."""
    return {
        "salt": lock.salt,
        "cost": lock.cost,
        "verifier": lock.verifier,
        "wrapped_key": lock.wrapped_key,
    }


def _rows(session: Session, statement: object) -> int:
    """Run a change; returns how many rows it touched."""
    result = session.execute(statement)  # type: ignore[call-overload]  # an update or a delete
    assert isinstance(result, CursorResult)  # noqa: S101 - what a change always gives
    return result.rowcount
