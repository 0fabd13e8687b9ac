"""Keys and seals. The construction is PRIVACY.md §6; every derived key says what it is for."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

from argon2.low_level import Type, hash_secret_raw
from nacl.exceptions import CryptoError
from nacl.public import Box, PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.signing import SigningKey, VerifyKey

from app.core.turns import Turns

KEY_BYTES: Final = 32
SALT_BYTES: Final = 16
PADS: Final = (256, 1024, 4096, 16384)  # a box tells its size class and no more (PRIVACY.md §6)
HASHES_AT_ONCE: Final = 2  # each takes 64 MiB; more at once would starve the machine
HASHES_WAITING: Final = 8

_turns = Turns(HASHES_AT_ONCE, HASHES_WAITING)


class BrokenSealError(Exception):
    """A box did not open: wrong key, wrong place, or changed bytes."""


class Passphrase:
    """What a member types to come in. Never printed."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "***"

    def reveal(self) -> str:
        """The words themselves."""
        return self._text


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash costs: rounds, KiB of memory, lanes (RFC 9106 §4)."""

    rounds: int = 3
    memory_kib: int = 65536
    lanes: int = 1

    def __str__(self) -> str:
        return f"{self.rounds}:{self.memory_kib}:{self.lanes}"

    @classmethod
    def parse(cls, text: str) -> Cost:
        """Read what `str` wrote."""
        rounds, memory_kib, lanes = (int(part) for part in text.split(":"))
        return cls(rounds=rounds, memory_kib=memory_kib, lanes=lanes)


def stretch(passphrase: Passphrase, salt: bytes, cost: Cost) -> bytes:
    """Turn a passphrase into a 32-byte root key with argon2id. Takes about 0.2 s.

    Raises:
        BusyError: when ten hashes are already running or waiting.
    """
    with _turns.one():
        return hash_secret_raw(
            passphrase.reveal().encode(),
            salt,
            time_cost=cost.rounds,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=KEY_BYTES,
            type=Type.ID,
        )


def hkdf(key: bytes, purpose: str, length: int = KEY_BYTES) -> bytes:
    """Derive a key for one purpose: HKDF-SHA256 (RFC 5869) without salt, `purpose` as info."""
    pseudorandom = hmac.digest(bytes(32), key, "sha256")
    block, output, count = b"", b"", 1
    while len(output) < length:
        block = hmac.digest(pseudorandom, block + purpose.encode() + bytes([count]), "sha256")
        output += block
        count += 1
    return output[:length]


def verifier(root: bytes) -> bytes:
    """What is stored to recognise a root key again; the root does not follow from it."""
    return hashlib.sha256(hkdf(root, "auth")).digest()


def same(one: bytes, other: bytes) -> bool:
    """Whether two secrets are equal, told in a time that does not depend on where they differ."""
    return hmac.compare_digest(one, other)


def seal(key: bytes, text: bytes) -> bytes:
    """Close text into a box under a 32-byte key, padded to its size class."""
    return wrap(key, pad(text))


def unseal(key: bytes, box: bytes) -> bytes:
    """Open a box.

    Raises:
        BrokenSealError: when the key is another one or a byte was changed.
    """
    return unpad(unwrap(key, box))


def new_private_key() -> bytes:
    """A fresh X25519 private key, 32 bytes."""
    return bytes(PrivateKey.generate())


def public_key(private_key: bytes) -> bytes:
    """The public key that belongs to a private one."""
    return bytes(PrivateKey(private_key).public_key)


def agree(private_key: bytes, public_key: bytes) -> bytes:
    """What two people have in common, and nobody else: X25519 (RFC 7748 §6.1), hashed as by NaCl.

    Either one's private key with the other's public one gives the same 32 bytes.
    """
    return bytes(Box(PrivateKey(private_key), PublicKey(public_key)).shared_key())


def seal_to(recipient: bytes, text: bytes) -> bytes:
    """Close text so that only the holder of a private key can open it."""
    return wrap_to(recipient, pad(text))


def unseal_with(private_key: bytes, box: bytes) -> bytes:
    """Open what was sealed to this key.

    Raises:
        BrokenSealError: when it was sealed to another key or changed.
    """
    return unpad(unwrap_with(private_key, box))


def wrap(key: bytes, secret: bytes) -> bytes:
    """Close a secret whose length tells nothing, such as a key, into a box without padding."""
    return bytes(SecretBox(key).encrypt(secret))


def unwrap(key: bytes, box: bytes) -> bytes:
    """Open what `wrap` closed.

    Raises:
        BrokenSealError: when the key is another one or a byte was changed.
    """
    try:
        return SecretBox(key).decrypt(box)
    except CryptoError as error:
        raise BrokenSealError from error


def wrap_to(recipient: bytes, secret: bytes) -> bytes:
    """Close a secret whose length tells nothing, so that only one private key opens it."""
    return bytes(SealedBox(PublicKey(recipient)).encrypt(secret))


def unwrap_with(private_key: bytes, box: bytes) -> bytes:
    """Open what `wrap_to` closed for this key.

    Raises:
        BrokenSealError: when it was closed for another key or changed.
    """
    try:
        return SealedBox(PrivateKey(private_key)).decrypt(box)
    except CryptoError as error:
        raise BrokenSealError from error


def pad(text: bytes) -> bytes:
    """Fill text up to its size class: a length of four bytes, the text, zeros."""
    framed = len(text).to_bytes(4, "big") + text
    room = next(
        (size for size in PADS if len(framed) <= size), -(-len(framed) // PADS[-1]) * PADS[-1]
    )
    return framed.ljust(room, b"\0")


def unpad(padded: bytes) -> bytes:
    """Take the text out of its padding."""
    length = int.from_bytes(padded[:4], "big")
    return padded[4 : 4 + length]


def tag(key: bytes, purpose: str, text: str) -> bytes:
    """A keyed tag of 16 bytes: equal for equal texts, telling nothing without the key."""
    return hmac.digest(hkdf(key, purpose), text.encode(), "sha256")[:16]


def random_key() -> bytes:
    """Thirty-two fresh random bytes."""
    return secrets.token_bytes(KEY_BYTES)


# --- signatures: what another community can check ------------------------------------------------


def signers_key(seed: bytes) -> bytes:
    """The public key with which signatures made with this seed are checked (Ed25519, RFC 8032)."""
    return bytes(SigningKey(seed).verify_key)


def sign(seed: bytes, text: bytes) -> bytes:
    """A signature of 64 bytes over a text."""
    return SigningKey(seed).sign(text).signature


def is_signed(key: bytes, text: bytes, signature: bytes) -> bool:
    """Whether the holder of the seed behind this key has signed this very text."""
    try:
        VerifyKey(key).verify(text, signature)
    except (CryptoError, ValueError, TypeError):
        return False
    return True
