"""The views of cases as one visible list: importing a file puts its views on the blueprint."""

from __future__ import annotations

from app.cases.views import (
    by_words,
    captures,
    clearing,
    common,
    drills,
    duty,
    exposures,
    helping,
    looking_back,
    my_case,
    notices,
    phrases,
    receipts,
    tracing,
    work,
)

FILES = (
    by_words,
    captures,
    clearing,
    drills,
    duty,
    exposures,
    helping,
    looking_back,
    my_case,
    notices,
    phrases,
    receipts,
    tracing,
    work,
)
blueprint = common.blueprint
