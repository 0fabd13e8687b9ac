"""The ledger of a case: who did what, in a chain that shows every later change (RESPONSE.md §11).

In clear stand a number, a day, a commitment and hashes. The commitment is an HMAC of the detail
under a random salt, so that a short text cannot be guessed; detail and salt are sealed to the
member and the team. The salts go only into the member's own copy.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.keys import Ring
from app.cases.models import LedgerRow
from app.cases.words import Verb
from app.core import clock

GENESIS: Final = bytes(32)
SALT_BYTES: Final = 32
TABLE: Final = "ledger_rows"


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed as the member and the team read it."""

    number: int
    at: datetime
    who: str
    verb: Verb
    about: str
    reason: str


def write(  # noqa: PLR0913 - who did what to what, and why
    session: Session, ring: Ring, who: str, verb: Verb, about: str = "", *, reason: str = ""
) -> LedgerRow:
    """Append a deed to the ledger of the ring's case.

    Raises:
        BrokenSealError: when the ring does not hold the shared part.
    """
    last = last_row(session, ring.case_id)
    number = 1 if last is None else last.number + 1
    detail = {
        "at": clock.now().isoformat(timespec="seconds"),
        "who": who,
        "verb": verb.value,
        "about": about,
        "reason": reason,
    }
    salt = secrets.token_bytes(SALT_BYTES)
    name = f"{ring.case_id}-{number}"
    version, box = ring.close(TABLE, name, {**detail, "salt": salt.hex()})
    row = LedgerRow(
        case_id=ring.case_id,
        number=number,
        on_day=clock.today(),
        commitment=commitment(salt, detail),
        previous=GENESIS if last is None else last.digest,
        version=version,
        box=box,
    )
    row.digest = digest_of(row)
    session.add(row)
    session.flush()  # the next deed of the same request must find this one as the last
    return row


def last_row(session: Session, case_id: int) -> LedgerRow | None:
    """The head of a ledger, held still until this transaction is over."""
    query = select(LedgerRow).where(LedgerRow.case_id == case_id)
    return session.scalars(
        query.order_by(LedgerRow.number.desc()).limit(1).with_for_update()
    ).first()


def head(session: Session, case_id: int) -> str:
    """The short head of a ledger, as it stands in letters; empty before the first deed."""
    query = select(LedgerRow.digest).where(LedgerRow.case_id == case_id)
    found = session.scalars(query.order_by(LedgerRow.number.desc()).limit(1)).first()
    return "" if found is None else found.hex()[:16]


def commitment(salt: bytes, detail: Mapping[str, str]) -> bytes:
    """What stands for a detail in clear."""
    return hmac.digest(salt, canonical(detail), "sha256")


def canonical(detail: Mapping[str, str]) -> bytes:
    """A detail as bytes: JSON with sorted keys and no spaces."""
    return json.dumps(
        dict(detail), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def digest_of(row: LedgerRow) -> bytes:
    """The digest that a row must have: its forerunner's, then number, day and commitment."""
    framed = f"{row.number}|{row.on_day.isoformat()}|".encode() + row.commitment
    return hashlib.sha256(row.previous + framed).digest()


def read(session: Session, ring: Ring) -> list[Entry]:
    """All deeds of a ledger, in their order.

    Raises:
        BrokenSealError: when one of them was sealed with a key that the ring does not hold.
    """
    entries = []
    for row in rows_of(session, ring.case_id):
        detail = ring.open(TABLE, f"{row.case_id}-{row.number}", row.version, row.box)
        entries.append(
            Entry(
                number=row.number,
                at=datetime.fromisoformat(detail["at"]),
                who=detail["who"],
                verb=Verb(detail["verb"]),
                about=detail["about"],
                reason=detail["reason"],
            )
        )
    return entries


def rows_of(session: Session, case_id: int) -> list[LedgerRow]:
    """The rows of a ledger, in their order."""
    query = select(LedgerRow).where(LedgerRow.case_id == case_id).order_by(LedgerRow.number)
    return list(session.scalars(query))


def broken_at(session: Session, case_id: int, ring: Ring | None = None) -> int | None:
    """The first row of a ledger that was changed, dropped or moved; nothing for a whole one.

    With a ring the sealed details are held against their commitments as well.
    """
    previous = GENESIS
    for number, row in enumerate(rows_of(session, case_id), start=1):
        is_whole = row.number == number and row.previous == previous
        if not is_whole or row.digest != digest_of(row):
            return number
        if ring is not None:
            detail = ring.open(TABLE, f"{case_id}-{number}", row.version, row.box)
            salt = bytes.fromhex(detail.pop("salt"))
            if commitment(salt, detail) != row.commitment:
                return number
        previous = row.digest
    return None
