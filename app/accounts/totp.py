"""Codes that change every half minute: TOTP with SHA-1, six digits, 30 seconds. Pure.

RFC 6238 over RFC 4226; every authenticator app knows this variant, and not all know another.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import Final

from app.core import clock, crypto

SECRET_BYTES: Final = 20  # as long as what SHA-1 gives (RFC 4226 §4, R6)
STEP_SECONDS: Final = 30  # RFC 6238 §4.1
DIGITS: Final = 6
DRIFT: Final = 1  # steps by which a clock may be wrong, either way (RFC 6238 §5.2)
GROUP: Final = 4  # letters of the key between spaces, for typing
LABEL: Final = "Sign-in"  # in the app: whoever sees the phone learns neither place nor pseudonym


def new_secret() -> bytes:
    """A fresh secret."""
    return secrets.token_bytes(SECRET_BYTES)


def step_now() -> int:
    """The number of the present half minute."""
    return int(clock.now().timestamp()) // STEP_SECONDS


def code_of(secret: bytes, step: int) -> str:
    """The code of a half minute (RFC 4226 §5.3: dynamic truncation)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: bytes, typed: str, last_step: int) -> int | None:
    """The half minute whose code was typed, one to either side allowed.

    None when it is no such code, or when it or a later one was used before (RFC 6238 §5.2).
    """
    digits = "".join(sign for sign in typed if not sign.isspace()).encode()
    now = step_now()
    matching = None
    for step in range(now - DRIFT, now + DRIFT + 1):  # all of them, so that time tells nothing
        if crypto.same(code_of(secret, step).encode(), digits) and step > last_step:
            matching = step
    return matching


def is_code(typed: str) -> bool:
    """Whether what was typed has the form of such a code."""
    digits = "".join(sign for sign in typed if not sign.isspace())
    return len(digits) == DIGITS and digits.isascii() and digits.isdigit()


def key_text(secret: bytes) -> str:
    """The secret as people type it into an app."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def address(secret: bytes) -> str:
    """The secret as an app takes it from a link."""
    return f"otpauth://totp/{LABEL}?secret={base64.b32encode(secret).decode()}"


def read_key(text: str) -> bytes:
    """The secret that `key_text` wrote."""
    return base64.b32decode(text.replace(" ", ""))
