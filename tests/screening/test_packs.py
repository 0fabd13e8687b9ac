from __future__ import annotations

from importlib import import_module

import pytest

from app.screening.engine import SHIPPED
from app.screening.languages import build
from app.screening.languages.pack import Pack, Pattern
from app.screening.lexicon import Lexicon, PatternError


@pytest.mark.parametrize("code", SHIPPED)
def test_a_module_says_what_its_language_file_says(code: str) -> None:
    written = import_module(f"app.screening.languages._packs.{code}").PACK
    assert written == build.read_pack(build.HERE / f"{code}.toml")


def test_every_language_file_is_shipped() -> None:
    assert sorted(SHIPPED) == [path.stem for path in build.sources()]


@pytest.mark.parametrize("code", SHIPPED)
def test_a_pack_says_where_it_comes_from_and_knows_every_category(code: str) -> None:
    pack = import_module(f"app.screening.languages._packs.{code}").PACK
    assert {cue.category for cue in pack.cues} >= {"phone", "email", "postal_address", "payment"}
    read_by_grammar = {"employer_school", "whereabouts"} if pack.grammar else set()
    assert {pattern.category for pattern in pack.patterns} | read_by_grammar >= {
        "real_name",
        "employer_school",
        "solicitation",
        "account_link",
        "whereabouts",
        "exposure_threat",
        "facts",
    }


@pytest.mark.parametrize("phrase", ["({he}", "{nolist} name", "? name", "a (b|c"])
def test_a_pattern_that_cannot_be_read_is_refused(phrase: str) -> None:
    pack = Pack(
        code="xx",
        regions=(),
        numbers={},
        repeats={},
        disguise={},
        words={},
        lists={"he": ("he",)},
        address={},
        cues=(),
        patterns=(Pattern("real_name", "strong", phrase),),
    )
    with pytest.raises(PatternError):
        Lexicon((pack,))
