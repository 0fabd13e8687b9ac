"""Receipts: six words that open a reporter's side of a report, not what was sent. Pure.

The words are stretched once (argon2id) under a salt of this server. What finds the row and what
opens the thread both follow from the root, and neither leads back.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from app.core import crypto
from app.core.crypto import Cost, Passphrase

TYPED_BACK: Final = 2  # of the six, so that somebody has them
LASTS_DAYS: Final = 30  # after the last use
LONGEST_DAYS: Final = 180


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """What six words open: the tag of the row, and the private key of the thread."""

    tag: bytes
    private: bytes

    def __repr__(self) -> str:
        return "***"


def key_of(words: Passphrase, secret: bytes, cost: Cost) -> Key:
    """The key of a receipt. Takes as long as a passphrase, whether or not there is such a receipt.

    Raises:
        BusyError: when too many hashes run at once.
    """
    salt = crypto.hkdf(secret, "receipt:salt", crypto.SALT_BYTES)
    root = crypto.stretch(words, salt, cost)
    return Key(tag=crypto.hkdf(root, "receipt:find"), private=crypto.hkdf(root, "receipt:open"))


def asked_back() -> tuple[int, int]:
    """Which two of the six words are to be typed, in their order."""
    first, second = sorted(secrets.SystemRandom().sample(range(1, 7), TYPED_BACK))
    return first, second
