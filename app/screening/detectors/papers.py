"""Numbers that officials and banks give: check digits and cues together, never one alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from stdnum import iban, luhn, verhoeff
from stdnum.br import cpf
from stdnum.ca import sin
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.pt import nif

from app.screening.findings import About, Category
from app.screening.scene import Candidate, Scene
from app.screening.scoring import CUE_WEIGHTS, WEIGHTS

_WORDISH: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|[ .\-/](?=[A-Za-z0-9]))*")
_DIGITS: Final = re.compile(r"\d(?:[ .\-/]{0,2}\d)*")
_FEW_DIGITS: Final = re.compile(r"\d[^\W_]{0,3}[ .\-/]{0,2}[^\W_]{0,3}\d")
_STRIP: Final = re.compile(r"[ .\-/]")
_IBAN: Final = re.compile(r"[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{2,4}){3,8}(?: ?[A-Za-z0-9]{1,4})?")
CARD_LENGTHS: Final = frozenset({13, 14, 15, 16, 18, 19})
MOST_CHECKS: Final = 200
CUE_REACH: Final = 90  # characters behind the name of a document

# Numbers that card schemes and processors publish for testing.
TEST_CARDS: Final = frozenset(
    {
        "4242424242424242",
        "4111111111111111",
        "4000056655665556",
        "5555555555554444",
        "5105105105105100",
        "5200828282828210",
        "378282246310005",
        "371449635398431",
        "6011111111111117",
        "6011000990139424",
        "30569309025904",
        "3530111333300000",
        "4012888888881881",
        "4000002500003155",
        "2223003122003222",
        "5454545454545454",
        "4000000000000002",
    }
)

_SSN: Final = re.compile(r"\d{3}[- .]\d{2}[- .]\d{4}")
_NINO: Final = re.compile(
    r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]", re.IGNORECASE
)
_LETTERED: Final = (
    ("dni", re.compile(r"\d{2}\.?\d{3}\.?\d{3}[ -]?[A-Za-z]"), dni.is_valid),
    ("nie", re.compile(r"[XYZxyz][- ]?\d{7}[- ]?[A-Za-z]"), nie.is_valid),
)
_NUMBERED: Final[tuple[tuple[str, int, Callable[[str], bool]], ...]] = (
    ("cpf", 11, cpf.is_valid),
    ("idnr", 11, idnr.is_valid),
    ("aadhaar", 12, verhoeff.is_valid),
    ("nhs", 10, nhs.is_valid),
    ("sin", 9, sin.is_valid),
    ("nif", 9, nif.is_valid),
    ("nir", 15, nir.is_valid),
)
_CPF_SHAPE: Final = re.compile(r"\d{3}\.\d{3}\.\d{3}-\d{2}")
_AADHAAR_SHAPE: Final = re.compile(r"[2-9]\d{3} \d{4} \d{4}")
_NIR_SHAPE: Final = re.compile(r"[12] ?\d{2} ?[01]\d ?\d[\dAB] ?\d{3} ?\d{3}(?: ?\d{2})?")
_DOCUMENT: Final = re.compile(
    r"[A-Za-z]{1,2}[ -]?\d{6,8}[A-Za-z]?|[A-Za-z0-9]{9,11}|[A-Z]{5}\d{6}[A-Z0-9]{5}"
    r"|\d{6,12}|\d{13,19}"
    r"|[A-Z]{0,3}-?\d{1,8}(?:[ .\-]\d{1,8}){1,5}[A-Z]?"
    r"|[A-Z]{4}\d{6}[A-Z0-9]{3,8}|[A-Z]{5}\d{4}[A-Z]|\d{2}[ .-]\d{3}[ .-]\d{3}(?:-[\dXx])?"
    r"|\d{8}[ -]?\d? ?[A-Z]{2}\d|\d{2,4}(?:[ -]\d{2,4}){2,4}|[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]"
)


class Checks:
    """A budget of check digits for one text."""

    def __init__(self) -> None:
        self.left = MOST_CHECKS

    def passes(self, check: Callable[[str], bool], number: str) -> bool:
        """Return whether a number passes, or False when the budget is spent."""
        if self.left <= 0:
            return False
        self.left -= 1
        return bool(check(number))


_SORT_CODE: Final = re.compile(r"\d{2}[- ]\d{2}[- ]\d{2}[^\d\n]{1,16}\d{7,8}(?!\d)")


def papers(scene: Scene) -> Iterator[Candidate]:
    """Yield government numbers, cards and accounts."""
    text = scene.view.text
    if _FEW_DIGITS.search(text) is None:
        return
    checks = Checks()
    for run in _DIGITS.finditer(text):
        start, end = run.span()
        if end - start < 9 or _is_inside_word(text, start, end):
            continue
        scene.budget.step()
        raw = run[0]
        digits = _STRIP.sub("", raw)
        yield from _cards(scene, checks, raw, digits, start, end)
        yield from _numbered(scene, checks, raw, digits, start, end)
    for pair in _SORT_CODE.finditer(text):
        found = scene.candidate(Category.PAYMENT, *pair.span(), "payment.shape")
        found.add("sort_code", 14)
        yield scene.weigh(found)
    yield from _with_letters(scene, checks)
    yield from _after_cue(scene)


def _is_inside_word(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return before.isalnum() or after.isalnum() or before in "$€£#=_"


def _cards(  # noqa: PLR0913, PLR0917  # one run of digits, and where it stands
    scene: Scene, checks: Checks, raw: str, digits: str, start: int, end: int
) -> Iterator[Candidate]:
    if len(digits) not in CARD_LENGTHS or digits[0] not in "23456":
        return
    if len(set(digits)) < 4 or not checks.passes(luhn.is_valid, digits):
        return
    found = scene.candidate(Category.PAYMENT, start, end, "payment.card")
    if len(digits) == 16 and (len(raw) == 19 or digits[0] in "45"):
        found.add("card.grouped", 6)
    if digits in TEST_CARDS:
        found.add("card.test", -60)
    scene.weigh(found)
    yield found


def _numbered(  # noqa: PLR0913, PLR0917  # one run of digits, and where it stands
    scene: Scene, checks: Checks, raw: str, digits: str, start: int, end: int
) -> Iterator[Candidate]:
    if _SSN.fullmatch(raw) and digits[0] != "9" and digits[:3] not in {"000", "666"}:
        found = scene.candidate(Category.GOVERNMENT_ID, start, end, "government_id.checked")
        found.add("ssn.shape", 6)
        yield scene.weigh(found)
        return
    if len(digits) in {9, 10, 11, 12} and _is_named(scene, start):
        found = scene.candidate(Category.GOVERNMENT_ID, start, end, "government_id.shape")
        found.add("after_cue", WEIGHTS["after_cue.government_id"] + CUE_WEIGHTS["strong"])
        yield scene.weigh(found)
        return
    if len(digits) == 9 and not scene.view.text[start:end].isdigit():
        found = scene.candidate(Category.GOVERNMENT_ID, start, end, "government_id.shape")
        yield scene.weigh(found)
    if _NIR_SHAPE.fullmatch(raw) and len(digits) in {13, 15}:
        found = scene.candidate(Category.GOVERNMENT_ID, start, end, "government_id.checked")
        yield scene.weigh(found)
        return
    for name, length, check in _NUMBERED:
        if len(digits) == length and checks.passes(check, digits):
            found = scene.candidate(Category.GOVERNMENT_ID, start, end, "government_id.checked")
            if (name == "cpf" and _CPF_SHAPE.fullmatch(raw)) or (
                name == "nir" and _NIR_SHAPE.fullmatch(raw)
            ):
                found.add(f"{name}.shape", 14)
            elif name == "aadhaar" and _AADHAAR_SHAPE.fullmatch(raw):
                found.add(f"{name}.shape", 4)
            yield scene.weigh(found)
            return


# Short names of numbers that are ordinary words in another language unless shouted.
_SHOUTED: Final = frozenset({"SIN", "NAS", "PAN", "SUS", "NIF", "BSN", "SSN", "PIS", "TFN", "CC"})


def _is_named(scene: Scene, start: int) -> bool:
    view = scene.view
    before = view.at_or_after(start) - 1
    if before > 0 and view.keys[before] in {":", "is", "es", "est"}:
        before -= 1
    return before >= 0 and view.text[view.starts[before] : view.ends[before]] in _SHOUTED


def _with_letters(scene: Scene, checks: Checks) -> Iterator[Candidate]:  # noqa: C901  # one grammar, read from top to bottom
    text = scene.view.text
    for name, shape, check in _LETTERED:
        for run in shape.finditer(text):
            start, end = run.span()
            if _is_inside_word(text, start, end):
                continue
            bare = _STRIP.sub("", run[0]).upper()
            if checks.passes(check, bare):
                found = scene.candidate(Category.GOVERNMENT_ID, start, end, "government_id.checked")
                found.add(f"{name}.letter", 10)
                yield scene.weigh(found)
            else:
                found = scene.candidate(Category.GOVERNMENT_ID, start, end, "government_id.shape")
                yield scene.weigh(found)
    for run in _NINO.finditer(text):
        if not _is_inside_word(text, *run.span()):
            found = scene.candidate(Category.GOVERNMENT_ID, *run.span(), "government_id.checked")
            yield scene.weigh(found)
    for run in _IBAN.finditer(text):
        start, end = run.span()
        if start and text[start - 1].isalnum():
            continue
        raw = run[0]
        while raw:
            bare = raw.replace(" ", "")
            if checks.passes(iban.is_valid, bare) or (
                bare[:2].upper() in _IBAN_LENGTHS
                and len(bare) == _IBAN_LENGTHS[bare[:2].upper()]
                and bare[4:].isalnum()
            ):
                found = scene.candidate(Category.PAYMENT, start, start + len(raw), "payment.iban")
                yield scene.weigh(found)
                break
            shorter = raw.rpartition(" ")[0]
            raw = shorter if len(shorter) >= 15 else ""


_IBAN_LENGTHS: Final = {
    "DE": 22, "GB": 22, "FR": 27, "ES": 24, "PT": 25, "AT": 20, "CH": 21, "NL": 18, "BE": 16,
    "IT": 27, "IE": 22, "LU": 20, "PL": 28, "BR": 29,
}  # fmt: skip


def _after_cue(scene: Scene) -> Iterator[Candidate]:
    """Yield what follows the name of a document or account within a few words."""
    view = scene.view
    for category, base in (
        (Category.GOVERNMENT_ID, "government_id.shape"),
        (Category.PAYMENT, "payment.shape"),
    ):
        heads = scene.lexicon.cues.get(category, {})
        if heads.keys().isdisjoint(view.vocabulary):
            continue
        last_end = 0
        for at, key in enumerate(view.keys):
            phrases = heads.get(key)
            if phrases is None or view.ends[at] < last_end:
                continue
            words = next(
                (
                    words
                    for words, strength, _ in phrases
                    if strength == "strong" and tuple(view.keys[at : at + len(words)]) == words
                ),
                None,
            )
            if words is None:
                continue
            from_place = view.ends[at + len(words) - 1]
            piece = _document_in(view.text[from_place : from_place + CUE_REACH])
            if piece is not None:
                start, end = from_place + piece[0], from_place + piece[1]
                found = scene.candidate(category, start, end, base)
                found.add("after_cue", WEIGHTS[f"after_cue.{category}"])
                last_end = end
                scene.weigh(found)
                if found.about is About.PERSON and len(found.signals) < 3:
                    found.add("no_person", -4)
                yield found


def _document_in(stretch: str) -> tuple[int, int] | None:
    """Return where in a stretch of words a document number stands."""
    for word in re.finditer(
        r"(?:(?<![^\W_])[A-Z]{2}[ -])?[A-Za-z]{0,5}\d[A-Za-z0-9]*(?:[ .\-][A-Za-z]{0,2}\d+[A-Za-z]?)*"  # noqa: E501  # one expression
        r"(?: [A-D](?![^\W_]))?",
        stretch,
    ):
        bare = word[0]
        if (
            _has_enough_digits(bare)  # the number says what it counts
            and (_DOCUMENT.fullmatch(bare) or _DOCUMENT.fullmatch(_STRIP.sub("", bare)))
            and "/" not in bare
        ):
            return word.span()
    return None


FEWEST_DIGITS: Final = 5
FEWEST_DIGITS_AMONG_LETTERS: Final = 4
LONG_DOCUMENT: Final = 8


def _has_enough_digits(word: str) -> bool:
    digits = sum(character.isdigit() for character in word)
    return digits >= FEWEST_DIGITS or (
        digits >= FEWEST_DIGITS_AMONG_LETTERS and len(word) >= LONG_DOCUMENT and word.isupper()
    )
