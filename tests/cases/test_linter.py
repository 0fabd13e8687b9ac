"""The linter finds a sealed term in its disguises, and prints nothing."""

from __future__ import annotations

from typing import Final

import pytest

from app.cases import linter

KEY: Final = bytes(range(32))
SEALED: Final = linter.tags(KEY, ["Zephyrine Quill", "Marrowgate 14", "heron"])


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
