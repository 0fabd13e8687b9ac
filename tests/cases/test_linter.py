"""The linter finds a sealed term in its disguises, and prints nothing."""

from __future__ import annotations

from typing import Final

import pytest

from app.cases import linter
from app.cli.demo_content.reader import read
from app.policy.vocabulary import Visibility

KEY: Final = bytes(range(32))
SEALED: Final = linter.tags(KEY, ["Zephyrine Quill", "Marrowgate 14", "heron"])

# Fifty ways to write it, of which screening and tags together have to know nineteen in twenty
# (RESPONSE.md §18, 16).
DISGUISES: Final = (
    "zephyrine quill", "ZEPHYRINE QUILL", "ZephyrineQuill", "Zephyrine-Quill", "Zephyrine_Quill",
    "Zephyrine.Quill", "Zephyrine\nQuill", "Quill, Zephyrine", "QuillZephyrine", "Zephyrines",
    "z e p h y r i n e", "z.e.p.h.y.r.i.n.e", "z-e-p-h-y-r-i-n-e", "Z E P H Y R I N E   Q U I L L",
    "zephyr ine quill", "z3phyrin3", "Z3PHYR1N3 QU1LL", "zephyr1ne", "Zephyrin3 Qu!ll",
    "zephyrine2",
    "Zéphyrine", "Zephyri\u0301ne", "Zephyrïne Qüill", "zep\u200bhyrine", "zephy\u00adrine",
    "zeph\u2060yrine", "Z\u0435\u0440h\u0443rine", "\u0396ephyrine",
    "\uff5a\uff45\uff50\uff48\uff59\uff52\uff49\uff4e\uff45",
    "\U0001d433\U0001d41e\U0001d429\U0001d421\U0001d432\U0001d42b\U0001d422\U0001d427\U0001d41e",
    "\u24e9\u24d4\u24df\u24d7\u24e8\u24e1\u24d8\u24dd\u24d4",
    "\U0001d537\U0001d522\U0001d52d\U0001d525\U0001d536\U0001d52f\U0001d526\U0001d52b\U0001d522",
    "\u1d22\u1d07\u1d18\u029c\u028f\u0280\u026a\u0274\u1d07", "\U0001f189ephyrine",
    "eniryhpez", "lliuq", "zeeephyrine", "Zephyrinne", "Zephyrine's letter", "(Zephyrine)",
    "**Zeph**yrine", "#ZephyrineQuill", "zephyrine@quill.example", "zephyrine%20quill",
    "https://example.org/zephyrine-quill", "marrow gate", "Marrowgate Nr. 14", "M4rr0wgate",
    "z*phyrine", "mrculevar",
)  # fmt: skip


def test_nineteen_of_twenty_disguises_are_found() -> None:
    letters = [f"Please look at {one} today." for one in DISGUISES]
    found = [not linter.is_clean(KEY, SEALED, text) for text in letters]
    assert len(set(DISGUISES)) == 50
    assert sum(found) >= 0.95 * len(DISGUISES), letters


@pytest.mark.slow
def test_ten_thousand_words_of_ordinary_talk_hold_no_sealed_term() -> None:
    facts = ("Aurelio Vandersteen", "Otterbourne 14", "brindletansy")
    sealed = linter.tags(KEY, facts)
    talk = [
        post.body
        for thread in read().threads
        for post in thread.posts
        if post.visibility is Visibility.PUBLISHED
    ]
    assert sum(len(text.split()) for text in talk) > 10_000
    assert [text for text in talk if not linter.is_clean(KEY, sealed, text)] == []
    said = [f"{text} {fact}" for text, fact in zip(talk, facts * len(talk), strict=False)]
    assert not any(linter.is_clean(KEY, sealed, text) for text in said[:30]), "it finds nothing"


@pytest.mark.parametrize(
    "text",
    [
        "It says Zephyrine Quill there.",
        "zephyrine  QUILL",
        "Quill, and nothing else",
        "ZephyrineQuill",
        "z e p h y r i n e",
        "z3phyrin3 qu1ll",
        "Zéphyrine",
        "zep\u200bhyrine",
        "She lives at Marrowgate.",
        "dear heron",
        "call +49 30 25208838",
        "write to z.quill@posteo.de",
    ],
)
def test_a_sealed_term_is_found_in_its_disguises(text: str) -> None:
    assert not linter.is_clean(KEY, SEALED, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Please remove this page under your own rule 3.",
        "We hid it here, and we write again tomorrow.",
        "Victims can ring 116 006.",
        "The quilt on the gate is of no concern.",
    ],
)
def test_an_ordinary_letter_passes(text: str) -> None:
    assert linter.is_clean(KEY, SEALED, text)


def test_tags_of_another_case_find_nothing_and_hold_no_term() -> None:
    assert linter.is_clean(bytes(32), SEALED, "Zephyrine Quill")
    assert not any("quill" in tag or "zephyrine" in tag for tag in SEALED)
