"""A shield key, and the ways to have a phrase shielded and a text looked through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Final

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core.db import Database
from app.screening.readings import readings
from app.shields import service
from app.shields.models import Mode, Shield
from app.shields.phrases import HEAD, Kind, cover
from app.shields.service import KEY_NAME, Keyhole, Matches, Wish
from app.shields.tags import Keys
from tests.conftest import SHIELD_KEY

# So many that a key for which none of them is a decoy is not met in a lifetime of runs.
FIRST: Final = (
    *("leocadia", "bartolomeo", "zdenka", "aurelio", "casimir", "federico", "matilda"),
    *("evaristo", "ludmila", "gervase", "perpetua", "ottokar", "sidonie", "hermione"),
)
LAST: Final = tuple(
    f"{a}{b}{c}"
    for a, b, c in product(
        "bdgklmnprstvz",
        ("arra", "olli", "unde", "izza", "etto", "ampo", "urri", "ilde", "onga", "esti"),
        ("bee", "quist", "zov", "mere", "stad"),
    )
)


@pytest.fixture
def opened(database: Database, session: Session) -> Session:
    """A session that carries a known shield key."""
    service.open_shields(database, SHIELD_KEY)
    session.info.update(database.write.kw["info"])
    return session


@pytest.fixture
def carrying(app: Flask, session: Session) -> Session:
    """A session that carries the key of the application under test."""
    session.info.update(app.extensions["database"].write.kw["info"])
    return session


@pytest.fixture
def shield() -> Callable[..., Shield]:
    """Shield a phrase for a member."""

    def make(  # noqa: PLR0917 - what a test is about, and the rest filled in
        session: Session,
        member: Member,
        phrase: str,
        kind: Kind = Kind.NAME,
        mode: Mode = Mode.HOLD,
        label: str = "the red one",
    ) -> Shield:
        return service.create_shield(session, member.actor, Wish(kind, phrase, label, mode))

    return make


def look(session: Session, author: Member, text: str, known: tuple[str, ...] = ()) -> Matches:
    """What shields say of a text; `known` are words that stand in many posts."""
    return service.matches(
        session, author.actor, text, readings(text), lambda words: words in known
    )


def is_held(session: Session, author: Member, text: str) -> bool:
    found = look(session, author, text)
    return any(s.rule == "set.hold" for f in found.others for s in f.signals)


def decoys(keys: Keys) -> Iterator[str]:
    """Names that nobody has shielded and that are held all the same."""
    for first, last in product(FIRST, LAST):
        form = last + first
        if keys.head(form[:HEAD])[1] and keys.is_decoy(form, cover([last, first])):
            yield f"{last.title()} {first.title()}"


def keyhole_of(session: Session) -> Keyhole:
    found: Keyhole = session.info[KEY_NAME]
    return found
