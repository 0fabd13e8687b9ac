"""What a frightened person reads here is plain: grade 8 at most (RESPONSE.md §18, 21)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.support import sections
from tests.cases.test_readability import HIGHEST, SAID, grade, sentences_of
from tests.factories import make_member
from tests.house.source import ROOT

SignIn = Callable[..., FlaskClient]
PAGES: Final = sorted((ROOT / "templates" / "support").glob("*.html"))
FIRST_SCREEN_WORDS: Final = 120


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_pages_of_ones_own_safety_are_plain(path: object) -> None:
    texts = SAID.findall(path.read_text())  # type: ignore[attr-defined]
    said = [part for text in texts for part in sentences_of(text)]
    if said:
        assert grade(said) <= HIGHEST
    assert not any("!" in text for text in texts)


def test_the_sections_and_the_questions_are_plain() -> None:
    hints = [part for one in sections.SECTIONS for part in sentences_of(str(one.hint))]
    asked = [str(text) for text in sections.QUESTIONS.values()]
    assert grade(hints) <= HIGHEST
    assert grade(asked) <= HIGHEST


@pytest.mark.parametrize("path", ["/me/plan", "/me/safety"])
def test_the_first_screen_is_short(session: Session, sign_in: SignIn, path: str) -> None:
    page = sign_in(make_member(session)).get(path).text
    main = page.partition('<main id="content"')[2].partition("</main>")[0]
    before = re.split(r'<section class="calm"|<details', main)[0]
    words = re.sub(r"<[^>]+>", " ", before.partition(">")[2]).split()
    assert 10 < len(words) <= FIRST_SCREEN_WORDS
