"""What the privacy page promises, read from `docs/claims.toml`: each sentence with its tests."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final

CLAIMS: Final = Path(__file__).resolve().parents[2] / "docs" / "claims.toml"


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence; the tests that would fail if it were not so; what shows that they can fail."""

    id: str
    text: str
    databases: tuple[str, ...]
    tests: tuple[str, ...]
    controls: tuple[str, ...]


@cache
def claims() -> tuple[Claim, ...]:
    """All of them, in the order in which the page shows them."""
    return _read(CLAIMS.read_text(encoding="utf-8"))


def claims_on(database: str) -> list[Claim]:
    """Those that are true on this kind of database."""
    return [claim for claim in claims() if database in claim.databases]


def extract(
    file: BinaryIO, keywords: Collection[str], tags: Collection[str], options: dict[str, Any]
) -> Iterator[tuple[int, str, str, list[str]]]:
    """The sentences as Babel gathers them for translation (`translations/babel.cfg`)."""
    for claim in _read(file.read().decode()):
        yield 1, "gettext", claim.text, []


def _read(text: str) -> tuple[Claim, ...]:
    """The claims in a file's text."""
    return tuple(
        Claim(
            id=entry["id"],
            text=entry["text"],
            databases=tuple(entry["databases"]),
            tests=tuple(entry["tests"]),
            controls=tuple(entry["controls"]),
        )
        for entry in tomllib.loads(text)["claim"]
    )
