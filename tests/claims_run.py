"""A whole run fails when a test behind a claim of the privacy page did not run in it and pass.

That such a test is written down is held by `tests/community/test_claims.py`. It might still be left
out when the suite runs: for a service that is missing, or by a condition. A run that somebody asked
to be only a part (a file, a mark, a word) says nothing about claims.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pytest

from app.community.claims import Claim


class ClaimsRun:
    """Remembers what ran, and looks at the end whether every claim was put to its tests."""

    def __init__(self, claims: Iterable[Claim], *, is_whole: bool) -> None:
        self.wanted: Final = {test for claim in claims for test in claim.tests}
        self.is_whole: Final = is_whole
        self.passed: Final[set[str]] = set()
        self.left_out: Final[set[str]] = set()
        self.missed: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one step of one test; the values that a test is run with do not matter."""
        test = report.nodeid.partition("[")[0]
        if report.skipped:
            self.left_out.add(test)
        elif report.passed and report.when == "call":
            self.passed.add(test)

    def not_shown(self) -> list[str]:
        """The tests of claims that did not pass in this run, or were left out for some values."""
        return sorted(self.wanted - (self.passed - self.left_out))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Turn a whole run that seemed good into a failed one when a claim was not tested."""
        if self.is_whole and exitstatus == pytest.ExitCode.OK:
            self.missed = self.not_shown()
            if self.missed:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which."""
        if self.missed:
            terminalreporter.section("claims that nothing held in this run", red=True)
        for test in self.missed:
            terminalreporter.line(f"did not run and pass: {test}")


def is_whole(config: pytest.Config) -> bool:
    """Whether this run was asked for everything, and is the one that sees all reports."""
    option = config.option
    is_narrowed = option.keyword or option.markexpr or option.deselect or option.collectonly
    is_narrowed = is_narrowed or option.ignore or option.ignore_glob or option.maxfail
    is_narrowed = (
        is_narrowed
        or config.getoption("lf", default=None)
        or config.getoption("stepwise", default=None)
    )
    is_worker = hasattr(config, "workerinput")  # of several at once, the first one gathers
    return (
        config.args_source is pytest.Config.ArgsSource.TESTPATHS
        and not is_narrowed
        and not is_worker
    )
