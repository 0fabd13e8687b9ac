"""Telephone numbers: a scanner of digit runs, and what makes a run look like a number to call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import phonenumbers

from app.screening.findings import About, Category
from app.screening.lexicon import SELF, THIRD
from app.screening.scene import Candidate, Scene
from app.screening.scoring import WEIGHTS

_RUN: Final = re.compile(r"[+(]{0,2}\d[\d ().\-/+]*")
_ENOUGH: Final = re.compile(r"\d(?:[ ().\-/+]*\d){6}")  # as many digits as a number has at least
_GROUPS: Final = re.compile(r"\d+")
_WIDE: Final = re.compile(r" {2,}|(?<=\d)\) (?=\()|[+](?=\d)")
_DATE: Final = re.compile(
    r"(?:\d{4}([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2(?:19|20)?\d\d)(?:[ ,T].*)?"
)
_YEARS: Final = re.compile(r"(?:1[5-9]|20)\d\d ?[-/] ?(?:1[5-9]|20)?\d\d")
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d{0,2}(?: \d{3})+")
_BAD_BEFORE: Final = frozenset("#$€£¥%=_@\\^*×")
_BAD_AFTER: Final = frozenset("%€$£¥_°=×@")
_HOTLINE: Final = re.compile(
    r"(?:1?8(?:00|33|44|55|66|77|88)\d{7}|(?:0800|0808|0845|0844|0870|0300|0303|0333|0345|0900"
    r"|0180|0810|0820|1300|1800|0137)\d{3,9}|(?:90[0-2]|800|808|707|80[1-9])\d{6}"
    r"|0?(?:800|300|500|900)\d{6,8}|4(?:003|004)\d{4}|1[13]\d{4})"
)
MOST_PARSES: Final = 4
SHORTEST: Final = 7
LONGEST: Final = 15

# Where a national number of this shape could be at home; libphonenumber's names of regions.
_SHAPES: Final = (
    (re.compile(r"1?[2-9]\d{2}[2-9]\d{6}"), ("US",)),
    (re.compile(r"0(?:7\d{9}|[1238]\d{8,9})"), ("GB",)),
    (re.compile(r"0[1-9]\d{8}"), ("FR", "AU")),
    (re.compile(r"0[1-9]\d{6,11}"), ("DE", "AT")),
    (re.compile(r"[6789]\d{8}"), ("ES",)),
    (re.compile(r"[29]\d{8}"), ("PT",)),
    (re.compile(r"[1-9]{2}9?\d{8}"), ("BR",)),
    (re.compile(r"[6-9]\d{9}"), ("IN",)),
    (re.compile(r"[2-9]\d{9}"), ("MX",)),
)
_NANP: Final = re.compile(
    r"(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}"
)
_BRAZIL: Final = re.compile(r"(?:\(0?[1-9]{2}\) ?|[1-9]{2} )9? ?\d{4}[ .-]\d{4}")
_NINES: Final = re.compile(
    r"[679]\d{2}[ .-]\d{3}[ .-]\d{3}|[679]\d{2}(?:[ .-]\d{2}){3}|9\d[ .-]\d{3}[ .-]\d{2}[ .-]\d{2}"
    r"|9\d{4}[ .-]\d{4}|[6-9]\d{4}[ -]\d{5}|2\d{2}[ .-]\d{3}[ .-]\d{3}"
)
_LOCAL: Final = re.compile(r"[2-9]\d{2}[ .-]\d{4}")


def phones(scene: Scene) -> Iterator[Candidate]:
    """Yield the runs of digits that could be called."""
    text = scene.view.text
    if _ENOUGH.search(text) is None:
        return
    parses = 0
    for run in _RUN.finditer(text):
        for start, end in _pieces(scene, *run.span()):
            raw = text[start:end]
            digits = "".join(_GROUPS.findall(raw))
            if not SHORTEST <= len(digits) <= LONGEST:
                continue
            if _stands_badly(text, start, end):
                continue
            shape = shape_of(raw, digits)
            if shape is None:
                continue
            found = scene.candidate(Category.PHONE, start, end, f"phone.{shape}")
            if parses < 50 * MOST_PARSES:
                parses += MOST_PARSES
                if _is_valid(raw, digits):
                    found.add("valid", WEIGHTS["valid"])
            scene.weigh(found)
            _discount(found, shape, digits)
            yield found


UNCUED: Final = -8


def _discount(found: Candidate, shape: str, digits: str) -> None:
    """Take away from helplines, and from digits of the author's that nothing calls a number."""
    is_cued = any(signal.rule.startswith("cue.") and signal.weight > 0 for signal in found.signals)
    if shape == "bare" and found.about is About.SELF and not is_cued:
        found.add("uncued", UNCUED)  # "I have 32B8 00lS", whatever it counts
    if _HOTLINE.fullmatch(digits):
        found.add("hotline", -26)


def _pieces(scene: Scene, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a long run where the gaps are wide; each piece without signs at its ends."""
    if end - start < SHORTEST:
        return
    scene.budget.step()
    text = scene.view.text
    cuts = [start]
    if end - start > 2 * LONGEST and (
        sum(character.isdigit() for character in text[start : start + 60]) > LONGEST
        or "  " in text[start:end]
    ):
        cuts += [found.start() for found in _WIDE.finditer(text, start + 1, end)]
    cuts.append(end)
    for first, last in pairwise(cuts):
        left, right = _trimmed(text, first, last)
        if right - left >= SHORTEST:
            yield left, right


def _trimmed(text: str, left: int, right: int) -> tuple[int, int]:
    """Return a stretch without signs at its ends, and without a bracket that never closes."""
    while left < right and text[left] in " .-/)":
        left += 1
    while left < right and not text[right - 1].isdigit():
        right -= 1
    piece = text[left:right]
    if piece.count("(") != piece.count(")") and piece[0] == "(":
        left += 1
    return left, right


def _stands_badly(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if before.isalnum() or before in _BAD_BEFORE or after.isalpha() or after in _BAD_AFTER:
        return True
    if after in ":,/" and end + 1 < len(text) and text[end + 1].isdigit():
        return True
    if before in ",:/.-" and start > 1 and text[start - 2].isalnum() and before != ":":
        return True
    return text[max(0, start - 2) : start] in {"$ ", "€ ", "£ "} or text[
        max(0, start - 3) : start
    ] in {"R$ ", "US$"}


def shape_of(raw: str, digits: str) -> str | None:  # noqa: C901, PLR0911, PLR0912  # one grammar, read from top to bottom
    """Return how much a run looks like a number to call, or None if it is something else."""
    if raw.startswith("+") or (raw.startswith("00") and len(digits) > 10):
        return (
            "international" if (len(digits) > 7 and digits[:2] != "00") or raw[0] != "+" else None
        )
    if _DATE.fullmatch(raw) or _YEARS.fullmatch(raw) or digits.startswith(("978", "979")):
        return None
    groups = _GROUPS.findall(raw)
    if len(groups) > 6 and len(set(map(len, groups))) > 1 and len(digits) < 9:
        return None
    if len(groups) > 8 or (raw.count(".") and len(groups) in {2, 4} and max(map(len, groups)) < 4):
        return None
    if "." in raw and len(groups) == 2:  # a decimal
        return None
    if len(set(digits)) < 3:  # 0000000, 1010101
        return None
    if _NANP.fullmatch(raw) or _BRAZIL.fullmatch(raw) or _NINES.fullmatch(raw):
        return "formatted"
    if raw.startswith(("0", "(0")) and 9 <= len(digits) <= 12 and len(groups) <= 6:
        if len(groups) == 1:
            return "trunk"
        return "formatted" if len(groups[0]) <= 5 and groups[0] != "0" else "trunk"
    if _THOUSANDS.fullmatch(raw):
        return "bare" if len(digits) == 9 and digits[0] in "6789" else None
    if _LOCAL.fullmatch(raw):
        return "local"
    if 9 <= len(digits) <= 11:
        return "bare"
    if len(digits) >= 8 and len(groups) <= 4 and min(map(len, groups)) > 1:
        return "local"
    return None


def _is_valid(raw: str, digits: str) -> bool:
    if raw.startswith(("+", "00")):
        return _parses("+" + digits.removeprefix("00"), None)
    tried = 0
    for shape, regions in _SHAPES:
        if shape.fullmatch(digits):
            for region in regions:
                tried += 1
                if tried > MOST_PARSES:
                    return False
                if _parses(digits, region):
                    return True
    return False


def _parses(number: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False


__all__ = ["SELF", "THIRD", "phones"]
