"""Each acceptance measure names the tests that hold it, or says openly that nothing does yet."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests.community.test_claims import is_there

ROOT: Final = Path(__file__).parents[2]
MEASURES: Final[Sequence[Mapping[str, Any]]] = tomllib.loads(
    (ROOT / "docs" / "measures.toml").read_text(encoding="utf-8")
)["measure"]
WORDS: Final = {"number", "what", "target", "tests", "benchmarks", "figure", "open"}


def flaws(measure: Mapping[str, Any]) -> list[str]:
    """What is wrong with an entry."""
    modules = [Path(f"{name.replace('.', '/')}.py") for name in measure.get("benchmarks", [])]
    found = [f"no such test: {test}" for test in measure["tests"] if not is_there(test)]
    found += [f"no such benchmark: {path}" for path in modules if not (ROOT / path).is_file()]
    found += [f"unknown: {word}" for word in sorted(set(measure) - WORDS)]
    if not measure["tests"] and not measure.get("open"):
        found.append("nothing holds it, and nothing says so")
    if "figure" in measure and not modules:
        found.append("a figure that nothing measures")
    return found


@pytest.mark.parametrize("measure", MEASURES, ids=lambda one: str(one["number"]))
def test_what_holds_a_measure_is_there_and_runs(measure: Mapping[str, Any]) -> None:
    assert flaws(measure) == []


def test_every_measure_is_listed_once() -> None:
    assert [measure["number"] for measure in MEASURES] == list(range(1, 27))


def test_control_a_measure_that_nothing_holds_is_noticed() -> None:
    sound = {"number": 1, "what": "x", "target": "x", "tests": [], "open": "Not built."}
    assert flaws(sound) == []
    gone = "tests/house/test_measures.py::test_of_which_nobody_has_heard"
    for wrong in ({"open": ""}, {"tests": [gone]}, {"benchmarks": ["benchmarks.no"]}, {"x": 1}):
        assert flaws(sound | wrong), wrong
