"""What a reporter is told: four words, each some time after something was done.

The random while keeps anybody from reading off the word when, and so whether, something was done.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from app.cases.models import ExposureReport
from app.cases.words import Told
from app.core import clock

TOLD_AFTER: Final = 3 * 60  # minutes at most, beside the first hour


def tell(report: ExposureReport, word: Told) -> None:
    """Let the reporter read another word, after a random while."""
    report.told = told_now(report)
    report.next_told = word
    wait = timedelta(minutes=60 + secrets.randbelow(TOLD_AFTER))
    report.next_told_at = clock.now() + wait


def told_now(report: ExposureReport) -> Told:
    """The word that the reporter reads at this moment."""
    return report.next_told if report.next_told_at <= clock.now() else report.told
