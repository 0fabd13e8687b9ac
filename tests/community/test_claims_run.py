"""A run in which a claim's test was left out is no good run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Literal, cast

import pytest

from app.community.claims import Claim
from tests.claims_run import ClaimsRun

CLAIM = Claim("one", "It is so.", ("sqlite",), ("tests/a.py::test_one", "tests/b.py::test_two"), ())


def step(
    test: str,
    outcome: Literal["passed", "failed", "skipped"] = "passed",
    when: Literal["setup", "call"] = "call",
) -> pytest.TestReport:
    return pytest.TestReport(test, ("a.py", 1, "it"), {}, outcome, None, when)


def end_of(run: ClaimsRun) -> int:
    session = SimpleNamespace(exitstatus=pytest.ExitCode.OK)
    run.pytest_sessionfinish(cast(pytest.Session, session), session.exitstatus)
    return int(session.exitstatus)


def run_of(*steps: pytest.TestReport, is_whole: bool = True) -> ClaimsRun:
    run = ClaimsRun([CLAIM], is_whole=is_whole)
    for each in steps:
        run.pytest_runtest_logreport(each)
    return run


def test_a_run_in_which_all_passed_stays_good() -> None:
    run = run_of(step("tests/a.py::test_one"), step("tests/b.py::test_two[value]"))
    assert run.not_shown() == []
    assert end_of(run) == pytest.ExitCode.OK


@pytest.mark.parametrize(
    "second",
    [
        [],
        [step("tests/b.py::test_two", "skipped", "setup")],
        [step("tests/b.py::test_two", "skipped")],
        [step("tests/b.py::test_two", "failed")],
        [step("tests/b.py::test_two", "passed", "setup")],
        [step("tests/b.py::test_two[1]"), step("tests/b.py::test_two[2]", "skipped", "setup")],
    ],
    ids=["never ran", "left out", "left out within", "failed", "only set up", "left out in part"],
)
def test_a_whole_run_fails_when_a_test_of_a_claim_did_not_pass(
    second: list[pytest.TestReport],
) -> None:
    run = run_of(step("tests/a.py::test_one"), *second)
    assert end_of(run) == pytest.ExitCode.TESTS_FAILED
    assert run.missed == ["tests/b.py::test_two"]


def test_a_part_of_the_suite_says_nothing_of_claims() -> None:
    assert end_of(run_of(is_whole=False)) == pytest.ExitCode.OK
