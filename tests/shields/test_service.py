"""What is stored of a shield, how long, and what somebody who probes can learn."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts import pseudonyms
from app.accounts.models import Member
from app.core.db import Base, Database
from app.privacy.retention import run_retention
from app.screening.readings import readings
from app.shields import service
from app.shields.models import LASTS_DAYS, LOOKS_KEPT_DAYS, Mode, SecondLook, Shield, ShieldTag
from app.shields.phrases import Cover, Flaw, Kind, forms
from app.shields.service import SHIELDS_A_MEMBER, ShieldRefusedError, Wish
from tests.conftest import KIND
from tests.factories import make_member
from tests.shields.conftest import decoys, is_held, keyhole_of, look

NAME = "Ottoline Farrabee"


def _tag_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ShieldTag)) or 0


def test_tags_die_with_their_shield(opened: Session, shield: Callable[..., Shield]) -> None:
    heron, stoat = make_member(opened, "Heron"), make_member(opened, "Stoat")
    made = shield(opened, heron, NAME)
    assert _tag_count(opened) == len(forms(Kind.NAME, NAME))
    service.remove_shield(opened, made)
    assert _tag_count(opened) == 0
    assert not is_held(opened, stoat, NAME)


def test_tags_die_with_the_account_even_where_they_are_still_in_memory(
    opened: Session, shield: Callable[..., Shield]
) -> None:
    heron, stoat = make_member(opened, "Heron"), make_member(opened, "Stoat")
    shield(opened, heron, NAME)
    assert is_held(opened, stoat, NAME)
    opened.execute(delete(Member).where(Member.id == heron.id))
    assert _tag_count(opened) == 0
    assert look(opened, stoat, NAME).others == ()


def test_a_shield_ends_after_a_year(
    opened: Session, shield: Callable[..., Shield], move_clock: Callable[[timedelta], None]
) -> None:
    heron, stoat = make_member(opened, "Heron"), make_member(opened, "Stoat")
    shield(opened, heron, NAME)
    move_clock(timedelta(days=LASTS_DAYS - 1))
    assert is_held(opened, stoat, NAME)
    move_clock(timedelta(days=1))
    assert not is_held(opened, stoat, NAME)
    move_clock(timedelta(days=1))
    run_retention(opened)
    assert _tag_count(opened) == 0


def test_neither_phrase_nor_form_nor_dead_tag_is_stored(
    opened: Session, shield: Callable[..., Shield], tmp_path: Path
) -> None:
    heron = make_member(opened, "Heron")
    phrases = {NAME: Kind.NAME, "+44 7700 900341": Kind.PHONE, "9 Tansy Road": Kind.ADDRESS}
    made = [shield(opened, heron, phrase, kind) for phrase, kind in phrases.items()]
    tags = opened.scalars(select(ShieldTag.tag)).all()
    kept = _stored(opened, tmp_path)
    assert any(_found(tag, kept) for tag in tags), "nothing was stored, or we look elsewhere"
    for phrase, kind in phrases.items():
        for form in (phrase, phrase.lower(), *forms(kind, phrase)):
            assert form.encode() not in kept
    for one in made:
        service.remove_shield(opened, one)
    kept = _stored(opened, tmp_path)
    assert [tag for tag in tags if _found(tag, kept)] == []


def _found(tag: int, kept: bytes) -> bool:
    return tag.to_bytes(8, "big", signed=True) in kept or str(tag).encode() in kept


def _stored(session: Session, folder: Path) -> bytes:
    """The bytes of the one file with its log; on PostgreSQL every row of every table."""
    session.commit()
    if KIND == "sqlite":
        connection = sqlite3.connect(folder / "bauta.sqlite3")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return b"".join(path.read_bytes() for path in folder.glob("bauta.sqlite3*"))
    rows = [session.execute(select(table)).all() for table in Base.metadata.sorted_tables]
    session.commit()
    return repr(rows).encode()


def test_a_member_has_twenty_shields_and_no_more(
    opened: Session, shield: Callable[..., Shield]
) -> None:
    heron = make_member(opened, "Heron")
    for number in range(SHIELDS_A_MEMBER):
        shield(opened, heron, f"+44 7700 900{100 + number}", Kind.PHONE)
    with pytest.raises(ShieldRefusedError) as refused:
        shield(opened, heron, NAME)
    assert refused.value.flaw is Flaw.MANY


def test_a_pseudonym_of_this_site_is_refused(
    opened: Session, shield: Callable[..., Shield]
) -> None:
    heron = make_member(opened, "Heron")
    taken = make_member(opened, "quillfeather")
    taken.skeleton = pseudonyms.skeleton(taken.pseudonym)
    with pytest.raises(ShieldRefusedError) as refused:
        shield(opened, heron, "Quillfeather", Kind.OTHER)
    assert refused.value.flaw is Flaw.PSEUDONYM


def test_a_label_that_shows_the_phrase_is_refused(
    opened: Session, shield: Callable[..., Shield]
) -> None:
    with pytest.raises(ShieldRefusedError) as refused:
        shield(opened, make_member(opened, "Heron"), NAME, label=f"name: {NAME}")
    assert refused.value.flaw is Flaw.LABEL


def test_a_phrase_that_would_answer_a_guess_is_alert_only(
    opened: Session, shield: Callable[..., Shield]
) -> None:
    made = shield(opened, make_member(opened, "Heron"), "farrabeepots", Kind.ACCOUNT)
    assert made.mode is Mode.ALERT


def test_a_wish_does_not_show_itself() -> None:
    assert "Farrabee" not in repr(Wish(Kind.NAME, NAME, "mine", Mode.HOLD))


# --- against probing ------------------------------------------------------------------------------


def test_about_one_name_in_a_hundred_is_a_decoy_and_always_the_same(opened: Session) -> None:
    keys = keyhole_of(opened).keys
    forms_ = [f"{a}{b}line" for a in _letters(40) for b in _letters(40)]
    held = [f for f in forms_ if keys.head(f[:5])[1] and keys.is_decoy(f, Cover.NAME)]
    assert 0.002 < len(held) / len(forms_) < 0.03
    assert held == [f for f in forms_ if keys.head(f[:5])[1] and keys.is_decoy(f, Cover.NAME)]


def _letters(count: int) -> list[str]:
    return [f"{a}{b}{c}" for a in "bcdfg" for b in "aeiou" for c in "lmnrst"][:count]


def test_a_hit_and_a_decoy_are_one_and_the_same_finding(
    opened: Session, shield: Callable[..., Shield]
) -> None:
    heron, stoat = make_member(opened, "Heron"), make_member(opened, "Stoat")
    decoy = next(decoys(keyhole_of(opened).keys))
    real = "Ottoline " + "Q" * (len(decoy) - 9)
    shield(opened, heron, real)
    hit, chance = (look(opened, stoat, name) for name in (real, decoy))
    assert hit == chance
    assert hit.is_look


def test_writing_a_decoy_differently_gives_the_same_answer(opened: Session) -> None:
    stoat = make_member(opened, "Stoat")
    decoy = next(decoys(keyhole_of(opened).keys))
    for text in (decoy, decoy.upper(), decoy.lower(), f"so {decoy}!", decoy.replace(" ", "-")):
        assert is_held(opened, stoat, text), text


def test_after_three_second_looks_in_a_week_every_text_is_held_and_moderators_are_alerted(
    opened: Session, move_clock: Callable[[timedelta], None]
) -> None:
    stoat, wren = make_member(opened, "Stoat"), make_member(opened, "Wren")
    for _ in range(3):
        assert look(opened, stoat, "A recipe.").others == ()
        service.note_look(opened, stoat.actor)
        opened.flush()
    (finding,) = look(opened, stoat, "A recipe.").others
    assert {s.rule for s in finding.signals} == {"set.hold", "shield.often"}
    assert not look(opened, stoat, "A recipe.").is_look, "or it would never end"
    assert look(opened, wren, "A recipe.").others == ()
    move_clock(timedelta(days=LOOKS_KEPT_DAYS))
    assert look(opened, stoat, "A recipe.").others == ()
    move_clock(timedelta(days=1))
    run_retention(opened)
    assert opened.scalar(select(func.count()).select_from(SecondLook)) == 0


# --- the key --------------------------------------------------------------------------------------


def test_another_key_holds_everything_rather_than_let_one_through(
    opened: Session, database: Database, shield: Callable[..., Shield]
) -> None:
    heron, stoat = make_member(opened, "Heron"), make_member(opened, "Stoat")
    assert look(opened, stoat, "A recipe.").others == ()
    shield(opened, heron, NAME)
    service.open_shields(database, bytes(reversed(range(32))))
    opened.info.update(database.write.kw["info"])
    (finding,) = look(opened, stoat, "A recipe.").others
    assert {s.rule for s in finding.signals} == {"set.hold", "shield.key"}
    opened.info.clear()
    assert look(opened, stoat, "A recipe.").others


def test_without_the_key_a_tag_does_not_follow_from_the_phrase(opened: Session) -> None:
    one = keyhole_of(opened).keys.tag("ottolinefarrabee")
    other = service.Keyhole(bytes(reversed(range(32)))).keys.tag("ottolinefarrabee")
    assert one.value != other.value
    assert one.gate != other.gate


def test_members_whose_shields_a_text_really_holds_are_found_and_decoys_are_nobodys(
    opened: Session, shield: Callable[..., Shield]
) -> None:
    heron, stoat = make_member(opened, "Heron"), make_member(opened, "Stoat")
    shield(opened, heron, NAME)
    decoy = next(decoys(keyhole_of(opened).keys))
    assert set(service.owners_of(opened, stoat.id, readings(NAME))) == {heron.id}
    assert service.owners_of(opened, heron.id, readings(NAME)) == {}
    assert service.owners_of(opened, stoat.id, readings(decoy)) == {}
