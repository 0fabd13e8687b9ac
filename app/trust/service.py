"""Trust as it grows and falls: vouching, trust by hand, and the count that the tick takes.

Nobody falls by surprise: a word comes first, and a fortnight after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core import audit, clock
from app.core.errors import RefusalError
from app.core.settings import read_settings, write_settings
from app.forum.service import notify
from app.policy.trust import (
    GRACE,
    VOUCHES_A_MONTH,
    Ladder,
    earned,
    ladder_of,
    rows_of,
)
from app.policy.vocabulary import Actor, Trust
from app.privacy.retention import Upkeep, note_run
from app.trust import queries
from app.trust.models import Vouch
from app.trust.queries import Climber, Person

UPKEEP: Final = "trust"  # the name of its line in the table of upkeep


class TooManyVouchesError(RefusalError):
    """A member has vouched for as many as one may in a month."""


def ladder(session: Session) -> Ladder:
    """The ladder as the operator has set it."""
    return ladder_of(read_settings(session).ladder)


def count_trust(session: Session) -> int:
    """Count for everybody, once an hour; returns how many moved.

    Trust grows at once, and falls after its notice.
    """
    last = session.get(Upkeep, UPKEEP)
    if last is not None and last.ran_at == clock.to_hour(clock.now()):
        return 0
    steps = ladder(session)
    moved = _settle(session, queries.all_climbers(session), steps)
    note_run(session, UPKEEP)
    return moved


def settle_one(session: Session, member_id: int) -> None:
    """Count for one member, at a moment that matters."""
    found = queries.climber(session, member_id)
    if found is not None:
        _settle(session, [found], ladder(session))


def _settle(session: Session, climbers: Iterable[Climber], steps: Ladder) -> int:
    moved = 0
    today = clock.today()
    for one in list(climbers):
        due = max(earned(one.record, steps), one.floor)
        if due > one.trust:
            moved += _move(session, one, due, "trust_rose")
        elif due == one.trust:
            if one.falls_on is not None:
                _note_fall(session, one, None)
        elif one.falls_on is None:
            _note_fall(session, one, today + timedelta(days=GRACE))
            notify(session, one.member_id, "trust_will_fall", due.name.lower())
        elif one.falls_on <= today:
            moved += _move(session, one, due, "trust_fell")
    return moved


def _move(session: Session, one: Climber, trust: Trust, word: str) -> int:
    """Change a trust that is still what was counted; 1 when it was."""
    changed = session.execute(
        update(Member)
        .where(Member.id == one.member_id, Member.trust == one.trust)
        .values(trust=trust, trust_falls_on=None)
        .returning(Member.id)
    ).all()
    if changed:
        notify(session, one.member_id, word, trust.name.lower())
    return len(changed)


def _note_fall(session: Session, one: Climber, falls_on: date | None) -> None:
    session.execute(
        update(Member).where(Member.id == one.member_id).values(trust_falls_on=falls_on)
    )


# --- vouching, and trust by hand ------------------------------------------------------------------


def vouch(session: Session, voucher: Actor, person: Person) -> None:
    """Say that somebody belongs here. Whoever says it twice has said it once.

    Raises:
        TooManyVouchesError: when the voucher has done so too often this month.
    """
    audit.take_turn(session)  # of two vouches at once the second counts the first
    if queries.has_vouched(session, voucher.id, person.member_id):
        return
    if queries.vouches_this_month(session, voucher.id) >= VOUCHES_A_MONTH:
        raise TooManyVouchesError
    session.add(Vouch(member_id=person.member_id, voucher_id=voucher.id, made_on=clock.today()))
    session.flush()  # it is counted at once
    settle_one(session, person.member_id)


def take_back(session: Session, voucher: Actor, person: Person) -> None:
    """Take the own word for somebody back."""
    session.execute(
        delete(Vouch).where(Vouch.member_id == person.member_id, Vouch.voucher_id == voucher.id)
    )
    settle_one(session, person.member_id)


def carry(session: Session, member_id: int) -> None:
    """Let a member keep the trust of today under a name that nothing connects with the old one.

    What counted goes with the texts. Those who vouched would see the new name in place of the old.
    """
    session.execute(delete(Vouch).where(Vouch.member_id == member_id))
    session.execute(
        update(Member)
        .where(Member.id == member_id, Member.trust_floor <= Member.trust)
        .values(trust_floor=Member.trust, trust_falls_on=None)
    )


def give(session: Session, moderator: Actor, person: Person, trust: Trust) -> None:
    """Give trust by hand: it does not fall below this by counting."""
    audit.take_turn(session)
    session.execute(update(Member).where(Member.id == person.member_id).values(trust_floor=trust))
    audit.record(session, moderator.public_id, f"trust.give_{trust.name.lower()}", person.public_id)
    settle_one(session, person.member_id)


# --- the ladder -----------------------------------------------------------------------------------


def preview(session: Session, steps: Ladder) -> dict[tuple[Trust, Trust], int]:
    """How many members a ladder would move, by where from and where to; nothing is changed."""
    moves: dict[tuple[Trust, Trust], int] = {}
    for one in queries.all_climbers(session):
        due = max(earned(one.record, steps), one.floor)
        if due is not one.trust:
            moves[one.trust, due] = moves.get((one.trust, due), 0) + 1
    return dict(sorted(moves.items()))


def change_ladder(session: Session, operator: Actor, steps: Ladder) -> None:
    """Ask for something else on the ladder; the next tick counts by it."""
    write_settings(session, replace(read_settings(session), ladder=rows_of(steps)))
    audit.record(session, operator.public_id, "ladder.edit", "site")
