"""The audit log: what somebody with power did, in a chain that shows every later change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Date, LargeBinary, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock
from app.core.db import Base, BigKey
from app.core.retention import Keep

GENESIS: Final = bytes(32)
TURN: Final = 0x6175646974  # PostgreSQL's name for the lock on the end of the chain: "audit"


class AuditEntry(Base):
    """One deed of somebody with power: verb and ids, never words."""

    __tablename__ = "audit_entries"
    __retention__ = Keep(why="the chain would break; entries hold no text and no name")

    sequence: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    on: Mapped[date] = mapped_column("on_day", Date)
    actor: Mapped[str] = mapped_column(String(32))
    verb: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(64))
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)

    def sealed(self) -> bytes:
        """The digest this entry must have: over every field, its length, and the forerunner."""
        parts = (str(self.sequence), self.on.isoformat(), self.actor, self.verb, self.subject)
        framed = b"".join(len(part.encode()).to_bytes(2, "big") + part.encode() for part in parts)
        return hashlib.sha256(self.previous + framed).digest()


@dataclass(frozen=True, slots=True)
class Chain:
    """What a look along the whole chain found; `broken_at` is the first wrong entry, if any."""

    length: int
    broken_at: int | None
    head: str


def take_turn(session: Session) -> None:
    """Let nobody else append until this transaction is over.

    A deed that locks rows before it is written down takes its turn first, so that two deeds never
    wait for one another. On SQLite there is one writer at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(TURN)))


def record(session: Session, actor: str, verb: str, subject: str) -> AuditEntry:
    """Append one deed. `actor` and `subject` are public ids, `verb` is `<thing>.<deed>`."""
    take_turn(session)
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(1)).first()
    entry = AuditEntry(
        sequence=(last.sequence if last else 0) + 1,
        on=clock.today(),
        actor=actor,
        verb=verb,
        subject=subject,
        previous=last.digest if last else GENESIS,
    )
    entry.digest = entry.sealed()
    session.add(entry)
    session.flush()  # the next entry of the same deed must find this one as the last
    return entry


def verify(session: Session) -> Chain:
    """Walk the chain from its beginning; a changed, dropped or reordered entry breaks it."""
    previous, length = GENESIS, 0
    query = select(AuditEntry).order_by(AuditEntry.sequence).execution_options(yield_per=500)
    with session.scalars(query) as entries:
        for entry in entries:
            expected = length + 1
            is_whole = entry.sequence == expected and entry.previous == previous
            if not is_whole or entry.digest != entry.sealed():
                return Chain(length=length, broken_at=expected, head=previous.hex())
            previous, length = entry.digest, expected
    return Chain(length=length, broken_at=None, head=previous.hex())
