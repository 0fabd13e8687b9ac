"""Languages read side by side do not read into each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.policy.dispositions import Disposition, dispose
from app.policy.vocabulary import Trust
from app.screening.clauses import Clauses
from app.screening.detectors.clauses import clauses
from app.screening.engine import SHIPPED, Context, lexicon_for, screen
from app.screening.normalize import fold, without_markup
from app.screening.scene import Scene
from app.screening.tokens import View

HERE = Path(__file__).parent
MOST_CHANGED = 0.03  # numbers are read with every country's formats, names with every list


def texts(code: str) -> list[str]:
    lines = (HERE / "languages" / f"{code}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def is_flagged(text: str, languages: tuple[str, ...]) -> bool:
    findings = screen(text, context=Context(languages=languages))
    return dispose(findings, Trust.KNOWN) is not Disposition.PUBLISH


@pytest.mark.parametrize("code", SHIPPED)
def test_enabling_the_other_languages_changes_almost_no_line_of_one(code: str) -> None:
    lines = texts(code)
    alone = [is_flagged(text, (code,)) for text in lines]
    together = [is_flagged(text, SHIPPED) for text in lines]
    changed = sum(one is not other for one, other in zip(alone, together, strict=True))
    assert changed <= MOST_CHANGED * len(lines)


def test_a_grammar_reads_the_same_whatever_other_languages_are_there() -> None:
    for text in texts("en"):
        view = View(without_markup(fold(text)), lexicon_for(SHIPPED))
        alone = View(without_markup(fold(text)), lexicon_for(("en",)))
        one = Clauses(alone, lexicon_for(("en",)).grammars[0], lexicon_for(("en",)))
        many = Clauses(view, lexicon_for(SHIPPED).grammars[0], lexicon_for(SHIPPED))
        assert one.bits == many.bits
        assert one.sentences == many.sentences


@pytest.mark.parametrize(
    "text",
    [
        "toastking clocks in at Hollin Bank Academy at seven, staff room, blue door",
        "Whoever wonders: the one who runs this board goes by Ottoline Farrabee offline",
        "she drinks tea in the canteen behind the Corn Exchange every Tuesday",
        "I would pay to know which hospital this woman works at",
        "velvetmole is the same person as kiln_queen on the other forum",
    ],
)
def test_a_grammar_reads_clauses_that_nobody_listed(text: str) -> None:
    lexicon = lexicon_for(("en",))
    view = View(without_markup(fold(text)), lexicon)
    assert any(candidate.total > 0 for candidate in clauses(Scene(view, lexicon)))


@pytest.mark.parametrize(
    "text",
    [
        "My gran drinks tea in the canteen every Tuesday",
        "The goalkeeper plays for Real Madrid and trains at seven",
        "Which hospital is this drama filmed at?",
        "In the novel she teaches at Hollin Bank Academy",
        "my alt is a paladin called Brannoc Ironvale",
    ],
)
def test_a_grammar_leaves_clauses_about_nobody_here_alone(text: str) -> None:
    assert not is_flagged(text, ("en",))
