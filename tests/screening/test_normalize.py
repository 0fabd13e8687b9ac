from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.screening.normalize import Mapped, decoded, fold, joined, turned, unleeted, without_markup


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0\u200b77", "077"),
        ("０８０－５５", "080-55"),
        ("n\u043er\u0430", "nora"),
        ("e\u0301te\u0301", "été"),
        ("1\ufe0f\u20e32\ufe0f\u20e3", "12"),
        ("\u202eabc", "abc"),
        ("\ud800", "\ufffd"),
        ("it’s – “so”", 'it\'s - "so"'),
        ("٠٧٧", "077"),
        ("Москва", "Москва"),
    ],
)
def test_a_text_is_folded_to_what_it_means(text: str, meant: str) -> None:
    assert fold(text).text == meant


def test_a_folded_stretch_leads_back_to_its_source() -> None:
    text = "a\u200bb０"
    folded = fold(text)
    span = folded.span(1, 3)
    assert (folded.text, text[span.start : span.end]) == ("ab0", "b０")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("**020** _7946_ **0958**", "020 7946 0958"),
        ("her_old_name @_wren_", "her_old_name @_wren_"),
        ("jane&#64;x&period;org", "jane@x.org"),
        ("jane%40x.org", "jane@x.org"),
        ("81[.]187", "81.187"),
        ("<b>07</b>700", "07700"),
        ("a 100% sure thing", "a 100% sure thing"),
    ],
)
def test_markup_is_taken_out(text: str, meant: str) -> None:
    assert without_markup(fold(text)).text == meant


def test_spaced_letters_are_joined_and_words_stay_apart() -> None:
    view = joined(Mapped("d r o p  h i s  a d d y"))
    assert view is not None
    assert view.text == "drop his addy"


def test_ordinary_words_are_not_joined() -> None:
    assert joined(Mapped("it is a b movie")) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [("D4n13l Wh1tc0mb3", "Daniel Whitcombe"), ("O4I2 555 OI9", "0412 555 019")],
)
def test_leet_is_read_both_ways(text: str, meant: str) -> None:
    view = unleeted(Mapped(text))
    assert view is not None
    assert view.text == meant


def test_a_decoded_token_stands_where_the_whole_token_stood() -> None:
    (view,) = decoded(Mapped("see amFuZUB5YWhvby5jb20="))
    span = view.span(2, 4)
    assert (view.text, span.start, span.end) == ("jane@yahoo.com", 4, 24)


@given(st.text(max_size=200))
def test_every_view_maps_each_character_into_the_text(text: str) -> None:
    base = without_markup(fold(text))
    for view in (base, joined(base), unleeted(base), turned(base), *decoded(base)):
        if view is None or not view.text:
            continue
        for at in range(len(view.text)):
            span = view.span(at, at + 1)
            assert 0 <= span.start < span.end <= len(text)
