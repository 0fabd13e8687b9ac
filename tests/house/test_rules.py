"""The rules for semgrep: each has something planted that it must find (`make rules` runs them)."""

from __future__ import annotations

import re

from tests.house.source import ROOT

RULES = ROOT / "tests" / "rules"


def test_every_rule_has_something_planted_that_it_must_find() -> None:
    rules = re.findall(r"^  - id: (\S+)$", (RULES / "house.yml").read_text(), re.MULTILINE)
    planted = re.findall(r"# ruleid: (\S+)$", (RULES / "house.py").read_text(), re.MULTILINE)
    assert len(rules) == len(set(rules)) > 0
    assert set(rules) == set(planted)
