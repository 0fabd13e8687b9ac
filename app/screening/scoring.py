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
    "solicitation.sought": 16,
    "solicitation.object": 12,
    "solicitation.hinted": -16,
    "account_link": 6,
    "whereabouts": 0,
    "exposure_threat": 8,
    "accumulation": 4,
    "clause": 0,
    "together": 0,
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

# What a clause adds, read with a language's grammar (detectors/clauses.py and its neighbours).
CLAUSE: Final[Mapping[str, int]] = {
    "work.said": 14,  # works, teaches, a nurse, the till
    "work.busy": 9,
    "work.of_the_firm": -14,
    "fiction": -24,
    "work.told_after": 11,
    "work.headed": 8,  # is at, goes to: only with a school or a firm named as one
    "work.labelled": 14,  # employer: …
    "work.dropped": 6,  # "Works at …" without a subject
    "work.past": -14,
    "work.wished": -14,
    "work.of_a_thing": -12,
    "nobody": -12,
    "where": -16,
    "where.place": 6,
    "where.named_place": 9,
    "where.town": 0,
    "where.owned": -10,
    "where.bare_place": -8,
    "where.at_home": -20,
    "where.routine": 8,
    "where.clock": 6,
    "where.now": 6,
    "where.verb": 4,
    "where.seen": 8,
    "where.empty": 8,
    "where.own_kin": -16,
    "where.of_a_thing": -20,
    "where.open_to_all": -20,
    "asked": -16,
    "asked.fact": 12,
    "asked.weak_fact": 8,
    "asked.name": 2,
    "asked.vague": -8,
    "asked.bare_name": -14,
    "asked.clause": 12,
    "asked.who": -15,
    "asked.who_really": 10,
    "asked.person": 8,
    "asked.author": 14,
    "force.request": 12,
    "force.anyone": 12,
    "force.question": 12,
    "force.wish": 12,
    "force.mark": 6,
    "asked.of_a_thing": -20,
    "linked": -17,
    "linked.platform": 8,
    "linked.other": 8,
    "linked.same": 10,
    "linked.equal": 10,
    "linked.joined": 6,
    "threat": -26,
    "threat.reveal": 8,
    "threat.hard": 6,
    "threat.audience": 8,
    "threat.condition": 6,
    "threat.learns": 8,
    "threat.traces": 6,
    "threat.home": 14,
    "threat.shame": 6,
    "threat.published": 12,
    "name.real": 20,
    "name.said": 13,
    "name.recorded": 9,
    "name.copula": 12,
    "name.pointed": 5,
    "name.beside": 9,
    "name.own_kin": -12,
    "name.asked": 4,
    "name.of_kin": 10,
    "name.behind": 13,
    "name.nobody": -8,
    "name.common": -10,
    "name.of_somebody_known": -26,
    "name.of_a_thing": -20,
}


def confidence(signals: Iterable[Signal]) -> float:
    """Return how likely the signals together are to mean an exposure, from 0 to 1."""
    tenths = sum(signal.weight for signal in signals)
    return _CONFIDENCE[max(-CERTAIN, min(CERTAIN, tenths)) + CERTAIN]
