"""What is stored of messages, who can open it, and what muting, erasing and leaving do to it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import MetaData, func, select
from sqlalchemy.orm import Session

from app.accounts import keyring, names
from app.accounts import service as accounts
from app.accounts.models import Member
from app.cli.seizure.damage import items_open
from app.core import clock, crypto, sealing, shreds
from app.core.crypto import BrokenSealError
from app.core.db import Database
from app.core.shreds import Shred
from app.forum.models import Notice
from app.forum.queries import Keys
from app.forum.service import Draft, HandedBackError
from app.leaving import renaming
from app.leaving import service as leaving
from app.messages import keys, queries, service
from app.messages.forms import MESSAGE_SIGNS
from app.messages.keys import Letter, Party
from app.messages.models import KEPT_DAYS, Conversation, Message
from app.messages.service import MutedError, UnansweredError
from app.privacy.erasure import Texts
from app.privacy.retention import run_retention
from tests.factories import CHEAP, make_member, private_key_of

WORDS = "lanterns and reeds, said quietly"


def write(session: Session, sender: Member, recipient: Member, body: str = WORDS) -> Conversation:
    return service.send(
        session, sender.actor, private_key_of(sender), recipient.actor, Draft(body=body)
    )


def side_of(session: Session, holder: Member, other: Member) -> Conversation | None:
    return queries.conversation_with(session, holder.actor, private_key_of(holder), other.actor)


def texts_of(session: Session, holder: Member, other: Member) -> list[tuple[bool, str]]:
    """What a member reads of a conversation: whether it is the own, and the text."""
    side = side_of(session, holder, other)
    assert side is not None
    found = queries.messages_of(session, holder.actor, side, private_key_of(holder))
    return [(row.is_own, row.letter.text if row.letter else "shut") for row in found.rows]


def everything(session: Session) -> dict[str, list[str]]:
    """Every row of every table, as text in which bytes can be looked for."""
    schema = MetaData()
    schema.reflect(session.connection())
    return {
        name: [" ".join(_shown(value) for value in row) for row in session.execute(table.select())]
        for name, table in schema.tables.items()
        if not name.startswith("post_search")
    }


def _shown(value: object) -> str:
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("latin-1") + bytes(value).hex()
    return str(value)


# --- who can read ---------------------------------------------------------------------------------


def test_both_read_it_and_each_knows_who_wrote(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron, wren)
    write(session, wren, heron, "and the wren answers")
    assert texts_of(session, heron, wren) == [(True, WORDS), (False, "and the wren answers")]
    assert texts_of(session, wren, heron) == [(False, WORDS), (True, "and the wren answers")]


def test_nobody_else_opens_a_copy_and_neither_does_any_key_of_the_server(
    session: Session, heron: Member, wren: Member, tmp_path: Path
) -> None:
    write(session, heron, wren)
    stoat = make_member(session, "Stoat")
    server = [path.read_bytes() for path in (tmp_path / "keys").rglob("*") if path.is_file()]
    server += [session.info[keys.KEY_NAME]]
    for copy in session.scalars(select(Message)).all():
        shred = shreds.shred_part(session, copy.shred_id)
        assert shred is not None
        opened = 0
        for member in (heron, wren, stoat):
            try:
                keys.open_letter(private_key_of(member), shred, copy)
                opened += 1
                assert member.id == copy.member_id
            except BrokenSealError:
                assert member.id != copy.member_id
        assert opened == 1
        for key in [*server, shred]:
            with pytest.raises(BrokenSealError):
                keys.open_letter(key[:32].ljust(32, b"\0"), shred, copy)


def test_no_table_says_a_word_of_it_or_who_writes_to_whom(
    session: Session, heron: Member, wren: Member
) -> None:
    heron.id, wren.id = 71_000_017, 82_000_028  # so that no count looks like one of them
    session.flush()
    before = everything(session)
    write(session, heron, wren)
    session.flush()
    inner = {str(heron.id), str(wren.id)}
    named = {heron.public_id, wren.public_id, heron.pseudonym, wren.pseudonym}
    added = {
        name: [row for row in rows if row not in before[name]]
        for name, rows in everything(session).items()
    }
    rows = [row for rows in added.values() for row in rows]
    # Two sides, two copies, four shreds, two names, one line in an inbox.
    assert len(rows) == 11
    for row in rows:
        assert "reeds" not in row
        assert not any(name in row for name in named)
        assert len([one for one in inner if one in row]) <= 1, "a row names both"


def test_rows_that_were_made_together_have_nothing_in_common(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron, wren)
    for model in (Conversation, Message):
        one, other = session.scalars(select(model)).all()
        for name in ("id", "public_id", "shred_id", "part", "box"):
            assert getattr(one, name) != getattr(other, name)
        assert abs(one.id - other.id) > 1_000  # drawn out of 2^62
    keys_of_forms = session.scalars(select(Message.form_key)).all()
    assert len(set(keys_of_forms)) == 2
    assert all(keys_of_forms), "a copy without a key was received"


def test_the_server_alone_cannot_make_the_tag_of_a_side(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron, wren)
    tags = set(session.scalars(select(Conversation.tag)))
    stoat = make_member(session, "Stoat")
    parties = queries.parties_of(session, heron.actor, wren.actor)
    one, other = parties[heron.id], parties[wren.id]

    def made(key: bytes) -> set[bytes]:
        """What somebody with a private key, who knows both names and keys, could try."""
        pairs = ((mine, theirs) for mine in (one, other) for theirs in (one, other))
        return {
            keys.side_tag(key, mine, theirs, holder)
            for mine, theirs in pairs
            for holder in (mine, theirs)
        }

    assert tags <= made(private_key_of(heron))
    assert tags <= made(private_key_of(wren))
    for known in (private_key_of(stoat), session.info[keys.KEY_NAME]):
        assert not tags & made(known)


def test_a_box_put_in_another_place_stays_shut(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron, wren, "one")
    write(session, wren, heron, "two")
    one, two = session.scalars(
        select(Message).where(Message.member_id == heron.id).order_by(Message.number)
    ).all()
    one.box, two.box = two.box, one.box
    one.part, two.part = two.part, one.part
    one.shred_id, two.shred_id = two.shred_id, one.shred_id
    assert [text for _, text in texts_of(session, heron, wren)] == ["shut", "shut"]


def test_a_new_passphrase_changes_nothing_about_what_opens(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron, wren)
    key = private_key_of(heron)
    new = crypto.Passphrase("eleven brass anchors rust slowly")
    lock = keyring.lock(new, heron.public_id, key, CHEAP)
    accounts.change_passphrase(session, heron.actor, lock, key)
    session.expire_all()
    opened = private_key_of(heron, new.reveal())
    assert opened == key
    side = queries.conversation_with(session, heron.actor, opened, wren.actor)
    assert side is not None
    assert queries.messages_of(session, heron.actor, side, opened).rows[0].letter is not None


class Marked:
    """As much of a session as a mark needs."""

    info = {keys.KEY_NAME: bytes(32)}  # noqa: RUF012 - a session has one too


def round_trip(text: str) -> int:
    """Seal a text and open it again; returns how much of the box is not the seal's own."""
    private_key = crypto.new_private_key()
    holder = Party(1, "a" * 16, crypto.public_key(private_key))
    copy = Message(id=7, public_id="abcdefghjkmnpqrs")
    letter = Letter("a" * 16, "b" * 16, clock.today(), text)
    marked = cast(Session, Marked())
    sealed = keys.seal_letter(marked, bytes(32), copy, holder, letter)
    (copy.part,), copy.box = sealed.parts, sealed.box
    opened = keys.open_letter(private_key, bytes(32), copy)
    assert opened.text == text
    assert keys.is_as_sent(marked, copy, opened)
    return len(copy.box) - len(crypto.wrap(bytes(32), b""))


SIGNS: Final = st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n")


@settings(max_examples=60, deadline=None)
@given(st.text(SIGNS, min_size=1, max_size=MESSAGE_SIGNS))
def test_every_text_comes_out_as_it_went_in_and_its_box_has_a_size_class(text: str) -> None:
    assert round_trip(text) in crypto.PADS


@pytest.mark.parametrize("sign", ["\U0001f426", '"', "\\", "\n"])
def test_the_longest_message_fits_the_largest_class(sign: str) -> None:
    assert round_trip(sign * MESSAGE_SIGNS) in crypto.PADS


# --- the mark -------------------------------------------------------------------------------------


def test_the_mark_shows_that_nothing_was_forged(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron, wren)
    copy = session.scalars(select(Message).where(Message.member_id == wren.id)).one()
    shred = shreds.shred_part(session, copy.shred_id)
    assert shred is not None
    letter = keys.open_letter(private_key_of(wren), shred, copy)
    assert keys.is_as_sent(session, copy, letter)
    forged = (
        Letter(letter.sender, letter.recipient, letter.day, "another text", letter.mark),
        Letter(letter.recipient, letter.recipient, letter.day, letter.text, letter.mark),
        Letter(letter.sender, letter.sender, letter.day, letter.text, letter.mark),
        Letter(
            letter.sender,
            letter.recipient,
            letter.day - timedelta(days=1),
            letter.text,
            letter.mark,
        ),
        Letter(letter.sender, letter.recipient, letter.day, letter.text, bytes(16)),
    )
    assert not any(keys.is_as_sent(session, copy, one) for one in forged)
    other = session.scalars(select(Message).where(Message.member_id == heron.id)).one()
    assert not keys.is_as_sent(session, other, letter), "the mark is good for one message alone"


# --- writing --------------------------------------------------------------------------------------


def test_the_first_message_waits_for_an_answer(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron, wren)
    with pytest.raises(UnansweredError):
        write(session, heron, wren, "are you there")
    write(session, wren, heron, "here I am")
    write(session, heron, wren, "good")
    assert len(texts_of(session, wren, heron)) == 3


def test_erasing_ones_first_message_does_not_open_the_door_again(
    session: Session, heron: Member, wren: Member
) -> None:
    side = write(session, heron, wren)
    service.erase_conversation(session, side, private_key_of(heron))
    with pytest.raises(UnansweredError):
        write(session, heron, wren, "are you there")


def test_what_shows_somebody_is_handed_back_and_nothing_is_stored(
    session: Session, heron: Member, wren: Member
) -> None:
    number = "Her number is 07700 900341, ring her and say hello."
    with pytest.raises(HandedBackError):
        write(session, heron, wren, number)
    assert session.scalar(select(func.count()).select_from(Conversation)) == 0
    assert session.scalar(select(func.count()).select_from(Shred)) == 0
    assert session.scalar(select(func.count()).select_from(Notice)) == 0


def test_a_form_that_comes_twice_makes_one_message(
    session: Session, heron: Member, wren: Member
) -> None:
    draft = Draft(body=WORDS, form_key="the same form")
    for _ in range(2):
        service.send(session, heron.actor, private_key_of(heron), wren.actor, draft)
    assert len(texts_of(session, wren, heron)) == 1


def test_an_inbox_learns_that_there_is_something_and_no_more(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron, wren)
    notice = session.scalars(select(Notice)).one()
    theirs = side_of(session, wren, heron)
    assert theirs is not None
    assert (notice.member_id, notice.kind, notice.subject) == (wren.id, "message", theirs.public_id)
    assert notice.post_id is None


def test_two_who_write_to_each_other_at_once_lose_nothing(
    session: Session, heron: Member, wren: Member, database: Database
) -> None:
    write(session, heron, wren)
    write(session, wren, heron)
    session.commit()
    people = {m.pseudonym: (m.actor, private_key_of(m)) for m in (heron, wren)}
    failed: list[BaseException] = []

    def many(one: str, other: str) -> None:
        for number in range(5):
            try:
                with database.write.begin() as own:
                    actor, key = people[one]
                    service.send(own, actor, key, people[other][0], Draft(body=f"{one} {number}"))
            except BaseException as error:  # noqa: BLE001 - whatever it is, the test fails
                failed.append(error)

    threads = [
        threading.Thread(target=many, args=pair) for pair in (("Heron", "Wren"), ("Wren", "Heron"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    session.expire_all()
    assert len(texts_of(session, heron, wren)) == len(texts_of(session, wren, heron)) == 12


# --- muting ---------------------------------------------------------------------------------------


def test_a_muted_member_cannot_tell(session: Session, heron: Member, wren: Member) -> None:
    stoat = make_member(session, "Stoat")
    service.mute(session, wren.actor, private_key_of(wren), stoat.actor)
    for recipient in (heron, wren):
        write(session, stoat, recipient)
        with pytest.raises(UnansweredError):
            write(session, stoat, recipient, "once more")
    assert texts_of(session, stoat, wren) == texts_of(session, stoat, heron)
    one, other = (side_of(session, stoat, member) for member in (heron, wren))
    assert one is not None
    assert other is not None
    for name in ("message_count", "is_muted", "active_on", "marker"):
        assert getattr(one, name) == getattr(other, name)
    muted = side_of(session, wren, stoat)
    assert muted is not None
    assert muted.message_count == 0
    assert [n.member_id for n in session.scalars(select(Notice))] == [heron.id]


def test_who_mutes_in_the_middle_gets_nothing_until_it_is_undone(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron, wren)
    write(session, wren, heron)
    side = service.mute(session, wren.actor, private_key_of(wren), heron.actor)
    write(session, heron, wren, "unheard")
    with pytest.raises(MutedError):
        write(session, wren, heron, "nor can I write")
    service.unmute(session, side)
    write(session, heron, wren, "heard")
    assert [text for _, text in texts_of(session, wren, heron)] == [WORDS, WORDS, "heard"]


def test_a_mute_without_messages_is_gone_once_undone(
    session: Session, heron: Member, wren: Member
) -> None:
    side = service.mute(session, wren.actor, private_key_of(wren), heron.actor)
    service.unmute(session, side)
    session.flush()
    assert session.scalar(select(func.count()).select_from(Conversation)) == 0
    assert session.scalar(select(func.count()).select_from(Shred)) == 0


def test_after_a_mute_either_may_begin(session: Session, heron: Member, wren: Member) -> None:
    side = service.mute(session, wren.actor, private_key_of(wren), heron.actor)
    write(session, heron, wren, "unheard")
    service.unmute(session, side)
    write(session, wren, heron, "hello")
    with pytest.raises(UnansweredError):
        write(session, wren, heron, "hello again")
    assert [text for _, text in texts_of(session, heron, wren)] == ["unheard", "hello"]
    write(session, heron, wren, "heard now")


# --- erasing, leaving, forgetting -----------------------------------------------------------------


def test_an_erased_copy_opens_to_nobody_and_the_other_keeps_the_own(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron, wren)
    write(session, wren, heron, "an answer")
    copy = session.scalars(
        select(Message).where(Message.member_id == heron.id, Message.number == 1)
    ).one()
    kept = (copy.part, copy.box, copy.shred_id)
    service.erase_message(session, copy)
    session.flush()
    assert shreds.shred_part(session, kept[2]) is None
    assert [text for _, text in texts_of(session, heron, wren)] == ["an answer"]
    assert len(texts_of(session, wren, heron)) == 2


def test_an_erased_conversation_leaves_no_row_and_no_shred(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron, wren)
    side = write(session, wren, heron)
    before = session.scalar(select(func.count()).select_from(Shred))
    service.erase_conversation(session, side, private_key_of(wren))
    session.flush()
    assert side_of(session, wren, heron) is None
    assert session.scalar(select(func.count()).select_from(Shred)) == before - 3
    assert not session.scalars(select(Message).where(Message.member_id == wren.id)).all()
    assert len(texts_of(session, heron, wren)) == 2


@pytest.mark.parametrize("texts", Texts)
def test_leaving_seals_for_ever_what_the_leaver_held(
    session: Session, database: Database, heron: Member, wren: Member, texts: Texts
) -> None:
    names.open_names(database, bytes(32))
    session.info.update(database.write.kw["info"])
    write(session, heron, wren)
    write(session, wren, heron)
    shred_ids = [
        *session.scalars(select(Message.shred_id).where(Message.member_id == heron.id)),
        *session.scalars(select(Conversation.shred_id).where(Conversation.member_id == heron.id)),
    ]
    assert len(shred_ids) == 3
    side = side_of(session, wren, heron)
    assert side is not None
    leaving.leave(session, heron.actor, texts)
    session.flush()
    assert shreds.shred_parts(session, shred_ids) == {}
    assert set(session.scalars(select(Message.member_id))) == {wren.id}
    key = private_key_of(wren)
    assert len(queries.messages_of(session, wren.actor, side, key).rows) == 2
    (row,) = queries.conversations(session, wren.actor, key).rows
    assert row.who is None


def test_who_cuts_the_ties_to_the_old_name_is_nobody_in_old_messages(
    session: Session, database: Database, heron: Member, wren: Member
) -> None:
    names.open_names(database, bytes(32))
    session.info.update(database.write.kw["info"])
    write(session, heron, wren)
    write(session, wren, heron)
    old = side_of(session, wren, heron)
    assert old is not None
    renaming.rename(session, heron.actor, "Bittern", renaming.History.UNLINKED)
    session.flush()
    key = private_key_of(wren)
    (row,) = queries.conversations(session, wren.actor, key).rows
    assert row.who is None
    assert queries.conversations(session, heron.actor, private_key_of(heron)).rows == []
    write(session, heron, wren, "hello, we have not met")
    new = side_of(session, wren, heron)
    assert new is not None
    assert new.id != old.id
    assert len(queries.messages_of(session, wren.actor, old, key).rows) == 2


def test_who_takes_the_texts_along_keeps_the_conversations(
    session: Session, database: Database, heron: Member, wren: Member
) -> None:
    names.open_names(database, bytes(32))
    session.info.update(database.write.kw["info"])
    write(session, heron, wren)
    renaming.rename(session, heron.actor, "Bittern", renaming.History.CARRIED)
    (row,) = queries.conversations(session, wren.actor, private_key_of(wren)).rows
    assert row.who is not None
    assert row.who.pseudonym == "Bittern"


def test_what_is_past_its_time_goes_with_its_shred(
    session: Session, heron: Member, wren: Member, move_clock: Callable[[timedelta], None]
) -> None:
    write(session, heron, wren)
    service.mute(session, heron.actor, private_key_of(heron), make_member(session, "Stoat").actor)
    session.flush()
    move_clock(timedelta(days=KEPT_DAYS - 1))
    run_retention(session)
    assert session.scalar(select(func.count()).select_from(Message)) == 2
    move_clock(timedelta(days=40))
    run_retention(session)
    assert session.scalar(select(func.count()).select_from(Message)) == 0
    assert session.scalar(select(func.count()).select_from(Conversation)) == 1, "a mute stays"
    assert session.scalar(select(func.count()).select_from(Shred)) == 1


# --- lists ----------------------------------------------------------------------------------------


def test_conversations_stand_in_the_order_of_their_last_message(
    session: Session, heron: Member, wren: Member
) -> None:
    stoat, owl = make_member(session, "Stoat"), make_member(session, "Owl")
    for other in (wren, stoat, owl):
        write(session, other, heron)
    write(session, heron, wren)
    rows = queries.conversations(session, heron.actor, private_key_of(heron)).rows
    assert [row.who.pseudonym for row in rows if row.who] == ["Wren", "Owl", "Stoat"]
    assert [row.new_count for row in rows] == [2, 1, 1]


def test_pages_of_a_conversation_leave_nothing_out(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron, wren, "0")
    for number in range(1, 60):
        write(session, wren if number % 2 else heron, heron if number % 2 else wren, str(number))
    side, key = side_of(session, heron, wren), private_key_of(heron)
    assert side is not None
    seen: list[str] = []
    place = Keys()
    while True:
        found = queries.messages_of(session, heron.actor, side, key, place)
        seen = [row.letter.text for row in found.rows if row.letter] + seen
        if found.older is None:
            break
        place = Keys(before=found.older)
    assert seen == [str(number) for number in range(60)]
    forward = queries.messages_of(session, heron.actor, side, key, Keys(after=0))
    assert [row.number for row in forward.rows] == list(range(1, 26))
    assert forward.older is None
    assert forward.newer == 25


def test_how_far_somebody_has_read_opens_to_nobody_else(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron, wren)
    side = side_of(session, wren, heron)
    assert side is not None
    assert queries.new_count(side, private_key_of(wren)) == 1
    service.mark_read(session, side.id, 1, private_key_of(wren))
    session.expire_all()
    assert queries.new_count(side, private_key_of(wren)) == 0
    with pytest.raises(BrokenSealError):
        keys.open_marker(private_key_of(heron), side)


# --- controls: what holds the promises above can fail ---------------------------------------------


def test_control_messages_that_lie_open_are_noticed(
    session: Session, heron: Member, wren: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "crypto", sealing.crypto)  # put back afterwards
    items_open()
    with pytest.raises(AssertionError, match="not in"):
        test_no_table_says_a_word_of_it_or_who_writes_to_whom(session, heron, wren)


def test_control_tags_that_the_server_can_make_are_noticed(
    session: Session, heron: Member, wren: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_tag(_: bytes, mine: Party, theirs: Party, holder: Party) -> bytes:
        """A tag of who writes with whom that needs nobody's key."""
        pair = sorted([repr(mine), repr(theirs)])
        return hashlib.sha256(repr([*pair, holder]).encode()).digest()

    monkeypatch.setattr(keys, "side_tag", open_tag)
    with pytest.raises(AssertionError, match="assert not"):
        test_the_server_alone_cannot_make_the_tag_of_a_side(session, heron, wren)


def test_control_keys_that_outlive_an_erased_copy_are_noticed(
    session: Session, heron: Member, wren: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shreds, "destroy", lambda session, shred_ids: None)
    with pytest.raises(AssertionError, match="is None"):
        test_an_erased_copy_opens_to_nobody_and_the_other_keeps_the_own(session, heron, wren)


def test_control_keys_that_outlive_a_leaver_are_noticed(
    session: Session,
    database: Database,
    heron: Member,
    wren: Member,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shreds, "destroy", lambda session, shred_ids: None)
    with pytest.raises(AssertionError, match=r"== \{\}"):
        test_leaving_seals_for_ever_what_the_leaver_held(
            session, database, heron, wren, next(iter(Texts))
        )
