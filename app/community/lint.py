"""The linter of what everybody is told: it names nobody, and holds no number and no address.

It knows nothing of any case. Where a notice is about one, the case's own linter reads it as well.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core.text import fold
from app.policy.dispositions import Disposition, dispose
from app.policy.vocabulary import Trust
from app.screening.engine import screen

WORD: Final = re.compile(r"[^\W_]+")
LONGEST: Final = 4  # words of one pseudonym, parted by signs that it may hold


class Flaw(StrEnum):
    """Why a text is not for everybody."""

    IDENTIFIES = "identifies"
    PSEUDONYM = "pseudonym"


def flaw_in(session: Session, text: str) -> Flaw | None:
    """What keeps a text from being told to everybody, if anything does."""
    if dispose(screen(text), Trust.KNOWN) is not Disposition.PUBLISH:
        return Flaw.IDENTIFIES
    words = WORD.findall(fold(text))
    runs = {
        "".join(words[start : start + length])
        for start in range(len(words))
        for length in range(1, LONGEST + 1)
    }
    pseudonyms = session.scalars(select(Member.pseudonym))
    named = any("".join(WORD.findall(fold(name))) in runs for name in pseudonyms)
    return Flaw.PSEUDONYM if named else None
