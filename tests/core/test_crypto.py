from __future__ import annotations

import hashlib
import hmac
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import crypto
from app.core.crypto import BrokenSealError, Cost, Passphrase
from app.core.errors import BusyError

KEY = bytes(range(32))
CHEAP = Cost(rounds=1, memory_kib=8, lanes=1)


def test_hkdf_gives_the_third_vector_of_rfc_5869() -> None:
    # RFC 5869, A.3: SHA-256, no salt, no info.
    expected = (
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    )
    assert crypto.hkdf(bytes([0x0B] * 22), "", 42).hex() == expected


@pytest.mark.parametrize("length", [1, 31, 32, 33, 64, 100])
def test_hkdf_expands_as_rfc_5869_says_for_every_length(length: int) -> None:
    pseudorandom = hmac.new(b"", KEY, hashlib.sha256).digest()  # no salt: as if 32 zeros
    expected, block = b"", b""
    for count in (1, 2, 3, 4):
        block = hmac.new(pseudorandom, block + b"wrap:pp:x" + bytes([count]), "sha256").digest()
        expected += block
    assert crypto.hkdf(KEY, "wrap:pp:x", length) == expected[:length]


def test_keys_for_two_purposes_have_nothing_to_do_with_each_other() -> None:
    assert crypto.hkdf(KEY, "auth") != crypto.hkdf(KEY, "wrap")
    assert crypto.verifier(KEY) not in {KEY, crypto.hkdf(KEY, "auth")}


@given(st.binary(max_size=40_000))
def test_a_box_gives_back_what_was_put_in(text: bytes) -> None:
    assert crypto.unseal(KEY, crypto.seal(KEY, text)) == text


@given(st.binary(max_size=3000), st.integers(min_value=0), st.integers(1, 255))
def test_a_box_with_one_changed_byte_does_not_open(text: bytes, place: int, change: int) -> None:
    box = bytearray(crypto.seal(KEY, text))
    box[place % len(box)] ^= change
    with pytest.raises(BrokenSealError):
        crypto.unseal(KEY, bytes(box))


@pytest.mark.parametrize("box", [b"", b"short", bytes(24), bytes(300)])
def test_what_never_was_a_box_does_not_open(box: bytes) -> None:
    with pytest.raises(BrokenSealError):
        crypto.unseal(KEY, box)
    with pytest.raises(BrokenSealError):
        crypto.unseal_with(crypto.new_private_key(), box)


def test_a_box_opens_under_its_own_key_alone() -> None:
    box = crypto.seal(KEY, b"a quiet word")
    with pytest.raises(BrokenSealError):
        crypto.unseal(bytes(32), box)


def test_only_the_recipient_opens_what_was_sealed_to_a_key() -> None:
    heron, stoat = crypto.new_private_key(), crypto.new_private_key()
    box = crypto.seal_to(crypto.public_key(heron), b"for Heron")
    assert crypto.unseal_with(heron, box) == b"for Heron"
    with pytest.raises(BrokenSealError):
        crypto.unseal_with(stoat, box)


@pytest.mark.parametrize(
    ("length", "padded"),
    [
        (0, 256),
        (252, 256),
        (253, 1024),
        (1020, 1024),
        (1021, 4096),
        (4093, 16384),
        (16380, 16384),
        (16381, 32768),
        (32764, 32768),
        (32765, 49152),
    ],
)
def test_a_text_is_padded_to_its_size_class(length: int, padded: int) -> None:
    assert len(crypto.pad(bytes(length))) == padded


def test_boxes_of_one_size_class_have_one_length() -> None:
    assert len({len(crypto.seal(KEY, bytes(n))) for n in range(0, 253, 7)}) == 1


def test_a_passphrase_is_never_printed() -> None:
    secret = Passphrase("walnut harbour")
    assert "walnut" not in f"{secret} {secret!r} {[secret]}"
    assert not hasattr(secret, "__dict__")


def test_a_cost_is_read_as_it_was_written_and_is_dear_by_default() -> None:
    assert Cost.parse(str(Cost(3, 65536, 1))) == Cost() == Cost(3, 65536, 1)


def test_stretching_depends_on_passphrase_salt_and_cost() -> None:
    roots = {
        crypto.stretch(Passphrase("one"), bytes(16), CHEAP),
        crypto.stretch(Passphrase("two"), bytes(16), CHEAP),
        crypto.stretch(Passphrase("one"), bytes([1] * 16), CHEAP),
        crypto.stretch(Passphrase("one"), bytes(16), Cost(2, 8, 1)),
    }
    assert len(roots) == 4
    assert {len(root) for root in roots} == {32}


def test_the_eleventh_hash_at_once_is_refused_and_the_tenth_is_not() -> None:
    held = [crypto._turns._admitted.acquire(blocking=False) for _ in range(9)]  # noqa: SLF001 - fill it
    try:
        assert all(held)
        crypto.stretch(Passphrase("tenth"), bytes(16), CHEAP)
        assert crypto._turns._admitted.acquire(blocking=False)  # noqa: SLF001 - the last place
        held.append(True)
        with pytest.raises(BusyError):
            crypto.stretch(Passphrase("eleventh"), bytes(16), CHEAP)
    finally:
        for _ in held:
            crypto._turns._admitted.release()  # noqa: SLF001 - give the places back


def test_no_more_than_two_hashes_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def slow(*_args: object, **_named: object) -> bytes:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.02)
        with lock:
            running -= 1
        return bytes(32)

    monkeypatch.setattr(crypto, "hash_secret_raw", slow)
    threads = [
        threading.Thread(target=crypto.stretch, args=(Passphrase("x"), bytes(16), CHEAP))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


def test_a_tag_says_whether_texts_are_equal_and_nothing_without_its_key() -> None:
    assert crypto.tag(KEY, "shield", "acorn") == crypto.tag(KEY, "shield", "acorn")
    assert len(crypto.tag(KEY, "shield", "acorn")) == 16
    others = {
        crypto.tag(KEY, "shield", "acorns"),
        crypto.tag(KEY, "name", "acorn"),
        crypto.tag(bytes(32), "shield", "acorn"),
    }
    assert crypto.tag(KEY, "shield", "acorn") not in others
    assert len(others) == 3
