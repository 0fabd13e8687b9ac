"""Every way in which a planted value might lie on a disk (PRIVACY.md §12)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.accounts import names
from app.cli.seizure.canaries import Canary
from app.core import crypto

WINDOW: Final = 10  # bytes; an index shares beginnings of words, so any part counts
CUT: Final = 8  # bytes of a digest that are looked for: a shortened one counts as well
SHORTEST: Final = 6  # what is shorter would be found anywhere
PURPOSES: Final = (names.PURPOSE,)  # for which keys are derived from the server's secrets

HASHES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "md5": lambda value: hashlib.md5(value, usedforsecurity=False).digest(),
    "sha1": lambda value: hashlib.sha1(value, usedforsecurity=False).digest(),
    "sha224": lambda value: hashlib.sha224(value).digest(),
    "sha256": lambda value: hashlib.sha256(value).digest(),
    "sha384": lambda value: hashlib.sha384(value).digest(),
    "sha512": lambda value: hashlib.sha512(value).digest(),
    "sha3-256": lambda value: hashlib.sha3_256(value).digest(),
    "sha3-512": lambda value: hashlib.sha3_512(value).digest(),
    "blake2b": lambda value: hashlib.blake2b(value).digest(),
    "blake2b-256": lambda value: hashlib.blake2b(value, digest_size=32).digest(),
    "blake2s": lambda value: hashlib.blake2s(value).digest(),
}

KEYED: Final[dict[str, Callable[[bytes, bytes], bytes]]] = {
    "hmac-md5": lambda key, value: hmac.digest(key, value, "md5"),
    "hmac-sha1": lambda key, value: hmac.digest(key, value, "sha1"),
    "hmac-sha256": lambda key, value: hmac.digest(key, value, "sha256"),
    "hmac-sha512": lambda key, value: hmac.digest(key, value, "sha512"),
    "blake2b keyed": lambda key, value: hashlib.blake2b(value, key=key[:64]).digest(),
    "blake2b-256 keyed": lambda key, value: hashlib.blake2b(
        value, key=key[:64], digest_size=32
    ).digest(),
    "sha256 after a salt": lambda key, value: hashlib.sha256(key + value).digest(),
    "sha256 before a salt": lambda key, value: hashlib.sha256(value + key).digest(),
}


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write one canary: bytes to look for, in lower case."""

    canary: str
    how: str
    raw: bytes
    is_keyed: bool = False


def spellings(canary: Canary, keys: Sequence[bytes]) -> Iterator[Spelling]:
    """All ways, plain ones first. Case does not count: what is searched is in lower case."""
    for form, value in forms(canary):
        for how, raw in _written(value):
            if len(raw) >= SHORTEST:
                yield Spelling(canary.name, f"{form}{how}", raw.lower())
        for how, digest in _digests(value, ()):
            yield from _shown(canary.name, f"{form}{how}", digest, is_keyed=False)
        for how, digest in _digests(value, keys):
            yield from _shown(canary.name, f"{form}{how}", digest, is_keyed=True)


def forms(canary: Canary) -> Iterator[tuple[str, bytes]]:
    """The value, and the other bytes that would say the same: an address packed, a number bare."""
    yield "", canary.value
    try:
        text = canary.value.decode()
    except UnicodeDecodeError:
        return
    digits = "".join(sign for sign in text if sign.isdigit())
    if text.startswith("+"):
        yield "digits of the number, ", digits.encode()
        yield "national number, ", b"0" + digits[2:].encode()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return
    yield "as an integer, ", str(int(address)).encode()
    if address.version == 6:  # noqa: PLR2004 - a version of the protocol
        yield "packed, ", address.packed
        yield "its /64, ", address.packed[:8]
        yield "written out, ", address.exploded.encode()
        yield "its /64 written, ", ":".join(text.split(":")[:4]).encode() + b":"
    else:
        yield "its /24 written, ", text.rpartition(".")[0].encode() + b"."


def _written(value: bytes) -> Iterator[tuple[str, bytes]]:
    """The bytes themselves, spelt in other ways."""
    yield "plain", value
    yield "reversed", value[::-1]
    yield "hex", value.hex().encode()
    quoted = urllib.parse.quote_from_bytes(value, safe="").encode()
    if quoted != value:
        yield "URL", quoted
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = ""
    if text:
        yield "UTF-16 LE", text.encode("utf-16-le")
        yield "UTF-16 BE", text.encode("utf-16-be")
        yield "case-folded", text.casefold().encode()
    for shift in range(3):
        # The outer signs depend on what stands beside; the inner ones are the same everywhere.
        whole = base64.b64encode(bytes(shift) + value)
        inner = whole[(0, 2, 3)[shift] : len(whole) - 4]
        yield f"base64 at {shift}", inner
        yield f"base64url at {shift}", inner.translate(bytes.maketrans(b"+/", b"-_"))
    if len(value) > WINDOW:
        for at in range(len(value) - WINDOW + 1):
            yield f"ten bytes at {at}", value[at : at + WINDOW]


def _digests(value: bytes, keys: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """The value hashed: plain, or under each key."""
    if not keys:
        for name, digest in HASHES.items():
            yield name, digest(value)
            if value != value.lower():
                yield f"{name} in lower case", digest(value.lower())
        return
    for key in keys:
        for name, keyed in KEYED.items():
            yield name, keyed(key, value)
        for purpose in PURPOSES:
            derived = crypto.hkdf(key, purpose)
            yield f"hmac-sha256 for {purpose}", hmac.digest(derived, value, "sha256")


def _shown(name: str, how: str, digest: bytes, *, is_keyed: bool) -> Iterator[Spelling]:
    """A digest as it may be stored: raw, in hex, in base64; the beginning of each is enough."""
    yield Spelling(name, how, digest[:CUT].lower(), is_keyed)
    yield Spelling(name, f"{how} in hex", digest[:CUT].hex().encode(), is_keyed)
    yield Spelling(name, f"{how} in base64", base64.b64encode(digest)[: CUT + 2].lower(), is_keyed)
