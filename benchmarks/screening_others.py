"""Other detectors, measured beside ours where they can be imported."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import phonenumbers
from stdnum import iban, luhn

Marked = list[tuple[int, int, str]]
Detector = Callable[[str], tuple[bool, Marked]]

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,24}){1,4}")
_DIGITS = re.compile(r"\d(?:[ -]?\d){12,18}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?")
_IP = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
_REGIONS = ("GB", "US", "DE", "ES", "FR", "BR")


def plain_rules(text: str) -> tuple[bool, Marked]:
    """Regular expressions, libphonenumber's own matcher and check digits: what most sites use."""
    marked = [(*m.span(), "email") for m in _EMAIL.finditer(text)]
    marked += [(*m.span(), "payment") for m in _DIGITS.finditer(text) if luhn.is_valid(m[0])]
    marked += [(*m.span(), "payment") for m in _IBAN.finditer(text) if iban.is_valid(m[0])]
    marked += [(*m.span(), "ip_address") for m in _IP.finditer(text)]
    for region in _REGIONS:
        marked += [
            (match.start, match.end, "phone")
            for match in phonenumbers.PhoneNumberMatcher(text, region)
        ]
    return bool(marked), marked


DETECTORS: dict[str, Detector] = {"regex + phonenumbers + stdnum": plain_rules}

if find_spec("scrubadub"):
    _scrubber = import_module("scrubadub").Scrubber()
    _NAMES = {"email": "email", "phone": "phone", "credit_card": "payment", "url": "social_profile"}

    def scrubadub(text: str) -> tuple[bool, Marked]:
        found = list(_scrubber.iter_filth(text))
        return bool(found), [(f.beg, f.end, _NAMES.get(f.type, f.type)) for f in found]

    DETECTORS["scrubadub"] = scrubadub

if find_spec("presidio_analyzer"):
    _predefined = import_module("presidio_analyzer.predefined_recognizers")
    _RECOGNIZERS = [
        (_predefined.EmailRecognizer(), "email"),
        (_predefined.PhoneRecognizer(), "phone"),
        (_predefined.CreditCardRecognizer(), "payment"),
        (_predefined.IbanRecognizer(), "payment"),
        (_predefined.IpRecognizer(), "ip_address"),
        (_predefined.UsSsnRecognizer(), "government_id"),
    ]
    LIKELY = 0.4

    def presidio(text: str) -> tuple[bool, Marked]:
        marked: Marked = []
        for recognizer, category in _RECOGNIZERS:
            for found in recognizer.analyze(text, recognizer.supported_entities, None) or ():
                if found.score >= LIKELY:
                    marked.append((found.start, found.end, category))
        return bool(marked), marked

    DETECTORS["Presidio identifiers, no model"] = presidio
