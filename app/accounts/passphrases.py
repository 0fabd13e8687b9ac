"""Passphrases: how one is made, how one is read, and whether one is strong enough. Pure."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from zxcvbn import zxcvbn

from app.core.crypto import Passphrase

WORDS: Final = 6  # of 7,776 words each: 77 bits (EFF's long list, meant for five dice)
SHORTEST: Final = 15  # for an own one (NIST SP 800-63B-4 §3.1.1.2, where it is the only factor)
LONGEST: Final = 128
STRONG_ENOUGH: Final = 3  # of zxcvbn's 0 to 4
OF_ITS_OWN: Final = 8  # letters and digits that are not the pseudonym or the community's name
LOOKED_AT: Final = 72  # zxcvbn takes no more; a strong beginning does not get weaker by its end


class Weakness(StrEnum):
    """Why a passphrase is not taken."""

    SHORT = "short"
    LONG = "long"
    GUESSABLE = "guessable"


@cache
def _words() -> tuple[str, ...]:
    """EFF's long word list, as the package `diceware` ships it."""
    text = (files("diceware") / "wordlists" / "wordlist_en_eff.txt").read_text()
    return tuple(line.split()[1] for line in text.splitlines() if line.strip())


def generate() -> str:
    """Six words, each drawn evenly from the whole list."""
    return " ".join(secrets.choice(_words()) for _ in range(WORDS))


def read(typed: str) -> Passphrase:
    """What was typed, whichever way its accents were composed and its words spaced."""
    return Passphrase(unicodedata.normalize("NFC", " ".join(typed.split())))


def weakness(passphrase: Passphrase, known: Sequence[str]) -> Weakness | None:
    """Why an own passphrase is not taken; `known` is what others could put in a guess."""
    text = passphrase.reveal()
    if len(text) < SHORTEST:
        return Weakness.SHORT
    if len(text) > LONGEST:
        return Weakness.LONG
    inputs = [part for word in known for part in (word, *word.split("-"), *word.split()) if part]
    own = text.casefold()
    for part in inputs:
        own = own.replace(part.casefold(), "")
    if sum(sign.isalnum() for sign in own) < OF_ITS_OWN:
        return Weakness.GUESSABLE
    if zxcvbn(text[:LOOKED_AT], user_inputs=inputs)["score"] < STRONG_ENOUGH:
        return Weakness.GUESSABLE
    return None
