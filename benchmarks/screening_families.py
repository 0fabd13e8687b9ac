"""Hostile texts: families that make careless readers quadratic."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Final


def _repeated(piece: str) -> Callable[[int], str]:
    return lambda size: (piece * (size // len(piece) + 1))[:size]


def _nested_base64(size: int) -> str:
    text = b"jane.pettigrew@yahoo.com"
    while len(text) < min(size, 4_000):
        text = base64.b64encode(text)
    return _repeated(text.decode() + " ")(size)


def _palindrome(size: int) -> str:
    half = ("moc.liamg@enaj " * (size // 15 + 1))[: size // 2]
    return half + half[::-1]


# What a long quarrel might hold: many kinds of findings, languages and disguises side by side.
_QUARREL: Final = (
    "her real name is Tamsin Farrabee, she works at the till in Brill's in Dunmere. "
    "ihre Nummer ist 030 901820, ruft sie an\n"
    "¿alguien sabe dónde vive? c4ll m3 at jane dot pettigrew at gmail dot com! "
    "il est au café Balto tous les mardis soir, 12 rue des Lilas\n"
    "wren is nightjar on the pottery forum. reg AB12 CDE, oh seven nine double one "
)

FAMILIES: Final[Mapping[str, Callable[[int], str]]] = {
    "digits_spaced": _repeated("1 "),
    "digits": _repeated("1"),
    "digits_varied": _repeated("4916338506 "),
    "phone_heads": _repeated("+1 (212) "),
    "phones": _repeated("call 020 7946 0958, "),
    "email_heads": _repeated("a@a."),
    "emails": _repeated("jane.pettigrew84@gmail.com "),
    "letters": _repeated("a"),
    "dots_colons": _repeated("1.1:"),
    "colons": _repeated("::"),
    "hex_colons": _repeated("ab:"),
    "capitals": _repeated("Aa "),
    "streets": _repeated("12 Main "),
    "street_words": _repeated("12 Main Street "),
    "street_types": _repeated("rue calle street "),
    "cues": _repeated("her real name is "),
    "solicitations": _repeated("anyone know where she lives "),
    "work": _repeated("she works at the "),
    "wh_words": _repeated("who knows where he she they "),
    "given_names": _repeated("Tamsin Jane "),
    "named": _repeated("her name is Tamsin Farrabee "),
    "pseudonyms": _repeated("Wren wren "),
    "number_words": _repeated("double oh seven "),
    "zero_width": _repeated("a\u200b"),
    "combining": _repeated("a" + "\u0301" * 40),
    "keycaps": _repeated("1\ufe0f\u20e3"),
    "expanding": _repeated("\ufdfa"),
    "bidi": _repeated("\u202e\u202da"),
    "surrogates": _repeated("\ud800a"),
    "nul": _repeated("\x00a"),
    "brackets": _repeated("("),
    "links": _repeated("[]("),
    "stars": _repeated("**"),
    "underscores": _repeated("_a "),
    "entities": _repeated("&amp;amp;"),
    "percents": _repeated("%2525"),
    "tags": _repeated("<a "),
    "base64": _nested_base64,
    "palindrome": _palindrome,
    "single_letters": _repeated("a b c "),
    "newlines": _repeated("\n"),
    "lines": _repeated("a\n"),
    "leet": _repeated("D4n13l "),
    "at_words": _repeated("at dot "),
    "mixed_scripts": _repeated("nоrа "),
    "platforms": _repeated("insta is @ab_c "),
    "plates": _repeated("reg AB12 CDE "),
    "hosts": _repeated("instagram.com/a "),
    "points": _repeated("51.50321, -2.61874 "),
    "ids": _repeated("dni 48213907L "),
    "cards": _repeated("4539 5260 1815 9083 "),
    "ibans": _repeated("DE52 0000 0000 "),
    "quarrel": _repeated(_QUARREL),
    "persons": _repeated("she he her his my ex "),
    "weekdays": _repeated("she is at every day monday "),
}
