"""Guides: short texts of steps, each of which can be taken alone. They lie in files, by language.

The first lines say `title:` and `about:`; then an introduction; then the steps, each under a line
`# code: Title`. Ticks name the code, so that a title can change or be translated. An operator
can write a guide anew in the same form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.text import clean
from app.policy.vocabulary import Actor
from app.support import service
from app.support.models import GuideText

CONTENT: Final = Path(__file__).with_name("content")
FIRST_LANGUAGE: Final = "en"
WRITTEN_ON: Final = date(2026, 11, 23)  # when the shipped guides were last read through
SIGNS_AT_MOST: Final = 20_000
# In the order in which they are offered.
CODES: Final = (
    "accounts",
    "save",
    "platforms",
    "people",
    "home",
    "police",
    "counsel",
    "money",
    "less",
    "search",
    "rest",
)
_STEP: Final = re.compile(r"#\s*([a-z][a-z0-9_]{0,23}):\s*(.+)")


class BadGuideError(ValueError):
    """A text is no guide; the line says where it goes wrong, from 1, or 0 for the whole."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its code, what it is called, what to do."""

    code: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide."""

    code: str
    title: str
    about: str
    intro: str
    steps: Sequence[Step]
    checked_on: date
    source: str


def parse(code: str, source: str, checked_on: date) -> Guide:
    """Read a guide.

    Raises:
        BadGuideError: when a title or the steps are missing, or two steps have one code.
    """
    head = {"title": "", "about": ""}
    intro: list[str] = []
    steps: list[tuple[str, str, list[str]]] = []
    for number, line in enumerate(source.splitlines(), start=1):
        name, colon, value = line.partition(":")
        if not steps and not intro and colon and name in head:
            head[name] = value.strip()
        elif line.startswith("#"):
            found = _STEP.fullmatch(line.strip())
            if not found or found[1] in {known for known, _, _ in steps}:
                raise BadGuideError(number)
            steps.append((found[1], found[2].strip(), []))
        elif steps:
            steps[-1][2].append(line)
        elif line.strip() or intro:
            intro.append(line)
    if not (head["title"] and steps):
        raise BadGuideError(0)
    return Guide(
        code=code,
        title=head["title"],
        about=head["about"],
        intro="\n".join(intro).strip(),
        steps=[Step(known, title, "\n".join(text).strip()) for known, title, text in steps],
        checked_on=checked_on,
        source=source,
    )


@cache
def shipped(code: str, language: str) -> Guide:
    """A guide as it came with the program; in English where it is not translated."""
    path = CONTENT / language / f"{code}.txt"
    if not path.is_file():
        path = CONTENT / FIRST_LANGUAGE / f"{code}.txt"
    return parse(code, path.read_text(encoding="utf-8"), WRITTEN_ON)


def guides(session: Session, language: str) -> list[Guide]:
    """Every guide as it reads here, in its order."""
    rows = session.scalars(
        select(GuideText).where(GuideText.language.in_([language, FIRST_LANGUAGE]))
    ).all()
    own = {(row.code, row.language): row for row in rows}
    return [_of(own.get((code, language)), code, language) for code in CODES]


def guide(session: Session, code: str, language: str) -> Guide | None:
    """One guide as it reads here."""
    if code not in CODES:
        return None
    return _of(session.get(GuideText, (code, language)), code, language)


def _of(row: GuideText | None, code: str, language: str) -> Guide:
    """What an operator wrote, else what was shipped."""
    return shipped(code, language) if row is None else parse(code, row.body, row.checked_on)


def rewrite(session: Session, operator: Actor, code: str, language: str, source: str) -> Guide:
    """Write a guide anew; it counts as checked today.

    Raises:
        BadGuideError: as `parse`; also when it is too long.
    """
    text = clean(source)
    if len(text) > SIGNS_AT_MOST:
        raise BadGuideError(0)
    made = parse(code, text, clock.today())
    session.merge(GuideText(code=code, language=language, body=text, checked_on=clock.today()))
    audit.record(session, operator.public_id, "guide.edit", f"{code}-{language}")
    return made


def restore(session: Session, operator: Actor, code: str, language: str) -> None:
    """Go back to the guide that came with the program."""
    row = session.get(GuideText, (code, language))
    if row is not None:
        session.delete(row)
        audit.record(session, operator.public_id, "guide.restore", f"{code}-{language}")


def tick(
    session: Session, who: Actor, private_key: bytes, where: tuple[str, str], *, is_done: bool
) -> None:
    """Note that a step is done, or that it is not; `where` is the code of guide and step."""
    code, step = where
    own = service.changing(session, who, private_key)
    done = [known for known in own.ticks.get(code, []) if known != step]
    own.ticks[code] = [*done, step] if is_done else done
    if not own.ticks[code]:
        del own.ticks[code]
    service.keep(session, who, own)
