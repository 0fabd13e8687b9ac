"""Shielded phrases are found however they are disguised, and nothing else is."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.screening.readings import readings
from app.shields.models import Mode, Shield
from app.shields.phrases import Kind, forms, tokens
from app.shields.tags import Keys, Table
from tests.conftest import SHIELD_KEY
from tests.factories import make_member
from tests.shields.conftest import is_held, look

NAME = "Ottoline Farrabee"


@pytest.mark.parametrize(
    "text",
    [
        "so it turns out wren is Ottoline Farrabee, a potter",
        "OTTOLINE FARRABEE",
        "ask farrabee, ottoline about it",
        "Otto**line** _Farrabee_",
        "Otto\u200bline Far\u00adrabee",
        "Ottоline Farrаbee",  # Cyrillic о and а
        "Ｏｔｔｏｌｉｎｅ Ｆａｒｒａｂｅｅ",
        "0ttol1ne F4rrabee",
        "Ottolíne Fàrrabee",
        "Ottoline &#70;arrabee",
        "Ottoline\n\nFarrabee",
    ],
)
def test_a_disguised_name_is_held(
    opened: Session, shield: Callable[..., Shield], text: str
) -> None:
    heron, stoat = make_member(opened, "Heron"), make_member(opened, "Stoat")
    shield(opened, heron, NAME)
    assert is_held(opened, stoat, text)


@pytest.mark.parametrize(
    "text",
    [
        "eebarraF enilottO",
        "ottolinefarrabee",
        "o t t o l i n e f a r r a b e e",
        "O. Farrabee",
        "otto line farra bee",
        codecs.encode("rot13: Ottoline Farrabee", "rot13").replace("ebg13", "rot13"),
        base64.b64encode(b"Ottoline Farrabee").decode(),
    ],
)
def test_a_name_in_a_form_that_nobody_could_guess_by_is_alerted(
    opened: Session, shield: Callable[..., Shield], text: str
) -> None:
    heron, stoat = make_member(opened, "Heron"), make_member(opened, "Stoat")
    shield(opened, heron, NAME)
    found = look(opened, stoat, text)
    assert [f.why.message for f in found.others] == ["shield"], text


@pytest.mark.parametrize(
    "text",
    [
        "call 07700 900341 now",
        "call +44 7700 900341 now",
        "call 0044-7700-900341",
        "(+44) (0)7700 900 341",
        "447700900341",
        "oh seven seven double oh nine double oh three four one",
        "０７７００ ９００３４１",
        "07 70 09 00 34 1",
    ],
)
def test_a_disguised_number_is_found(
    opened: Session, shield: Callable[..., Shield], text: str
) -> None:
    heron, stoat = make_member(opened, "Heron"), make_member(opened, "Stoat")
    shield(opened, heron, "+44 7700 900341", Kind.PHONE)
    assert look(opened, stoat, text).others


@pytest.mark.parametrize("text", ["9 Tansy Road, you know", "9, Tansy rd.", "Tansy Road 9"])
def test_a_street_is_found_by_its_number(
    opened: Session, shield: Callable[..., Shield], text: str
) -> None:
    heron, stoat = make_member(opened, "Heron"), make_member(opened, "Stoat")
    shield(opened, heron, "9 Tansy Road, flat 2, Dunmere", Kind.ADDRESS)
    assert is_held(opened, stoat, text)


@pytest.mark.parametrize(
    "text",
    [
        "Ottoline is a lovely name",
        "19 Tansy Road",
        "call 07700 900342",
        "Farrabee",
        "",
        "…",
        "\ud800",
    ],
)
def test_what_is_another_phrase_is_let_be(
    opened: Session, shield: Callable[..., Shield], text: str
) -> None:
    heron, stoat = make_member(opened, "Heron"), make_member(opened, "Stoat")
    shield(opened, heron, NAME)
    shield(opened, heron, "+44 7700 900341", Kind.PHONE)
    shield(opened, heron, "9 Tansy Road", Kind.ADDRESS)
    assert look(opened, stoat, text).others == ()


def test_an_alert_shield_alerts_and_holds_nothing(
    opened: Session, shield: Callable[..., Shield]
) -> None:
    heron, stoat = make_member(opened, "Heron"), make_member(opened, "Stoat")
    shield(opened, heron, NAME, mode=Mode.ALERT)
    (finding,) = look(opened, stoat, NAME).others
    assert {s.rule for s in finding.signals} == {"set.publish", "shield.alert"}


def test_ones_own_shield_asks_and_others_learn_nothing_of_it(
    opened: Session, shield: Callable[..., Shield]
) -> None:
    heron = make_member(opened, "Heron")
    shield(opened, heron, NAME, label="the red one")
    found = look(opened, heron, f"I am {NAME}")
    assert found.others == ()
    assert [f.why.parameters for f in found.own] == [(("label", "the red one"),)]
    assert [s.rule for f in found.own for s in f.signals] == ["set.nudge"]


def test_words_that_stand_in_many_posts_hold_nothing(
    opened: Session, shield: Callable[..., Shield]
) -> None:
    heron, stoat = make_member(opened, "Heron"), make_member(opened, "Stoat")
    shield(opened, heron, NAME)
    known = look(opened, stoat, NAME, known=("ottoline farrabee",))
    assert "set.hold" not in {s.rule for f in known.others for s in f.signals}


@settings(max_examples=200)
@given(st.text(max_size=300))
def test_any_text_can_be_looked_through_and_has_its_readings(text: str) -> None:
    ways = readings(text)
    for way in ways:
        for place in range(len(way.text)):
            span = way.span(place, place + 1)
            assert 0 <= span.start < span.end <= len(text)
    table = Table(Keys(SHIELD_KEY), [])
    assert not table.scan(tokens(way.text) for way in ways).held


@given(st.lists(st.sampled_from(["ae", "e", "oe", "o", "ue", "l", "m"]), min_size=6, max_size=20))
def test_every_form_of_a_phrase_is_found_in_the_phrase_itself(parts: list[str]) -> None:
    keys, phrase = Keys(SHIELD_KEY), "".join(parts)
    rows = [(t.value, t.gate, 1) for t in map(keys.tag, forms(Kind.OTHER, phrase)[:1])]
    scan = Table(keys, rows).scan([tokens(phrase)])
    assert bool(rows) == bool({*scan.held, *scan.bare})
