"""The form in which words are looked up."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_ACCENTS: Final = re.compile("[\u0300-\u036f]")


@lru_cache(maxsize=65_536)
def plain(word: str) -> str:
    """Return a lower-case word without accents: the key under which lists are kept."""
    if word.isascii():
        return word
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", word))
    return bare.replace("ß", "ss").replace("ø", "o").replace("ł", "l").replace("æ", "ae")
