"""Helpers: somebody the affected member trusts, who speaks for him or her, within limits.

A helper never holds a key of the case. Each has a key of the own, which the member and the team
reach through the case; under it lies what the member gave, as it stood then, and what was said.
Taken back, or past its day, that key is gone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.cases import keys, queries
from app.cases.keys import Ring
from app.cases.models import CaseHelper, HelperWord
from app.cases.service import casework, ledger
from app.cases.service.casework import THE_MEMBER, Opened
from app.cases.words import Verb
from app.core import clock, ids, sealing, shreds
from app.core.errors import RefusalError
from app.core.text import clean
from app.policy.vocabulary import Actor

MOST_DAYS: Final = 180
HELPERS_A_CASE: Final = 3
LETTERS: Final = "letters"
PLACES: Final = "places"
GIVEN: Final = (LETTERS, PLACES)


class TooManyHelpersError(RefusalError):
    """A case has as many helpers as can be."""


@dataclass(frozen=True, slots=True, repr=False)
class Wish:
    """Who helps, until when, what he or she may say, and what is given along now."""

    helper: Member
    days: int
    scope: str
    gives: Collection[str] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Helping:
    """One helper of a case, opened; `member_id` is the helper's own, and nobody's for others."""

    row: CaseHelper
    key: bytes
    helper: str
    whom: str
    scope: str
    member_id: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """One thing under a helper's key: who said it, or that the member gave it."""

    who: str
    text: str
    written_on: date
    is_given: bool


# --- the member -----------------------------------------------------------------------------------


def name_helper(session: Session, opened: Opened, me: Actor, wish: Wish) -> CaseHelper:
    """Let somebody speak for the member, until a day.

    Raises:
        TooManyHelpersError: when there are as many as can be.
    """
    if len(of_case(session, opened.ring)) >= HELPERS_A_CASE:
        raise TooManyHelpersError
    days = min(max(wish.days, 1), MOST_DAYS)
    row = CaseHelper(
        public_id=ids.new_id(),
        case_id=opened.case.id,
        until_on=clock.today() + timedelta(days=days),
    )
    row.shred_id, shred = shreds.new_shred(session)
    made = sealing.new_data_key(shred, [wish.helper.public_key], _of_key(row))
    (row.helper_part,) = made.parts
    facts = {"helper": wish.helper.pseudonym, "whom": me.pseudonym, "scope": clean(wish.scope)}
    row.facts = sealing.seal_text(made.key, json.dumps(facts).encode(), _of_facts(row))
    opened.ring.write(row, {"key": made.key.hex()})
    session.add(row)
    session.flush()  # what is given names it by its id
    helping = Helping(row, made.key, facts["helper"], facts["whom"], facts["scope"])
    for text in _given(session, opened.ring, wish.gives):
        _add(session, helping, THE_MEMBER, text, is_given=True)
    ledger.write(session, opened.ring, THE_MEMBER, Verb.NAMED, wish.helper.pseudonym)
    return row


def give(session: Session, opened: Opened, helping: Helping, gives: Collection[str]) -> None:
    """Give a helper what stands in the case now; it stays as it is."""
    for text in _given(session, opened.ring, gives):
        _add(session, helping, THE_MEMBER, text, is_given=True)
    ledger.write(session, opened.ring, THE_MEMBER, Verb.HANDED_OVER, helping.helper)


def end(session: Session, opened: Opened, helping: Helping) -> None:
    """Take it back: nothing that the helper had opens any more."""
    ledger.write(session, opened.ring, THE_MEMBER, Verb.LEFT, helping.helper)
    shreds.destroy(session, [helping.row.shred_id])
    session.delete(helping.row)


def end_all(session: Session, case_id: int) -> None:
    """End every helper of a case, as its records are destroyed."""
    gone = session.scalars(
        delete(CaseHelper).where(CaseHelper.case_id == case_id).returning(CaseHelper.shred_id)
    ).all()
    shreds.destroy(session, gone)


def _given(session: Session, ring: Ring, gives: Collection[str]) -> list[str]:
    """What the member gives, as texts: letters, and the places that are known."""
    texts = []
    if LETTERS in gives:
        texts += [ring.read(row)["text"] for row in queries.letters_of(session, ring.case_id)]
    if PLACES in gives:
        found = [ring.read(row) for row in queries.places_of(session, ring.case_id)]
        texts += [one["url"] or one["host"] for one in found if one["url"] or one["host"]]
    return texts


# --- reading and speaking -------------------------------------------------------------------------


def of_case(session: Session, ring: Ring) -> list[Helping]:
    """The helpers of a case, for whoever holds its shared part."""
    rows = session.scalars(
        select(CaseHelper)
        .where(CaseHelper.case_id == ring.case_id, CaseHelper.until_on >= clock.today())
        .order_by(CaseHelper.id)
    )
    return [_opened(row, bytes.fromhex(ring.read(row)["key"])) for row in rows]


def one_of(session: Session, ring: Ring, public_id: str) -> Helping | None:
    """One helper of this very case."""
    found = [one for one in of_case(session, ring) if one.row.public_id == public_id]
    return found[0] if found else None


def for_helper(session: Session, who: Actor, private_key: bytes) -> list[Helping]:
    """Whom somebody helps: found by trying, 0.1 ms each."""
    rows = session.scalars(
        select(CaseHelper).where(CaseHelper.until_on >= clock.today()).order_by(CaseHelper.id)
    )
    found = [_tried(session, row, who, private_key) for row in rows]
    return [one for one in found if one is not None]


def helping_by_id(
    session: Session, who: Actor, private_key: bytes, public_id: str
) -> Helping | None:
    """The same for one of them; for everybody but the helper it belongs to nobody."""
    row = session.scalars(
        select(CaseHelper).where(
            CaseHelper.public_id == public_id, CaseHelper.until_on >= clock.today()
        )
    ).first()
    if row is None:
        return None
    return _tried(session, row, who, private_key) or Helping(row, b"", "", "", "")


def words(session: Session, helping: Helping) -> Sequence[Said]:
    """What was given and said, the last first."""
    rows = session.scalars(
        select(HelperWord)
        .where(HelperWord.helper_id == helping.row.id)
        .order_by(HelperWord.id.desc())
    )
    found = []
    for row in rows:
        said = json.loads(sealing.open_text(helping.key, row.box, _of_word(row.public_id)))
        found.append(Said(said["who"], said["text"], row.written_on, said["is_given"]))
    return found


def speak(session: Session, helping: Helping, who: str, text: str) -> None:
    """Say something: the helper, the member, or one of the team by the own name."""
    _add(session, helping, who, text, is_given=False)


def speak_as_helper(session: Session, helping: Helping, text: str) -> None:
    """The helper speaks; those who work on the case are called."""
    speak(session, helping, helping.helper, text)
    case = queries.cases_by_ids(session, [helping.row.case_id]).get(helping.row.case_id)
    if case is not None:
        casework.call_team(session, case)


def answer_helper(session: Session, opened: Opened, helping: Helping, text: str) -> None:
    """One of the team answers a helper.

    Raises:
        SealedTermError: when the text holds what must not leave.
    """
    casework.check_clean(opened, text)
    speak(session, helping, opened.who, text)


# --- seals ----------------------------------------------------------------------------------------


def _tried(session: Session, row: CaseHelper, who: Actor, private_key: bytes) -> Helping | None:
    """A helper's own row, opened; nothing when it is another's."""
    if not keys.opens(private_key, row.helper_part):
        return None
    shred = shreds.shred_part(session, row.shred_id)
    if shred is None:
        return None
    key = sealing.open_data_key(private_key, row.helper_part, shred, _of_key(row))
    return _opened(row, key, who.id)


def _opened(row: CaseHelper, key: bytes, member_id: int = 0) -> Helping:
    """A row with its key."""
    facts = json.loads(sealing.open_text(key, row.facts, _of_facts(row)))
    return Helping(row, key, facts["helper"], facts["whom"], facts["scope"], member_id)


def _add(session: Session, helping: Helping, who: str, text: str, *, is_given: bool) -> None:
    """Keep one text under a helper's key."""
    public_id = ids.new_id()
    said = json.dumps(
        {"who": who, "text": clean(text), "is_given": is_given}, ensure_ascii=False
    ).encode()
    session.add(
        HelperWord(
            public_id=public_id,
            helper_id=helping.row.id,
            written_on=clock.today(),
            box=sealing.seal_text(helping.key, said, _of_word(public_id)),
        )
    )
    session.flush()  # the page that follows shows it


def _of_key(row: CaseHelper) -> str:
    """The place of a helper's key."""
    return sealing.bind("helper", CaseHelper.__tablename__, row.public_id)


def _of_facts(row: CaseHelper) -> str:
    """The place of what a helper is for."""
    return sealing.bind("facts", CaseHelper.__tablename__, row.public_id)


def _of_word(public_id: str) -> str:
    """The place of one text."""
    return sealing.bind("word", HelperWord.__tablename__, public_id)
