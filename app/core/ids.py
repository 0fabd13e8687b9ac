"""Public ids: random, and silent about order and number."""

from __future__ import annotations

import secrets
from typing import Final

ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 signs; no l, o, 0, 1: they are misread
LENGTH: Final = 16  # 80 bits: nobody meets one by guessing


def new_id() -> str:
    """A fresh public id of 16 lower-case letters and digits (80 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
