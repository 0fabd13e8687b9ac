"""A puzzle in plain words: no picture, no sound, no memory needed. Pure.

It stops nobody who wants to write a program for this forum; it makes the ordinary flood, which is
written for thousands of sites, stop at the door. Seven words, two of one kind: type both.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from itsdangerous import BadData, URLSafeSerializer

from app.core import clock, crypto, ids
from app.core.text import fold

LONGEST: Final = 30 * 60  # seconds
LOOKED_FOR: Final = 2
OTHERS: Final = 5


def N_(word: str) -> str:  # noqa: N802 - gettext's own name for "marked, not yet translated"
    """Mark a word for translation and return it as it is."""
    return word


KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    N_("animals"): (
        N_("horse"), N_("rabbit"), N_("donkey"), N_("camel"), N_("tiger"), N_("goat"), N_("spider"),
    ),
    N_("fruits"): (
        N_("banana"), N_("cherry"), N_("lemon"), N_("strawberry"), N_("melon"), N_("peach"),
    ),
    N_("tools"): (
        N_("hammer"), N_("saw"), N_("shovel"), N_("screwdriver"), N_("drill"), N_("rake"),
    ),
    N_("clothes"): (
        N_("shirt"), N_("scarf"), N_("trousers"), N_("coat"), N_("socks"), N_("glove"),
    ),
    N_("furniture"): (
        N_("table"), N_("chair"), N_("bed"), N_("cupboard"), N_("sofa"), N_("shelf"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Seven words, the kind of the two that are looked for, and the signed answer."""

    kind: str
    words: tuple[str, ...]
    token: str


def make(secret: bytes, translate: Callable[[str], str]) -> Puzzle:
    """A fresh puzzle in the language of the page."""
    draw = secrets.SystemRandom()
    kind = draw.choice(list(KINDS))
    wanted = [translate(word) for word in draw.sample(KINDS[kind], LOOKED_FOR)]
    rest = [word for other, words in KINDS.items() if other != kind for word in words]
    words = wanted + [translate(word) for word in draw.sample(rest, OTHERS)]
    draw.shuffle(words)
    number = ids.new_id()
    note = [number, int(clock.now().timestamp()), _answer(secret, number, " ".join(wanted))]
    token = str(_signer(secret).dumps(note))
    return Puzzle(kind=translate(kind), words=tuple(words), token=token)


def solved(secret: bytes, token: str, typed: str) -> str | None:
    """The number of the puzzle if what was typed is its answer; it may be spent once."""
    try:
        number, since, answer = _signer(secret).loads(token)
    except BadData:
        return None
    is_over = clock.now().timestamp() - since > LONGEST
    if is_over or not crypto.same(answer.encode(), _answer(secret, number, typed).encode()):
        return None
    return str(number)


def _answer(secret: bytes, number: str, text: str) -> str:
    """What stands for an answer in the token: nobody can read it there, or use it twice."""
    bare = "".join(sign if _is_of_a_word(sign) else " " for sign in fold(text))
    words = " ".join(sorted(set(bare.split())))
    return hmac.new(
        crypto.hkdf(secret, "puzzle"), f"{number}:{words}".encode(), "sha256"
    ).hexdigest()


def _is_of_a_word(sign: str) -> bool:
    """Whether a sign is part of a word, and not what stands between two."""
    return unicodedata.category(sign)[0] in "LM"


def _signer(secret: bytes) -> URLSafeSerializer:
    """What signs puzzles, and nothing else."""
    return URLSafeSerializer(secret, salt="puzzle")
