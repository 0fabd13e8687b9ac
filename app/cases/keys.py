"""The keys of reports and cases: who opens which part, and how a member finds the own case.

A part of a case has one key in several versions. The team find theirs by their inner ids; the
affected member's lie in one of eight equal slots, found by trial (RESPONSE.md §1). Failure never
falls back to anything in clear.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.cases.models import (
    SLOTS,
    Case,
    CasePart,
    Named,
    PartReader,
    PartSlot,
    SealedMixin,
)
from app.cases.words import Part, Seat
from app.core import crypto, sealing, shreds
from app.core.crypto import BrokenSealError
from app.core.db import Database

KEY_NAME: Final = "cases"  # of the server secret, and of its place in a session
PURPOSE: Final = "case"
READERS: Final[Mapping[Part, frozenset[Seat]]] = {
    Part.SHARED: frozenset(Seat),
    Part.TEAM: frozenset(Seat),
    Part.IDENTITY: frozenset({Seat.LEAD, Seat.SECOND}),
    Part.SOURCE: frozenset({Seat.LEAD, Seat.SECOND, Seat.TRUSTEE}),
}
OF_THE_MEMBER: Final = (Part.SHARED, Part.IDENTITY)
# Which part's key opens which table.
PART_OF: Final[dict[str, Part]] = {
    "exposures": Part.IDENTITY,
    "evidence": Part.IDENTITY,
    "places": Part.SHARED,
    "consents": Part.SHARED,
    "case_helpers": Part.SHARED,
    "case_letters": Part.SHARED,
    "case_notices": Part.SHARED,
    "ledger_rows": Part.SHARED,
    "member_words": Part.SHARED,
    "purge_rows": Part.SHARED,
    "step_items": Part.TEAM,
    "look_backs": Part.TEAM,
    "sweeps": Part.TEAM,
    "trace_words": Part.IDENTITY,
    "traces": Part.SOURCE,
    "cases": Part.TEAM,
}

Value = Mapping[str, str]
People = Mapping[int, tuple[Seat, bytes]]  # inner id: what for, and the public key


def open_cases(database: Database, secret: bytes) -> None:
    """Give every session of this database the key under which tags of people are made."""
    database.lend(KEY_NAME, secret)


def person_tag(session: Session, purpose: str, *names: str | int) -> bytes:
    """A keyed tag of a person, perhaps with a case: it tells nothing without the server's key.

    Raises:
        LookupError: when the session was not given the key.
    """
    secret: bytes = session.info[KEY_NAME]
    return crypto.tag(secret, f"cases:{purpose}", ":".join(str(name) for name in names))


@dataclass(slots=True, repr=False)
class Ring:
    """The keys of one case that one person holds, by part and version."""

    case_id: int
    keys: dict[tuple[Part, int], bytes] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "***"

    def holds(self, part: Part) -> bool:
        """Whether anything of this part can be opened."""
        return any(held is part for held, _ in self.keys)

    def newest(self, part: Part) -> int:
        """The version under which a new text of a part is sealed.

        Raises:
            BrokenSealError: when this person has no key of the part.
        """
        versions = [version for held, version in self.keys if held is part]
        if not versions:
            raise BrokenSealError
        return max(versions)

    def close(self, table: str, name: str | int, value: Value) -> tuple[int, bytes]:
        """Seal a value for a row of a table; returns the version of the key and the box.

        Raises:
            BrokenSealError: when this person has no key of the part.
        """
        part = PART_OF[table]
        version = self.newest(part)
        text = json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
        key = self.keys[part, version]
        return version, sealing.seal_text(key, text, sealing.bind(PURPOSE, table, name, version))

    def open(self, table: str, name: str | int, version: int, box: bytes) -> dict[str, str]:
        """What a row seals.

        Raises:
            BrokenSealError: when this person has no such key, or the box is another row's.
        """
        key = self.keys.get((PART_OF[table], version))
        if key is None:
            raise BrokenSealError
        binding = sealing.bind(PURPOSE, table, name, version)
        value: dict[str, str] = json.loads(sealing.open_text(key, box, binding))
        return value

    def read(self, row: SealedMixin) -> dict[str, str]:
        """What one of the sealed rows says.

        Raises:
            BrokenSealError: as `open`.
        """
        table: str = row.__tablename__  # type: ignore[attr-defined]  # every mapped class has one
        return self.open(table, row.public_id, row.version, row.box)

    def write(self, row: SealedMixin, value: Value) -> None:
        """Seal a value into a row, which must have its public id.

        Raises:
            BrokenSealError: as `close`.
        """
        table: str = row.__tablename__  # type: ignore[attr-defined]  # every mapped class has one
        row.version, row.box = self.close(table, row.public_id, value)


class Seal:
    """Keys with which somebody may add to a case without reading what is in it."""

    __slots__ = ("_ring",)

    def __init__(self, ring: Ring) -> None:
        self._ring = ring

    def __repr__(self) -> str:
        return "***"

    def write(self, row: SealedMixin, value: Value) -> None:
        """Seal a value into a row, as `Ring.write`.

        Raises:
            BrokenSealError: when there is no key of the part.
        """
        self._ring.write(row, value)

    def peek(self, row: SealedMixin, field: str) -> str:
        """One field that says where a row is from; empty where there is none.

        Raises:
            BrokenSealError: when there is no key of the row.
        """
        return self._ring.read(row).get(field, "")


# --- making and handing on ------------------------------------------------------------------------


def make_parts(session: Session, case: Case, people: People, own: Sequence[bytes]) -> Ring:
    """Make the keys of every part of a case, sealed to its people and to the affected member.

    `own` holds the public keys of that member: of the account, and of six words. Called again it
    makes the next version, for whoever is named now: those who left open nothing that follows. A
    part that nobody could read is left out.
    """
    ring = Ring(case.id)
    version = 1 + max(
        session.scalars(select(CasePart.version).where(CasePart.case_id == case.id)), default=0
    )
    for part in Part:
        readers = {n: key for n, (seat, key) in people.items() if seat in READERS[part]}
        outside = own if part in OF_THE_MEMBER else ()
        if not readers and not outside:
            continue
        shred_id, shred = shreds.new_shred(session)
        binding = _binding(case.id, part, version)
        made = sealing.new_data_key(shred, [*readers.values(), *outside], binding)
        ring.keys[part, version] = made.key
        session.add(CasePart(case_id=case.id, part=part, version=version, shred_id=shred_id))
        session.add_all(
            PartReader(case_id=case.id, part=part, version=version, member_id=member_id, box=box)
            for member_id, box in zip(readers, made.parts[: len(readers)], strict=True)
        )
        if part in OF_THE_MEMBER:
            _fill_slots(session, case.id, part, version, made.parts[len(readers) :])
    session.flush()  # whoever looks for the keys in this very request must find them
    return ring


def _fill_slots(
    session: Session, case_id: int, part: Part, version: int, boxes: Sequence[bytes]
) -> None:
    """Lay boxes into eight slots, in an order that was drawn; the rest is noise of equal length.

    Noise is sealed to a key that nobody has: random bytes would not look like a sealed box.
    """
    noise = [_noise() for _ in range(SLOTS - len(boxes))]
    filled = sorted([*boxes, *noise])  # boxes begin with random bytes: sorting them is drawing lots
    session.add_all(
        PartSlot(case_id=case_id, part=part, version=version, number=number, box=box)
        for number, box in enumerate(filled, start=1)
    )


def _noise() -> bytes:
    """A box like any other, sealed to a key that nobody has."""
    return crypto.wrap_to(crypto.public_key(crypto.new_private_key()), bytes(_INSIDE))


_INSIDE: Final = crypto.KEY_BYTES + sealing.CHECK_BYTES  # what a part of a data key holds


def let_in(
    session: Session, case: Case, holder: tuple[int, bytes], newcomer: tuple[int, Seat, bytes]
) -> None:
    """Hand the keys that one of the team holds to another person of the team.

    `holder` is the inner id and the private key of who hands on; `newcomer` the inner id, the seat
    and the public key of who gets them.

    Raises:
        BrokenSealError: when a part was not sealed to the holder.
    """
    holder_id, private_key = holder
    member_id, seat, public_key = newcomer
    rows = session.scalars(
        select(PartReader).where(PartReader.case_id == case.id, PartReader.member_id == holder_id)
    )
    for row in rows.all():
        if seat in READERS[row.part]:
            (box,) = sealing.share_item(private_key, row.box, [public_key])
            session.merge(
                PartReader(
                    case_id=case.id,
                    part=row.part,
                    version=row.version,
                    member_id=member_id,
                    box=box,
                )
            )
    session.flush()  # the newcomer may open it in the same breath


def give_slot(session: Session, case: Case, holder: tuple[int, bytes], affected: bytes) -> None:
    """Seal the member's parts of a case to the affected member, into slots drawn anew.

    Raises:
        BrokenSealError: when the holder cannot open a part.
    """
    holder_id, private_key = holder
    rows = session.scalars(
        select(PartReader).where(
            PartReader.case_id == case.id,
            PartReader.member_id == holder_id,
            PartReader.part.in_(OF_THE_MEMBER),
        )
    ).all()
    for row in rows:
        boxes = sealing.share_item(private_key, row.box, [affected])
        _refill(session, row, boxes)
    session.flush()  # a letter may follow in the same request


def share_slots(
    session: Session, case_id: int, private_key: bytes, others: Sequence[bytes] = ()
) -> None:
    """Seal the affected member's parts to the own key and to these, and to no other key.

    Whatever key had a slot beside the own one has none afterwards.
    """
    own = crypto.public_key(private_key)
    for slot in _slots_of(session, case_id, private_key):
        _refill(session, slot, sealing.share_item(private_key, slot.box, [own, *others]))
    session.flush()  # the page that follows may be opened with the new key


def blank_slots(session: Session, case_id: int, private_key: bytes) -> None:
    """Lay noise where a key had its slots: it opens nothing of this case any more."""
    for slot in _slots_of(session, case_id, private_key):
        slot.box = _noise()


def _slots_of(session: Session, case_id: int, private_key: bytes) -> list[PartSlot]:
    """The slots of a case that open with a key."""
    slots = session.scalars(select(PartSlot).where(PartSlot.case_id == case_id)).all()
    return [slot for slot in slots if opens(private_key, slot.box)]


def _refill(session: Session, at: PartReader | PartSlot, boxes: Sequence[bytes]) -> None:
    """Lay boxes into the eight slots of the part and version of `at`, which are drawn anew."""
    case_id, part, version = at.case_id, at.part, at.version
    session.execute(
        delete(PartSlot).where(
            PartSlot.case_id == case_id, PartSlot.part == part, PartSlot.version == version
        )
    )
    _fill_slots(session, case_id, part, version, boxes)


def hand_from_slots(
    session: Session, case_id: int, private_key: bytes, newcomer: tuple[int, Seat, bytes]
) -> None:
    """Hand the affected member's own parts to a person of the team, whom the member calls."""
    member_id, seat, public_key = newcomer
    for slot in _slots_of(session, case_id, private_key):
        if seat in READERS[slot.part]:
            (box,) = sealing.share_item(private_key, slot.box, [public_key])
            session.merge(
                PartReader(
                    case_id=case_id,
                    part=slot.part,
                    version=slot.version,
                    member_id=member_id,
                    box=box,
                )
            )


def narrow(session: Session, case_id: int, seats: Mapping[int, Seat]) -> None:
    """Leave the parts of a case only to these people, each only what the seat may read."""
    for row in session.scalars(select(PartReader).where(PartReader.case_id == case_id)).all():
        seat = seats.get(row.member_id)
        if seat is None or seat not in READERS[row.part]:
            session.delete(row)
    session.flush()  # whoever looks for keys in this request must find only these


def shut_out(session: Session, case_id: int, member_ids: Iterable[int]) -> None:
    """Take people's parts of a case away."""
    gone = set(member_ids)
    for model in (PartReader, Named):
        session.execute(delete(model).where(model.case_id == case_id, model.member_id.in_(gone)))


def destroy(session: Session, case_id: int, *parts: Part) -> None:
    """Take away what the keys of a case, or of some parts, are made of: nothing opens again."""
    query = select(CasePart.shred_id).where(CasePart.case_id == case_id)
    if parts:
        query = query.where(CasePart.part.in_(parts))
    shreds.destroy(session, session.scalars(query).all())


# --- opening --------------------------------------------------------------------------------------


def ring_of(
    session: Session, case_id: int, member_id: int, private_key: bytes, parts: Iterable[Part]
) -> Ring:
    """The keys of some parts that somebody of the team holds; of erased ones there are none.

    The identity part is opened by `service.openings.open_identity` alone, which asks for a reason.

    Raises:
        BrokenSealError: when a part was sealed to another key.
    """
    rows = session.execute(
        select(PartReader.part, PartReader.version, PartReader.box, CasePart.shred_id)
        .join(
            CasePart,
            (CasePart.case_id == PartReader.case_id)
            & (CasePart.part == PartReader.part)
            & (CasePart.version == PartReader.version),
        )
        .where(
            PartReader.case_id == case_id,
            PartReader.member_id == member_id,
            PartReader.part.in_(list(parts)),
        )
    ).all()
    halves = shreds.shred_parts(session, [row.shred_id for row in rows])
    ring = Ring(case_id)
    for row in rows:
        if row.shred_id in halves:
            binding = _binding(case_id, row.part, row.version)
            ring.keys[row.part, row.version] = sealing.open_data_key(
                private_key, row.box, halves[row.shred_id], binding
            )
    return ring


def own_rings(session: Session, private_key: bytes, case_id: int | None = None) -> list[Ring]:
    """The keys of every case in which a slot opens with this key: the own cases, by trial.

    A tenth of a millisecond a slot. With `case_id` only that case is tried.
    """
    query = select(
        PartSlot.case_id, PartSlot.part, PartSlot.version, PartSlot.box, CasePart.shred_id
    ).join(
        CasePart,
        (CasePart.case_id == PartSlot.case_id)
        & (CasePart.part == PartSlot.part)
        & (CasePart.version == PartSlot.version),
    )
    if case_id is not None:
        query = query.where(PartSlot.case_id == case_id)
    rings: dict[int, Ring] = {}
    shared = session.execute(query.where(PartSlot.part == Part.SHARED)).all()
    found = [row for row in shared if opens(private_key, row.box)]
    if not found:
        return []
    cases = {row.case_id for row in found}
    rest = session.execute(
        query.where(PartSlot.part != Part.SHARED, PartSlot.case_id.in_(cases))
    ).all()
    found += [row for row in rest if opens(private_key, row.box)]
    halves = shreds.shred_parts(session, [row.shred_id for row in found])
    for row in found:
        if row.shred_id in halves:
            ring = rings.setdefault(row.case_id, Ring(row.case_id))
            binding = _binding(row.case_id, row.part, row.version)
            ring.keys[row.part, row.version] = sealing.open_data_key(
                private_key, row.box, halves[row.shred_id], binding
            )
    return [rings[case_id] for case_id in sorted(rings)]


def has_slot(session: Session, case_id: int, private_key: bytes) -> bool:
    """Whether a case is this person's own."""
    query = select(PartSlot.box).where(PartSlot.case_id == case_id, PartSlot.part == Part.SHARED)
    return any(opens(private_key, box) for box in session.scalars(query))


def opens(private_key: bytes, box: bytes) -> bool:
    """Whether a box was sealed to this key."""
    try:
        crypto.unwrap_with(private_key, box)
    except BrokenSealError:
        return False
    return True


def _binding(case_id: int, part: Part, version: int) -> str:
    """The place of a part's key."""
    return sealing.bind(f"part-{part.value}", "case_parts", case_id, version)
