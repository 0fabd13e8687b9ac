"""Findings as a page shows them: a span of the text, and the sentence that explains it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from app.screening.findings import Finding, Why
from app.screening.messages import MESSAGES


@dataclass(frozen=True, slots=True)
class Mark:
    """One marked span in code points of the text, half-open, and why it is marked."""

    start: int
    end: int
    why: str


def marks(findings: Sequence[Finding]) -> list[Mark]:
    """The findings in the order of the text, each with its sentence in the reader's language."""
    in_order = sorted(findings, key=lambda finding: (finding.span.start, finding.span.end))
    return [
        Mark(finding.span.start, finding.span.end, sentence(finding.why)) for finding in in_order
    ]


def sentence(why: Why) -> str:
    """The sentence for one reason. A list of kinds is translated kind by kind."""
    words = {name: _kinds(value) for name, value in why.parameters}
    return str(gettext(MESSAGES[why.message], **words))


def _kinds(value: str) -> str:
    """A parameter in words: kinds by their names, anything else as it is."""
    names = [part.strip() for part in value.split(",")]
    return ", ".join(
        str(gettext(MESSAGES[f"kind.{name}"])) if f"kind.{name}" in MESSAGES else name
        for name in names
    )
