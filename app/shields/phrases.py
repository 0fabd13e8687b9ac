"""Phrases and texts in the form in which shields compare them, and the phrases that are no shield.

The normal form has no accents, no capitals, no signs and no spaces; `ä`, `ae` and `a` are one. So
a name is found however it is spaced, hyphenated, glued or decorated. Nothing here remembers what it
was given: no cache holds a phrase.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import IntEnum, StrEnum
from typing import Final

import phonenumbers

from app.screening.languages._packs.names import COMMON as _COMMON
from app.screening.languages._packs.names import GIVEN as _GIVEN
from app.screening.languages._packs.names import SURNAMES as _SURNAMES
from app.screening.normalize import fold, without_markup

COMMON: Final = frozenset(_COMMON.split())
GIVEN: Final = frozenset(_GIVEN.split())
SURNAMES: Final = frozenset(_SURNAMES.split())

# SCREENING.md §9: windows of 1 to 6 tokens and 6 to 40 characters, gated by their first five.
WINDOW_TOKENS: Final = 6
NUMBER_TOKENS: Final = 10  # a telephone number may be written in pairs
FORM_LEAST: Final = 6
FORM_MOST: Final = 40
HEAD: Final = 5
RAW_MOST: Final = 60  # signs of a window before its double letters are made one
FORMS_MOST: Final = 10
PHRASE_LEAST: Final = 8  # letters or digits; a shorter phrase stands in too many texts
PHRASE_MOST: Final = 80
COUNTRY_CODE: Final = 5  # the most digits before a national number: 00 and three
NUMBER_LEAST: Final = 8
NUMBER_MOST: Final = 15  # E.164
DISTINCT_DIGITS: Final = 3
NAME_TOKENS: Final = 4
RARE_PAIR: Final = 2
HOUSE_NUMBER: Final = 4  # digits

_TOKEN: Final = re.compile(r"[^\W\d_]+|\d+")
_ACCENT: Final = re.compile("[\u0300-\u036f]")
_LETTERS: Final = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "a", "œ": "o", "đ": "d"})
_PARTICLE_WORDS: Final = (
    "van von der den de di da do dos das del della la le al el bin ibn ten ter zu zum"
)
_STREET_WORDS: Final = (
    "street road row lane avenue drive close way court place square terrace crescent hill gardens "
    "st rd ln ave dr ct sq strasse str weg gasse platz allee ring damm rue avenue boulevard bd "
    "chemin calle avenida plaza paseo camino carrer rua travessa praca estrada"
)
_PARTICLES: Final = frozenset(_PARTICLE_WORDS.split())
_STREETS: Final = frozenset(_STREET_WORDS.split())
_STREET_ENDS: Final = ("strasse", "str", "weg", "gasse", "platz", "allee", "damm")
_SHORT_STREETS: Final = {
    "street": "st", "road": "rd", "avenue": "ave", "lane": "ln", "drive": "dr", "court": "ct",
    "square": "sq", "strasse": "str", "boulevard": "bd",
}  # fmt: skip
_AT: Final = (("at", "dot"), ("arroba", "punto"), ("arroba", "ponto"), ("at", "punkt"))
_EMAIL: Final = re.compile(r"([\w.+-]+)@([\w.-]+\.\w+)")
_DAY: Final = r"(0?[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(0?[1-9]|1[0-2])"
_YEAR: Final = r"(19|20)\d\d"
_DATE: Final = re.compile(f"{_DAY}{_MONTH}{_YEAR}|{_MONTH}{_DAY}{_YEAR}|{_YEAR}{_MONTH}{_DAY}")


class Kind(StrEnum):
    """What a shielded phrase is; the member says it, and it decides the forms."""

    NAME = "name"
    PHONE = "phone"
    ADDRESS = "address"
    EMPLOYER = "employer"
    ACCOUNT = "account"
    OTHER = "other"


class Flaw(StrEnum):
    """Why a phrase can be no shield."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    ONE_NAME = "one_name"
    DATE = "date"
    REPEATED = "repeated"
    NUMBER = "number"
    PSEUDONYM = "pseudonym"
    LABEL = "label"
    MANY = "many"


def tokens(text: str) -> list[str]:
    """The words and numbers of a text that was folded already: small, without accents."""
    low = text.lower()
    if not low.isascii():
        low = _ACCENT.sub("", unicodedata.normalize("NFD", low)).translate(_LETTERS)
    return _TOKEN.findall(low)


def phrase_tokens(phrase: str) -> list[str]:
    """The words and numbers of a phrase as it was typed."""
    return tokens(without_markup(fold(phrase)).text)


def collapsed(text: str) -> str:
    """Letters that are written with one sign or with two become one: `ae`, `oe`, `ue`."""
    if "e" not in text:
        return text
    return text.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def forms(kind: Kind, phrase: str) -> tuple[str, ...]:
    """Every normal form under which a phrase is looked for, at most ten; the main one first."""
    words = phrase_tokens(phrase)
    made = dict.fromkeys(collapsed("".join(form)) for form in _orders(kind, phrase, words))
    fit = [form for form in made if FORM_LEAST <= len(form) <= FORM_MOST]
    turned = [form[::-1] for form in fit[:2] if not form.isdigit()]
    return tuple(dict.fromkeys([*fit[: FORMS_MOST - len(turned)], *turned]))


def _orders(kind: Kind, phrase: str, words: list[str]) -> Iterator[Sequence[str]]:
    """The orders and shortenings in which people write such a phrase."""
    if kind is Kind.PHONE:
        yield [national(phrase)]
        return
    yield words
    if kind is Kind.NAME:
        yield from _of_name(words)
    elif kind is Kind.ADDRESS:
        yield from _of_address(phrase)
    elif kind is Kind.ACCOUNT and (found := _EMAIL.search(phrase)):
        name, host = phrase_tokens(found[1]), phrase_tokens(found[2])
        for at, dot in _AT:
            yield [*name, at, *_between(host, dot)]


def _of_name(words: list[str]) -> Iterator[Sequence[str]]:
    """First and last name in both orders, without what stands between, and with initials."""
    if len(words) < RARE_PAIR:
        return
    first, last = words[0], words[-1]
    yield [last, *words[:-1]]
    yield [first, last]
    yield [last, first]
    bare = [word for word in words if word not in _PARTICLES]
    yield bare
    if len(first) + len(last) >= PHRASE_LEAST and len(last) >= HEAD:
        yield [first[0], last]
        yield [last, first[0]]


def _of_address(phrase: str) -> Iterator[Sequence[str]]:
    """House number and street, in both orders, the street also in its short form."""
    part = next((p for p in re.split(r"[,;\n]", phrase) if any(c.isdigit() for c in p)), "")
    words = phrase_tokens(part)
    numbers = [word for word in words if word.isdigit()]
    street = [word for word in words if not word.isdigit() and len(word) > 1]
    if not numbers or not street:
        return
    short = [_shortened(word) for word in street]
    for names in (street, short):
        yield [numbers[0], *names]
        yield [*names, numbers[0]]


def _shortened(word: str) -> str:
    for long, short in _SHORT_STREETS.items():
        if word.endswith(long):
            return word.removesuffix(long) + short
    return word


def _between(words: list[str], sign: str) -> list[str]:
    """The words with one and the same word between each two of them."""
    return [part for word in words for part in (sign, word)][1:]


def national(phrase: str) -> str:
    """The digits of a telephone number without country code and leading zeros.

    A number that begins with `+` or `00` names its country; of another one only zeros are dropped.
    """
    text = without_markup(fold(phrase)).text.strip()
    digits = "".join(re.findall(r"\d", text))
    if text.startswith("+") or digits.startswith("00"):
        try:
            parsed = phonenumbers.parse("+" + digits.removeprefix("00"))
        except phonenumbers.NumberParseException:
            return digits.lstrip("0")
        return str(parsed.national_number)
    return digits.lstrip("0")


def flaw(kind: Kind, phrase: str) -> Flaw | None:
    """Why a phrase can be no shield; None if it can."""
    words = phrase_tokens(phrase)
    joined = "".join(words)
    if kind is Kind.PHONE or joined.isdigit():
        return _flaw_of_number(national(phrase) if kind is Kind.PHONE else joined)
    if len(words) == 1 and (words[0] in GIVEN or words[0] in SURNAMES):
        return Flaw.ONE_NAME
    if len(words) <= RARE_PAIR and all(word in COMMON for word in words):
        return Flaw.COMMON
    if len(joined) < PHRASE_LEAST:
        return Flaw.SHORT
    if not forms(kind, phrase):
        return Flaw.LONG
    return None


def may_hold(kind: Kind, phrase: str) -> bool:
    """Whether texts with this phrase can be held; of others moderators are only alerted."""
    return any(cover(order) for order in _orders(kind, phrase, phrase_tokens(phrase)) if order)


def shows(label: str, made: Sequence[str]) -> bool:
    """Whether a label holds one of these forms."""
    joined = collapsed("".join(phrase_tokens(label)))
    return any(form in joined or form[::-1] in joined for form in made)


def _flaw_of_number(digits: str) -> Flaw | None:
    if not digits:
        return Flaw.NUMBER
    if len(digits) < PHRASE_LEAST:
        return Flaw.SHORT
    if len(digits) > FORM_MOST:
        return Flaw.LONG
    if len(set(digits)) < DISTINCT_DIGITS:
        return Flaw.REPEATED
    return Flaw.DATE if _DATE.fullmatch(digits) else None


class Cover(IntEnum):
    """How many stretches of this kind are decoys: of 65,536 whose beginning lets them be one.

    One beginning in ten does; so of listed names, numbers and streets one in a hundred is a decoy,
    and of two rare words one in five hundred, because ordinary texts are fuller of those.
    """

    NONE = 0
    RARE_WORDS = 1311
    NAME = 6554


def cover(words: Sequence[str]) -> Cover:
    """Whether a stretch of text could be a shield, as far as anybody can tell from outside.

    Only such a stretch is ever held, be it a shield or a decoy: so a hold tells little of what
    is shielded. It depends on small letters alone, so that writing differently asks the same.
    """
    digits = "".join(words)
    if digits.isdigit():
        is_number = NUMBER_LEAST <= len(digits) <= NUMBER_MOST
        return Cover.NAME if is_number and _flaw_of_number(digits) is None else Cover.NONE
    if len(digits) < PHRASE_LEAST:
        return Cover.NONE
    if any(word.isdigit() for word in words):
        return Cover.NAME if _is_house(words) else Cover.NONE
    return _cover_of_words(words)


def _cover_of_words(words: Sequence[str]) -> Cover:
    """Two to four words, none of them an everyday word: listed names, or rare words."""
    bare = [word for word in words if word not in _PARTICLES]
    if not RARE_PAIR <= len(bare) <= NAME_TOKENS or min(map(len, bare)) <= RARE_PAIR:
        return Cover.NONE
    if words[0] in _PARTICLES or words[-1] in _PARTICLES or len(set(bare)) < len(bare):
        return Cover.NONE
    if any(word in COMMON and word not in GIVEN for word in bare):
        return Cover.NONE
    rare = [word for word in bare if word not in COMMON]
    if any(word in GIVEN or word in SURNAMES for word in rare):
        return Cover.NAME
    is_rare = len(rare) == len(bare) == RARE_PAIR and min(map(len, rare)) >= HEAD
    return Cover.RARE_WORDS if is_rare else Cover.NONE


def _is_house(words: Sequence[str]) -> bool:
    """A number and a street, in one of the two orders."""
    if words[0].isdigit():
        number, street = words[0], words[1:]
    elif words[-1].isdigit():
        number, street = words[-1], words[:-1]
    else:
        return False
    if len(number) > HOUSE_NUMBER or any(word.isdigit() for word in street) or not street:
        return False
    is_glued = street[-1].endswith(_STREET_ENDS) and len(street[-1]) > FORM_LEAST
    has_street = street[-1] in _STREETS or street[0] in _STREETS
    return is_glued or (has_street and len(street) > 1)
