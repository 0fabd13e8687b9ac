"""The labelled lines of this project: a floor below which the filter may not fall.

The figures themselves are printed by `make bench-screening`. A line of the `check` split is not
looked at here, so that nobody is tempted to work on it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.policy.dispositions import Disposition, dispose
from app.policy.vocabulary import Trust
from app.screening.engine import screen

HERE = Path(__file__).parent
FILES = sorted(
    path
    for path in [*HERE.glob("corpus/*.jsonl"), *HERE.glob("languages/*.jsonl")]
    if not path.stem.endswith("check")
)
LEAST_RECALL = 0.83
MOST_LOOKALIKES_FLAGGED = 0.04


def posts(path: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [post for post in lines if post.get("split") != "check"]


def is_flagged(post: dict[str, Any]) -> bool:
    return dispose(screen(post["text"]), Trust.KNOWN) is not Disposition.PUBLISH


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_filter_catches_what_exposes_and_leaves_the_rest_alone(path: Path) -> None:
    lines = posts(path)
    exposing = [is_flagged(post) for post in lines if post["label"] == "doxx"]
    harmless = [is_flagged(post) for post in lines if post["label"] == "ok"]
    assert sum(exposing) >= LEAST_RECALL * len(exposing)
    assert sum(harmless) <= MOST_LOOKALIKES_FLAGGED * len(harmless)
