"""Pseudonyms: what one may look like, and whether it could be taken for another. Pure."""

from __future__ import annotations

import re
import secrets
import unicodedata
from enum import StrEnum
from itertools import pairwise
from typing import Final

from app.accounts.confusables import LOOKS
from app.accounts.pseudonym_words import (
    ADJECTIVES,
    GIVEN_NAMES,
    NOUNS,
    RESERVED_ANYWHERE,
    RESERVED_PARTS,
)
from app.policy.dispositions import Disposition, dispose
from app.policy.vocabulary import Trust
from app.screening.engine import Context, screen
from app.screening.findings import Surface

SHORTEST: Final = 2
LONGEST: Final = 24
LOOKED_AT: Final = 200  # what is longer is no name, and not worth the work

# The first word of a letter's Unicode name tells its script. One name is written in one of these.
SCRIPTS: Final = frozenset(
    {
        *("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "HEBREW", "ARABIC", "ETHIOPIC"),
        *("DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "TAMIL", "TELUGU", "KANNADA"),
        *("MALAYALAM", "SINHALA", "THAI", "LAO", "KHMER", "MYANMAR", "HANGUL", "HAN"),
    }
)
_OF_HAN: Final = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"})
_BARE: Final = frozenset({"LATIN", "GREEK", "CYRILLIC"})  # accents tell no two names apart here


class Flaw(StrEnum):
    """What is wrong with the form of a name."""

    SHORT = "short"
    LONG = "long"
    SIGNS = "signs"
    SCRIPTS = "scripts"
    HYPHENS = "hyphens"
    NO_LETTER = "no_letter"


def tidy(typed: str) -> str:
    """What was typed as a pseudonym is written: NFKC, hyphens for spaces.

    Only Latin names keep their capitals: those of other scripts look like Latin ones.
    """
    name = "-".join(unicodedata.normalize("NFKC", typed[:LOOKED_AT]).split())
    if not name.isascii() and _scripts(name) != {"LATIN"}:
        name = unicodedata.normalize("NFKC", name.casefold())
    return name


def flaw(name: str) -> Flaw | None:
    """What is wrong with the form of a tidy name, or nothing."""
    if not SHORTEST <= len(name) <= LONGEST:
        return Flaw.SHORT if len(name) < SHORTEST else Flaw.LONG
    if not all(_is_allowed(sign) for sign in name):
        return Flaw.SIGNS
    if not any(sign.isalpha() for sign in name):
        return Flaw.NO_LETTER
    if name[0] == "-" or name[-1] == "-" or "--" in name:
        return Flaw.HYPHENS
    scripts = _scripts(name)
    if len(scripts) != 1 or not scripts <= SCRIPTS:
        return Flaw.SCRIPTS
    return None


def skeleton(name: str) -> str:
    """What two names share when one can be taken for the other (UTS #39 §4, and case and accents).

    Never shown. Two members never have the same.
    """
    folded = unicodedata.normalize(
        "NFKC", unicodedata.normalize("NFKC", name[:LOOKED_AT]).casefold()
    )
    bare = "".join(_without_accents(sign) for sign in folded if sign.isalnum() or _is_mark(sign))
    return bare.translate(LOOKS)


def is_reserved(name: str, community: str) -> bool:
    """Whether a name speaks for the house, or passes for the community itself."""
    whole = skeleton(name)
    if any(word in whole for word in _ANYWHERE) or whole == skeleton(community):
        return True
    parts = {skeleton(part) for part in _parts(name)} | {whole}
    parts |= {skeleton(part.strip("0123456789")) for part in _parts(name)}
    return not parts.isdisjoint(_PARTS)


def judge(typed: str) -> Disposition:
    """What becomes of a name by what it gives away: publish, nudge (a real name?) or refuse."""
    typed = typed[:LOOKED_AT]
    readings = (typed, " ".join(part.capitalize() for part in _parts(tidy(typed))))
    context = Context(surface=Surface.PSEUDONYM)
    found = max(
        dispose(screen(text, context=context), Trust.NEWCOMER, Surface.PSEUDONYM)
        for text in readings
    )
    if found is Disposition.PUBLISH and looks_like_a_real_name(tidy(typed)):
        return Disposition.NUDGE
    return found


def looks_like_a_real_name(name: str) -> bool:
    """Whether a given name stands in it beside something else that a real name would have."""
    parts = [part.casefold() for part in _parts(name)]
    letters = [re.sub(r"\d+", "", part) for part in parts]
    if len(parts) == 1:
        return letters[0] in GIVEN_NAMES and letters[0] != parts[0]  # anna1987
    return any(one in GIVEN_NAMES and other.isalpha() for one, other in pairwise(letters))


def suggest() -> str:
    """A calm name of two words that says nothing about anybody."""
    while True:
        name = f"{secrets.choice(ADJECTIVES)}-{secrets.choice(NOUNS)}"
        if len(name) <= LONGEST:
            return name


def _is_allowed(sign: str) -> bool:
    """Whether a sign may stand in a name: letters, marks of a script of its own, ASCII digits."""
    if sign == "-" or (sign.isascii() and sign.isdigit()):
        return True
    return unicodedata.category(sign)[0] == "L" or (_is_mark(sign) and _script(sign) in SCRIPTS)


def _is_mark(sign: str) -> bool:
    """Whether a sign belongs to the letter before it."""
    return unicodedata.category(sign) in {"Mn", "Mc"}


def _script(sign: str) -> str:
    """The script of a letter, from the first word of its Unicode name."""
    word = unicodedata.name(sign, "").partition(" ")[0]
    return "HAN" if word in _OF_HAN else word


def _scripts(name: str) -> set[str]:
    """The scripts of all letters and marks in a name."""
    return {_script(sign) for sign in name if sign.isalpha() or _is_mark(sign)}


def _without_accents(sign: str) -> str:
    """A letter without its accents, where accents do not make another word."""
    if not (sign.isalpha() and _script(sign) in _BARE):
        return sign
    return "".join(part for part in unicodedata.normalize("NFD", sign) if not _is_mark(part))


def _parts(name: str) -> list[str]:
    """The words that a name is made of: between hyphens, and where a capital begins one."""
    spaced = re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])", "-", name)
    return [part for part in spaced.split("-") if part]


_ANYWHERE: Final = tuple(skeleton(word) for word in RESERVED_ANYWHERE)
_PARTS: Final = frozenset(skeleton(word) for word in RESERVED_PARTS)
