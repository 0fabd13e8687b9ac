"""Whom a text calls by an @ and a pseudonym. Pure."""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile
from typing import Final

# An @ within a word belongs to an address of mail, or to a name at another place.
_CALL: Final = re.compile(r"(?:^|(?<=[^\w@./\\-]))@(\S+)", re.MULTILINE)
_IN_NAMES: Final = frozenset("LM")  # Unicode: letters, and the marks that some scripts put to them
_SHORTEST: Final = 2  # as pseudonyms are


def called(text: str) -> tuple[str, ...]:
    """The names that stand behind an @, in small letters, each once, in the order of the text."""
    names = (_name(run.lower()) for run in _CALL.findall(text))
    return tuple(dict.fromkeys(name for name in names if len(name) >= _SHORTEST))


def _name(run: str) -> str:
    """The name that a run of signs begins with; none where the run is a name at another place."""
    name = "".join(takewhile(_is_in_names, run))
    return "" if run[len(name) : len(name) + 1] == "@" else name.rstrip("-")


def _is_in_names(sign: str) -> bool:
    """Whether a sign may stand in a pseudonym."""
    return sign == "-" or sign.isdigit() or unicodedata.category(sign)[0] in _IN_NAMES
