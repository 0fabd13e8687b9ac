"""Six words that open the own case without an account: for who is locked out, or has left.

What the words become has a slot beside the member's own (RESPONSE.md §5). No row says that a word
is right: the case is found by trying the slots, as for the member. The public half lies under the
shared part, so that whatever is sealed later is sealed to it too.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.cases import keys, queries
from app.cases.models import MemberWord
from app.cases.service import casework, ledger
from app.cases.service.casework import THE_MEMBER, Opened
from app.cases.words import Verb
from app.core import crypto

KIND: Final = "words_key"
MADE: Final = "words.made"
USED: Final = "words.used"


def make(session: Session, own: Opened, private_key: bytes, of_words: bytes) -> None:
    """Let the private key `of_words` open the own case; words that were made before do not.

    Args:
        session: the database.
        own: the case with the member's keys.
        private_key: the member's.
        of_words: what the new words become.
    """
    public = crypto.public_key(of_words)
    keys.share_slots(session, own.case.id, private_key, [public])
    casework.say(session, own, KIND, public.hex())
    ledger.write(session, own.ring, THE_MEMBER, Verb.HANDED_OVER, MADE)


def end(session: Session, own: Opened, private_key: bytes) -> None:
    """The member ends the words: they open nothing any more."""
    if are_made(session, own.case.id):
        keys.share_slots(session, own.case.id, private_key)
        _end(session, own)


def end_with_words(session: Session, own: Opened, of_words: bytes) -> None:
    """The same by whoever holds the words."""
    keys.blank_slots(session, own.case.id, of_words)
    _end(session, own)


def _end(session: Session, own: Opened) -> None:
    """Forget the key, and write that down."""
    forget(session, own.case.id)
    ledger.write(session, own.ring, THE_MEMBER, Verb.DESTROYED, MADE)


def open_with(session: Session, of_words: bytes) -> Opened | None:
    """The case that words open, by trial; nothing when they open none."""
    rings = {ring.case_id: ring for ring in keys.own_rings(session, of_words)}
    cases = queries.cases_by_ids(session, rings)
    return next((Opened(case, rings[n], THE_MEMBER) for n, case in cases.items()), None)


def note_look(session: Session, own: Opened) -> None:
    """Write down that the words were used: the member finds a stranger's look in the list."""
    ledger.write(session, own.ring, THE_MEMBER, Verb.VIEWED, USED)


def are_made(session: Session, case_id: int) -> bool:
    """Whether a case has words."""
    return queries.word_of(session, case_id, KIND) is not None


def public_keys(session: Session, opened: Opened) -> list[bytes]:
    """What the next keys of a case are sealed to beside the account: the words' half, or nothing.

    Raises:
        BrokenSealError: when `opened` does not hold the shared part.
    """
    row = queries.word_of(session, opened.case.id, KIND)
    return [] if row is None else [bytes.fromhex(opened.ring.read(row)["word"])]


def forget(session: Session, case_id: int) -> None:
    """Seal nothing to the words of a case any more."""
    session.execute(
        delete(MemberWord).where(MemberWord.case_id == case_id, MemberWord.kind == KIND)
    )
