"""Normal forms, refused phrases, and which stretches of a text could be a shield."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.shields.phrases import (
    FORM_LEAST,
    FORM_MOST,
    FORMS_MOST,
    Flaw,
    Kind,
    collapsed,
    cover,
    flaw,
    forms,
    may_hold,
    national,
    shows,
    tokens,
)


def test_a_name_is_looked_for_in_both_orders_and_without_its_middle() -> None:
    made = forms(Kind.NAME, "Ottoline Maud Farrabee")
    for form in ("ottolinemaudfarrabee", "farrabeeottolinemaud", "ottolinefarrabee", "ofarrabee"):
        assert form in made


def test_a_name_is_looked_for_backwards() -> None:
    assert "ottolinefarrabee"[::-1] in forms(Kind.NAME, "Ottoline Farrabee")


def test_an_umlaut_its_two_letters_and_its_bare_letter_are_one() -> None:
    wanted = forms(Kind.NAME, "Jörg Müllenhoff")
    assert forms(Kind.NAME, "Joerg Muellenhoff") == wanted == forms(Kind.NAME, "Jorg Mullenhoff")


@pytest.mark.parametrize(
    "phrase", ["+44 7700 900341", "0044 7700 900341", "07700 900341", "+44 (0)7700-900341"]
)
def test_a_phone_number_is_its_national_digits(phrase: str) -> None:
    assert national(phrase) == "7700900341"


def test_an_address_is_looked_for_by_number_and_street_in_both_orders() -> None:
    made = forms(Kind.ADDRESS, "9 Tansy Street, flat 2, Dunmere")
    assert {"9tansystreet", "tansystreet9", "9tansyst"} <= set(made)


def test_an_address_with_the_number_behind_is_found_short() -> None:
    assert "tansystr9" in forms(Kind.ADDRESS, "Tansystraße 9")


def test_an_e_mail_address_is_also_looked_for_in_words() -> None:
    made = forms(Kind.ACCOUNT, "o.farrabee@example.org")
    assert {"ofarrabeexampleorg", "ofarrabeeatexampledotorg"} & set(made)
    assert collapsed("ofarrabeeatexampledotorg") in made


@given(st.sampled_from(Kind), st.text(max_size=80))
def test_any_phrase_gives_at_most_ten_forms_of_bounded_length(kind: Kind, phrase: str) -> None:
    made = forms(kind, phrase)
    assert len(made) <= FORMS_MOST
    assert all(FORM_LEAST <= len(form) <= FORM_MOST for form in made)
    flaw(kind, phrase)


@pytest.mark.parametrize(
    ("kind", "phrase", "reason"),
    [
        (Kind.NAME, "Leocadia", Flaw.ONE_NAME),
        (Kind.NAME, "Hernandez", Flaw.ONE_NAME),
        (Kind.OTHER, "together", Flaw.COMMON),
        (Kind.OTHER, "always together", Flaw.COMMON),
        (Kind.NAME, "Bo Xu", Flaw.SHORT),
        (Kind.OTHER, "13.08.1984", Flaw.DATE),
        (Kind.OTHER, "1984-08-13", Flaw.DATE),
        (Kind.PHONE, "11111111", Flaw.REPEATED),
        (Kind.PHONE, "1212121212", Flaw.REPEATED),
        (Kind.PHONE, "112", Flaw.SHORT),
        (Kind.PHONE, "my number", Flaw.NUMBER),
    ],
)
def test_what_stands_in_too_many_texts_is_refused(kind: Kind, phrase: str, reason: Flaw) -> None:
    assert flaw(kind, phrase) is reason


@pytest.mark.parametrize(
    ("kind", "phrase"),
    [
        (Kind.NAME, "Ottoline Farrabee"),
        (Kind.PHONE, "+44 7700 900341"),
        (Kind.ADDRESS, "12 Church Street"),
        (Kind.EMPLOYER, "Brillwater Dairies"),
        (Kind.ACCOUNT, "farrabee.pots"),
    ],
)
def test_what_points_to_one_person_is_taken(kind: Kind, phrase: str) -> None:
    assert flaw(kind, phrase) is None


@pytest.mark.parametrize(
    "text", ["ottoline farrabee", "farrabee ottoline", "ottoline van farrabee", "12 church street",
             "tansyweg 9", "7700 900341"]
)  # fmt: skip
def test_full_names_numbers_and_streets_could_be_a_shield(text: str) -> None:
    assert cover(tokens(text))


@pytest.mark.parametrize(
    "text", ["ottoline", "farrabee", "went to the shop", "ottoline said", "13081984", "20 minutes",
             "1111 1111", "church street", "the farrabee"]
)  # fmt: skip
def test_everyday_words_could_not(text: str) -> None:
    assert not cover(tokens(text))


def test_a_single_rare_word_can_only_alert() -> None:
    assert not may_hold(Kind.ACCOUNT, "farrabeepots")
    assert may_hold(Kind.NAME, "Ottoline Farrabee")


def test_a_label_that_holds_the_phrase_is_known() -> None:
    made = forms(Kind.NAME, "Ottoline Farrabee")
    assert shows("my name, Ottoline Farrabee", made)
    assert shows("Farrabee, Ottoline", made)
    assert not shows("my name", made)
