"""One readable table of weights, in tenths of log-odds, and how their sum becomes a confidence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final

from app.screening.findings import Signal

CERTAIN: Final = 90
DROPPED_BELOW: Final = 0.20
_CONFIDENCE: Final = tuple(
    round(1 / (1 + math.exp(-tenths / 10)), 3) for tenths in range(-CERTAIN, CERTAIN + 1)
)

CUE_WEIGHTS: Final[Mapping[str, int]] = {"strong": 14, "weak": 5, "negative": -14, "veto": -40}

# What a candidate starts with: how often such a shape, without any context, identifies somebody.
BASE: Final[Mapping[str, int]] = {
    "phone.international": -2,
    "phone.formatted": -12,
    "phone.trunk": -14,
    "phone.bare": -20,
    "phone.local": -18,
    "email": 6,
    "email.provider": 14,
    "postal_address": -17,
    "postal_address.vague": -22,
    "government_id.checked": -14,
    "government_id.shape": -22,
    "payment.card": -16,
    "payment.iban": 0,
    "payment.shape": -24,
    "vehicle": -22,
    "ip_address": -10,
    "geo.point": -12,
    "geo.link": -10,
    "social_profile.link": -8,
    "social_profile.personal": 0,
    "social_profile.handle": -14,
    "doxx_link.host": 30,
    "doxx_link.paste": -16,
    "real_name": -18,
    "employer_school": -18,
    "solicitation.strong": 16,
    "solicitation.weak": -8,
    "account_link": 6,
    "whereabouts": 0,
    "exposure_threat": 8,
    "accumulation": 4,
}

WEIGHTS: Final[Mapping[str, int]] = {
    "person.third": 8,
    "person.member": 12,
    "person.kin": 6,
    "person.plural": 0,
    "person.self": 6,
    "person.second": 4,
    "institution": -18,
    "public": -12,
    "call_to_act": 8,
    "disguise": 10,
    "valid": 5,
    "after_cue.government_id": 20,
    "after_cue.payment": 8,
    "beside_name": 8,
    "quotation": -6,
    "rules": -20,
}


def confidence(signals: Iterable[Signal]) -> float:
    """Return how likely the signals together are to mean an exposure, from 0 to 1."""
    tenths = sum(signal.weight for signal in signals)
    return _CONFIDENCE[max(-CERTAIN, min(CERTAIN, tenths)) + CERTAIN]
