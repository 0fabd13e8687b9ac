from __future__ import annotations

import itertools

import pytest

from app.policy.dispositions import (
    BANDS,
    REFUSALS_A_DAY,
    Band,
    Disposition,
    as_set,
    dispose,
    judge_finding,
)
from app.policy.vocabulary import Trust
from app.screening.findings import CALL_TO_ACT, About, Category, Finding, Signal, Span, Surface
from app.screening.messages import why

PUBLISH, NUDGE = Disposition.PUBLISH, Disposition.NUDGE
HOLD, REFUSE = Disposition.HOLD, Disposition.REFUSE


def found(
    category: Category = Category.PHONE,
    confidence: float = 0.95,
    about: About = About.PERSON,
    *signals: Signal,
    start: int = 0,
) -> Finding:
    return Finding(
        category, Span(start, start + 5), confidence, about, why(category, about), signals
    )


@pytest.mark.parametrize(
    ("category", "about", "confidence", "trust", "expected"),
    [
        (Category.PHONE, About.PERSON, 0.34, Trust.KNOWN, PUBLISH),
        (Category.PHONE, About.PERSON, 0.35, Trust.KNOWN, NUDGE),
        (Category.PHONE, About.PERSON, 0.60, Trust.KNOWN, HOLD),
        (Category.PHONE, About.PERSON, 0.99, Trust.KNOWN, HOLD),
        (Category.PHONE, About.SELF, 0.99, Trust.KNOWN, NUDGE),
        (Category.PHONE, About.PUBLIC, 0.99, Trust.KNOWN, PUBLISH),
        (Category.PHONE, About.INSTITUTION, 0.99, Trust.KNOWN, PUBLISH),
        (Category.PAYMENT, About.MEMBER, 0.40, Trust.KNOWN, NUDGE),
        (Category.PAYMENT, About.MEMBER, 0.70, Trust.KNOWN, HOLD),
        (Category.PAYMENT, About.MEMBER, 0.95, Trust.KNOWN, REFUSE),
        (Category.PAYMENT, About.SELF, 0.40, Trust.KNOWN, NUDGE),
        (Category.PAYMENT, About.SELF, 0.70, Trust.KNOWN, REFUSE),
        (Category.POSTAL_ADDRESS, About.SELF, 0.95, Trust.KNOWN, NUDGE),
        (Category.POSTAL_ADDRESS, About.SELF, 0.95, Trust.NEWCOMER, HOLD),
        (Category.REAL_NAME, About.MEMBER, 0.30, Trust.NEWCOMER, NUDGE),
        (Category.REAL_NAME, About.MEMBER, 0.44, Trust.TRUSTED, PUBLISH),
        (Category.LIMIT, About.PERSON, 1.0, Trust.TRUSTED, HOLD),
    ],
)
def test_the_table_is_as_written(
    category: Category, about: About, confidence: float, trust: Trust, expected: Disposition
) -> None:
    assert dispose([found(category, confidence, about)], trust) is expected


def test_no_findings_means_publish() -> None:
    assert dispose([], Trust.NEWCOMER) is PUBLISH


def test_the_strictest_finding_wins() -> None:
    own = found(Category.PHONE, 0.99, About.SELF)
    other = found(Category.EMAIL, 0.70, About.PERSON, start=9)
    assert dispose([own, other], Trust.KNOWN) is HOLD


def test_more_trust_is_never_stricter() -> None:
    for category, about, tenth in itertools.product(Category, About, range(11)):
        finding = found(category, tenth / 10, about)
        steps = [judge_finding(finding, trust) for trust in sorted(BANDS)]
        assert steps == sorted(steps, reverse=True)


def test_more_confidence_is_never_milder() -> None:
    for category, about, trust in itertools.product(Category, About, BANDS):
        steps = [judge_finding(found(category, n / 20, about), trust) for n in range(21)]
        assert steps == sorted(steps)


def test_an_exposure_goes_to_a_moderator_instead_of_back_to_its_author() -> None:
    address = found(Category.POSTAL_ADDRESS)
    phone = found(Category.PHONE, start=20)
    call = Signal(CALL_TO_ACT, 8)
    threat = found(Category.EXPOSURE_THREAT, start=20)
    assert dispose([address], Trust.KNOWN) is REFUSE
    assert dispose([address, phone], Trust.KNOWN) is HOLD
    assert dispose([address, threat], Trust.KNOWN) is HOLD
    with_call = found(Category.POSTAL_ADDRESS, 0.95, About.PERSON, call)
    assert dispose([with_call], Trust.KNOWN) is HOLD


def test_nobody_polishes_a_text_against_refusals() -> None:
    address = [found(Category.POSTAL_ADDRESS)]
    assert dispose(address, Trust.KNOWN, refusals=REFUSALS_A_DAY - 1) is REFUSE
    assert dispose(address, Trust.KNOWN, refusals=REFUSALS_A_DAY) is HOLD


def test_ones_own_card_is_refused_however_often_it_was_tried() -> None:
    own = [found(Category.PAYMENT, 0.95, About.SELF)]
    assert dispose(own, Trust.KNOWN, refusals=9) is REFUSE


def test_a_sealed_message_is_never_held() -> None:
    assert dispose([found()], Trust.KNOWN, Surface.MESSAGE) is NUDGE
    assert dispose([found(Category.PAYMENT)], Trust.KNOWN, Surface.MESSAGE) is REFUSE


def test_a_pseudonym_that_is_a_phone_number_is_refused() -> None:
    assert dispose([found()], Trust.NEWCOMER, Surface.PSEUDONYM) is REFUSE
    assert dispose([found(Category.REAL_NAME)], Trust.NEWCOMER, Surface.PSEUDONYM) is NUDGE


@pytest.mark.parametrize("disposition", [NUDGE, HOLD, REFUSE])
def test_a_filter_does_what_it_is_set_to(disposition: Disposition) -> None:
    filtered = found(Category.FILTER, 1.0, About.PERSON, as_set(disposition))
    assert dispose([filtered], Trust.TRUSTED) is disposition


def test_a_shield_that_says_nothing_holds() -> None:
    assert dispose([found(Category.SHIELD, 1.0)], Trust.TRUSTED) is HOLD


def test_operators_may_move_the_bands() -> None:
    strict = dict.fromkeys(BANDS, Band(0.1, 0.2, 0.9))
    finding = [found(Category.PHONE, 0.25)]
    assert dispose(finding, Trust.KNOWN) is PUBLISH
    assert dispose(finding, Trust.KNOWN, bands=strict) is HOLD
