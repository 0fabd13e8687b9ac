"""A member's keys (PRIVACY.md §6): one passphrase opens the door and unwraps the private key."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from app.core import crypto
from app.core.crypto import BrokenSealError, Cost, Passphrase

CODE_COUNT: Final = 8
CODE_BYTES: Final = 16  # 128 bits: too many to guess, so a plain hash is enough
GROUP: Final = 5  # letters between hyphens, for reading aloud and typing back


@dataclass(frozen=True, slots=True)
class Lock:
    """What is stored of a passphrase: how it is stretched, what it must give, the wrapped key."""

    salt: bytes
    cost: str
    verifier: bytes
    wrapped_key: bytes


@dataclass(frozen=True, slots=True)
class CodeLock:
    """What is stored of one recovery code."""

    number: int
    verifier: bytes
    wrapped_key: bytes


def lock(passphrase: Passphrase, owner: str, private_key: bytes, cost: Cost) -> Lock:
    """Wrap a private key under a passphrase. `owner` is the member's public id. Takes 0.2 s.

    Raises:
        BusyError: when too many hashes run at once.
    """
    salt = secrets.token_bytes(crypto.SALT_BYTES)
    root = crypto.stretch(passphrase, salt, cost)
    wrapped = crypto.seal(crypto.hkdf(root, f"wrap:pp:{owner}"), private_key)
    return Lock(salt=salt, cost=str(cost), verifier=crypto.verifier(root), wrapped_key=wrapped)


def unlock(passphrase: Passphrase, owner: str, stored: Lock) -> bytes | None:
    """The private key if the passphrase is right, else nothing. Takes 0.2 s either way.

    Raises:
        BusyError: when too many hashes run at once.
    """
    root = crypto.stretch(passphrase, stored.salt, Cost.parse(stored.cost))
    if not crypto.same(crypto.verifier(root), stored.verifier):
        return None
    return crypto.unseal(crypto.hkdf(root, f"wrap:pp:{owner}"), stored.wrapped_key)


def pretend(passphrase: Passphrase, cost: Cost) -> None:
    """Spend the time of `unlock` on nobody, so that an unknown name answers no faster."""
    crypto.stretch(passphrase, bytes(crypto.SALT_BYTES), cost)


def new_codes() -> tuple[str, ...]:
    """Eight fresh recovery codes as people see them, such as `abcde-fghij-…`."""
    return tuple(_show(secrets.token_bytes(CODE_BYTES)) for _ in range(CODE_COUNT))


def lock_with_code(code: str, number: int, owner: str, private_key: bytes) -> CodeLock:
    """Wrap a private key under one recovery code."""
    secret = _read(code)
    return CodeLock(
        number=number,
        verifier=crypto.verifier(secret),
        wrapped_key=crypto.seal(crypto.hkdf(secret, f"wrap:rc:{owner}:{number}"), private_key),
    )


def opens(code: str, stored: CodeLock) -> bool:
    """Whether a typed code is this one, however its letters were grouped."""
    return crypto.same(crypto.verifier(_read(code)), stored.verifier)


def unlock_with_code(code: str, owner: str, stored: CodeLock) -> bytes | None:
    """The private key if the code is right, else nothing."""
    try:
        key = crypto.hkdf(_read(code), f"wrap:rc:{owner}:{stored.number}")
        return crypto.unseal(key, stored.wrapped_key)
    except BrokenSealError:
        return None


def _show(secret: bytes) -> str:
    """Sixteen bytes as 26 letters and digits in groups of five."""
    text = base64.b32encode(secret).decode().rstrip("=").lower()
    return "-".join(text[i : i + GROUP] for i in range(0, len(text), GROUP))


def _read(code: str) -> bytes:
    """The secret that a typed code stands for: its letters and digits alone, hashed to 32 bytes."""
    letters = "".join(sign for sign in code.casefold() if sign.isalnum())
    return hashlib.sha256(letters.encode()).digest()
