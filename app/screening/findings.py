"""The engine's words: where in a text, what kind, about whom, how sure, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Category(StrEnum):
    """What kind of thing identifies somebody."""

    PHONE = "phone"
    EMAIL = "email"
    POSTAL_ADDRESS = "postal_address"
    REAL_NAME = "real_name"
    EMPLOYER_SCHOOL = "employer_school"
    SOCIAL_PROFILE = "social_profile"
    GOVERNMENT_ID = "government_id"
    PAYMENT = "payment"
    VEHICLE = "vehicle"
    IP_ADDRESS = "ip_address"
    GEO = "geo"
    DOXX_LINK = "doxx_link"
    SOLICITATION = "solicitation"
    # Identity phrases: they expose without an identifier.
    ACCOUNT_LINK = "account_link"
    WHEREABOUTS = "whereabouts"
    EXPOSURE_THREAT = "exposure_threat"
    ACCUMULATION = "accumulation"
    # Not about what the text says.
    LIMIT = "limit"  # the text is too costly to read to its end
    SHIELD = "shield"  # found by app.shields
    FILTER = "filter"  # found by app.filters


IDENTITY_PHRASES: Final = frozenset(
    {
        Category.ACCOUNT_LINK,
        Category.WHEREABOUTS,
        Category.EXPOSURE_THREAT,
        Category.ACCUMULATION,
    }
)


class About(StrEnum):
    """Whom a finding is about."""

    SELF = "self"
    MEMBER = "member"
    PERSON = "person"
    PUBLIC = "public"
    INSTITUTION = "institution"


class Surface(StrEnum):
    """Where a text is to appear."""

    POST = "post"
    TITLE = "title"
    PSEUDONYM = "pseudonym"
    ABOUT = "about"
    POLL_OPTION = "poll_option"
    ALT_TEXT = "alt_text"
    TAG = "tag"
    FILE_NAME = "file_name"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the original text in code points: half-open, never empty."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Signal:
    """One piece of evidence; `weight` is in tenths of log-odds, signed."""

    rule: str
    weight: int
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """An id of `messages.MESSAGES` and its parameters; never words of the text itself."""

    message: str
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What in a text identifies somebody, or asks for it."""

    category: Category
    span: Span
    confidence: float
    about: About
    why: Why
    signals: tuple[Signal, ...] = ()


CALL_TO_ACT: Final = "call_to_act"  # the rule of a signal: "spread it", "everyone visit"
