"""Check-ins: somebody here writes to a member in a rhythm, and what is missed is noticed.

The member, whoever writes and the second have a key each. No row says to whom it is: the member's
own part is found by trying, 0.1 ms each.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core import clock, crypto, ids, sealing, shreds
from app.core.crypto import BrokenSealError
from app.core.errors import RefusalError
from app.core.text import clean
from app.policy.permissions import is_suspended
from app.policy.vocabulary import Actor, Role
from app.support import rhythm
from app.support.models import CheckIn, CheckInLetter, CheckState, drawn_id
from app.support.rhythm import Calls

HELP: Final = "help"
WORDS: Final = ("well", "so_so", HELP)  # with which a member can answer in one click


class AlreadyRunningError(RefusalError):
    """A member has check-ins already."""


class NobodyToWriteError(RefusalError):
    """Nobody was chosen who could write."""


@dataclass(frozen=True, slots=True, repr=False)
class Wish:
    """What a member wants: how often, who writes, who steps in, and what they should know."""

    every: int
    owner: Member
    second: Member | None
    note: str = ""
    is_danger: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One letter, opened; `word` is a one-click answer instead of a text."""

    is_from_member: bool
    written_on: date
    text: str
    word: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class OpenCheckIn:
    """Check-ins as one of the three opens them."""

    row: CheckIn
    key: bytes
    pseudonym: str
    every: int
    note: str
    begun_on: date  # from which set days are counted
    member_id: int = 0  # whose door it is: the member's own, and nobody's for everybody else

    @property
    def public_id(self) -> str:
        """The public id."""
        return self.row.public_id


# --- opening --------------------------------------------------------------------------------------


def own(session: Session, who: Actor, private_key: bytes) -> OpenCheckIn | None:
    """The member's own check-ins, if there are any: found by trying."""
    for row in session.scalars(select(CheckIn).order_by(CheckIn.id)):
        if (found := _opened(session, row, private_key, row.member_part, who.id)) is not None:
            return found
    return None


def own_by_id(
    session: Session, who: Actor, private_key: bytes, public_id: str
) -> OpenCheckIn | None:
    """These check-ins, for the member whose they are; for everybody else they are nobody's."""
    row = by_id(session, public_id)
    if row is None:
        return None
    found = _opened(session, row, private_key, row.member_part, who.id)
    return OpenCheckIn(row, b"", "", 0, "", row.active_on) if found is None else found


def by_id(session: Session, public_id: str) -> CheckIn | None:
    """The check-ins with this public id, as a door of the team weighs them."""
    return session.scalars(select(CheckIn).where(CheckIn.public_id == public_id)).first()


def opened_by(
    session: Session, row: CheckIn, reader_id: int, private_key: bytes
) -> OpenCheckIn | None:
    """Check-ins as the one who writes, or the second, opens them."""
    part = row.owner_part if row.owner_id == reader_id else row.second_part
    return None if part is None else _opened(session, row, private_key, part, 0)


def held_by(session: Session, member_id: int) -> Sequence[CheckIn]:
    """The check-ins that somebody writes, or is the second of: the most pressing first."""
    query = select(CheckIn).where(
        or_(CheckIn.owner_id == member_id, CheckIn.second_id == member_id)
    )
    return session.scalars(query.order_by(CheckIn.due_on.is_(None), CheckIn.due_on)).all()


def missed(session: Session) -> Sequence[CheckIn]:
    """What was missed, for the people from outside who are called then."""
    return session.scalars(
        select(CheckIn).where(CheckIn.called == rhythm.OUTSIDE).order_by(CheckIn.due_on)
    ).all()


def letters(session: Session, opened: OpenCheckIn) -> list[Line]:
    """The letters, the last one first."""
    rows = session.scalars(
        select(CheckInLetter)
        .where(CheckInLetter.check_in_id == opened.row.id)
        .order_by(CheckInLetter.id.desc())
    )
    lines = []
    for row in rows:
        said = json.loads(sealing.open_text(opened.key, row.box, _of_letter(row.public_id)))
        lines.append(Line(row.is_from_member, row.written_on, said["text"], said["word"]))
    return lines


def writers(session: Session) -> list[Member]:
    """Everybody who may write: who answers exposures and is not suspended."""
    query = select(Member).where(Member.roles.op("&")(int(Role.RESPONDER)) != 0)
    people = session.scalars(query.order_by(Member.pseudonym))
    return [member for member in people if not is_suspended(member.actor)]


def waits_for(session: Session, who: Actor, private_key: bytes) -> bool:
    """Whether a letter of a check-in has no answer yet: one line in the inbox says so."""
    found = own(session, who, private_key)
    return found is not None and found.row.answer_by is not None


# --- what the member does -------------------------------------------------------------------------


def start(session: Session, who: Actor, private_key: bytes, wish: Wish) -> CheckIn:
    """Ask for check-ins: the first letter is due tomorrow.

    Raises:
        AlreadyRunningError: when the member has some already.
    """
    if own(session, who, private_key) is not None:
        raise AlreadyRunningError
    row = CheckIn(id=drawn_id(), public_id=ids.new_id(), is_danger=wish.is_danger)
    row.owner_id = wish.owner.id
    row.second_id = None if wish.second is None else wish.second.id
    row.shred_id, shred = shreds.new_shred(session)
    keys = [who.public_key, wish.owner.public_key]
    if wish.second is not None:
        keys.append(wish.second.public_key)
    made = sealing.new_data_key(shred, keys, _of_key(row))
    row.member_part, row.owner_part = made.parts[:2]
    row.second_part = None if wish.second is None else made.parts[2]
    today = clock.today()
    _seal_facts(OpenCheckIn(row, made.key, who.pseudonym, wish.every, wish.note, today))
    rhythm.begin(row, today)
    session.add(row)
    session.flush()  # letters name it by its id
    return row


def change(opened: OpenCheckIn, every: int, note: str, *, is_danger: bool) -> None:
    """Another rhythm, or something else to know."""
    today = clock.today()
    begun_on = opened.begun_on if opened.every == every else today
    _seal_facts(replace(opened, every=every, note=note, begun_on=begun_on))
    opened.row.is_danger = is_danger
    rhythm.change(opened.row, today, every, begun_on)


def pause(opened: OpenCheckIn) -> None:
    """Nobody writes for now."""
    rhythm.pause(opened.row, clock.today())


def resume(opened: OpenCheckIn) -> None:
    """Go on: the next letter is due tomorrow."""
    rhythm.begin(opened.row, clock.today())


def stop(session: Session, opened: OpenCheckIn) -> None:
    """End them for good: letters and keys go."""
    shreds.destroy(session, [opened.row.shred_id])
    session.delete(opened.row)


def answer(session: Session, opened: OpenCheckIn, text: str, word: str = "") -> None:
    """The member says something: a text, or one of a few words."""
    _write(session, opened, text, word, is_from_member=True)
    rhythm.answered(opened.row, clock.today(), wants_help=word == HELP)


def end_with_account(session: Session, who: Actor, private_key: bytes) -> None:
    """End the check-ins of a member who leaves."""
    found = own(session, who, private_key)
    if found is not None:
        stop(session, found)


# --- what the team does ---------------------------------------------------------------------------


def write(session: Session, opened: OpenCheckIn, text: str) -> None:
    """Write to the member; the next letter is due after as many days as the member wants."""
    _write(session, opened, text, "", is_from_member=False)
    rhythm.wrote(opened.row, clock.today(), opened.every, opened.begun_on)


def make_rounds(session: Session, present: Collection[int]) -> Calls:
    """Look at every check-in; returns who is to be called, with a line that says nothing.

    `present` are those who may write now, by their inner ids.
    """
    today = clock.today()
    is_due = or_(CheckIn.due_on <= today, CheckIn.answer_by < today)
    rows = session.scalars(
        select(CheckIn).where(CheckIn.state == CheckState.ACTIVE, is_due).with_for_update()
    ).all()
    calls = [rhythm.make_round(row, today, present) for row in rows]
    members = frozenset[int]().union(*(call.members for call in calls))
    return Calls(members, any(call.is_for_outside for call in calls))


# --- seals ----------------------------------------------------------------------------------------


def _opened(
    session: Session, row: CheckIn, private_key: bytes, part: bytes, member_id: int
) -> OpenCheckIn | None:
    """Check-ins, opened with one of the parts; nothing when it is another's."""
    try:
        crypto.unwrap_with(private_key, part)
    except BrokenSealError:
        return None
    shred = shreds.shred_part(session, row.shred_id)
    if shred is None:
        return None
    key = sealing.open_data_key(private_key, part, shred, _of_key(row))
    facts = json.loads(sealing.open_text(key, row.box, _of_facts(row)))
    # What was sealed before there were set days does not say when it began, and needs it for none.
    begun_on = date.fromisoformat(facts.get("begun_on") or row.active_on.isoformat())
    return OpenCheckIn(
        row, key, facts["pseudonym"], facts["every"], facts["note"], begun_on, member_id
    )


def _seal_facts(opened: OpenCheckIn) -> None:
    """Keep to whom it is, how often, and what should be known."""
    facts = {
        "pseudonym": opened.pseudonym,
        "every": opened.every,
        "note": clean(opened.note),
        "begun_on": opened.begun_on.isoformat(),
    }
    text = json.dumps(facts, ensure_ascii=False).encode()
    opened.row.box = sealing.seal_text(opened.key, text, _of_facts(opened.row))


def _write(
    session: Session, opened: OpenCheckIn, text: str, word: str, *, is_from_member: bool
) -> None:
    """Keep one letter, sealed."""
    public_id = ids.new_id()
    said = json.dumps({"text": clean(text), "word": word}, ensure_ascii=False).encode()
    session.add(
        CheckInLetter(
            public_id=public_id,
            check_in_id=opened.row.id,
            is_from_member=is_from_member,
            written_on=clock.today(),
            box=sealing.seal_text(opened.key, said, _of_letter(public_id)),
        )
    )
    session.flush()  # the page that follows shows it


def _of_key(row: CheckIn) -> str:
    """The place of the key, as it is bound."""
    return sealing.bind("check-in", CheckIn.__tablename__, row.public_id)


def _of_facts(row: CheckIn) -> str:
    """The place of what is known of the member."""
    return sealing.bind("facts", CheckIn.__tablename__, row.public_id)


def _of_letter(public_id: str) -> str:
    """The place of one letter."""
    return sealing.bind("letter", CheckInLetter.__tablename__, public_id)
