"""Phrases and expressions are found where they stand, in linear time, and bad ones are refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.filters.models import Sort
from app.filters.patterns import Fault, Pattern, Patterns, fault
from app.filters.service import tried
from app.screening.normalize import Mapped
from app.screening.readings import readings
from tests.growth import is_linear


def places(pattern: str, text: str, sort: Sort = Sort.PHRASE) -> list[str]:
    return [text[hit.span.start : hit.span.end] for hit in tried(sort, pattern, text)]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("crypto coach", "our Crypto-Coach says", ["Crypto-Coach"]),
        ("crypto coach", "cryptocoach", []),
        ("coach", "coaching coaches", []),
        ("coach*", "coaching coaches", ["coaching", "coaches"]),
        ("buy* now", "Buying now, buy nowhere", ["Buying now"]),
        ("café", "CAFE and café", ["CAFE", "café"]),
        ("invest", "!nv3st 1nvest", ["!nv3st", "1nvest"]),
        ("invest", "in\u200bvest", ["in\u200bvest"]),
        ("invest", "i n v e s t", ["i n v e s t"]),
        ("a b", "a b a b", ["a b", "a b"]),
        ("ab", "ab", ["ab"]),
    ],
)
def test_a_phrase_is_found_as_whole_words(pattern: str, text: str, found: list[str]) -> None:
    assert places(pattern, text) == found


def test_an_expression_is_found_whatever_its_capitals() -> None:
    assert places(r"t\.me/\w+", "see T.ME/joinus!", Sort.REGEX) == ["T.ME/joinus"]


@pytest.mark.parametrize(
    ("pattern", "is_regex", "reason"),
    [
        (" ", False, Fault.EMPTY),
        ("…", False, Fault.EMPTY),
        ("*", False, Fault.STAR),
        ("a*", False, Fault.STAR),
        ("c*t", False, Fault.STAR),
        ("(", True, Fault.BROKEN),
        (r"(a)\1", True, Fault.BROKEN),  # RE2 has no back references: they are not linear
        ("a*", True, Fault.MATCHES_NOTHING),
        ("$", True, Fault.MATCHES_NOTHING),
        (r"\b", True, Fault.MATCHES_NOTHING),
        ("(?:a{1000}){1000}", True, Fault.BROKEN),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused(
    pattern: str,
    is_regex: bool,  # noqa: FBT001 - a parameter of the test
    reason: Fault,
) -> None:
    assert fault(pattern, is_regex=is_regex) is reason


@settings(max_examples=200)
@given(st.text(max_size=60), st.text(max_size=200))
def test_any_phrase_and_any_text_give_spans_of_the_text(pattern: str, text: str) -> None:
    for hit in tried(Sort.PHRASE, pattern, text):
        assert 0 <= hit.span.start < hit.span.end <= len(text)


@settings(max_examples=200)
@given(st.text(alphabet="ab*[]()+?|.\\wd", max_size=12), st.text(alphabet="ab c", max_size=60))
def test_any_expression_is_refused_or_gives_spans(pattern: str, text: str) -> None:
    for hit in tried(Sort.REGEX, pattern, text):
        assert 0 <= hit.span.start < hit.span.end <= len(text)


@pytest.mark.parametrize("seed", ["aaaa ", "a" * 50, "a b ", "abc", "buy now buy "])
def test_five_hundred_patterns_take_time_that_grows_with_the_text_alone(seed: str) -> None:
    patterns = Patterns(
        [
            *(Pattern(n, "a" * (n % 50 + 2) + "*", is_regex=False) for n in range(400)),
            *(Pattern(400 + n, f"(a|aa)+b{n}", is_regex=True) for n in range(100)),
        ]
    )

    assert is_linear(lambda size: [Mapped((seed * size)[:size])], patterns.find)


def test_no_reading_is_missing_its_way_back() -> None:
    text = "in\u200bvest **n**ow"
    for way in readings(text):
        assert way.span(0, len(way.text)).end <= len(text)
