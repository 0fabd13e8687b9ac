"""What becomes of a text: one table from how bad, how sure, about whom and how trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

from app.policy.vocabulary import Trust
from app.screening.findings import (
    CALL_TO_ACT,
    About,
    Category,
    Finding,
    Signal,
    Surface,
)


class Disposition(IntEnum):
    """What becomes of a text; ordered, the strictest last."""

    PUBLISH = 0
    NUDGE = 1
    HOLD = 2
    REFUSE = 3

    @property
    def word(self) -> str:
        """The one word other programs read: publish, nudge, hold, refuse."""
        return self.name.lower()


class Severity(IntEnum):
    """How much harm one finding does; `block` is what opens a door or an account."""

    HOLD = 0
    BLOCK = 1


class Sureness(IntEnum):
    """Into which band a confidence falls."""

    NONE = 0
    POSSIBLE = 1
    LIKELY = 2
    SURE = 3


class Band(NamedTuple):
    """The lowest confidence of each sureness, for one trust."""

    possible: float
    likely: float
    sure: float


class Whom(IntEnum):
    """For whom a row of the table speaks."""

    OTHERS = 0
    SELF = 1


Bands = Mapping[Trust, Band]
Row = tuple[Disposition, Disposition, Disposition]  # possible, likely, sure

BLOCKING: Final = frozenset(
    {Category.POSTAL_ADDRESS, Category.GOVERNMENT_ID, Category.PAYMENT, Category.DOXX_LINK}
)

BANDS: Final[Bands] = {
    Trust.VISITOR: Band(0.25, 0.45, 0.90),
    Trust.NEWCOMER: Band(0.25, 0.45, 0.90),
    Trust.KNOWN: Band(0.35, 0.60, 0.90),
    Trust.REGULAR: Band(0.40, 0.68, 0.90),
    Trust.TRUSTED: Band(0.45, 0.75, 0.90),
}

_NUDGE, _HOLD, _REFUSE = Disposition.NUDGE, Disposition.HOLD, Disposition.REFUSE

TABLE: Final[Mapping[tuple[Severity, Whom], Row]] = {
    (Severity.BLOCK, Whom.OTHERS): (_NUDGE, _HOLD, _REFUSE),
    (Severity.BLOCK, Whom.SELF): (_NUDGE, _REFUSE, _REFUSE),
    (Severity.HOLD, Whom.OTHERS): (_NUDGE, _HOLD, _HOLD),
    (Severity.HOLD, Whom.SELF): (_NUDGE, _NUDGE, _NUDGE),
}

OWN_ADDRESS: Final[Mapping[bool, Row]] = {  # by: is the author a newcomer?
    False: (_NUDGE, _NUDGE, _NUDGE),
    True: (_NUDGE, _HOLD, _HOLD),
}

EXPOSING: Final = frozenset({Category.SOLICITATION, Category.EXPOSURE_THREAT})
REFUSALS_A_DAY: Final = 2  # the third goes to a moderator: nobody polishes a text against refusals
_AS_SET: Final = "set."


def as_set(disposition: Disposition) -> Signal:
    """Return the signal by which a shield or a filter says what is to become of the text."""
    return Signal(_AS_SET + disposition.word, 0)


def severity_of(category: Category) -> Severity:
    """Return how much harm a finding of this category does."""
    return Severity.BLOCK if category in BLOCKING else Severity.HOLD


def sureness_of(confidence: float, trust: Trust, bands: Bands = BANDS) -> Sureness:
    """Return the band into which a confidence falls for an author of this trust."""
    band = bands[trust]
    if confidence >= band.sure:
        return Sureness.SURE
    if confidence >= band.likely:
        return Sureness.LIKELY
    return Sureness.POSSIBLE if confidence >= band.possible else Sureness.NONE


def judge_finding(
    finding: Finding,
    trust: Trust,
    surface: Surface = Surface.POST,
    bands: Bands = BANDS,
) -> Disposition:
    """Return what one finding alone asks for; the composer marks all but `PUBLISH`."""
    if finding.category is Category.LIMIT:
        return _on_surface(_HOLD, finding, surface)
    if finding.category in {Category.SHIELD, Category.FILTER}:
        return _on_surface(_set_by(finding), finding, surface)
    if finding.about in {About.PUBLIC, About.INSTITUTION}:
        return Disposition.PUBLISH
    sureness = sureness_of(finding.confidence, trust, bands)
    if sureness is Sureness.NONE:
        return Disposition.PUBLISH
    own = finding.about is About.SELF
    if own and finding.category is Category.POSTAL_ADDRESS:
        row = OWN_ADDRESS[trust <= Trust.NEWCOMER]
    else:
        row = TABLE[severity_of(finding.category), Whom.SELF if own else Whom.OTHERS]
    return _on_surface(row[sureness - 1], finding, surface)


def dispose(
    findings: Sequence[Finding],
    trust: Trust,
    surface: Surface = Surface.POST,
    refusals: int = 0,
    bands: Bands = BANDS,
) -> Disposition:
    """Return what becomes of a text: the strictest of its findings, softened where it exposes.

    A refusal hands the text back and tells nobody; an exposure of somebody else must reach a
    moderator. So a refusal about others becomes a hold when the text exposes, or when the author
    was refused `REFUSALS_A_DAY` times today. Operators pass their own `bands`.
    """
    asked = [(judge_finding(finding, trust, surface, bands), finding) for finding in findings]
    strictest = max((disposition for disposition, _ in asked), default=Disposition.PUBLISH)
    if strictest is not Disposition.REFUSE or surface in {Surface.MESSAGE, Surface.PSEUDONYM}:
        return strictest
    refused = [finding for disposition, finding in asked if disposition is Disposition.REFUSE]
    if any(finding.about is About.SELF or _is_set(finding) for finding in refused):
        return Disposition.REFUSE
    marked = [finding for disposition, finding in asked if disposition > Disposition.PUBLISH]
    if refusals >= REFUSALS_A_DAY or exposes(marked):
        return Disposition.HOLD
    return Disposition.REFUSE


def only_asks(
    findings: Sequence[Finding],
    trust: Trust,
    surface: Surface = Surface.POST,
    bands: Bands = BANDS,
) -> bool:
    """Return whether nothing but questions who somebody is would hold a text, if anything would."""
    holding = [f for f in findings if judge_finding(f, trust, surface, bands) >= Disposition.HOLD]
    return all(finding.category is Category.SOLICITATION for finding in holding)


def exposes(findings: Sequence[Finding]) -> bool:
    """Return whether findings together expose somebody else, or call on others to act."""
    others = [f for f in findings if f.about in {About.MEMBER, About.PERSON}]
    if len(others) >= 2:  # "two findings about one other person"  # noqa: PLR2004  # the number says what it counts
        return True
    return any(
        f.category in EXPOSING or any(s.rule == CALL_TO_ACT for s in f.signals) for f in others
    )


def _set_by(finding: Finding) -> Disposition:
    """Return what a shield or filter was set to do; hold if it does not say."""
    for signal in finding.signals:
        if signal.rule.startswith(_AS_SET):
            return Disposition[signal.rule.removeprefix(_AS_SET).upper()]
    return Disposition.HOLD


def _is_set(finding: Finding) -> bool:
    return finding.category in {Category.SHIELD, Category.FILTER}


def _on_surface(disposition: Disposition, finding: Finding, surface: Surface) -> Disposition:
    """Nobody can review a sealed message, and a pseudonym is asked for at the door."""
    if surface is Surface.PSEUDONYM and finding.category in {Category.PHONE, Category.EMAIL}:
        return Disposition.REFUSE
    if surface in {Surface.MESSAGE, Surface.PSEUDONYM} and disposition is Disposition.HOLD:
        return Disposition.NUDGE
    return disposition
