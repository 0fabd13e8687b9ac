"""No byte of the texts of a member who left is on the disk; the full measure is the benchmark."""

from __future__ import annotations

import pytest

from app.cli import erasing
from benchmarks.leaving import main


@pytest.mark.slow
def test_no_byte_of_a_leavers_texts_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(120) == 0
    assert capsys.readouterr().out.count("well") == 3


@pytest.mark.slow
def test_control_without_the_index_written_anew_the_measure_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(erasing, "rewrite_index", lambda database: None)
    assert main(120) == 1
    assert "WRONG" in capsys.readouterr().out
