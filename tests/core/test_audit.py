from __future__ import annotations

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.core import audit
from app.core.audit import AuditEntry


@pytest.fixture
def chain(session: Session) -> Session:
    for number in range(1, 6):
        audit.record(session, "owl", "post.remove", f"post{number}")
    session.commit()
    return session


def _look(session: Session) -> audit.Chain:
    session.commit()
    session.expire_all()
    return audit.verify(session)


def test_an_untouched_chain_is_whole(chain: Session) -> None:
    found = _look(chain)
    assert (found.length, found.broken_at) == (5, None)
    last = chain.get(AuditEntry, 5)
    assert last is not None
    assert found.head == last.digest.hex()


def test_an_empty_chain_is_whole(session: Session) -> None:
    assert audit.verify(session) == audit.Chain(0, None, bytes(32).hex())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "stoat"),
        ("verb", "post.release"),
        ("subject", "post9"),
        ("on_day", "2020-01-01"),
    ],
)
def test_an_altered_entry_is_found(chain: Session, column: str, value: str) -> None:
    chain.execute(text(f"UPDATE audit_entries SET {column} = '{value}' WHERE sequence = 3"))
    assert _look(chain).broken_at == 3


def test_an_entry_altered_with_its_digest_is_found_at_the_next(chain: Session) -> None:
    entry = chain.get(AuditEntry, 3)
    assert entry is not None
    entry.verb = "post.release"
    entry.digest = entry.sealed()
    assert _look(chain).broken_at == 4


@pytest.mark.parametrize("dropped", [1, 3])
def test_a_dropped_entry_is_found(chain: Session, dropped: int) -> None:
    chain.execute(text(f"DELETE FROM audit_entries WHERE sequence = {dropped}"))
    assert _look(chain).broken_at == dropped


def test_a_dropped_entry_is_found_though_the_rest_was_numbered_anew(chain: Session) -> None:
    chain.execute(text("DELETE FROM audit_entries WHERE sequence = 3"))
    for number in (4, 5):
        query = update(AuditEntry).where(AuditEntry.sequence == number)
        chain.execute(query.values(sequence=number - 1))
    assert _look(chain).broken_at == 3


def test_two_exchanged_entries_are_found(chain: Session) -> None:
    for old, new in ((2, 90), (3, 2), (90, 3)):
        chain.execute(text(f"UPDATE audit_entries SET sequence = {new} WHERE sequence = {old}"))
    assert _look(chain).broken_at == 2


def test_a_chain_whose_end_was_cut_has_another_head(chain: Session) -> None:
    # What nobody has written down elsewhere cannot be missed: this is what the head is shown for.
    before = _look(chain)
    chain.execute(text("DELETE FROM audit_entries WHERE sequence = 5"))
    after = _look(chain)
    assert after.broken_at is None
    assert (after.length, after.head == before.head) == (4, False)


def test_no_field_can_be_moved_into_its_neighbour(session: Session) -> None:
    one = audit.record(session, "ab", "c", "d")
    other = AuditEntry(sequence=1, on=one.on, actor="a", verb="bc", subject="d")
    other.previous = one.previous
    assert one.sealed() != other.sealed()
