"""Paging keys in addresses: opaque, because the numbers that order rows count hidden ones too.

A key is a tag of the number and the number under a mask that follows from the tag, in the manner
of a synthetic initialisation vector (RFC 5297): the same number gives the same key, another
program's secret gives another, and a key that was not given out here opens nothing.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Final

from flask import current_app, request

from app.core import crypto

TAG_BYTES: Final = 8
NUMBER_BYTES: Final = 8


def opaque(number: int | None) -> str | None:
    """A number that orders rows, as it may stand in an address; nothing stays nothing."""
    if number is None:
        return None
    tag = _tag(number)
    masked = number ^ _mask(tag)
    raw = tag + masked.to_bytes(NUMBER_BYTES, "big")
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def paging_key(name: str) -> int | None:
    """The number behind a paging key of this address; nothing when it is none of ours."""
    try:
        raw = base64.urlsafe_b64decode(request.args.get(name, "") + "==")
    except (binascii.Error, ValueError):
        return None
    if len(raw) != TAG_BYTES + NUMBER_BYTES:
        return None
    tag = raw[:TAG_BYTES]
    number = int.from_bytes(raw[TAG_BYTES:], "big") ^ _mask(tag)
    return number if crypto.same(tag, _tag(number)) else None


def _tag(number: int) -> bytes:
    """Eight bytes that only this server makes of a number."""
    text = number.to_bytes(NUMBER_BYTES, "big")
    return hmac.digest(_key("tag"), text, "sha256")[:TAG_BYTES]


def _mask(tag: bytes) -> int:
    """What hides a number, made of its tag."""
    mask = hmac.digest(_key("mask"), tag, "sha256")[:NUMBER_BYTES]
    return int.from_bytes(mask, "big")


def _key(part: str) -> bytes:
    """One of the two keys, from the server's secret."""
    secret = current_app.secret_key
    raw = secret if isinstance(secret, bytes) else str(secret).encode()
    return crypto.hkdf(raw, f"paging:{part}")
