"""`bauta drill`: every script is clean against this house, and finds what is broken in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.cases import queries, workflow
from app.cases.service import casework, holds, ledger, rounds
from app.cli import drill
from app.cli.drilling.scripts import SCRIPTS, play
from app.cli.main import main
from app.core import clock

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_is_clean(name: str) -> None:
    score = play(name)
    assert score.breaches == []
    assert score.forgotten == 0
    assert "clean" in drill.report(score)


def test_the_night_measures_every_clock_and_every_gate() -> None:
    score = play("at-night")
    met = {name for name, _left in score.clocks}
    assert met == {"claim", "team", "first_letter", "suspend", "draft", "send"}
    assert len(score.gates) >= 10
    assert score.bytes_read > 100_000


BROKEN = {
    "an act outside without a yes": (workflow, "may_act_outside", lambda *_: True),
    "a case without clocks": (casework, "start_clock", lambda *_: None),
    "a linter that lets all pass": (casework, "check_clean", lambda *_: None),
    "a post that is not hidden": (holds, "hold_post", lambda *_: frozenset()),
    "openings that nobody writes down": (
        ledger,
        "read",
        lambda *_, read=ledger.read: [e for e in read(*_) if e.about != "identity"],
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_house_that_is_broken_is_found_out(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, broken = BROKEN[what]
    monkeypatch.setattr(module, name, broken)
    assert play("at-night").breaches, what


def test_a_clock_that_calls_nobody_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "_call_up", lambda *_: None)
    assert any("nobody was called" in breach for breach in play("no-answer").breaches)


def test_a_brake_that_is_off_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holds, "LIVE_A_REPORTER", 99)
    assert play("flood").breaches


def test_the_command_exits_with_one_when_something_broke(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = clock.now()
    assert main(["drill", "by-one-of-us"]) == drill.CLEAN
    assert clock.now() - before < timedelta(minutes=5), "the clock runs on as before"
    monkeypatch.setattr(queries, "is_recused", lambda *_: False)
    assert main(["drill", "by-one-of-us"]) == drill.BREACHED
    assert "BREACH" in capsys.readouterr().out
