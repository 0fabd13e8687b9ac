"""Shreds open until they are erased, through every change of the epoch and every power cut."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.core import clock, crypto, epochs, shreds
from app.core.crypto import BrokenSealError
from app.core.db import Database, open_database
from app.core.epochs import LostEpochError
from app.core.shreds import Epoch, Shred, new_shred, shred_part, shred_parts, turn_epoch

WEEK = timedelta(days=7)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def aged(database: Database) -> Callable[[], None]:
    """Let the present epoch be a week old."""

    def age() -> None:
        with database.write.begin() as session:
            session.execute(update(Epoch).values(began_on=clock.today() - WEEK))

    return age


def make_shreds(database: Database, count: int = 3) -> dict[int, bytes]:
    with database.write.begin() as session:
        return dict(new_shred(session) for _ in range(count))


def opened(database: Database, made: dict[int, bytes]) -> dict[int, bytes]:
    with database.read() as session:
        return shred_parts(session, made)


# --- making, opening, erasing ---------------------------------------------------------------------


def test_a_shred_comes_back_as_it_was_made(database: Database) -> None:
    made = make_shreds(database)
    assert {len(part) for part in made.values()} == {32}
    assert len(set(made.values())) == 3
    assert opened(database, made) == made
    with database.read() as session:
        assert [shred_part(session, one) for one in made] == list(made.values())
        assert shred_part(session, 5) is None


def test_an_erased_shred_is_gone_and_the_others_are_not(
    database: Database, session: Session
) -> None:
    made = make_shreds(database)
    gone, *left = made
    shreds.destroy(session, [gone])
    session.commit()
    assert opened(database, made) == {one: made[one] for one in left}
    assert session.scalar(select(func.count()).select_from(Shred)) == 2


def test_many_shreds_are_asked_for_at_once(
    database: Database, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_shreds(database, 40)
    asked: list[object] = []
    look = shreds._boxes  # noqa: SLF001 - counted, not changed
    monkeypatch.setattr(shreds, "_boxes", lambda *given: asked.append(given) or look(*given))
    assert shred_parts(session, [*made, *made]) == made
    assert len(asked) == 1
    monkeypatch.setattr(shreds, "ASKED_AT_ONCE", 7)
    assert shred_parts(session, made) == made
    shreds.destroy(session, made)
    session.commit()
    assert opened(database, made) == {}


def test_the_database_alone_opens_no_shred(database: Database, keys: Path) -> None:
    made = make_shreds(database)
    for key in keys.glob("epoch-*"):
        key.unlink()
    with pytest.raises(LostEpochError, match="missing"):
        opened(database, made)


def test_the_row_holds_neither_the_bytes_nor_a_place_in_a_row_of_numbers(
    database: Database, session: Session
) -> None:
    made = make_shreds(database, 20)
    boxes = dict(session.execute(select(Shred.id, Shred.box)).all())
    assert {len(box) for box in boxes.values()} == {72}
    assert not any(made[one] in box for one, box in boxes.items())
    assert list(made) != sorted(made)


def test_a_box_in_another_row_stays_shut(database: Database, session: Session) -> None:
    one, two = make_shreds(database, 2)
    box = session.scalar(select(Shred.box).where(Shred.id == one))
    session.execute(update(Shred).where(Shred.id == two).values(box=box))
    with pytest.raises(BrokenSealError):
        shred_part(session, two)


# --- the files of the keys ------------------------------------------------------------------------


def test_the_key_is_a_file_that_the_server_alone_can_read(database: Database, keys: Path) -> None:
    make_shreds(database)
    (key,) = keys.glob("epoch-*")
    assert key.name == "epoch-1.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert len(key.read_bytes()) == 32


def test_a_key_that_others_can_read_or_that_is_damaged_is_not_used(
    database: Database, keys: Path
) -> None:
    made = make_shreds(database)
    (key,) = keys.glob("epoch-*")
    key.chmod(0o644)
    with pytest.raises(LostEpochError, match="read by others"):
        opened(database, made)
    key.chmod(0o600)
    key.write_bytes(bytes(32))
    with pytest.raises(LostEpochError, match="damaged"):
        opened(database, made)


def test_a_lost_key_is_not_quietly_replaced(
    database: Database, keys: Path, aged: Callable[[], None]
) -> None:
    made = make_shreds(database)
    key = keys / "epoch-1.key"
    kept = key.read_bytes()
    key.unlink()
    aged()
    with pytest.raises(LostEpochError):
        make_shreds(database)
    with pytest.raises(LostEpochError):
        turn_epoch(database)
    assert list(keys.glob("epoch-*")) == []
    key.write_bytes(kept)
    key.chmod(0o600)
    assert opened(database, made) == made


def test_whoever_makes_a_key_second_keeps_the_first(keys: Path) -> None:
    threads = [threading.Thread(target=epochs.make, args=(keys, 3)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first = epochs.key_of(keys, 3)
    epochs.make(keys, 3)
    assert epochs.key_of(keys, 3) == first
    assert [path.name for path in keys.glob("epoch-*")] == ["epoch-3.key"]


# --- epochs ---------------------------------------------------------------------------------------


def test_a_week_later_all_shreds_are_boxed_anew_and_the_old_key_is_gone(
    database: Database, keys: Path, aged: Callable[[], None]
) -> None:
    made = make_shreds(database)
    old_key = epochs.key_of(keys, 1)
    with database.read() as session:
        old = dict(session.execute(select(Shred.id, Shred.box)).all())
    assert not turn_epoch(database), "a day early"
    aged()
    assert turn_epoch(database)
    assert epochs.numbers(keys) == [2]
    assert opened(database, made) == made
    with database.read() as session:
        new = dict(session.execute(select(Shred.id, Shred.box)).all())
        assert set(session.scalars(select(Shred.epoch))) == {2}
    assert not set(old.values()) & set(new.values())
    assert epochs.key_of(keys, 2) != old_key
    assert not turn_epoch(database), "only once a week"


def test_what_was_kept_of_an_erased_shred_opens_with_nothing_a_week_later(
    database: Database, keys: Path, session: Session, aged: Callable[[], None]
) -> None:
    made = make_shreds(database)
    gone = next(iter(made))
    kept = session.execute(select(Shred.id, Shred.epoch, Shred.box).where(Shred.id == gone)).one()
    shreds.destroy(session, [gone])
    session.commit()
    aged()
    turn_epoch(database)
    session.add(Shred(id=kept.id, epoch=kept.epoch, box=kept.box))
    session.commit()  # as if a remnant had been put back
    with pytest.raises(LostEpochError):
        shred_part(session, gone)
    session.execute(update(Shred).where(Shred.id == gone).values(epoch=2))
    with pytest.raises(BrokenSealError):
        shred_part(session, gone)


def test_more_shreds_than_one_transaction_takes_are_all_boxed_anew(
    database: Database, keys: Path, aged: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shreds, "BATCH", 4)
    made = make_shreds(database, 10)
    aged()
    turn_epoch(database)
    assert opened(database, made) == made
    assert epochs.numbers(keys) == [2]


class PowerCutError(Exception):
    """The process ends here."""


# Where the power fails, and after how many calls.
CUTS = [
    ("the next key is half made", "app.core.epochs.os.link", 1),
    ("the next key is made", "app.core.epochs._settle", 1),
    ("the epoch has not begun", "app.core.shreds.clock.today", 2),
    ("the epoch has just begun", "app.core.shreds._box_anew", 1),
    ("no shred is boxed anew", "app.core.crypto.wrap", 1),
    ("half of a batch is boxed anew", "app.core.crypto.wrap", 3),
    ("some batches are boxed anew", "app.core.crypto.wrap", 6),
    ("all batches are boxed anew", "app.core.epochs.destroy_before", 1),
    ("the next key has two names", "app.core.epochs.Path.unlink", 1),
    ("the old key is overwritten and still there", "app.core.epochs.Path.unlink", 2),
]


@pytest.mark.parametrize("cut", CUTS, ids=[cut[0] for cut in CUTS])
def test_a_power_cut_at_any_moment_leaves_every_shred_openable(
    database: Database,
    keys: Path,
    aged: Callable[[], None],
    cut: tuple[str, str, int],
) -> None:
    where, name, call = cut
    made = make_shreds(database, 9)
    aged()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shreds, "BATCH", 4)
        _cut(patch, name, call)
        with pytest.raises(PowerCutError):
            turn_epoch(database)
    assert opened(database, made) == made, where
    later = make_shreds(database, 1)
    turn_epoch(database)
    assert opened(database, made | later) == made | later
    assert epochs.numbers(keys) == [2]
    assert [path.name for path in keys.iterdir() if path.suffix != ".key"] == []


def _named(name: str) -> Any:
    """The function that a dotted name means."""
    module, *rest = name.removeprefix("app.core.").split(".")
    return reduce(getattr, rest, {"crypto": crypto, "epochs": epochs, "shreds": shreds}[module])


def _cut(patch: pytest.MonkeyPatch, name: str, call: int) -> None:
    """Let the power fail at the `call`th call of a function."""
    real = _named(name)
    calls = 0

    def cut(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls >= call:
            raise PowerCutError
        return real(*given, **named)

    patch.setattr(name, cut)


def test_a_shred_made_while_the_epoch_ends_is_not_lost(
    database: Database, keys: Path, aged: Callable[[], None]
) -> None:
    make_shreds(database)
    aged()
    turning = threading.Thread(target=turn_epoch, args=(database,))
    with database.write.begin() as session:
        made = dict([new_shred(session)])
        session.flush()  # the row is there, for this transaction alone
        turning.start()
        turning.join(0.3)
        assert turning.is_alive(), "it waits for whoever is adding a shred"
    turning.join(10)
    assert epochs.numbers(keys) == [2]
    assert opened(database, made) == made


def test_two_processes_turn_the_epoch_once(
    database: Database, database_url: str, keys: Path, aged: Callable[[], None]
) -> None:
    made = make_shreds(database, 50)
    aged()
    begun: list[bool] = []
    others = [open_database(database_url) for _ in range(4)]
    for other in others:
        shreds.open_shreds(other, keys)
    threads = [
        threading.Thread(target=lambda one=one: begun.append(turn_epoch(one))) for one in others
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in others:
        other.close()
    assert sorted(begun) == [False, False, False, True]
    assert epochs.numbers(keys) == [2]
    assert opened(database, made) == made


def test_a_reader_who_looked_before_the_epoch_ended_still_opens_shreds(
    database: Database, aged: Callable[[], None]
) -> None:
    made = make_shreds(database)
    aged()
    with database.read() as session:
        session.execute(text("SELECT count(*) FROM shreds")).scalar()
        turn_epoch(database)
        assert shred_parts(session, made) == made
