"""Number plates: national shapes, which mean something only beside a cue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from app.screening.findings import Category
from app.screening.lexicon import COMMON, STOP
from app.screening.scene import WINDOW, Candidate, Scene
from app.screening.tokens import View

# The usual plates of the packs' regions; letters and digits only, separators as people type them.
_PLATE: Final = re.compile(
    r"(?:[A-Z]{2}[ -]?\d{2}[ -]?[A-Z]{3}"  # GB since 2001
    r"|[A-Z]\d{1,3}[ -]?[A-Z]{3}|[A-Z]{3}[ -]?\d{1,3}[A-Z]"  # GB before
    r"|[A-ZÄÖÜ]{1,3}[ :-][A-ZÄÖÜ]{1,2}[ -]?\d{1,4}[HE]?"  # DE
    r"|[A-ZÄÖÜ]{1,3}[ -]\d{1,5}[ -]?[A-Z]{1,3}"  # AT
    r"|\d{4}[ -]?[BCDFGHJKLMNPRSTVWXYZ]{3}"  # ES
    r"|[A-Z]{2}[ -]?\d{3}[ -]?[A-Z]{2}"  # FR, IT
    r"|[A-Z]{2}[ -]\d{2}[ -][A-Z]{2}|\d{2}[ -][A-Z]{2}[ -]\d{2}"  # PT
    r"|\d{2}[ -]\d{2}[ -][A-Z]{2}|[A-Z]{2}[ -]\d{2}[ -]\d{2}"
    r"|[A-Z]{3}[ -]?\d[A-Z0-9]\d{2}"  # BR
    r"|\d[A-Z]{3}\d{3}|[A-Z]{3}[ -]?\d{3,4}|\d{3}[ -]?[A-Z]{3}|[A-Z]{2}[ -]?\d{5}"  # US
    r"|[A-Z]{2}[ -]?\d{2}[ -]?[A-Z]{1,2}[ -]?\d{4}|\d{2,3}[ -][A-Z]{1,2}[ -]\d{1,6}"  # IN, IE
    r"|\d-[A-Z]{3}-\d{3}|[A-Z]{4}[ -]?\d{2}|[A-Z]{3}-\d{2}-\d{2}"  # BE, CL, MX
    r"|[A-Z]\d{2} ?[A-Z]{3}"  # CA
    r"|[A-Z]{2} \d{1,3} \d{3}|[A-Z]{4} \d{3}|[A-Z]{2}[ -]?\d{4,6}|\d[A-Z]{2}[ -]?\d[A-Z]{2}|[A-Z]{3}[ -]?\d{2}[ -]?[A-Z])(?![^\W_])",  # noqa: E501  # a table
    re.IGNORECASE,
)
LONGEST: Final = 12
REACH: Final = WINDOW + 6  # tokens from a cue to the first of a plate, which has a few
_DIGIT: Final = re.compile(r"\d")
# Shapes that little else has: GB, DE with hyphen, FR, ES, PT.
_SPECIFIC: Final = re.compile(
    r"[A-Z]{2}\d{2} [A-Z]{3}|[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} \d{1,4}[HE]?|[A-Z]{2}-\d{3}-[A-Z]{2}"
    r"|\d{4}[ -][BCDFGHJKLMNPRSTVWXYZ]{3}|[A-Z]{2}-\d{2}-[A-Z]{2}|\d{2}-[A-Z]{2}-\d{2}"
    r"|[A-Z]{3}\d[A-Z]\d{2}|[A-Z]{3}-\d[A-Z0-9]\d{2}"
)


def vehicles(scene: Scene) -> Iterator[Candidate]:  # noqa: C901  # one grammar, read from top to bottom
    """Yield what looks like a number plate and stands near a word for one."""
    view = scene.view
    heads = scene.lexicon.cues.get(Category.VEHICLE, {})
    if heads.keys().isdisjoint(view.vocabulary):
        return
    text = view.text
    for token in _near(view, heads):
        place = view.starts[token]
        if not text[place].isalnum() or (
            view.flags[token] & (STOP | COMMON) and not view.is_capital(token)
        ):
            continue
        if _DIGIT.search(text, place, place + LONGEST + 2) is None:
            continue
        found = _PLATE.match(text, place, place + LONGEST + 2)
        if found is None:
            continue
        start, end = found.span()
        before = text[start - 1] if start else " "
        after = text[end] if end < len(text) else " "
        raw = found[0]
        if before.isalnum() or after.isalnum() or before in "/_#=@-." or after in "_@":
            continue
        if not any(character.isdigit() for character in raw):
            continue
        if after in "-/" and end + 1 < len(text) and text[end + 1].isalnum():
            continue
        candidate = scene.candidate(Category.VEHICLE, start, end, "vehicle")
        letters = [character for character in raw if character.isalpha()]
        is_upper = all(character.isupper() for character in letters)
        candidate.add("upper" if is_upper else "lower", 6 if is_upper else -6)
        if len(letters) >= 2 and end - start >= 6:
            candidate.add("full_length", 4)
        if _SPECIFIC.fullmatch(raw):
            candidate.add("national_shape", 6)
        scene.weigh(candidate)
        if any(s.rule.startswith("cue.") and s.weight > 0 for s in candidate.signals):
            yield candidate


def _near(view: View, heads: Mapping[str, object]) -> Iterator[int]:
    """Yield the tokens that stand near a cue, in order and each once."""
    done = 0
    for at, key in enumerate(view.keys):
        if key in heads:
            end = min(len(view.keys), at + REACH)
            yield from range(max(done, at - REACH), end)
            done = max(done, end)
