"""What is sealed opens for its readers, at its place, while its shred is there; and else never."""

from __future__ import annotations

from typing import Any

import nacl.bindings
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.exceptions import CryptoError
from nacl.public import SealedBox
from nacl.secret import SecretBox

from app.core import crypto, sealing
from app.core.crypto import BrokenSealError
from app.core.sealing import bind

HERON, WREN, STOAT = (crypto.new_private_key() for _ in range(3))
SHRED = bytes(range(32))
TEXT = b"the heron fishes at dawn, below the weir"
HERE = bind("message", "messages", 7)


def public(*keys: bytes) -> list[bytes]:
    return [crypto.public_key(key) for key in keys]


# --- known answers --------------------------------------------------------------------------------


def test_the_boxes_below_are_those_of_nacl() -> None:
    # The vector of NaCl's own tests (tests/secretbox.c), which PyNaCl repeats.
    key = bytes.fromhex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389")
    nonce = bytes.fromhex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37")
    text = bytes.fromhex(
        "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d4"
        "5e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a"
        "024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705"
    )
    box = bytes.fromhex(
        "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c5"
        "31a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8a"
        "b932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622"
        "a43d14a6599b1f654cb45a74e355a5"
    )
    assert crypto.unwrap(key, nonce + box) == text
    assert bytes(SecretBox(key).encrypt(text, nonce)) == nonce + box


def test_an_item_is_made_as_the_document_says() -> None:
    # PRIVACY.md §6, put together here from the primitives alone.
    made = sealing.seal_item(SHRED, public(HERON), TEXT, HERE)
    part = nacl.bindings.crypto_box_seal_open(made.parts[0], *public(HERON), HERON)
    assert len(part) == 32
    key = crypto.hkdf(part + SHRED, "item:message:messages:7:1")
    nonce, box = made.box[:24], made.box[24:]
    padded = nacl.bindings.crypto_secretbox_open(box, nonce, key)
    assert padded == len(TEXT).to_bytes(4, "big") + TEXT + bytes(256 - 4 - len(TEXT))


def test_what_this_release_sealed_every_later_one_opens() -> None:
    # Made once and written down: a change of the construction would shut what members have.
    private = bytes.fromhex("53c12a7968c1fa9c881a32686cf43dc58ae1aeef757da8f703f4eb93d6397a21")
    part = bytes.fromhex(
        "73b9884c8d1042c0d12b964d6af1456d1ee9a70985c3beafd6621ed24be52b4a1cfd472de5735881a77216d2"
        "e3ca70104801bb35b810f1ac3ea4197c20c86bdf7e0d80ec70e51958d3e49e45c139b04c"
    )
    box = bytes.fromhex(
        "f2be59694e356a297ac4cda18a0fb9dd8eabe7a4a7ae280d65e3306944c15928df9605fc9996f4623f29c369"
        "2a3dd8cd0a0565dd32719e816f66d5f8c3cf8ceb5dd43a9b69dafd667ed38f9fe9744fa8c4500b89bc0da6b7"
        "70c7bbdc4b78db431d530dbe38d4db66302fd2698fed6e41735ff300cd906e0313cf9e76aa55b3a7d219863a"
        "ead75f8194486d7270adb92d94aeb4960c5bbda5113c94f2bdf9251c4662d6b8095e3f3c17db76a75b4d57f1"
        "173b28cf44fa35670d474f1a77ff7e87919abc205910122b47f14a35ac38ae87aa92ecd7959f932455ff5cf1"
        "39aa7741a5fce917474a962fbab68436d1a64f20d95514e6fcb4c1f5a0a7cc6d19931799f11045f013237976"
        "7af4c72da47fd3d677acc8148854a4a473b181c3abb624b04d828f6cf6a8ca3b"
    )
    assert sealing.open_item(private, part, SHRED, box, HERE) == TEXT


# --- readers --------------------------------------------------------------------------------------


@given(st.binary(max_size=20_000))
def test_every_reader_opens_what_was_sealed(text: bytes) -> None:
    made = sealing.seal_item(SHRED, public(HERON, WREN), text, HERE)
    for key, part in zip((HERON, WREN), made.parts, strict=True):
        assert sealing.open_item(key, part, SHRED, made.box, HERE) == text


def test_whoever_is_no_reader_opens_nothing() -> None:
    made = sealing.seal_item(SHRED, public(HERON, WREN), TEXT, HERE)
    for part in made.parts:
        with pytest.raises(BrokenSealError):
            sealing.open_item(STOAT, part, SHRED, made.box, HERE)
    with pytest.raises(BrokenSealError):
        sealing.open_item(HERON, made.parts[1], SHRED, made.box, HERE)


def test_a_further_reader_opens_what_was_shared_and_the_box_stays_as_it_is() -> None:
    made = sealing.seal_item(SHRED, public(HERON), TEXT, HERE)
    (part,) = sealing.share_item(HERON, made.parts[0], public(WREN))
    assert sealing.open_item(WREN, part, SHRED, made.box, HERE) == TEXT
    with pytest.raises(BrokenSealError):
        sealing.share_item(STOAT, made.parts[0], public(STOAT))


def test_neither_part_opens_without_the_other() -> None:
    made = sealing.seal_item(SHRED, public(HERON), TEXT, HERE)
    with pytest.raises(BrokenSealError):
        sealing.open_item(HERON, made.parts[0], bytes(reversed(SHRED)), made.box, HERE)
    for alone in (SHRED, bytes(32)):
        for key in (alone, crypto.hkdf(alone, f"item:{HERE}")):
            with pytest.raises(BrokenSealError):
                crypto.unseal(key, made.box)


def test_two_items_of_one_text_have_nothing_in_common() -> None:
    one, two = (sealing.seal_item(SHRED, public(HERON), TEXT, HERE) for _ in range(2))
    with pytest.raises(BrokenSealError):
        sealing.open_item(HERON, one.parts[0], SHRED, two.box, HERE)
    assert one.box[:24] != two.box[:24]


# --- places ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "elsewhere",
    [
        bind("report", "messages", 7),
        bind("message", "reports", 7),
        bind("message", "messages", 8),
        bind("message", "messages", 7, 2),
    ],
)
def test_a_box_put_in_another_place_stays_shut(elsewhere: str) -> None:
    made = sealing.seal_item(SHRED, public(HERON), TEXT, HERE)
    with pytest.raises(BrokenSealError):
        sealing.open_item(HERON, made.parts[0], SHRED, made.box, elsewhere)


def test_two_places_are_never_spelled_alike() -> None:
    assert bind("a", "b", 1) == "a:b:1:1"
    for purpose, table, row in (("", "b", 1), ("a:b", "c", 1), ("a", "b:c", 1), ("a", "b", "1:2")):
        with pytest.raises(ValueError, match="colons"):
            bind(purpose, table, row)


@given(st.integers(min_value=0), st.integers(1, 255), st.booleans())
def test_one_changed_byte_shuts_it(place: int, change: int, in_part: bool) -> None:  # noqa: FBT001 - drawn
    made = sealing.seal_item(SHRED, public(HERON), TEXT, HERE)
    box, part = bytearray(made.box), bytearray(made.parts[0])
    spoilt = part if in_part else box
    spoilt[place % len(spoilt)] ^= change
    with pytest.raises(BrokenSealError):
        sealing.open_item(HERON, bytes(part), SHRED, bytes(box), HERE)


def test_a_box_tells_its_size_class_and_no_more() -> None:
    lengths = {
        len(sealing.seal_item(SHRED, public(HERON), bytes(n), HERE).box) for n in range(0, 253, 11)
    }
    assert lengths == {256 + 40}


# --- data keys ------------------------------------------------------------------------------------


def test_a_data_key_opens_many_texts_each_at_its_place() -> None:
    made = sealing.new_data_key(SHRED, public(HERON, WREN), HERE)
    first, second = bind("place", "places", 1), bind("place", "places", 2)
    one = sealing.seal_text(made.key, b"one", first)
    two = sealing.seal_text(made.key, b"two", second)
    key = sealing.open_data_key(WREN, made.parts[1], SHRED, HERE)
    assert sealing.open_text(key, one, first) == b"one"
    assert sealing.open_text(key, two, second) == b"two"
    with pytest.raises(BrokenSealError):
        sealing.open_text(key, one, second)


def test_a_further_reader_gets_the_data_key() -> None:
    made = sealing.new_data_key(SHRED, public(HERON), HERE)
    (part,) = sealing.share_item(HERON, made.parts[0], public(STOAT))
    assert sealing.open_data_key(STOAT, part, SHRED, HERE) == made.key


def test_a_wrong_part_gives_no_key_at_all() -> None:
    # A key that opens nothing would be worse than none: new texts would be closed under it.
    made, other = (sealing.new_data_key(SHRED, public(HERON), HERE) for _ in range(2))
    assert made.key != other.key
    item = sealing.seal_item(SHRED, public(HERON), TEXT, HERE)
    for key, part, shred, place in (
        (WREN, made.parts[0], SHRED, HERE),
        (HERON, made.parts[0], bytes(32), HERE),
        (HERON, made.parts[0], SHRED, bind("message", "messages", 8)),
        (HERON, item.parts[0], SHRED, HERE),
        (HERON, crypto.wrap_to(*public(HERON), b"short"), SHRED, HERE),
    ):
        with pytest.raises(BrokenSealError):
            sealing.open_data_key(key, part, shred, place)


def test_a_data_key_is_never_printed() -> None:
    made = sealing.new_data_key(SHRED, public(HERON), HERE)
    assert f"{made} {made!r}" == "*** ***"


# --- faults: nothing ever falls back to clear -----------------------------------------------------


class FaultError(Exception):
    """What a broken primitive would raise."""


def broken(*_args: Any, **_named: Any) -> bytes:
    raise FaultError


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (SecretBox, "encrypt"),
        (SealedBox, "encrypt"),
        (crypto, "hkdf"),
        (crypto, "random_key"),
        (crypto, "pad"),
    ],
)
def test_when_a_primitive_fails_nothing_comes_out(
    monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    readers = public(HERON)
    monkeypatch.setattr(owner, name, broken)
    with pytest.raises(FaultError):
        sealing.seal_item(SHRED, readers, TEXT, HERE)


@pytest.mark.parametrize(
    ("owner", "name"), [(SecretBox, "decrypt"), (SealedBox, "decrypt"), (crypto, "hkdf")]
)
def test_when_opening_fails_nothing_comes_out(
    monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    made = sealing.seal_item(SHRED, public(HERON), TEXT, HERE)
    monkeypatch.setattr(owner, name, broken)
    with pytest.raises(FaultError):
        sealing.open_item(HERON, made.parts[0], SHRED, made.box, HERE)


@pytest.mark.parametrize("seal", [sealing.seal_item, sealing.new_data_key])
def test_nothing_is_sealed_to_nobody_or_under_half_a_key(seal: Any) -> None:
    text = (TEXT,) if seal is sealing.seal_item else ()
    with pytest.raises(ValueError, match="nobody can read"):
        seal(SHRED, [], *text, HERE)
    for part in (b"", bytes(31), bytes(33)):
        with pytest.raises(ValueError, match="32 bytes"):
            seal(part, public(HERON), *text, HERE)


@pytest.mark.parametrize("reader", [b"", bytes(31), bytes(32), b"clear" * 7])
def test_a_key_that_is_none_takes_the_whole_sealing_down(reader: bytes) -> None:
    with pytest.raises(CryptoError):
        sealing.seal_item(SHRED, [*public(HERON), reader], TEXT, HERE)


@pytest.mark.parametrize("rubbish", [b"", TEXT, bytes(80), TEXT * 10])
def test_clear_text_in_the_place_of_a_box_is_not_taken_for_an_opened_one(rubbish: bytes) -> None:
    made = sealing.seal_item(SHRED, public(HERON), TEXT, HERE)
    with pytest.raises(BrokenSealError):
        sealing.open_item(HERON, made.parts[0], SHRED, rubbish, HERE)
    with pytest.raises(BrokenSealError):
        sealing.open_item(HERON, rubbish, SHRED, made.box, HERE)
