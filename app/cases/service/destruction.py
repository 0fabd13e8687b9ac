"""Destroying evidence: the member orders it, two of the team do it, and a certificate says so.

What goes is the shred of each piece, without which nothing opens, and the sealed bytes. The hashes
stay in the ledger: they still prove the member's own copy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.orm import Session

from app.cases import queries
from app.cases.models import Evidence
from app.cases.service import casework, ledger
from app.cases.service.casework import THE_MEMBER, Opened
from app.cases.words import Verb
from app.cases.workflow import Gate, ShutError
from app.core import clock, shreds

WORD: Final = "destroy"  # of the member's order, and after it of who was the first to do it
ORDERED: Final = "ordered"
CERTIFICATE: Final = "D"  # the letter's template

Certify = Callable[[Sequence[str], str, str], str]  # ids and the two people, to a letter


def order(session: Session, own: Opened) -> None:
    """The affected member orders that our evidence is destroyed.

    Raises:
        ShutError: when there is none.
    """
    if not left(session, own):
        raise ShutError(Gate.ORDER)
    casework.say(session, own, WORD, ORDERED)
    ledger.write(session, own.ring, THE_MEMBER, Verb.AGREED, WORD)
    casework.call_team(session, own.case)


def take_back(session: Session, own: Opened) -> None:
    """The member takes the order back, while nothing was destroyed."""
    row = queries.word_of(session, own.case.id, WORD)
    if row is not None:
        session.delete(row)
        ledger.write(session, own.ring, THE_MEMBER, Verb.KEPT, "evidence")


def state(session: Session, opened: Opened) -> str:
    """Empty, `ordered`, or the inner id of who was the first to do it."""
    row = queries.word_of(session, opened.case.id, WORD)
    return "" if row is None else opened.ring.read(row)["word"]


def destroy(session: Session, opened: Opened, certify: Certify) -> bool:
    """Do what the member has ordered: the first of two asks, the second does it.

    `certify` words the letter that says so. Returns whether it was done.

    Raises:
        ShutError: when the member has not ordered it, or the same person asks twice.
    """
    before = state(session, opened)
    if not before:
        raise ShutError(Gate.ACT_OUTSIDE)
    if before == ORDERED:
        casework.say(session, opened, WORD, f"{opened.member_id} {opened.who}")
        ledger.write(session, opened.ring, opened.who, Verb.AGREED, WORD)
        return False
    first_id, _, first = before.partition(" ")
    if first_id == str(opened.member_id):
        raise ShutError(Gate.SAME_PERSON)
    rows = left(session, opened)
    shreds.destroy(session, [row.shred_id for row in rows])
    for row in rows:
        digest = row.sealed_digest.hex()
        row.content, row.destroyed_on = b"", clock.today()
        about = f"evidence {row.public_id} sealed {digest}"
        ledger.write(session, opened.ring, opened.who, Verb.DESTROYED, about)
    casework.send_letter(
        session, opened, CERTIFICATE, certify([row.public_id for row in rows], first, opened.who)
    )
    asked = queries.word_of(session, opened.case.id, WORD)
    if asked is not None:
        session.delete(asked)
    return True


def left(session: Session, opened: Opened) -> list[Evidence]:
    """The evidence that is still there."""
    rows = queries.evidence_of(session, opened.case.id)
    return [row for row in rows if row.destroyed_on is None]
