"""Words that a pack lists by what they do, in every form, and in no language but their own."""

import pytest

from app.policy.dispositions import Disposition, dispose
from app.policy.vocabulary import Trust
from app.screening.engine import Context, lexicon_for, screen
from app.screening.languages.build import _inflected
from app.screening.normalize import fold, without_markup
from app.screening.tokens import View


def is_flagged(text: str, languages: tuple[str, ...] = ("de", "en", "es", "fr", "pt")) -> bool:
    findings = screen(text, context=Context(languages=languages))
    return dispose(findings, Trust.KNOWN) is not Disposition.PUBLISH


def tongues(text: str) -> list[str]:
    lexicon = lexicon_for(("en", "de", "es", "fr", "pt"))
    view = View(without_markup(fold(text)), lexicon)
    return [senses.code for senses in lexicon.tongues.of(view.keys)]


def test_a_stem_stands_for_every_form_and_says_who_acts() -> None:
    forms = {"ar": {"me": "o", "he": "a _", "bare": "ar"}}
    assert _inflected({"works": "trabaj+ar da_clase"}, forms) == {
        "works": ("trabajo", "trabaja", "trabaj", "trabajar", "da clase"),
        "verb_me": ("trabajo",),
        "verb_he": ("trabaja", "trabaj"),
    }


def test_a_stem_without_endings_is_refused() -> None:
    with pytest.raises(ValueError, match="no endings"):
        _inflected({"works": "trabaj+xx"}, {})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Der Typ steht gerade am Bahnhof und wartet auf sie", "de"),
        ("la chica esa que vive en el portal de al lado", "es"),
        ("elle est tous les jours dans le même café", "fr"),
        ("ele fica sempre na mesma padaria com a gente", "pt"),
    ],
)
def test_a_text_is_read_in_the_language_it_is_written_in(text: str, code: str) -> None:
    assert tongues(text) == [code]
    assert tongues("She is at the same place as her sister and he knows it") == []


@pytest.mark.parametrize(
    "text",
    [
        "Hat eigentlich eine von euch die private Nummer unserer Klassenlehrerin?",
        "necesito ubicar al que maneja este perfil, cualquier dato sirve",
        "sur jvc elle poste sous plumedacier, vous allez rire",
        "Ele corre na marginal de Oeiras às seis e meia, sempre sozinho",
        "O me devuelves lo mío o tu marido se entera de quién es jazmín_nocturno",
    ],
)
def test_what_no_pattern_lists_is_found(text: str) -> None:
    assert is_flagged(text)


@pytest.mark.parametrize(
    "text",
    [
        "Wer von euch kennt einen guten Zahnarzt in Hannover?",
        "Los lunes hay mercadillo en la plaza, yo voy siempre temprano",
        "j'ai dit au proprio que sans chauffage je ne paie plus",
        "O porteiro fica toda sexta na garagem se algo travar",
        "Ist das noch das Remake von Gothic?",
    ],
)
def test_ordinary_talk_of_the_same_words_passes(text: str) -> None:
    assert not is_flagged(text)


def test_umlauts_and_compounds_are_read_by_their_last_noun() -> None:
    assert is_flagged("wer hat die Privatadresse von dieser Sachbearbeiterin?", ("de",))
