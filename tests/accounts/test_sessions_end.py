"""Every session ends when what lets a member in, or what a member may do, is changed (P11).

The kinds are read off the models: whatever is kept of a member is either a key of the door, and
then a deed that changes it is listed here, or it says why sessions outlive its change.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import keyring, queries, returning, second_factor, service, sessions, totp
from app.accounts.models import Member, MemberSession
from app.accounts.returning import Brought
from app.accounts.second_factor import Holder
from app.core import clock, crypto
from app.core.crypto import Passphrase
from app.core.db import Base
from app.membership import service as membership
from app.membership.queries import place_by_id
from app.policy.vocabulary import Role, Standing
from tests.factories import CHEAP, FACTOR, make_circle, make_member, private_key_of, seat

NEW: Final = Passphrase("eleven brass anchors rust slowly")


def _holder(member: Member) -> Holder:
    return Holder(member.id, member.public_id, private_key_of(member))


def _new_lock(member: Member) -> keyring.Lock:
    return keyring.lock(NEW, member.public_id, private_key_of(member), CHEAP)


def change_passphrase(session: Session, member: Member) -> None:
    service.change_passphrase(session, member.actor, _new_lock(member), private_key_of(member))


def come_back(session: Session, member: Member) -> None:
    key = private_key_of(member)
    service.renew_codes(session, member.id, member.public_id, key)
    recovery = queries.recovery_of(session, member.pseudonym)
    assert recovery
    brought = Brought(1, key, totp.code_of(FACTOR, totp.step_now()), None)
    returning.come_back(session, recovery, brought, _new_lock(member))


def turn_factor_on(session: Session, member: Member) -> None:
    typed = totp.code_of(FACTOR, totp.step_now())
    assert second_factor.turn_on(session, _holder(member), FACTOR, typed)


def turn_factor_off(session: Session, member: Member) -> None:
    second_factor.turn_off(session, member.id)


def lose_the_app(session: Session, member: Member) -> None:
    codes = service.renew_codes(session, member.id, member.public_id, private_key_of(member))
    credentials = queries.own_credentials(session, member.id)
    service.sign_in(session, credentials, private_key_of(member), codes[0])


def grant(session: Session, member: Member) -> None:
    service.grant_role(session, "machine", member, Role.MODERATOR)


def revoke(session: Session, member: Member) -> None:
    service.revoke_role(session, "machine", member, Role.OPERATOR)


def appoint(session: Session, member: Member) -> None:
    board = make_circle(session)
    seat(session, board, member)
    membership.appoint(session, make_member(session, "Robin").actor, board, member)


def dismiss(session: Session, member: Member) -> None:
    place = seat(session, make_circle(session), member, keeps=True)
    found = place_by_id(session, place.public_id)
    assert found is not None
    membership.dismiss(session, make_member(session, "Robin").actor, found)


def suspend(session: Session, member: Member) -> None:
    until = clock.now() + timedelta(days=3)
    service.set_standing(session, member.id, Standing.SUSPENDED, until)


# What is kept, and the deeds that change it and end every session.
KEYS_OF_THE_DOOR: Final = {
    "members.salt": (change_passphrase, come_back),
    "members.cost": (change_passphrase, come_back),
    "members.verifier": (change_passphrase, come_back),
    "members.wrapped_key": (change_passphrase, come_back),
    "members.roles": (grant, revoke),
    "members.standing": (suspend,),
    "members.standing_until": (suspend,),
    "memberships": (appoint, dismiss),
    "second_factors": (turn_factor_on, turn_factor_off, lose_the_app),
}
# What else is kept, and why no session ends when it changes.
NO_KEYS: Final = {
    "members.about": "a text",
    "members.about_html": "a text",
    "members.id": "never changes",
    "members.is_confirmed": "only opens more to who is inside",
    "members.joined_on": "never changes",
    "members.mask_seed": "a picture",
    "members.norms_version": "what was read",
    "members.pseudonym": "what a member is called; the sign-in page takes it, and hides nothing",
    "members.public_id": "never changes",
    "members.public_key": "never changes while the account lives",
    "members.skeleton": "goes with the pseudonym",
    "members.theme": "a look",
    "members.trust": "rises and falls by what others see; read anew with every page",
    "members.trust_falls_on": "a day that is said before trust falls",
    "members.trust_floor": "trust given by hand; read anew with every count",
    "recovery_codes": "asked of who is outside; new ones let nobody in who is inside already",
    "recovery_waits": "shown in every open session, which is the point of it",
    "sessions": "are the sessions",
    "invites": "let others in",
    "invite_ties": "say who let whom in, and open nothing",
    "looks": "say when somebody of the team has looked, and open nothing",
    "breaks": "a day; the passphrase opens the account as before",
    "renamings": "a day; the passphrase opens the account as before",
}
DEEDS: Final = sorted({deed for deeds in KEYS_OF_THE_DOOR.values() for deed in deeds}, key=str)


def test_everything_that_is_kept_of_a_member_is_one_or_the_other() -> None:
    kept = {f"members.{column.name}" for column in sa.inspect(Member).columns}
    for mapper in Base.registry.mappers:
        if mapper.class_.__module__ == "app.accounts.models" and any(
            key.target_fullname == "members.id" for key in mapper.local_table.foreign_keys
        ):
            kept.add(mapper.class_.__tablename__)
    assert kept == KEYS_OF_THE_DOOR.keys() | NO_KEYS.keys()
    assert not KEYS_OF_THE_DOOR.keys() & NO_KEYS.keys()


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_every_session_ends_with_it(
    session: Session, deed: Callable[[Session, Member], None]
) -> None:
    heron = make_member(session, roles=Role.OPERATOR)
    wren = make_member(session)
    for member in (heron, heron, wren):
        sessions.begin(session, member.id, private_key_of(member))
    session.flush()  # so that the sessions are there to be ended
    before = set(session.scalars(select(MemberSession.public_id)))
    deed(session, heron)
    session.flush()  # so that a session which begins with the deed is there to be told apart
    left = select(func.count()).where(
        MemberSession.member_id == heron.id, MemberSession.public_id.in_(before)
    )
    assert session.scalar(left) == 0
    others = select(func.count()).where(MemberSession.member_id == wren.id)
    assert session.scalar(others) == 1
    assert crypto.public_key(private_key_of(wren)) == wren.public_key
