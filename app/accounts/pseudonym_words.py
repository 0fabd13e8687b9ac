"""The words that pseudonyms are suggested from and checked against; see the TOML file beside."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

_LISTS: Final[dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "pseudonym_words.toml").read_text(encoding="utf-8")
)

ADJECTIVES: Final = tuple(_LISTS["adjectives"].split())
NOUNS: Final = tuple(_LISTS["nouns"].split())
GIVEN_NAMES: Final = frozenset(_LISTS["given_names"].split())
RESERVED_ANYWHERE: Final = tuple(_LISTS["reserved_anywhere"].split())
RESERVED_PARTS: Final = tuple(_LISTS["reserved_parts"].split())
