"""What a member keeps for himself or herself: a safety plan and ticks, and copies of it for others.

Everything is in one box under the member's own key, sealed anew with each change; the shred of the
box before goes, so that no earlier wording opens again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core import clock, crypto, ids, sealing, shreds
from app.core.crypto import BrokenSealError
from app.core.errors import RefusalError
from app.policy.vocabulary import Actor
from app.privacy import erasure
from app.support import sections
from app.support.models import OwnPage, PlanCopy, drawn_id

COPIES_AT_MOST: Final = 10
SECTION_SIGNS: Final = 4_000


class TooManyCopiesError(RefusalError):
    """A member has as many copies with others as can be."""


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """What stands under one section: a text, and ticks where the section has any."""

    text: str = ""
    ticks: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text or self.ticks)

    def __repr__(self) -> str:
        return "***"


@dataclass(slots=True, repr=False)
class Own:
    """All that a member keeps here, opened."""

    plan: dict[str, Entry] = field(default_factory=dict)  # by the code of the section
    ticks: dict[str, list[str]] = field(default_factory=dict)  # steps done, by the code of a guide
    saved: list[str] = field(default_factory=list)  # public ids of resources
    copies: dict[str, str] = field(default_factory=dict)  # who has a copy, by the copy's public id

    def __repr__(self) -> str:
        return "***"

    @property
    def has_plan(self) -> bool:
        """Whether anything of a plan is written."""
        return bool(self.plan or self.saved)

    @property
    def dangers(self) -> tuple[str, ...]:
        """The questions about danger that were ticked."""
        return self.plan.get(sections.DANGER, Entry()).ticks


@dataclass(frozen=True, slots=True, repr=False)
class OpenCopy:
    """Some of somebody's plan, as the one person reads it for whom it was made."""

    public_id: str
    member_id: int  # whose door it is: the reader's, and nobody's for everybody else
    writer: str
    made_on: date
    plan: Mapping[str, Entry] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "***"


# --- the own page ---------------------------------------------------------------------------------


def opened(session: Session, who: Actor, private_key: bytes) -> Own:
    """What a member keeps here; empty where there is nothing, or where it was erased.

    Raises:
        BrokenSealError: when it was changed by another hand.
    """
    row = session.get(OwnPage, who.id)
    shred = None if row is None else shreds.shred_part(session, row.shred_id)
    if row is None or shred is None:
        return Own()
    text = sealing.open_item(private_key, row.part, shred, row.box, _of_page(who))
    values = json.loads(text)
    plan = {
        code: Entry(said["text"], tuple(said["ticks"])) for code, said in values["plan"].items()
    }
    return Own(**values | {"plan": plan})


def keep(session: Session, who: Actor, own: Own) -> None:
    """Seal what a member keeps, in place of what was there."""
    row = session.get(OwnPage, who.id)
    if row is None:
        row = OwnPage(member_id=who.id)
    else:
        shreds.destroy(session, [row.shred_id])
    row.shred_id, shred = shreds.new_shred(session)
    text = json.dumps(asdict(own), ensure_ascii=False).encode()
    sealed = sealing.seal_item(shred, [who.public_key], text, _of_page(who))
    row.box, (row.part,) = sealed.box, sealed.parts
    session.add(row)
    erasure.owe(session, who.id, who.public_id)
    session.flush()  # what is read in the same request must be this


def changing(session: Session, who: Actor, private_key: bytes) -> Own:
    """The same as `opened`, for a change: two browsers at once wait for one another."""
    session.execute(select(Member.id).where(Member.id == who.id).with_for_update())
    return opened(session, who, private_key)


def write_section(session: Session, who: Actor, private_key: bytes, code: str, entry: Entry) -> Own:
    """Write one section of the plan; an empty one is taken out."""
    own = changing(session, who, private_key)
    if entry:
        own.plan[code] = entry
    else:
        own.plan.pop(code, None)
    keep(session, who, own)
    return own


def erase_plan(session: Session, who: Actor, private_key: bytes) -> None:
    """Make the plan be gone, and every copy of it; ticks and saved addresses stay."""
    own = changing(session, who, private_key)
    own.plan, own.copies = {}, {}
    _erase_copies(session, who.id)
    keep(session, who, own)


def erase_all(session: Session, member_id: int) -> None:
    """Let nothing open any more that a member kept here or gave to others, as the account ends."""
    _erase_copies(session, member_id)
    gone = session.scalars(
        delete(OwnPage).where(OwnPage.member_id == member_id).returning(OwnPage.shred_id)
    ).all()
    shreds.destroy(session, gone)


def _erase_copies(session: Session, member_id: int) -> None:
    """Take back every copy of a member's plan."""
    gone = session.scalars(
        delete(PlanCopy).where(PlanCopy.member_id == member_id).returning(PlanCopy.shred_id)
    ).all()
    shreds.destroy(session, gone)


# --- copies for others ----------------------------------------------------------------------------


def share(
    session: Session, who: Actor, private_key: bytes, reader: Member, codes: Collection[str]
) -> PlanCopy:
    """Make a copy of some sections for one person. It stays as it is when the plan changes.

    Raises:
        TooManyCopiesError: when there are as many as can be.
    """
    own = changing(session, who, private_key)
    if len(own.copies) >= COPIES_AT_MOST:
        raise TooManyCopiesError
    copy = PlanCopy(id=drawn_id(), public_id=ids.new_id(), member_id=who.id, made_on=clock.today())
    copy.shred_id, shred = shreds.new_shred(session)
    plan = {code: asdict(entry) for code, entry in own.plan.items() if code in codes}
    text = json.dumps([who.pseudonym, plan], ensure_ascii=False).encode()
    sealed = sealing.seal_item(shred, [reader.public_key], text, _of_copy(copy))
    copy.box, (copy.part,) = sealed.box, sealed.parts
    session.add(copy)
    own.copies[copy.public_id] = reader.pseudonym
    keep(session, who, own)
    return copy


def revoke(session: Session, who: Actor, private_key: bytes, copy: PlanCopy) -> None:
    """Take a copy back: it opens no more. What was read is read."""
    own = changing(session, who, private_key)
    own.copies.pop(copy.public_id, None)
    shreds.destroy(session, [copy.shred_id])
    session.delete(copy)
    keep(session, who, own)


def copy_by_id(session: Session, public_id: str) -> PlanCopy | None:
    """The copy with this public id, for whoever made it."""
    return session.scalars(select(PlanCopy).where(PlanCopy.public_id == public_id)).first()


def copies_for(session: Session, reader: Actor, private_key: bytes) -> list[OpenCopy]:
    """The copies that others made for somebody: found by trying, 0.1 ms each."""
    rows = session.scalars(select(PlanCopy).order_by(PlanCopy.id)).all()
    mine = [row for row in rows if _opens(private_key, row.part)]
    halves = shreds.shred_parts(session, [row.shred_id for row in mine])
    return [
        _read(reader, private_key, halves[row.shred_id], row)
        for row in mine
        if row.shred_id in halves
    ]


def copy_for(
    session: Session, reader: Actor, private_key: bytes, public_id: str
) -> OpenCopy | None:
    """One copy as its reader opens it; for everybody else it belongs to nobody."""
    row = copy_by_id(session, public_id)
    shred = None if row is None else shreds.shred_part(session, row.shred_id)
    if row is None or shred is None:
        return None
    if not _opens(private_key, row.part):
        return OpenCopy(public_id, 0, "", row.made_on)
    return _read(reader, private_key, shred, row)


def live_copies(session: Session, own: Own) -> list[tuple[str, str]]:
    """Who has a copy that still opens, as (public id, name): old ones go by themselves."""
    wanted = list(own.copies)
    there: Sequence[str] = session.scalars(
        select(PlanCopy.public_id).where(PlanCopy.public_id.in_(wanted))
    ).all()
    return [(public_id, name) for public_id, name in own.copies.items() if public_id in set(there)]


def _read(reader: Actor, private_key: bytes, shred: bytes, row: PlanCopy) -> OpenCopy:
    """A copy, opened."""
    text = sealing.open_item(private_key, row.part, shred, row.box, _of_copy(row))
    writer, plan = json.loads(text)
    entries = {code: Entry(said["text"], tuple(said["ticks"])) for code, said in plan.items()}
    return OpenCopy(row.public_id, reader.id, writer, row.made_on, entries)


def _opens(private_key: bytes, box: bytes) -> bool:
    """Whether a part was sealed to this key."""
    try:
        crypto.unwrap_with(private_key, box)
    except BrokenSealError:
        return False
    return True


def _of_page(who: Actor) -> str:
    """The place of an own page, as its key knows it."""
    return sealing.bind("own", OwnPage.__tablename__, who.public_id)


def _of_copy(copy: PlanCopy) -> str:
    """The place of a copy, as its key knows it."""
    return sealing.bind("copy", PlanCopy.__tablename__, copy.public_id)
