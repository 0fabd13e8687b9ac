"""Shreds: the part of a key that is taken away when a sealed thing is erased (PRIVACY.md §6).

A sealed thing opens only with two parts: one of its readers, and its shred. Each shred lies in a
box under the key of the present epoch, which is a file beside the database. Every week a new epoch
begins: all shreds are boxed anew, then the old key is destroyed. So what remains of an erased shred
on the disk, in the log of the database or in a copy opens with nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Final, cast

from sqlalchemy import Date, Integer, LargeBinary, Table, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from app.core import clock, crypto, epochs
from app.core.db import Base, BigKey, Database
from app.core.epochs import LostEpochError
from app.core.retention import Keep

KEY_NAME: Final = "shreds"  # of the folder of keys in a session
EPOCH: Final = timedelta(days=7)
BATCH: Final = 5_000  # shreds boxed anew in one transaction: a tenth of a second
ASKED_AT_ONCE: Final = 10_000  # ids in one statement; SQLite takes 32,766 values
ID_BITS: Final = 62


class Shred(Base):
    """The part of one sealed thing's key that goes when the thing is erased."""

    __tablename__ = "shreds"
    __retention__ = Keep(why="as long as the sealed thing that it belongs to, and gone with it")

    # Drawn, not counted: a row tells nothing of when it came, and the id is known before the insert
    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    epoch: Mapped[int] = mapped_column(Integer, index=True)
    box: Mapped[bytes] = mapped_column(LargeBinary(72))


class Epoch(Base):
    """The one row that says which epoch it is, and since when."""

    __tablename__ = "epochs"
    __retention__ = Keep(why="as long as this server stands; it speaks of no member")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    began_on: Mapped[date] = mapped_column(Date)


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """Where the epoch keys lie, and how to look at the database as it is at this moment."""

    path: Path
    look: sessionmaker[Session]


def open_shreds(database: Database, folder: Path) -> None:
    """Tell every session of this database in which folder the epoch keys lie."""
    database.lend(KEY_NAME, KeyFolder(folder, database.read))


def new_shred(session: Session) -> tuple[int, bytes]:
    """A fresh shred: the id of its row, and its 32 bytes for `sealing`.

    Raises:
        LostEpochError: when there are shreds, but not the key of the present epoch.
        LookupError: when the session was not told where the keys lie.
    """
    folder = _folder(session)
    number = _present(session)
    key = _key_for_new(session, folder.path, number)
    shred_id, part = secrets.randbits(ID_BITS), crypto.random_key()
    box = crypto.wrap(_box_key(key, shred_id), part)
    session.add(Shred(id=shred_id, epoch=number, box=box))
    return shred_id, part


def shred_part(session: Session, shred_id: int) -> bytes | None:
    """The 32 bytes of a shred, or nothing when it was erased.

    Raises:
        LostEpochError: when the key is gone while the shred is still there.
        BrokenSealError: when the row was changed by somebody else's hand.
    """
    return shred_parts(session, [shred_id]).get(shred_id)


def shred_parts(session: Session, ids: Iterable[int]) -> dict[int, bytes]:
    """The bytes of many shreds by their ids, in one query; erased ones are left out.

    Raises:
        LostEpochError: when the key is gone while a shred is still there.
        BrokenSealError: when a row was changed by somebody else's hand.
    """
    wanted = sorted(set(ids))
    folder = _folder(session)
    try:
        return _open(folder.path, _boxes(session, wanted))
    except LostEpochError:
        # An epoch may have ended since this session's picture of the database was taken.
        with folder.look() as now:
            return _open(folder.path, _boxes(now, wanted))


def destroy(session: Session, shred_ids: Iterable[int]) -> None:
    """Take shreds away: what was sealed with them opens no more, whoever holds the other part."""
    for some in _some(sorted(set(shred_ids)), ASKED_AT_ONCE):
        session.execute(delete(Shred).where(Shred.id.in_(some)))


# --- epochs ---------------------------------------------------------------------------------------


def turn_epoch(database: Database) -> bool:
    """Begin a new epoch when the present one is a week old; returns whether that was so.

    It can be stopped at any moment and called again: until the last shred is boxed anew, the old
    key and the new one lie side by side.

    Raises:
        LostEpochError: when a key is gone while shreds are still boxed under it.
        LookupError: when the database was not told where the keys lie.
    """
    has_begun = _begin_epoch(database)
    finish_epoch(database)
    return has_begun


def finish_epoch(database: Database) -> None:
    """Box the shreds of earlier epochs anew, then destroy the keys of those epochs.

    Raises:
        LostEpochError: when a key is gone while shreds are still boxed under it.
    """
    while _box_anew(database):
        pass
    with database.write.begin() as session:
        # Under the lock nobody can add a shred to an earlier epoch between the look and the deed.
        number = _locked(session).number
        if session.scalar(select(Shred.id).where(Shred.epoch < number).limit(1)) is None:
            epochs.destroy_before(_folder(session).path, number)


def _begin_epoch(database: Database) -> bool:
    """Make the next key, and let all new shreds be boxed under it, if it is time."""
    with database.write.begin() as session:
        epoch = _locked(session)
        folder = _folder(session).path
        if clock.today() - epoch.began_on < EPOCH:
            return False
        # A key that is lost now may be found again; a new epoch would bury that it is missing.
        _key_for_new(session, folder, epoch.number)
        epochs.make(folder, epoch.number + 1)
        epoch.number += 1
        epoch.began_on = clock.today()
    return True


def _box_anew(database: Database) -> bool:
    """Box some shreds of earlier epochs under the present key; returns whether there were any."""
    with database.write.begin() as session:
        number = _locked(session).number
        folder = _folder(session).path
        old = session.execute(
            select(Shred.id, Shred.epoch, Shred.box).where(Shred.epoch < number).limit(BATCH)
        ).all()
        if not old:
            return False
        key = epochs.key_of(folder, number)
        parts = _open(folder, [(row.id, row.epoch, row.box) for row in old])
        # The table and not the class: a row that somebody erases meanwhile is no mistake.
        table = cast(Table, Shred.__table__)
        session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("shred"))
            .values(epoch=number, box=bindparam("new_box")),
            [
                {"shred": shred_id, "new_box": crypto.wrap(_box_key(key, shred_id), part)}
                for shred_id, part in parts.items()
            ],
        )
    return True


def _present(session: Session) -> int:
    """The number of the present epoch, which cannot end before this transaction does."""
    query = select(Epoch.number).where(Epoch.id == 1).with_for_update(read=True)
    return session.scalars(query).one()


def _locked(session: Session) -> Epoch:
    """The row of the present epoch; whoever adds a shred waits for the end of this transaction."""
    return session.scalars(select(Epoch).where(Epoch.id == 1).with_for_update()).one()


def _key_for_new(session: Session, folder: Path, number: int) -> bytes:
    """The key for new shreds; the very first is made, a lost one is not."""
    try:
        return epochs.key_of(folder, number)
    except LostEpochError:
        if session.scalar(select(Shred.id).limit(1)) is not None or epochs.numbers(folder):
            raise
    epochs.make(folder, number)
    return epochs.key_of(folder, number)


# --- boxes ----------------------------------------------------------------------------------------

Box = tuple[int, int, bytes]


def _boxes(session: Session, ids: Sequence[int]) -> list[Box]:
    """The rows of shreds: id, epoch, box."""
    found: list[Box] = []
    for some in _some(ids, ASKED_AT_ONCE):
        query = select(Shred.id, Shred.epoch, Shred.box).where(Shred.id.in_(some))
        found += [(row.id, row.epoch, row.box) for row in session.execute(query)]
    return found


def _open(folder: Path, boxes: Sequence[Box]) -> dict[int, bytes]:
    """Open boxes, each with the key of its epoch."""
    keys = {number: epochs.key_of(folder, number) for number in {epoch for _, epoch, _ in boxes}}
    return {
        shred_id: crypto.unwrap(_box_key(keys[epoch], shred_id), box)
        for shred_id, epoch, box in boxes
    }


def _box_key(key: bytes, shred_id: int) -> bytes:
    """The key of one shred's box; bound to its row, so that boxes cannot be exchanged."""
    return crypto.hkdf(key, f"shred:shreds:{shred_id}")


def _folder(session: Session) -> KeyFolder:
    """Where this session's epoch keys lie."""
    folder: KeyFolder = session.info[KEY_NAME]
    return folder


def _some(ids: Sequence[int], most: int) -> Iterator[list[int]]:
    """So many at a time."""
    rest = iter(ids)
    while some := list(islice(rest, most)):
        yield some
