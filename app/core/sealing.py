"""Sealed things: what only its readers open, and nobody once it is erased. Pure (PRIVACY.md §6).

The key of a sealed thing is made of two parts. The reader part is sealed to the public key of every
reader; the shred part lies on the server until the thing is erased. Neither alone says anything.
Every key is bound to the place of what it opens, so that a box put in another's place stays shut.

There are two ways to use it. A *sealed item* is one text with its own key: a message. A *data key*
opens many texts, each bound to its own place: the parts of a case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.core import crypto
from app.core.crypto import BrokenSealError

CHECK_BYTES: Final = 16  # with which a part of a data key shows that it is the right one


@dataclass(frozen=True, slots=True)
class SealedItem:
    """What is stored of a sealed text: its box, and a part for each reader, in their order."""

    box: bytes
    parts: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """A fresh key for many texts, and what is stored of it: a part for each reader."""

    key: bytes
    parts: tuple[bytes, ...]

    def __repr__(self) -> str:
        return "***"


def bind(purpose: str, table: str, row: int | str, version: int = 1) -> str:
    """The place of a sealed text, as its key knows it.

    Raises:
        ValueError: when a part is empty or holds the sign that stands between them.
    """
    places = (purpose, table, str(row), str(version))
    if not all(places) or any(":" in place for place in places):
        message = "a place is a purpose, a table, a row and a version, without colons"
        raise ValueError(message)
    return ":".join(places)


def seal_item(shred_part: bytes, readers: Sequence[bytes], text: bytes, binding: str) -> SealedItem:
    """Seal one text to readers, named by their public keys; `binding` comes from `bind`.

    Raises:
        ValueError: when nobody could read it, or a part has not the length of a key.
        CryptoError: when a reader's key is none.
    """
    reader_part = crypto.random_key()
    key = _key(reader_part, shred_part, binding)
    return SealedItem(box=crypto.seal(key, text), parts=_to(readers, reader_part))


def open_item(
    private_key: bytes, part_box: bytes, shred_part: bytes, box: bytes, binding: str
) -> bytes:
    """Open a sealed text with one reader's private key and the reader's own part.

    Raises:
        BrokenSealError: when it is another's part, another place, or a byte was changed.
    """
    reader_part = crypto.unwrap_with(private_key, part_box)
    return crypto.unseal(_opened_key(reader_part, shred_part, binding), box)


def share_item(private_key: bytes, part_box: bytes, readers: Sequence[bytes]) -> tuple[bytes, ...]:
    """Parts for further readers of a sealed text or of a data key, from somebody who has one.

    Raises:
        BrokenSealError: when the part was not sealed to this key.
        ValueError: when there are no further readers.
    """
    return _to(readers, crypto.unwrap_with(private_key, part_box))


def new_data_key(shred_part: bytes, readers: Sequence[bytes], binding: str) -> DataKey:
    """A key for many texts, sealed to readers; it opens nothing once its shred is gone.

    Raises:
        ValueError: when nobody could read it, or a part has not the length of a key.
        CryptoError: when a reader's key is none.
    """
    reader_part = crypto.random_key()
    key = _key(reader_part, shred_part, binding)
    return DataKey(key=key, parts=_to(readers, reader_part + _check(key)))


def open_data_key(private_key: bytes, part_box: bytes, shred_part: bytes, binding: str) -> bytes:
    """The data key, from one reader's private key and the reader's own part.

    Raises:
        BrokenSealError: when it is another's part, another place, or a byte was changed.
    """
    opened = crypto.unwrap_with(private_key, part_box)
    reader_part, check = opened[: crypto.KEY_BYTES], opened[crypto.KEY_BYTES :]
    key = _opened_key(reader_part, shred_part, binding)
    if not crypto.same(check, _check(key)):
        raise BrokenSealError
    return key


def server_key(own_part: bytes, shred_part: bytes, binding: str) -> bytes:
    """The key of a thing that the server opens for whoever its door lets through.

    The own part lies beside the thing, the other one in its shred: whoever destroys the shred has
    destroyed the thing.

    Raises:
        ValueError: when a part has not the length of a key.
    """
    return _key(own_part, shred_part, binding)


def seal_text(key: bytes, text: bytes, binding: str) -> bytes:
    """Close one of the texts that a data key opens, bound to its own place."""
    return crypto.seal(crypto.hkdf(key, f"text:{binding}"), text)


def open_text(key: bytes, box: bytes, binding: str) -> bytes:
    """Open one of the texts of a data key.

    Raises:
        BrokenSealError: when it is another key, another place, or a byte was changed.
    """
    return crypto.unseal(crypto.hkdf(key, f"text:{binding}"), box)


def _key(reader_part: bytes, shred_part: bytes, binding: str) -> bytes:
    """The key that two parts make at one place."""
    if len(reader_part) != crypto.KEY_BYTES or len(shred_part) != crypto.KEY_BYTES:
        message = "a part of a key has 32 bytes"
        raise ValueError(message)
    return crypto.hkdf(reader_part + shred_part, f"item:{binding}")


def _opened_key(reader_part: bytes, shred_part: bytes, binding: str) -> bytes:
    """The same of what came out of a box, which may be anything."""
    try:
        return _key(reader_part, shred_part, binding)
    except ValueError as error:
        raise BrokenSealError from error


def _check(key: bytes) -> bytes:
    """What shows that a data key is the right one; the key does not follow from it."""
    return crypto.hkdf(key, "check", CHECK_BYTES)


def _to(readers: Sequence[bytes], part: bytes) -> tuple[bytes, ...]:
    """A part in a box for each reader."""
    if not readers:
        message = "a thing that nobody can read is not sealed but lost"
        raise ValueError(message)
    return tuple(crypto.wrap_to(reader, part) for reader in readers)
