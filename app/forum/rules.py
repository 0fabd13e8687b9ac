"""Which rules a text was screened by: the engine as it is installed, filters and shields."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

import app.screening
from app.filters import queries as filters
from app.shields import queries as shields

VERSION_LETTERS: Final = 16  # 64 bits, in hexadecimal: versions are compared, never guessed


def rules_version(session: Session) -> str:
    """A word that changes whenever the engine, its packs, a filter or a shield has changed."""
    book = shields.book(session)
    parts = (_engine(), filters.version(session), book.version if book else "")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:VERSION_LETTERS]


@cache
def _engine() -> str:
    """A digest of the room `screening` as it is installed: detectors, packs and weights."""
    digest = hashlib.sha256()
    for folder in app.screening.__path__:
        for path in sorted(Path(folder).rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()
