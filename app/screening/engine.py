"""The engine's one door: a text goes in, findings come out, and nothing else happens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import phonenumbers

from app.screening.findings import About, Category, Finding, Signal, Span, Surface
from app.screening.messages import why

SHIPPED: Final = ("en", "de", "es", "fr", "pt")


@dataclass(frozen=True, slots=True)
class Context:
    """What is publicly known around a text: its surface, who is spoken of, what came before."""

    surface: Surface = Surface.POST
    author: str = ""
    pseudonyms: frozenset[str] = frozenset()
    languages: tuple[str, ...] = SHIPPED
    public_contacts: frozenset[str] = frozenset()
    earlier: tuple[str, ...] = ()


PLAIN: Final = Context()

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{2,24}){1,4}")
_PHONE = re.compile(r"\+?\(?[0-9][0-9 ().-]{6,18}[0-9]")
_STREET = re.compile(
    r"[0-9]{1,5}[a-z]? (?:[A-Z][a-z]+ ){1,3}(?:Street|St|Road|Rd|Lane|Ln|Row|Avenue|Ave|Drive)\b"
)
_REGIONS: Final = ("GB", "US", "DE", "ES", "FR", "BR")


def screen(text: str, *, context: Context = PLAIN) -> tuple[Finding, ...]:
    """Return what in `text` identifies somebody, sorted by start, end and category."""
    findings = [_finding(Category.EMAIL, found.span()) for found in _EMAIL.finditer(text)]
    findings += [_finding(Category.POSTAL_ADDRESS, m.span()) for m in _STREET.finditer(text)]
    findings += [
        _finding(Category.PHONE, m.span()) for m in _PHONE.finditer(text) if _is_phone(m[0])
    ]
    return tuple(sorted(findings, key=lambda f: (f.span.start, f.span.end, f.category)))


def _is_phone(candidate: str) -> bool:
    for region in _REGIONS:
        try:
            number = phonenumbers.parse(candidate, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number) and phonenumbers.is_valid_number(number):
            return True
    return False


def _finding(category: Category, span: tuple[int, int]) -> Finding:
    where = Span(*span)
    about = About.PERSON
    return Finding(category, where, 0.7, about, why(category, about), (Signal("shape", 8, where),))
